"""Find the messages of a conversation wherever a record keeps them.

In order of preference: a list of messages under a usual key (`KEYS`), then under any other; of
several the longest, then the one least deep, then the first. The model's answer, where it is
kept apart (`REPLIES`), is put behind the messages of the request; a system prompt kept beside
them (`SYSTEM`) before. Without any list, a question and its answer (or error) as two texts make
a conversation.

Shapes: https://platform.openai.com/docs/api-reference/chat (request, response, `choices`),
https://platform.openai.com/docs/api-reference/responses (`input`, `output` and their items),
https://docs.anthropic.com/en/api/messages (`system` beside the messages).
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from casefiles.spans.foreign_json import opened

KEYS = (
    "messages", "traj", "trajectory", "conversation", "conversations", "history", "chat", "dialog",
    "dialogue", "turns", "input", "output", "inputs", "outputs", "request", "response", "prompt",
)  # fmt: skip
"""Keys under which records usually keep their messages."""
REPLIES = ("response", "output", "outputs", "completion", "choices", "reply", "result")
"""Keys under which the answer may stand as messages, beside the request."""
REPLY_TEXTS = ("response", "output", "completion", "reply", "response_text")
"""Keys under which it may stand as text: the others may hold what would have been right."""
REQUESTS = ("messages", "input", "inputs", "prompt", "request", "question", "query", "query_text")
"""Keys under which the request may stand, beside the answer."""
SYSTEM = ("system", "system_prompt", "instructions")
"""Keys under which a system prompt may stand, beside the messages."""

_DEEPEST_LIST = 8
_MOST = 50_000
"""Values looked at in one record: a bound for hostile input."""
_SPEAKS = frozenset(
    {"content", "tool_calls", "function_call", "tool_call_id", "refusal", "audio", "parts", "text"}
)
_ITEM = re.compile(r"[a-z_]+_(call|call_output|approval_request|approval_response)|reasoning")
"""Types of the Responses API's items that are no messages but belong between them."""
_SPEAKERS = {"human": "user", "gpt": "assistant", "observation": "tool"}
"""ShareGPT's names of the roles; its others are the usual ones."""

Message = Mapping[str, Any]
Owner = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The messages of a record."""

    messages: tuple[Message, ...]
    """The whole conversation in order, as chat messages."""
    owners: tuple[Owner, ...]
    """The objects they were found in, the record first: what stands there is about them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """A value inside a record."""

    value: Any
    path: tuple[str, ...] = ()
    """The keys that lead to it, lists left out."""
    owners: tuple[Owner, ...] = ()
    """The objects that have these keys."""


def find(record: Any) -> Found | None:
    """Find the conversation of a record (parsed JSON); None if it holds none."""
    places = [place for place in _walk(record) if is_conversation(place.value)]
    if not places:
        return _question_and_answer(record)
    best = max(enumerate(places), key=lambda found: _rank(found[0], found[1]))[1]
    return Found(messages=tuple(_with_surroundings(best)), owners=best.owners)


def is_conversation(value: Any) -> bool:
    """Tell whether a value is a list of messages, or of items with messages among them."""
    return _are_items(value) and any(is_message(item) for item in value)


def is_message(value: Any) -> bool:
    """Tell whether an object says who speaks and what."""
    if not isinstance(value, dict):
        return False
    if isinstance(value.get("role"), str):
        return not _SPEAKS.isdisjoint(value)
    return isinstance(value.get("from"), str) and isinstance(value.get("value"), str)


def _are_items(value: Any) -> bool:
    """Tell whether a value is a list of messages and of what stands between them."""
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(item, dict) for item in value)
        and all("role" in item or is_message(item) or _is_item(item) for item in value)
    )


def _is_item(item: Mapping[str, Any]) -> bool:
    kind = item.get("type")
    return isinstance(kind, str) and _ITEM.fullmatch(kind) is not None


def _rank(number: int, place: _Place) -> tuple[bool, int, int, int]:
    usual = not place.path or place.path[-1] in KEYS
    return usual, len(place.value), -len(place.path), -number


def _walk(record: Any) -> Iterator[_Place]:
    """Every container and every text that may hold JSON, the outermost first."""
    waiting = deque([_Place(value=record)])
    for _ in range(_MOST):
        if not waiting:
            return
        place = waiting.popleft()
        yield place
        if len(place.path) < _DEEPEST_LIST and not is_conversation(place.value):
            waiting.extend(_inside(place))


def _inside(place: _Place) -> Iterator[_Place]:
    value = place.value
    if isinstance(value, dict):
        owners = (*place.owners, value)
        for key, child in value.items():
            child = _json(child) if isinstance(child, str) else child  # noqa: PLW2901  same value
            if isinstance(child, dict | list):
                yield _Place(value=child, path=(*place.path, key), owners=owners)
    elif isinstance(value, list):
        for child in value:
            if isinstance(child, dict | list):
                yield _Place(value=child, path=place.path, owners=place.owners)


def _json(text: str) -> Any:
    """What a text says that holds JSON with messages; else the text."""
    return opened(text) if text[:1] in {"[", "{"} and '"role"' in text else text


# ---------------------------------------------------------------- beside the list


