"""The spans that the assistant sends, received over real HTTP."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import pytest

PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
TRACE, SPAN = PARENT.split("-")[1:3]

Run = Callable[..., subprocess.CompletedProcess[str]]
Build = Callable[..., str]


class Receiver(Protocol):
    """What the tests need of the receiver."""

    url: str
    spans: list[dict[str, Any]]
    paths: list[str]


def named(receiver: Receiver, name: str) -> dict[str, Any]:
    """The one span of a name."""
    (found,) = [span for span in receiver.spans if span["name"] == name]
    return found


def test_a_query_sends_an_agent_span_with_tool_and_retrieval_spans(
    run: Run, request_json: Build, receiver: Receiver
) -> None:
    """All arrive before the process ends, as children of one another in one trace."""
    env = {"OTEL_EXPORTER_OTLP_ENDPOINT": f"{receiver.url}/q/q001"}
    done = run(stdin=request_json("waterproof jackets under 150"), env=env)
    assert (done.returncode, done.stderr) == (0, "")
    assert set(receiver.paths) == {"/q/q001/v1/traces"}
    agent = named(receiver, "invoke_agent shop-assistant")
    tool = named(receiver, "execute_tool search_products")
    retrieval = named(receiver, "retrieval products")
    assert (tool["parent"], retrieval["parent"]) == (agent["id"], tool["id"])
    assert {agent["trace"], tool["trace"]} == {retrieval["trace"]}


def test_spans_hold_what_the_genai_conventions_ask_for(
    run: Run, request_json: Build, receiver: Receiver
) -> None:
    """Messages in parts, arguments, result and documents as JSON."""
    env = {"OTEL_EXPORTER_OTLP_ENDPOINT": receiver.url}
    done = run(stdin=request_json("waterproof jackets under 150"), env=env)
    agent = named(receiver, "invoke_agent shop-assistant")
    assert agent["gen_ai.operation.name"] == "invoke_agent"
    assert agent["gen_ai.conversation.id"] == "s1"
    assert json.loads(agent["gen_ai.input.messages"]) == [
        {"role": "user", "parts": [{"type": "text", "content": "waterproof jackets under 150"}]}
    ]
    call, response, final = json.loads(agent["gen_ai.output.messages"])
    assert call["parts"][0]["arguments"] == {"words": ["waterproof", "jackets"], "price_to": 150.0}
    assert response["parts"][0]["id"] == call["parts"][0]["id"] == "call_1"
    assert final["parts"][0]["content"] == json.loads(done.stdout)["output"]
    tool = named(receiver, "execute_tool search_products")
    assert tool["gen_ai.tool.name"] == "search_products"
    assert json.loads(tool["gen_ai.tool.call.arguments"]) == call["parts"][0]["arguments"]
    assert json.loads(tool["gen_ai.tool.call.result"]) == response["parts"][0]["response"]
    retrieval = named(receiver, "retrieval products")
    assert retrieval["gen_ai.retrieval.query.text"] == "waterproof jackets"
    assert json.loads(retrieval["gen_ai.retrieval.documents"])[0].keys() == {"id", "score"}


def test_a_failed_tool_marks_its_span_and_not_the_agents(
    run: Run, request_json: Build, receiver: Receiver
) -> None:
    """The kind of the error is on the tool's span; the turn itself went well."""
    env = {"OTEL_EXPORTER_OTLP_ENDPOINT": receiver.url}
    run(stdin=request_json("where is order LF-99999"), env=env)
    tool = named(receiver, "execute_tool find_order")
    assert (tool["failed"], tool["error.type"]) == (True, "not_found")
    assert not named(receiver, "invoke_agent shop-assistant")["failed"]


def test_spans_join_the_trace_of_the_request(
    run: Run, request_json: Build, receiver: Receiver
) -> None:
    """`traceparent` in the request becomes the parent of the agent's span."""
    env = {"OTEL_EXPORTER_OTLP_ENDPOINT": receiver.url}
    run(stdin=request_json("hi", traceparent=PARENT), env=env)
    agent = named(receiver, "invoke_agent shop-assistant")
    assert (agent["trace"], agent["parent"]) == (TRACE, SPAN)


def test_a_server_joins_the_callers_trace_and_flushes_when_it_is_ended(
    tmp_path: Path, receiver: Receiver
) -> None:
    """The W3C header is the parent, and SIGTERM loses no span."""
    with subprocess.Popen(
        [sys.executable, "-m", "casefiles.demo", "serve"],
        cwd=tmp_path,
        env=os.environ | {"OTEL_EXPORTER_OTLP_ENDPOINT": receiver.url},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        request = urllib.request.Request(
            f"{url}/chat", data=b'{"query": "hi"}', headers={"traceparent": PARENT}
        )
        with urllib.request.urlopen(request, timeout=10) as response:
            assert json.load(response)["metadata"]["intent"] == "greet"
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=20)
    assert (process.returncode, errors) == (0, "")
    agent = named(receiver, "invoke_agent shop-assistant")
    assert (agent["trace"], agent["parent"]) == (TRACE, SPAN)


def test_a_worker_process_sends_its_spans(tmp_path: Path, receiver: Receiver) -> None:
    """The python target flushes itself: a killed worker loses nothing."""
    code = (
        "import os, signal; from casefiles.demo.app import answer; answer('hi', [], 's9');"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    env = os.environ | {"OTEL_EXPORTER_OTLP_ENDPOINT": receiver.url}
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=env, timeout=30, check=False)
    assert named(receiver, "invoke_agent shop-assistant")["gen_ai.conversation.id"] == "s9"


def test_a_provider_that_is_there_already_is_used(tmp_path: Path) -> None:
    """Who set up OpenTelemetry in the process gets the spans, and no second exporter is made."""
    code = """
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
memory, provider = InMemorySpanExporter(), TracerProvider()
provider.add_span_processor(SimpleSpanProcessor(memory))
trace.set_tracer_provider(provider)
from casefiles.demo import app, telemetry
app.answer("do gift cards expire")
assert telemetry.start() is None
print(*[span.name for span in memory.get_finished_spans()], sep="\\n")
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env=os.environ | {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9"},
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    assert done.stdout.split("\n")[:2] == [
        "execute_tool policy_lookup",
        "invoke_agent shop-assistant",
    ]


@pytest.mark.parametrize("missing", ["opentelemetry", "opentelemetry.sdk"])
def test_without_opentelemetry_the_same_answer_is_given(tmp_path: Path, missing: str) -> None:
    """Neither the API nor the SDK is needed, even with an endpoint set."""
    code = (
        f"import sys; sys.modules[{missing!r}] = None;"
        "from casefiles.demo.app import answer; print(answer('hello')['metadata']['intent'])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env=os.environ | {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9"},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert (done.stdout, done.stderr) == ("greet\n", "")


def test_without_an_endpoint_the_sdk_is_not_loaded(tmp_path: Path) -> None:
    """A plain start does not pay for the exporter."""
    code = (
        "import sys; from casefiles.demo.app import answer; answer('hello');"
        "print('opentelemetry.sdk.trace' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout == "False\n"
