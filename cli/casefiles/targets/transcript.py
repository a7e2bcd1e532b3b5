"""What was said in a conversation, as messages: for the application, and for the trace."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from casefiles.documents.turns import Turn
from casefiles.spans.chat import turns_of_messages
from casefiles.targets.conversation import Exchange
from casefiles.targets.protocol import Answer, Message

_LEADING = ("system", "developer")


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """One message, and what we know about it that the application need not."""

    message: Message
    """The message."""
    about: Mapping[str, Any] = field(default_factory=dict)
    """Goes into the data of its turn: ``actor``, ``approves``, ``tries``, ``ms``, ``metadata``."""


def messages_of(history: Sequence[Message], turns: Sequence[Exchange]) -> tuple[Message, ...]:
    """Return everything said so far, for the application's next turn."""
    return tuple(spoken.message for spoken in transcript(history, turns))


def turns_of(history: Sequence[Message], turns: Sequence[Exchange]) -> tuple[Turn, ...]:
    """Return a conversation as turns of a trace. Raises ValueError for what is no message."""
    spoken = transcript(history, turns)
    found = turns_of_messages([one.message for one in spoken])
    return tuple(
        replace(turn, data={**turn.data, **one.about}) if one.about else turn
        for turn, one in zip(found, spoken, strict=True)
    )


def without_messages(turn: Exchange) -> Exchange:
    """Return a turn of which only the final text is left: its messages cannot be read."""
    answer = turn.outcome.answer
    left = None if answer is None else replace(answer, messages=())
    return replace(turn, outcome=replace(turn.outcome, answer=left))


def transcript(history: Sequence[Message], turns: Sequence[Exchange]) -> list[Spoken]:
    """Put what came before, what was said and what was answered in order.

    Instructions that the application sends along with its first answer stand first.
    """
    said = [Spoken(message=message, about={"actor": "replayed"}) for message in history]
    for number, turn in enumerate(turns):
        known = [one.message for one in said]
        lead, rest = _answered(turn, known)
        user = Spoken(message={"role": "user", "content": turn.said.text}, about=_about_said(turn))
        answers = [Spoken(message=message) for message in rest]
        if answers and len(turns) > 1:
            answers[-1] = replace(answers[-1], about=_about_answer(turn))
        leading = [Spoken(message=message) for message in lead]
        said = [*leading, *said] if number == 0 else [*said, *leading]
        said += [user, *answers]
    return said


def _about_said(turn: Exchange) -> dict[str, Any]:
    known = {"actor": turn.said.actor, "approves": turn.said.approves}
    tries = {"tries": turn.tries} if turn.tries > 1 else {}
    return {key: value for key, value in known.items() if value is not None} | tries


def _about_answer(turn: Exchange) -> dict[str, Any]:
    """Data of one turn of several; those of a single one stand in the head of the trace."""
    answer = turn.outcome.answer
    asked = answer.needs_human if answer else None
    metadata = dict(answer.metadata) if answer else {}
    metadata.pop("app_version", None)  # that is said once, for all turns
    known = {"ms": turn.ms, "needs_human": asked, "metadata": metadata or None}
    return {key: value for key, value in known.items() if value is not None}


def _answered(
    turn: Exchange, known: Sequence[Message]
) -> tuple[Sequence[Message], Sequence[Message]]:
    """Return the instructions and the new messages of an answer, nothing of it twice.

    Some applications send all they know of the conversation, not only what is new; some repeat the
    user's message, or say their final text both as a message and as output.
    """
    answer = turn.outcome.answer or Answer()
    given = list(answer.messages)
    if known and len(given) >= len(known) and _same(given[: len(known)], known):
        given = given[len(known) :]
    lead = 0
    while lead < len(given) and given[lead].get("role") in _LEADING:
        lead += 1
    rest = given[lead:]
    if rest and rest[0].get("role") == "user" and text_of(rest[0]) == turn.said.text.strip():
        rest = rest[1:]
    if answer.output is not None and answer.output.strip() != _last_words(rest):
        rest.append({"role": "assistant", "content": answer.output})
    return given[:lead], rest


def _same(given: Sequence[Message], known: Sequence[Message]) -> bool:
    pairs = zip(given, known, strict=True)
    return all(a.get("role") == b.get("role") and text_of(a) == text_of(b) for a, b in pairs)


def _last_words(messages: Sequence[Message]) -> str | None:
    spoken = [message for message in messages if message.get("role") == "assistant"]
    return text_of(spoken[-1]) if spoken else None


def text_of(message: Message) -> str:
    """Return the words of a message: its text, or the text blocks of its content."""
    content = message.get("content")
    blocks = content if isinstance(content, list) else [content]
    texts = [block.get("text") if isinstance(block, Mapping) else block for block in blocks]
    return "\n".join(text for text in texts if isinstance(text, str)).strip()


def reply_of(turn: Exchange) -> str:
    """Return what a user sees of an answer: its final text, else all that the assistant said."""
    answer = turn.outcome.answer or Answer()
    if answer.output is not None:
        return answer.output.strip()
    spoken = [text_of(m) for m in answer.messages if m.get("role") == "assistant"]
    return "\n\n".join(filter(None, spoken))
