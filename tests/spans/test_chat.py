from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casefiles.documents import trace
from casefiles.documents.trace import TraceHead, seal
from casefiles.documents.turns import Part, Turn
from casefiles.spans.chat import turns_of_messages


def only(**message: Any) -> Turn:
    """Return the turn of one message."""
    (turn,) = turns_of_messages([message])
    return turn


def called(arguments: Any) -> Part:
    """Return the part of one tool call with these arguments."""
    call = {"id": "c1", "type": "function", "function": {"name": "find", "arguments": arguments}}
    (part,) = only(role="assistant", content=None, tool_calls=[call]).parts
    return part


# ---------------------------------------------------------------- text and roles


@pytest.mark.parametrize("role", ["system", "developer", "user", "assistant", "narrator"])
def test_any_role_is_kept(role: str) -> None:
    """A message of any role becomes a turn of that role."""
    assert only(role=role, content="hello") == Turn(role=role, parts=(Part(text="hello"),))


def test_a_list_of_texts_stays_several_parts() -> None:
    """Texts in a content list are separate parts, strings and blocks alike."""
    turn = only(role="user", content=["a", {"type": "text", "text": "b"}, {"text": "c"}])
    assert turn.parts == (Part(text="a"), Part(text="b"), Part(text="c"))


def test_null_content_says_nothing() -> None:
    """Null content gives a turn without parts."""
    assert only(role="assistant", content=None).parts == ()


def test_an_empty_answer_is_seen() -> None:
    """An empty string is an answer that a reviewer must see."""
    assert only(role="assistant", content="").parts == (Part(text=""),)


def test_an_empty_text_beside_a_call_is_not() -> None:
    """Next to tool calls an empty string only says that there is no text."""
    turn = only(role="assistant", content="", tool_calls=[{"function": {"name": "f"}}])
    assert [part.type for part in turn.parts] == ["tool_call"]


def test_a_name_is_kept() -> None:
    """The name of who speaks is data of the turn."""
    assert only(role="user", name="ana", content="hi").data == {"name": "ana"}


def test_unknown_keys_are_kept() -> None:
    """What this version does not know is data of the turn; nulls and empty lists are left out."""
    turn = only(role="user", content="hi", mood={"x": [0]}, seen=False, audio=None, annotations=[])
    assert turn.data == {"mood": {"x": [0]}, "seen": False}


def test_a_refusal_is_a_part() -> None:
    """A refusal stands beside the content."""
    assert only(role="assistant", content=None, refusal="No.").parts == (
        Part(type="refusal", text="No."),
    )


def test_reasoning_comes_first_and_once() -> None:
    """Reasoning that is sent under both names is one part, before the text."""
    turn = only(role="assistant", content="4", reasoning="2+2", reasoning_content="2+2")
    assert turn.parts == (Part(type="reasoning", text="2+2"), Part(text="4"))


def test_thinking_keeps_its_signature() -> None:
    """Thinking blocks are reasoning, redacted ones too."""
    blocks = [
        {"type": "thinking", "thinking": "hm", "signature": "s"},
        {"type": "redacted_thinking", "data": "xx"},
    ]
    assert only(role="assistant", content=blocks).parts == (
        Part(type="reasoning", text="hm", data={"signature": "s"}),
        Part(type="reasoning", data={"data": "xx"}),
    )


# ---------------------------------------------------------------- tools


def test_arguments_are_indented() -> None:
    """Arguments that are JSON are made readable."""
    assert called('{"a":1}') == Part(
        type="tool_call",
        text='{\n  "a": 1\n}',
        data={"id": "c1", "name": "find", "lang": "json"},
    )


def test_arguments_as_an_object() -> None:
    """Arguments that come parsed look the same."""
    assert called({"a": 1}) == called('{"a":1}')


def test_broken_arguments_stay_and_are_marked() -> None:
    """Arguments that do not parse are kept letter by letter, for the reviewer to see."""
    assert called('{"a": 1').text == '{"a": 1'
    assert called('{"a": 1').data == {"id": "c1", "name": "find", "invalid_json": True}


def test_arguments_python_cannot_hold_stay() -> None:
    """Arguments that would lose something by being indented are kept as they are."""
    assert called('{"a":1,"a":2}').text == '{"a":1,"a":2}'
    assert called('{"a":1,"a":2}').data["lang"] == "json"


