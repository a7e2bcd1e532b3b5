"""From spans to one conversation: threads, tools, errors, usage, and what was lost."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casefiles.documents.turns import Turn
from casefiles.spans.alignment import gist
from casefiles.spans.chat import turns_of_messages
from casefiles.spans.conversation import Conversation, conversation
from casefiles.spans.reading import telemetry
from spans_made import agent, calls, chat, document, returned, span, text, tool

CAPTURED = Path(__file__).parent / "captured"
SYSTEM = text("system", "You are RailBot.")
ASKED = text("user", "refund my train")
FOUND = calls(("c1", "find", {"user": "ana"}))
RESULT = returned("c1", '[{"ref": "QX4"}]')
DONE = text("assistant", "Shall I refund 84 EUR?")


def of(*spans: dict[str, Any], answer: str | None = None, **given: Any) -> Conversation:
    """The conversation of spans."""
    return conversation(telemetry([document(*spans)]), answer=answer, **given)


def said(found: Conversation) -> list[str]:
    """Turns in a line each: who, and what in short."""
    return [f"{turn.role}: {_short(turn)}" for turn in found.turns]


def _short(turn: Turn) -> str:
    words = [
        part.text if part.type == "text" else f"{part.type} {part.data.get('name', '')}".strip()
        for part in turn.parts
    ]
    return ", ".join(word or "" for word in words)


# ---------------------------------------------------------------- what real tools sent


@pytest.mark.parametrize(
    "name", sorted(path.stem for path in CAPTURED.glob("*.jsonl")), ids=lambda name: name
)
def test_the_same_conversation_comes_out_of_every_convention(name: str) -> None:
    """The same agent under eight instrumentations: five turns, one call, its result, the tokens."""
    lines = (CAPTURED / f"{name}.jsonl").read_text().split("\n")
    found = conversation(telemetry(json.loads(line) for line in lines if line))

    assert said(found)[:3] == [
        "system: You are RailBot.",
        "user: hi",
        "assistant: tool_call find_booking",
    ]
    assert said(found)[3] in ("tool: tool_result find_booking", "user: tool_result find_booking")
    assert said(found)[4:] == ["assistant: Done! **84**"]
    asked, result = found.turns[2].parts[0], found.turns[3].parts[0]
    assert (asked.data["id"], result.data["id"]) == ("call_0", "call_0")
    assert json.loads(asked.text or "") == {"user": "ana0"}
    assert json.loads(result.text or "")[0]["ref"] == "QX4"
    assert (found.usage["in"], found.usage["out"]) == (20, 10)
    assert (found.errors, found.lost) == ((), ())


# ---------------------------------------------------------------- one conversation


def test_every_message_stands_once_though_each_call_repeats_all_before() -> None:
    """A call's answer is the same message when the next call is given it."""
    found = of(
        chat(1, 2, [SYSTEM, ASKED], FOUND),
        chat(3, 4, [SYSTEM, ASKED, FOUND, RESULT], DONE),
        chat(
            5, 6, [SYSTEM, ASKED, FOUND, RESULT, DONE, text("user", "yes")], text("assistant", "ok")
        ),
    )

    assert said(found) == [
        "system: You are RailBot.",
        "user: refund my train",
        "assistant: tool_call find",
        "tool: tool_result find",
        "assistant: Shall I refund 84 EUR?",
        "user: yes",
        "assistant: ok",
    ]
    assert not any("thread" in turn.data or "context" in turn.data for turn in found.turns)


def test_an_answer_knows_when_how_long_which_model_and_what_it_took() -> None:
    """What is known of a call stands at its answer."""
    found = of(
        chat(
            1, 2.5, [ASKED], DONE, id="00000000000000aa", gen_ai__response__finish_reasons=["stop"]
        )
    )

    assert found.turns[1].data == {
        "at": "2025-11-24T01:00:12Z",
        "ms": 1500,
        "model": "m-1",
        "usage": {"in": 10, "out": 5},
        "finish": "stop",
        "span": "00000000000000aa",
    }
    assert (found.started, found.ms) == ("2025-11-24T01:00:12Z", 1500)


