"""The same small agent under three real instrumentations: real processes, real exporters."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Any

import pytest

import small_agent
from agents import Agents, Ended, agents
from casefiles.capture.watching import Capture
from casefiles.documents.turns import Part, Turn
from casefiles.spans.conversation import Conversation, conversation
from casefiles.spans.reading import telemetry
from model_server import Sent, model_server

STACKS = ("openinference", "openllmetry", "genai")
ANSWER = "Your train is booked. Shall I refund **84 EUR**?"


def call(name: str, number: int) -> dict[str, Any]:
    """A call of a tool as the model asks for it."""
    arguments = json.dumps({"user": f"ana{number}"})
    return {
        "id": f"call_{number}",
        "type": "function",
        "function": {"name": name, "arguments": arguments},
    }


def script(body: dict[str, Any], _: int) -> Sent:
    """Answer by what the user says: first calls of tools, then a text; or an error."""
    said = next(m["content"] for m in reversed(body["messages"]) if m["role"] == "user")
    if body["messages"][-1]["role"] == "tool" or said == "long":
        return Sent(text=ANSWER, usage=(655, 88))
    if said == "busy":
        return Sent(status=429, text="slow down")
    names = {"both": ("find_booking", "find_booking")}.get(said, (said,))
    calls = tuple(call(name, number) for number, name in enumerate(names))
    return Sent(tool_calls=calls, finish="tool_calls", usage=(512, 64))


@dataclass(frozen=True, kw_only=True)
class Ran:
    """What became of one agent."""

    ended: Ended
    found: Conversation
    remarks: tuple[str, ...]


Run = Callable[..., Ran]


@pytest.fixture(scope="module")
def capture() -> Iterator[Capture]:
    """The receiver."""
    with closing(Capture()) as running:
        yield running


@pytest.fixture(scope="module")
def model() -> Iterator[str]:
    """The address of the model's server."""
    with model_server(script) as served:
        yield served.url


@pytest.fixture(scope="module")
def forks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Agents]:
    """The process that agents are forked from."""
    with agents(tmp_path_factory.mktemp("agents")) as running:
        yield running


@pytest.fixture
def run(capture: Capture, model: str, forks: Agents) -> Run:
    """Run the agent with one query under a stack, and collect what it sent."""

    def run(stack: str, query: str, *, interrupt_at: str | None = None, **env: str | None) -> Ran:
        watch = capture.watch(f"r/{query}")
        own = {"OPENAI_BASE_URL": model, "OPENAI_API_KEY": "sk-test"}
        variables = {**own, **watch.environment, **env}
        ended = forks.run(stack, query, variables, interrupt_at=interrupt_at)
        collected = watch.collect(is_over=True)
        found = conversation(telemetry(collected.documents), known=collected.known)
        return Ran(ended=ended, found=found, remarks=collected.remarks)

    return run


def bare(turns: tuple[Turn, ...]) -> list[Turn]:
    """Turns without what differs from run to run."""
    return [
        replace(turn, data={k: v for k, v in turn.data.items() if k not in ("at", "ms", "span")})
        for turn in turns
    ]


def asked(number: int) -> Part:
    """A call of the tool, as a trace has it."""
    text = f'{{\n  "user": "ana{number}"\n}}'
    return Part(
        type="tool_call",
        text=text,
        data={"id": f"call_{number}", "name": "find_booking", "lang": "json"},
    )


def returned(number: int) -> Turn:
    """What the tool returned."""
    text = f'[\n  {{\n    "ref": "QX4",\n    "user": "ana{number}"\n  }}\n]'
    data = {"id": f"call_{number}", "name": "find_booking", "lang": "json"}
    return Turn(role="tool", parts=(Part(type="tool_result", text=text, data=data),))


def said(*calls: Part, tokens: bool = True) -> Turn:
    """What the model answered."""
    usage = {"in": 512, "out": 64} if calls else {"in": 655, "out": 88}
    data = {"model": "gpt-x", "usage": usage, "finish": "tool_calls" if calls else "stop"}
    if not tokens:
        del data["usage"]
    return Turn(role="assistant", parts=calls or (Part(text=ANSWER),), data=data)


def opening(query: str) -> list[Turn]:
    """What the first call is given."""
    return [
        Turn(role="system", parts=(Part(text=small_agent.PROMPT),)),
        Turn(role="user", parts=(Part(text=query),)),
    ]


@pytest.mark.parametrize("stack", STACKS)
def test_turns_calls_and_tokens_are_the_same_whatever_the_instrumentation(
    stack: str, run: Run
) -> None:
    """Two calls of tools at once, their results, the answer: each once, in order, all complete."""
    ran = run(stack, "both")

    assert (ran.ended.code, json.loads(ran.ended.output)) == (0, {"output": ANSWER})
    assert bare(ran.found.turns) == [
        *opening("both"),
        said(asked(0), asked(1)),
        returned(0),
        returned(1),
        said(),
    ]
    assert ran.found.usage == {"in": 1167, "out": 152}
    assert (ran.found.lost, ran.found.errors, ran.remarks) == ((), (), ())