def test_the_input_of_a_custom_tool_is_text() -> None:
    """A custom tool takes any text, which is no broken JSON."""
    call = {"id": "c", "type": "custom", "custom": {"name": "py", "input": "print(1)"}}
    (part,) = only(role="assistant", tool_calls=[call]).parts
    assert part == Part(
        type="tool_call", text="print(1)", data={"id": "c", "name": "py", "type": "custom"}
    )


def test_the_older_function_call() -> None:
    """A function_call is a tool call without an id, its result a message of role function."""
    turns = turns_of_messages(
        [
            {"role": "assistant", "function_call": {"name": "f", "arguments": "{}"}},
            {"role": "function", "name": "f", "content": "done"},
        ]
    )
    assert turns[0].parts[0].data == {"name": "f", "lang": "json"}
    assert turns[1].parts == (Part(type="tool_result", text="done", data={"name": "f"}),)


def test_a_result_is_named_by_its_call() -> None:
    """A tool's result gets the name of the call with its id, the latest where ids repeat."""
    say = [{"id": "c1", "function": {"name": name}} for name in ("first", "second")]
    result = {"role": "tool", "tool_call_id": "c1", "content": "x"}
    turns = turns_of_messages(
        [
            {"role": "assistant", "tool_calls": say[:1]},
            result,
            {"role": "assistant", "tool_calls": say[1:]},
            result,
            {"role": "tool", "tool_call_id": "other", "content": "x"},
        ]
    )
    assert [turn.parts[0].data.get("name") for turn in turns] == [
        "first", "first", "second", "second", None,
    ]  # fmt: skip


def test_a_result_that_is_json_is_indented() -> None:
    """JSON objects and lists that a tool returned are made readable, other text is left alone."""
    texts = {'[{"a":1}]': '[\n  {\n    "a": 1\n  }\n]', "[note] 1": "[note] 1", "42": "42"}
    for content, text in texts.items():
        (part,) = only(role="tool", tool_call_id="c", content=content).parts
        assert (part.type, part.text) == ("tool_result", text)
        assert part.data.get("lang") == ("json" if content != text else None)


def test_a_result_of_nothing() -> None:
    """A tool that returned null has a result without text."""
    (part,) = only(role="tool", tool_call_id="c", content=None).parts
    assert part == Part(type="tool_result", data={"id": "c"})


def test_results_inside_user_messages() -> None:
    """A tool_result block of a user message is a result, its image a part of its own."""
    use = {"type": "tool_use", "id": "t", "name": "look", "input": {"q": 1}}
    image = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "QQ"}}
    back = {"type": "tool_result", "tool_use_id": "t", "is_error": True, "content": ["no", image]}
    _, turn = turns_of_messages(
        [{"role": "assistant", "content": [use]}, {"role": "user", "content": [back]}]
    )
    assert turn.role == "user"
    assert turn.parts == (
        Part(type="tool_result", text="no", data={"id": "t", "name": "look", "error": True}),
        Part(type="image", data={"mime": "image/png", "uri": "data:image/png;base64,QQ"}),
    )


# ---------------------------------------------------------------- media


@pytest.mark.parametrize(
    ("block", "part"),
    [
        (
            {"type": "image_url", "image_url": {"url": "https://x.example/a.png", "detail": "low"}},
            Part(type="image", data={"uri": "https://x.example/a.png", "detail": "low"}),
        ),
        (
            {"type": "input_image", "image_url": "https://x.example/a.png"},
            Part(type="image", data={"uri": "https://x.example/a.png"}),
        ),
        (
            {"type": "input_audio", "input_audio": {"data": "QUJD", "format": "wav"}},
            Part(type="audio", data={"uri": "data:audio/wav;base64,QUJD", "format": "wav"}),
        ),
        (
            {"type": "file", "file": {"file_id": "f-1", "filename": "a.pdf"}},
            Part(type="file", data={"id": "f-1", "name": "a.pdf"}),
        ),
        (
            {"type": "document", "source": {"type": "text", "data": "words"}, "title": "T"},
            Part(type="file", text="words", data={"type": "text", "title": "T"}),
        ),
        ({"type": "video", "clip": 3}, Part(type="video", data={"clip": 3})),
        ({"type": "turn", "text": "x"}, Part(type="other", text="x", data={"type": "turn"})),
        ({"type": "a b"}, Part(type="other", data={"type": "a b"})),
        ({"x": 1}, Part(text='{\n  "x": 1\n}', data={"lang": "json"})),
        (7, Part(text="7", data={"lang": "json"})),
    ],
)
def test_blocks(block: Any, part: Part) -> None:
    """Images, sounds and files are parts without text; unknown blocks are kept."""
    assert only(role="user", content=[block]).parts == (part,)