def test_the_same_words_said_twice_stand_twice() -> None:
    """Only a repeated history is folded, not a user who repeats themselves."""
    yes, ok = text("user", "yes"), text("assistant", "ok")
    found = of(chat(1, 2, [yes], ok), chat(3, 4, [yes, ok, yes], ok))

    assert said(found) == ["user: yes", "assistant: ok", "user: yes", "assistant: ok"]


def test_a_second_try_after_an_error_belongs_to_the_same_conversation() -> None:
    """The failed call stays visible where it happened."""
    found = of(
        chat(1, 2, [SYSTEM, ASKED], None, error="RateLimitError: slow down", tokens=None),
        chat(3, 4, [SYSTEM, ASKED], DONE),
    )

    assert [turn.role for turn in found.turns] == ["system", "user", "assistant", "assistant"]
    assert found.turns[2].data["error"] == "RateLimitError: slow down"
    assert found.turns[2].parts == ()
    assert (found.errors, found.lost) == (("RateLimitError: slow down",), ())


def test_another_answer_to_the_same_question_is_a_thread_of_its_own() -> None:
    """The question is not repeated; the answer says what it was given."""
    found = of(
        chat(1, 2, [SYSTEM, ASKED], text("assistant", "one")),
        chat(3, 4, [SYSTEM, ASKED], text("assistant", "two")),
        answer="one",
    )

    assert said(found)[2:] == ["assistant: one", "assistant: two"]
    assert found.turns[3].data["thread"] == 2
    assert found.turns[3].data["context"] == [1, 2]


def test_a_history_that_was_cut_is_not_shown_again_but_its_gap_is() -> None:
    """What was left out of a call shows in the turns it was given."""
    more = text("user", "and the hotel?")
    found = of(
        chat(1, 2, [SYSTEM, ASKED], FOUND),
        chat(3, 4, [SYSTEM, ASKED, FOUND, RESULT], DONE),
        chat(5, 6, [SYSTEM, DONE, more], text("assistant", "which one?")),
    )

    assert said(found)[5:] == ["user: and the hotel?", "assistant: which one?"]
    assert found.turns[6].data["context"] == [1, 5, 6]
    assert "thread" not in found.turns[6].data


def test_instructions_that_change_a_little_do_not_begin_another_conversation() -> None:
    """The time of day in a system prompt: the new one is shown, the thread goes on."""
    long = "You are RailBot. Ask before you book or refund anything. It is {}."
    before, after = text("system", long.format("12:00")), text("system", long.format("12:01"))
    found = of(
        chat(1, 2, [before, ASKED], FOUND),
        chat(3, 4, [after, ASKED, FOUND, RESULT], DONE),
    )

    assert [turn.role for turn in found.turns] == [
        "system", "user", "assistant", "system", "tool", "assistant",
    ]  # fmt: skip
    assert not any("thread" in turn.data for turn in found.turns)
    assert found.turns[5].data["context"] == [4, 2, 3, 5]


# ---------------------------------------------------------------- several agents


def test_a_sub_agent_speaks_in_a_thread_of_its_own_where_it_worked() -> None:
    """Its turns say who it is and stand between the call of the tool and its result."""
    task, found_it = text("user", "find bookings of ana"), text("assistant", "QX4")
    found = of(
        agent(0, 9, "rail", id="00000000000000a1"),
        chat(1, 2, [SYSTEM, ASKED], FOUND, parent="00000000000000a1"),
        tool(2.1, 5, "find", id="00000000000000a2", parent="00000000000000a1",
             gen_ai__tool__call__id="c1", gen_ai__tool__call__result='[{"ref": "QX4"}]'),
        agent(2.2, 4.9, "finder", id="00000000000000a3", parent="00000000000000a2"),
        chat(3, 4, [text("system", "You find bookings."), task], found_it,
             parent="00000000000000a3"),
        chat(6, 7, [SYSTEM, ASKED, FOUND, RESULT], DONE, parent="00000000000000a1"),
    )  # fmt: skip

    assert said(found) == [
        "system: You are RailBot.",
        "user: refund my train",
        "assistant: tool_call find",
        "system: You find bookings.",
        "user: find bookings of ana",
        "assistant: QX4",
        "tool: tool_result find",
        "assistant: Shall I refund 84 EUR?",
    ]
    assert [turn.data.get("thread") for turn in found.turns] == [None] * 3 + [2] * 3 + [None] * 2
    assert [found.turns[n].data.get("agent") for n in (2, 3, 5, 7)] == [
        "rail", "finder", "finder", "rail",
    ]  # fmt: skip
    assert found.turns[6].data["ms"] == 2900