@pytest.mark.parametrize("stack", STACKS)
def test_a_streamed_answer_is_whole_but_for_tokens_nobody_asked_for(stack: str, run: Run) -> None:
    """The pieces are put together; that tokens are missing is said."""
    ran = run(stack, "both", AGENT_STREAM="yes")

    assert bare(ran.found.turns) == [
        *opening("both"),
        said(asked(0), asked(1), tokens=False),
        returned(0),
        returned(1),
        said(tokens=False),
    ]
    assert ran.found.usage == {}
    (lost,) = ran.found.lost
    assert lost == (
        "2 of 2 calls of models came without tokens "
        "(a streamed answer tells them only if the application asks for it)"
    )


@pytest.mark.parametrize("stack", STACKS)
def test_a_streamed_answer_has_its_tokens_if_they_are_asked_for(stack: str, run: Run) -> None:
    """Then nothing is missing."""
    ran = run(stack, "find_booking", AGENT_STREAM="usage")

    assert bare(ran.found.turns) == [*opening("find_booking"), said(asked(0)), returned(0), said()]
    assert ran.found.lost == ()


@pytest.mark.parametrize("stack", STACKS)
def test_a_failed_call_keeps_what_was_asked_and_says_why(stack: str, run: Run) -> None:
    """The query stays, with the message of the error where the answer would stand."""
    ran = run(stack, "busy")

    error = "RateLimitError: Error code: 429 - {'error': {'message': 'slow down', 'type': 'test', "
    assert ran.ended.code == 1
    assert bare(ran.found.turns[:2]) == opening("busy")
    assert [turn.role for turn in ran.found.turns[2:]] == ["assistant"]
    assert ran.found.turns[2].data["error"].startswith(error)
    assert ran.found.turns[2].parts == ()
    assert [found.startswith(error) for found in ran.found.errors] == [True]
    assert ran.found.failed


@pytest.mark.parametrize("stack", STACKS)
def test_a_conversation_of_82_messages_is_whole(stack: str, run: Run) -> None:
    """The usual limit of 128 attributes would cut it: it is raised."""
    ran = run(stack, "long", AGENT_HISTORY="80")

    assert len(ran.found.turns) == 83
    assert [turn.parts[0].text for turn in ran.found.turns[1:81]] == [
        f"message {number}" for number in range(80)
    ]
    assert ran.found.lost == ()


def test_what_a_limit_of_the_application_cuts_is_said(run: Run) -> None:
    """With OpenTelemetry's own limit the first messages are gone."""
    limits = ("OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", "OTEL_ATTRIBUTE_COUNT_LIMIT")
    ran = run("openinference", "long", AGENT_HISTORY="80", **dict.fromkeys(limits))

    assert len(ran.found.turns) < 83
    assert ran.found.turns[-1].parts == (Part(text=ANSWER),)
    dropped, missing = ran.found.lost
    assert "attributes of spans were dropped over a limit" in dropped
    assert "messages of calls of models are among what was dropped" in missing


@pytest.mark.parametrize("stack", ["openllmetry", "genai"])
def test_contents_that_are_not_sent_are_said_to_be_missing(stack: str, run: Run) -> None:
    """An application may forbid it; the calls are known, the messages are not."""
    off = {
        "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT": "NO_CONTENT",
        "TRACELOOP_TRACE_CONTENT": "false",
    }
    ran = run(stack, "find_booking", **off)

    assert ran.found.turns == ()
    assert ran.found.usage == {"in": 1167, "out": 152}
    assert ran.found.lost == (
        "2 of 2 calls of models came without messages (is the capture of content off?)",
    )


def test_contents_may_come_as_events_alone(run: Run) -> None:
    """They are put into the spans they belong to."""
    env = {"OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT": "EVENT_ONLY"}
    ran = run("genai", "find_booking", **env)

    assert bare(ran.found.turns) == [*opening("find_booking"), said(asked(0)), returned(0), said()]
    assert ran.found.lost == ()


def test_a_crash_loses_what_was_not_sent_and_says_so(run: Run) -> None:
    """Nothing runs at the end of such a process."""
    ran = run("openinference", "crash")

    assert ran.ended.code == 7
    assert ran.found.turns == ()
    assert ran.remarks == ("no telemetry came from the application",)


def test_a_killed_process_leaves_what_it_finished(run: Run) -> None:
    """Batches go out every 200 ms instead of every five seconds."""
    ran = run("openinference", "die")

    assert ran.ended.code == -9
    assert [turn.role for turn in ran.found.turns] == ["system", "user", "assistant"]
    assert ran.found.turns[-1].parts[0].data["name"] == "die"


def test_a_process_that_is_interrupted_leaves_what_it_finished(run: Run) -> None:
    """A time limit begins with a gentle signal."""
    ran = run("openinference", "hang", interrupt_at="hanging")

    assert ran.ended.code != 0
    assert [turn.role for turn in ran.found.turns] == ["system", "user", "assistant"]