def test_a_spoken_answer_shows_its_transcript() -> None:
    """An audio answer is a part without text, and what it says a text."""
    audio = {"id": "a", "data": "QUJD", "transcript": "hello"}
    turn = only(role="assistant", content=None, audio=audio)
    assert turn.parts == (
        Part(type="audio", data={"id": "a", "uri": "data:application/octet-stream;base64,QUJD"}),
        Part(text="hello", data={"transcript_of": "audio"}),
    )


# ---------------------------------------------------------------- what is no message


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ("hello", "message 2 is text"),
        (["hello"], "message 2 is a list"),
        (None, "message 2 is null"),
        (3, "message 2 is a number"),
        ({"content": "x"}, "message 2 has no role"),
        ({"role": " ", "content": "x"}, "message 2 has no role"),
        ({"role": 1, "content": "x"}, "message 2 has no role"),
    ],
)
def test_what_is_no_message(message: Any, said: str) -> None:
    """The error names the message that is none."""
    with pytest.raises(ValueError, match=said):
        turns_of_messages([{"role": "user", "content": "hi"}, message])


def test_a_message_nested_without_end() -> None:
    """A message of absurd depth is refused, not a crash."""
    deep: Any = "x"
    for _ in range(200):
        deep = [deep]
    with pytest.raises(ValueError, match="message 1 is nested more than 100 levels deep"):
        turns_of_messages([{"role": "user", "content": deep}])


# ---------------------------------------------------------------- anything at all

KEYS = st.sampled_from(
    "role content refusal audio tool_calls function_call tool_call_id name reasoning "
    "reasoning_content type text function arguments input id image_url url data format source "
    "media_type transcript file file_data filename thinking tool_use_id is_error custom title "
    "file_id mime call_id".split()
)
TYPES = st.sampled_from(
    "text refusal thinking redacted_thinking tool_use tool_call tool_result image image_url "
    "input_image audio input_audio file document web_search_tool_result video custom".split()
)
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | WORDS | TYPES | st.just(""),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=12,
)
MESSAGES = st.lists(
    st.builds(
        lambda role, rest: {**rest, "role": role},
        st.sampled_from(["system", "user", "assistant", "tool", "function", "x y"]),
        st.dictionaries(KEYS, VALUES, max_size=5),
    ),
    max_size=4,
)


def strings(value: Any) -> Iterator[str]:
    """Yield what a JSON value says, without what only names a type."""
    if isinstance(value, dict):
        for key, item in value.items():
            if key != "type":
                yield from strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from strings(item)
    elif isinstance(value, str) and value.strip():
        yield value


def everything(turns: tuple[Turn, ...]) -> str:
    """Return all that turns hold, texts as they are and as JSON."""
    held = []
    for turn in turns:
        held += [turn.role, json.dumps(dict(turn.data), ensure_ascii=False)]
        for part in turn.parts:
            held += [part.text or "", json.dumps(dict(part.data), ensure_ascii=False)]
            if part.data.get("lang") == "json":
                held.append(json.dumps(json.loads(part.text or "null"), ensure_ascii=False))
    return "\n".join(held)


@given(MESSAGES)
def test_nothing_is_lost(messages: list[dict[str, Any]]) -> None:
    """Whatever messages say, however oddly they are built, stands somewhere in the turns."""
    turns = turns_of_messages(messages)
    assert len(turns) == len(messages)
    held = everything(turns)
    for said in strings(messages):
        shown = json.dumps(said, ensure_ascii=False)[1:-1]
        parsed = json.dumps(_parsed(said), ensure_ascii=False)
        assert said in held or shown in held or parsed in held


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


@given(MESSAGES)
def test_turns_survive_a_trace_file(messages: list[dict[str, Any]]) -> None:
    """Turns made of any messages are read back from a trace file as they were written."""
    found = seal(TraceHead(title="t"), turns_of_messages(messages))
    assert trace.parse(trace.render(found), "traces/r/t.md") == (found, ())