def test_a_search_of_a_sub_agent_stands_in_its_thread() -> None:
    """And so does a tool whose result no model was given."""
    found = of(
        agent(0, 9, "rail", id="00000000000000a1"),
        chat(1, 2, [SYSTEM, ASKED], DONE, parent="00000000000000a1"),
        agent(2.2, 4.9, "finder", id="00000000000000a3", parent="00000000000000a1"),
        chat(3, 4, [text("user", "find")], FOUND, parent="00000000000000a3"),
        span("search", 4.1, 4.2, parent="00000000000000a3", gen_ai__operation__name="retrieval"),
        tool(4.3, 4.4, "find", parent="00000000000000a3", gen_ai__tool__call__id="c1"),
    )

    assert [turn.data.get("thread") for turn in found.turns] == [None] * 3 + [2] * 4
    assert [turn.data.get("agent") for turn in found.turns[3:]] == ["finder"] * 4
    assert not any("context" in turn.data for turn in found.turns)


def test_agents_that_work_at_once_are_kept_apart() -> None:
    """Their turns are not mixed, though their calls overlap."""
    one, two = text("system", "You are one."), text("system", "You are two.")
    a, b = text("user", "task a"), text("user", "task b")
    found = of(
        agent(0, 99, "main", id="00000000000000b0"),
        chat(0.5, 0.9, [SYSTEM, ASKED], FOUND, parent="00000000000000b0"),
        agent(1, 9, "one", id="00000000000000b1", parent="00000000000000b0"),
        agent(1, 9, "two", id="00000000000000b2", parent="00000000000000b0"),
        chat(1, 3, [one, a], text("assistant", "a1"), parent="00000000000000b1"),
        chat(2, 4, [two, b], text("assistant", "b1"), parent="00000000000000b2"),
        chat(5, 7, [one, a, text("assistant", "a1"), text("user", "more")],
             text("assistant", "a2"), parent="00000000000000b1"),
        chat(10, 11, [SYSTEM, ASKED, FOUND, RESULT], DONE, parent="00000000000000b0"),
    )  # fmt: skip

    assert [turn.data.get("thread") for turn in found.turns] == [
        None, None, None, 2, 2, 2, 2, 2, 3, 3, 3, None, None,
    ]  # fmt: skip


def test_the_thread_that_gives_the_applications_answer_is_the_main_one() -> None:
    """A router in front of it is a side thread, though it came first."""
    router = text("system", "Which desk? One word.")
    found = of(
        chat(1, 2, [router, ASKED], text("assistant", "refunds")),
        chat(3, 4, [SYSTEM, ASKED], DONE),
        answer="Shall I refund 84 EUR?",
    )

    assert said(found) == [
        "system: You are RailBot.",
        "user: refund my train",
        "system: Which desk? One word.",
        "assistant: refunds",
        "assistant: Shall I refund 84 EUR?",
    ]
    assert [turn.data.get("thread") for turn in found.turns] == [None, None, 2, 2, None]
    assert found.turns[3].data["context"] == [3, 2]


def test_a_call_seen_by_framework_and_library_counts_once() -> None:
    """Two instrumentations of one call: tokens are not summed twice."""
    found = of(
        chat(1, 4, [SYSTEM, ASKED], DONE, id="00000000000000c1"),
        chat(2, 3, [SYSTEM, ASKED], DONE, parent="00000000000000c1"),
    )

    assert [turn.role for turn in found.turns] == ["system", "user", "assistant"]
    assert found.usage == {"in": 10, "out": 5}


