from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casefiles.importers.chat import ChatImporter
from casefiles.importers.formats import importer_of, is_record, why_not
from casefiles.importers.importer import Conversation


def conversation(record: Any) -> Conversation:
    """Read a record as the import does."""
    importer = importer_of(record)
    assert importer is not None
    return importer.conversation(record)


def call(name: str, arguments: str, id_: str = "c1") -> dict[str, Any]:
    """A tool call."""
    return {"id": id_, "type": "function", "function": {"name": name, "arguments": arguments}}


def test_parallel_calls_and_their_results_are_kept() -> None:
    """Two calls in one message, their results in two, told apart by their ids."""
    record = {
        "messages": [
            {"role": "user", "content": "both"},
            {
                "role": "assistant",
                "content": None,
                "tool_calls": [call("f", '{"a": 1}', "c1"), call("g", '{"b": [2]}', "c2")],
            },
            {"role": "tool", "tool_call_id": "c2", "content": "two"},
            {"role": "tool", "tool_call_id": "c1", "content": '{"ok": true}'},
            {"role": "assistant", "content": "done"},
        ]
    }

    turns = conversation(record).turns

    assert [turn.role for turn in turns] == ["user", "assistant", "tool", "tool", "assistant"]
    assert [(p.data["id"], p.data["name"]) for p in turns[1].parts] == [("c1", "f"), ("c2", "g")]
    assert [json.loads(p.text or "") for p in turns[1].parts] == [{"a": 1}, {"b": [2]}]
    assert [(p.data["id"], p.data["name"]) for p in (*turns[2].parts, *turns[3].parts)] == [
        ("c2", "g"),
        ("c1", "f"),
    ]


def test_arguments_that_are_no_json_stay_letter_by_letter() -> None:
    """A model that breaks its JSON is a failure that a reviewer must see."""
    record = [{"role": "assistant", "tool_calls": [call("f", '{"a": 1,, }')]}]

    (part,) = conversation(record).turns[0].parts

    assert part.text == '{"a": 1,, }'
    assert part.data["invalid_json"] is True


def test_refusals_parts_and_images_are_kept() -> None:
    """A refusal, a list of content parts, a picture by address and nothing at all."""
    record = {
        "messages": [
            {
                "role": "user",
                "content": [
                    {"type": "text", "text": "what is this?"},
                    {"type": "image_url", "image_url": {"url": "https://example.com/a.png"}},
                ],
            },
            {"role": "assistant", "content": None, "refusal": "I cannot say."},
            {"role": "assistant", "content": None},
        ]
    }

    turns = conversation(record).turns

    assert [part.type for part in turns[0].parts] == ["text", "image"]
    assert turns[0].parts[1].data["uri"] == "https://example.com/a.png"
    assert [(part.type, part.text) for part in turns[1].parts] == [("refusal", "I cannot say.")]
    assert turns[2].parts == ()


def test_a_message_that_is_none_is_said_with_its_number() -> None:
    """The importer names the message and does not guess a role."""
    record = {"messages": [{"role": "user", "content": "hi"}, {"role": None, "content": "ho"}]}

    with pytest.raises(ValueError, match="message 2 has no role"):
        conversation(record)


def test_id_session_and_facts_stand_around_the_messages() -> None:
    """What a gateway logs beside request and response."""
    record = {
        "request_id": "q1",
        "metadata": {"session_id": "s1"},
        "request": {"model": "gpt-4o", "messages": [{"role": "user", "content": "hi"}]},
        "response": {
            "created": 1_763_946_011,
            "usage": {"prompt_tokens": 3, "completion_tokens": 1},
            "choices": [{"message": {"role": "assistant", "content": "yo"}}],
        },
    }

    named, said = ChatImporter().identity(record), conversation(record)

    assert (named.id, named.session) == ("q1", "s1")
    assert said.facts.started == "2025-11-24T01:00:11Z"
    assert said.facts.usage == {"in": 3, "out": 1}
    assert said.facts.rest["model"] == "gpt-4o"
    assert [turn.role for turn in said.turns] == ["user", "assistant"]


@pytest.mark.parametrize(
    ("record", "word"),
    [
        ({"trace": {}, "observations": []}, "Langfuse"),
        ({"run_type": "llm", "inputs": {"messages": []}}, "LangSmith"),
        ({"role": "user", "content": "hi"}, "single message"),
        ({"id": 1}, "no list of messages"),
        ([1, 2], "a list without messages"),
        ("text", "text"),
        (None, "null"),
        (True, "true or false"),
        (3, "a number"),
    ],
)
def test_what_cannot_be_read_is_told_by_name(record: Any, word: str) -> None:
    """Runs of known tools are named; the rest is described."""
    assert not is_record(record)
    assert word in why_not(record)


def test_messages_beside_spans_are_read() -> None:
    """A log that keeps both is a conversation; only spans alone are not read."""
    record = {"spans": [{"name": "llm"}], "messages": [{"role": "user", "content": "hi"}]}

    assert [turn.role for turn in conversation(record).turns] == ["user"]


ARGUMENTS = st.text(max_size=20) | st.dictionaries(st.text(max_size=4), st.integers()).map(
    json.dumps
)
CALLS = st.lists(
    st.builds(call, name=st.text(min_size=1, max_size=8), arguments=ARGUMENTS), max_size=3
)
MESSAGE = st.fixed_dictionaries(
    {"role": st.just("assistant"), "content": st.none() | st.text(max_size=10)},
    optional={"tool_calls": CALLS},
)


def _spoken(message: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in message.items() if value not in (None, "")}


@given(
    st.lists(MESSAGE, min_size=1, max_size=5),
    st.sampled_from(["messages", "traj", "odd"]),
    st.none() | MESSAGE,
)
def test_every_tool_call_comes_out(messages: list[Any], key: str, response: Any) -> None:
    """As many calls with the same names and arguments, also in a response kept apart."""
    record = {"request": {key: messages}, "response": {"choices": [{"message": response}]}}
    # Null content and an empty text say the same, so such a response is a repetition.
    repeats = response and _spoken(response) == _spoken(messages[-1])
    said = [*messages, *([response] if response and not repeats else [])]
    wanted = [one["function"] for message in said for one in message.get("tool_calls", [])]

    parts = [part for turn in conversation(record).turns for part in turn.parts]
    calls = [part for part in parts if part.type == "tool_call"]

    assert [part.data["name"] for part in calls] == [one["name"] for one in wanted]
    for part, one in zip(calls, wanted, strict=True):
        same = part.text == one["arguments"]
        assert same or json.loads(part.text or "") == json.loads(one["arguments"])