def _with_surroundings(place: _Place) -> list[Message]:
    messages = _plain(place.value)
    answers = [owner for owner, key in zip(place.owners, place.path, strict=True) if key in REPLIES]
    if answers:
        messages = _joined(_beside(answers[:1], REQUESTS, "user"), messages)
    else:
        messages = _joined(messages, _reply(place.owners, is_open=not _is_answered(messages)))
    if messages[0]["role"] == "system" or messages[0]["role"] == "developer":
        return messages
    return [*_system(place.owners), *messages]


def _reply(owners: Sequence[Owner], *, is_open: bool) -> list[Message]:
    """The answer that stands nearest; a bare text only where the messages end without one."""
    for owner in owners[::-1]:
        for key in (*REPLIES, *REPLY_TEXTS):
            said = owner.get(key)
            is_usable = not isinstance(said, str) or (is_open and key in REPLY_TEXTS)
            if is_usable and (messages := messages_of(said, "assistant")):
                return messages
    return []


def _is_answered(messages: Sequence[Message]) -> bool:
    return messages[-1]["role"] == "assistant" and not messages[-1].get("tool_calls")


def _system(owners: Sequence[Owner]) -> list[Message]:
    """A system prompt, which is more than the one word that names a system."""
    found = _beside(owners[::-1], SYSTEM, "system")
    is_word = found and isinstance(found[0]["content"], str) and " " not in found[0]["content"]
    return [] if is_word else found


def _beside(owners: Sequence[Owner], keys: tuple[str, ...], role: str) -> list[Message]:
    """The messages under the first of the keys that holds any, in the first owner with one."""
    found = (messages_of(owner.get(key), role) for owner in owners for key in keys)
    return next((messages for messages in found if messages), [])


def messages_of(value: Any, role: str) -> list[Message]:
    """Read what one side said: text, a message, choices, items, or an object around one of them.

    ``role`` is who said what does not say so itself. Empty if nothing of that kind is found.
    """
    if isinstance(value, str):
        value = _json(value)
    if isinstance(value, str):
        return [{"role": role, "content": value}] if value.strip() else []
    if isinstance(value, dict):
        return [value] if is_message(value) and "role" in value else _inner(value, role)
    if not isinstance(value, list) or not value:
        return []
    if _are_items(value):
        return _plain(value)
    choices = [message for item in value for message in _choice(item)]
    return choices or ([{"role": role, "content": value}] if _are_blocks(value) else [])


def _inner(value: Mapping[str, Any], role: str) -> list[Message]:
    keys = ("choices", "messages", "message", "output", "content", "output_text", "text")
    return _beside([value], keys, role)


def _choice(item: Any) -> list[Message]:
    """The message of a choice of a chat completion, with why it ended."""
    message = item.get("message") if isinstance(item, dict) else None
    if not isinstance(message, dict) or not is_message(message):
        return []
    finish = item.get("finish_reason")
    return [{**message, "finish": finish} if isinstance(finish, str) else message]


def _are_blocks(value: list[Any]) -> bool:
    return all(isinstance(item, dict) and isinstance(item.get("type"), str) for item in value)


def _joined(before: list[Message], after: list[Message]) -> list[Message]:
    """Two parts of a conversation, either of which may already hold the other."""
    size = min(len(before), len(after))
    if not size or _are_same(before, after[:size]):
        return after or before
    if _are_same(before[-size:], after):
        copies = zip(before[-size:], after, strict=True)
        return [*before[:-size], *({**second, **first} for first, second in copies)]
    return [*before, *after]


def _are_same(some: list[Message], others: list[Message]) -> bool:
    return [*map(_gist, some)] == [*map(_gist, others)]


def _gist(message: Message) -> tuple[Any, ...]:
    """What makes two copies of a message the same, however much else is said beside it."""
    said = message.get("content") or ""
    if isinstance(said, list):
        said = "".join(str(block.get("text")) for block in said if isinstance(block, dict))
    return message["role"], said, message.get("tool_calls") or message.get("function_call")


def _question_and_answer(record: Any) -> Found | None:
    if not isinstance(record, dict):
        return None
    question = _beside([record], REQUESTS, "user")
    answer = _beside([record], (*REPLIES, "response_text", "answer"), "assistant")
    if not question or not (answer or record.get("error")):
        return None
    return Found(messages=(*_system([record]), *question, *answer), owners=(record,))


# ---------------------------------------------------------------- one shape for all


def _plain(items: list[dict[str, Any]]) -> list[Message]:
    return [_message(item) for item in items]


def _message(item: dict[str, Any]) -> Message:
    """A chat message from an item of the Responses API or of ShareGPT; others as they are."""
    if "role" in item:
        return item
    left = dict(item)
    kind = left.pop("type", "")
    if "from" in left and not kind:
        speaker, said = left.pop("from"), left.pop("value")
        return {**left, "role": _SPEAKERS.get(speaker, speaker), "content": said}
    if kind.endswith("_call_output") and "output" in left:
        call_id, output = left.pop("call_id", None), left.pop("output")
        return {**left, "role": "tool", "tool_call_id": call_id, "content": output}
    if kind in {"function_call", "custom_tool_call"}:
        known = {"type": "custom"} if kind == "custom_tool_call" else {}
        call = {**known, "id": left.pop("call_id", None), **left}
        return {"role": "assistant", "tool_calls": [call]}
    return {"role": "assistant", "content": [item]}