def test_a_call_sent_by_two_exporters_counts_once() -> None:
    """Under two conventions, with the same times: the fuller one is shown."""
    poor = chat(1, 2, [SYSTEM, ASKED], {"role": "assistant", "parts": []})
    flat: dict[str, Any] = {
        "openinference__span__kind": "LLM",
        "llm__input_messages__0__message__role": "system",
        "llm__input_messages__0__message__content": "You are RailBot.",
        "llm__input_messages__1__message__role": "user",
        "llm__input_messages__1__message__content": "refund my train",
        "llm__output_messages__0__message__role": "assistant",
        "llm__output_messages__0__message__content": "Shall I refund 84 EUR?",
        "llm__cost__total": 0.5,
    }

    for spans in ((poor, span("llm", 1, 2, **flat)), (span("llm", 1, 2, **flat), poor)):
        found = of(*spans)
        assert said(found)[2:] == ["assistant: Shall I refund 84 EUR?"]
        assert found.usage == {"in": 10, "out": 5, "cost_usd": 0.5}


def test_totals_that_an_agent_repeats_are_not_added() -> None:
    """Usage is summed over calls of models only."""
    found = of(
        agent(0, 9, "rail", id="00000000000000d1", gen_ai__usage__input_tokens=20),
        chat(1, 2, [ASKED], FOUND, parent="00000000000000d1"),
        chat(3, 4, [ASKED, FOUND, RESULT], DONE, parent="00000000000000d1"),
    )

    assert found.usage == {"in": 20, "out": 10}


# ---------------------------------------------------------------- tools and searches


def test_a_tool_says_how_long_it_took_and_that_it_failed_at_its_result() -> None:
    """Its span is told by the id of the call."""
    found = of(
        chat(1, 2, [ASKED], FOUND),
        tool(2, 2.04, "find", gen_ai__tool__call__id="c1", error="KeyError: 'ana'"),
        chat(3, 4, [ASKED, FOUND, returned("c1", "Error: no such user")], DONE),
    )

    assert found.turns[2].data["ms"] == 40
    assert found.turns[2].parts[0].text == "Error: no such user"
    assert found.turns[2].parts[0].data["error"] == "KeyError: 'ana'"


def test_a_result_no_model_was_given_is_known_from_the_tools_span() -> None:
    """The process ended first: the result is not lost with it."""
    found = of(
        chat(1, 2, [ASKED], FOUND),
        tool(
            2, 3, "find", gen_ai__tool__call__id="c1", gen_ai__tool__call__result='{"ref": "QX4"}'
        ),
    )

    assert said(found)[2:] == ["tool: tool_result find"]
    assert found.turns[2].parts[0].data["id"] == "c1"
    assert json.loads(found.turns[2].parts[0].text or "") == {"ref": "QX4"}


def test_a_tool_no_model_asked_for_is_shown_with_what_it_was_given() -> None:
    """Applications call tools by themselves, too."""
    found = of(
        tool(0, 1, "load_user", gen_ai__tool__call__arguments='{"id": 7}',
             gen_ai__tool__call__result="ana"),
        chat(1, 2, [SYSTEM, ASKED], DONE),
    )  # fmt: skip

    assert said(found) == [
        "system: You are RailBot.",
        "user: refund my train",
        "tool: tool_call load_user, tool_result load_user",
        "assistant: Shall I refund 84 EUR?",
    ]


def test_calls_without_ids_find_their_tools_by_name_and_arguments() -> None:
    """Two calls of the same tool: each result stands with its own call."""
    one, two = {"user": "ana"}, {"user": "ben"}
    found = of(
        chat(1, 2, [ASKED], {"role": "assistant", "parts": [
            {"type": "tool_call", "name": "find", "arguments": one},
            {"type": "tool_call", "name": "find", "arguments": two}]}),
        tool(2, 2.2, "find", gen_ai__tool__call__arguments=json.dumps(two),
             gen_ai__tool__call__result="BBB"),
        tool(2, 2.1, "find", gen_ai__tool__call__arguments=json.dumps(one),
             gen_ai__tool__call__result="AAA"),
    )  # fmt: skip

    assert [turn.parts[0].text for turn in found.turns[2:]] == ["AAA", "BBB"]
    assert all(len(turn.parts) == 1 for turn in found.turns[2:])


def test_the_same_call_made_twice_has_each_result_with_its_own() -> None:
    """Without ids, and with a history that holds a third one from before."""
    call = {"role": "assistant", "parts": [{"type": "tool_call", "name": "f", "arguments": {}}]}
    old = [ASKED, call, text("tool", "old"), text("assistant", "hm"), text("user", "again")]
    found = of(
        chat(1, 2, old, call),
        tool(3, 4, "f", gen_ai__tool__call__arguments="{}", gen_ai__tool__call__result="first"),
        chat(5, 6, [*old, call, text("tool", "first")], call),
        tool(7, 8, "f", gen_ai__tool__call__arguments="{}", gen_ai__tool__call__result="second"),
    )

    results = [part for turn in found.turns for part in turn.parts if part.type == "tool_result"]
    assert [part.text for part in results] == ["old", "first", "second"]
    assert all(len(turn.parts) == 1 for turn in found.turns)


def test_a_search_shows_what_was_looked_for_and_found() -> None:
    """Documents of either convention, as a part of their own."""
    documents = [{"id": "faq-3", "score": 0.9, "content": "Refunds take 5 days."}]
    flat = {
        "retrieval__documents__0__document__id": "faq-3",
        "retrieval__documents__0__document__score": 0.9,
        "retrieval__documents__0__document__content": "Refunds take 5 days.",
    }
    for told in (
        {"gen_ai__operation__name": "retrieval", "gen_ai__retrieval__query__text": "refund",
         "gen_ai__retrieval__documents": json.dumps(documents)},
        {"openinference__span__kind": "RETRIEVER", "input__value": "refund", **flat},
    ):  # fmt: skip
        found = of(span("search", 0, 0.5, **told), chat(1, 2, [ASKED], DONE))

        (part,) = found.turns[1].parts
        assert (found.turns[1].role, part.type) == ("tool", "retrieval")
        assert part.data["query"] == "refund"
        assert json.loads(part.text or "") == documents


# ---------------------------------------------------------------- errors and losses


def test_errors_are_told_the_deepest_first_and_once() -> None:
    """What a span only passes on is no second error."""
    found = of(
        agent(0, 9, "rail", id="00000000000000e1", error="AgentError: gave up"),
        tool(1, 2, "pay", id="00000000000000e2", parent="00000000000000e1", error="card declined"),
        span("POST", 1, 2, parent="00000000000000e2", error="card declined"),
    )

    assert found.errors == ("card declined", "AgentError: gave up")
    assert found.failed


@pytest.mark.parametrize(
    ("spans", "lost"),
    [
        ([agent(0, 1, "rail")], "no call of a model was recorded"),
        ([chat(1, 2, [], None)], "1 of 1 call of models came without messages"),
        ([chat(1, 2, [], DONE)], "came without what the model was given"),
        ([chat(1, 2, [ASKED], None)], "came without what the model answered"),
        ([chat(1, 2, [ASKED], DONE, tokens=None)], "1 of 1 call of models came without tokens"),
        (
            [chat(1, 2, [ASKED], DONE, tokens=None, gen_ai__request__stream=True)],
            "a streamed answer tells them only if the application asks for it",
        ),
        (
            [chat(1, 2, [ASKED], DONE, parent="00000000000000ff")],
            "1 span that others are part of never came",
        ),
        (
            [{**chat(1, 2, [ASKED], DONE), "droppedAttributesCount": 51}],
            "51 attributes of spans were dropped over a limit",
        ),
        (
            [chat(1, 2, [ASKED], DONE), tool(2, 3, "find", gen_ai__tool__call__id="c9")],
            "1 of 1 tool run came without a result",
        ),
        (
            [chat(1, 2, [], DONE, gen_ai__input__messages='[{"role": "user", "parts": [{"ty')],
            "the messages of 1 of 1 call of models were cut",
        ),
    ],
)  # fmt: skip
def test_what_is_missing_is_said(spans: list[dict[str, Any]], lost: str) -> None:
    """Each kind of loss in its own words."""
    (found,) = of(*spans).lost

    assert lost in found


def test_our_own_span_is_not_missed() -> None:
    """The span that we begin the trace with never comes."""
    found = of(chat(1, 2, [ASKED], DONE, parent="00000000000000ff"), known={"00000000000000ff"})

    assert found.lost == ()


def test_one_unknown_parent_may_be_part_of_another_system() -> None:
    """A trace out of the logs of one service of several; two unknown ones are a loss."""
    one = chat(1, 2, [ASKED], DONE, parent="00000000000000ff")
    two = chat(3, 4, [ASKED, DONE, ASKED], DONE, parent="00000000000000fe")

    assert of(one, known=None).lost == ()
    assert of(one, two, known=None).lost == ("2 spans that others are part of never came",)


def test_without_contents_the_outermost_question_and_answer_are_what_is_left() -> None:
    """Better than nothing, and said to be no more."""
    found = of(
        span("chain", 0, 9, id="00000000000000f1", openinference__span__kind="CHAIN",
             input__value="refund my train", output__value="Shall I refund 84 EUR?"),
        chat(1, 2, [], None, parent="00000000000000f1"),
    )  # fmt: skip

    assert said(found) == ["user: refund my train", "assistant: Shall I refund 84 EUR?"]
    assert found.answer == "Shall I refund 84 EUR?"
    assert "came without messages" in found.lost[0]


def test_a_span_that_never_came_is_known_by_its_logs() -> None:
    """Log records may be sent before the span they belong to ends."""
    messages = {
        "gen_ai.input.messages": [ASKED],
        "gen_ai.output.messages": [DONE],
        "gen_ai.operation.name": "chat",
    }
    record = {
        "timeUnixNano": "1763946011000000000",
        "eventName": "gen_ai.client.inference.operation.details",
        "traceId": "5b8efff798038103d269b633813fc60c",
        "spanId": "eee19b7ec3c1b174",
        "attributes": messages,
    }
    logs = {"resourceLogs": [{"scopeLogs": [{"logRecords": [record]}]}]}

    found = conversation(telemetry([logs]))

    assert said(found) == ["user: refund my train", "assistant: Shall I refund 84 EUR?"]
    assert "1 span never came and are known by their logs only" in found.lost


def test_nothing_at_all_is_an_empty_conversation() -> None:
    """No spans, no turns; that is said."""
    found = conversation(telemetry([]))

    assert (found.turns, found.usage, found.spans) == ((), {}, 0)
    assert found.lost


# ---------------------------------------------------------------- nothing is silently missing

words = st.sampled_from(["yes", "no", "ok", "refund", "hello", "again"])
messages = st.builds(text, st.sampled_from(["system", "user", "assistant"]), words)
histories = st.lists(messages, max_size=5)


@given(st.lists(st.tuples(histories, messages, st.booleans()), min_size=1, max_size=6))
def test_whatever_the_calls_every_message_is_in_the_conversation(
    made: list[tuple[list[dict[str, Any]], dict[str, Any], bool]],
) -> None:
    """Calls that go on, begin anew, cut or change their history: nothing given or answered is lost,
    and what a call was given can be told from the turns.
    """
    before: list[dict[str, Any]] = []
    spans, wanted = [], []
    for number, (history, answer, goes_on) in enumerate(made):
        given_ = [*before, *history] if goes_on else history
        spans.append(chat(number, number + 0.5, given_, answer))
        wanted.append((given_, answer))
        before = [*given_, answer]

    found = of(*spans)

    shown = [gist(turn) for turn in found.turns]
    for given_, answer in wanted:
        assert {gist(turn) for turn in turns_of_messages([*given_, answer])} <= set(shown)
    for turn in found.turns:
        if "context" in turn.data:
            told = [shown[place - 1] for place in turn.data["context"]]
            assert any(told == [gist(t) for t in turns_of_messages(g)] for g, _ in wanted)
    assert sum("model" in turn.data for turn in found.turns) == len(made)
