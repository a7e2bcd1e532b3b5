"""A small agent as users write them: OpenAI's library, a loop, a few tools, and one of the usual
instrumentations, named by the first argument. A request comes as JSON on standard input.

How it talks is said by environment variables, so that the agent itself is the same for all:
``AGENT_STREAM`` (yes, or usage to ask for tokens too) and ``AGENT_HISTORY`` (messages before the
query).

With ``serve`` for the first argument it imports everything once and then forks an agent for each
line it reads: importing takes seconds, and a test suite runs many agents.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from typing import Any

PROMPT = "You are RailBot. Ask before you refund."


def instrument(stack: str) -> None:
    """Set OpenTelemetry up as its documentation says, and one instrumentation."""
    from opentelemetry import trace
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    provider = TracerProvider()
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(provider)
    if stack == "openinference":
        from openinference.instrumentation.openai import OpenAIInstrumentor as OpenInference

        OpenInference().instrument()
    elif stack == "openllmetry":
        from opentelemetry.instrumentation.openai import OpenAIInstrumentor as OpenLLMetry

        OpenLLMetry().instrument()
    elif stack == "genai":
        from opentelemetry.instrumentation.genai.openai import OpenAIInstrumentor as GenAI

        export_logs()
        GenAI().instrument()


def export_logs() -> None:
    """Send log records too: the GenAI conventions put contents into events."""
    from opentelemetry._logs import set_logger_provider
    from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
    from opentelemetry.sdk._logs import LoggerProvider
    from opentelemetry.sdk._logs.export import BatchLogRecordProcessor

    logs = LoggerProvider()
    logs.add_log_record_processor(BatchLogRecordProcessor(OTLPLogExporter()))
    set_logger_provider(logs)


TOOLS = [
    {
        "type": "function",
        "function": {
            "name": name,
            "parameters": {"type": "object", "properties": {"user": {"type": "string"}}},
        },
    }
    for name in ("find_booking", "crash", "hang", "die")
]


def run_tool(name: str, arguments: dict[str, Any]) -> str:
    """Do what a tool does."""
    if name == "crash":
        sys.stderr.write("about to crash\n")
        sys.stderr.flush()
        os._exit(7)
    if name == "hang":
        sys.stderr.write("hanging\n")
        sys.stderr.flush()
        time.sleep(600)
    if name == "die":
        time.sleep(1)  # what is finished by now was sent
        os.kill(os.getpid(), signal.SIGKILL)
    return json.dumps([{"ref": "QX4", "user": arguments.get("user")}])


def ask(client: Any, messages: list[Any]) -> dict[str, Any]:
    """Call the model; return its message."""
    streaming = os.environ.get("AGENT_STREAM", "")
    if not streaming:
        answer = client.chat.completions.create(model="gpt-x", messages=messages, tools=TOOLS)
        message: dict[str, Any] = answer.choices[0].message.model_dump(exclude_none=True)
        return message
    options = {"stream_options": {"include_usage": True}} if streaming == "usage" else {}
    chunks = client.chat.completions.create(
        model="gpt-x", messages=messages, tools=TOOLS, stream=True, **options
    )
    return joined(chunk.choices[0].delta for chunk in chunks if chunk.choices)


def joined(deltas: Any) -> dict[str, Any]:
    """Put the pieces of a streamed answer together."""
    text = ""
    calls: dict[int, dict[str, Any]] = {}
    for delta in deltas:
        text += delta.content or ""
        for piece in delta.tool_calls or ():
            empty = {"id": "", "type": "function", "function": {"name": "", "arguments": ""}}
            call = calls.setdefault(piece.index, empty)
            call["id"] += piece.id or ""
            call["function"]["name"] += piece.function.name or ""
            call["function"]["arguments"] += piece.function.arguments or ""
    message: dict[str, Any] = {"role": "assistant", "content": text or None}
    return {**message, "tool_calls": list(calls.values())} if calls else message


def answer(query: str) -> str:
    """Talk with the model until it has an answer."""
    from openai import OpenAI

    before = [
        {"role": "user" if n % 2 == 0 else "assistant", "content": f"message {n}"}
        for n in range(int(os.environ.get("AGENT_HISTORY", "0")))
    ]
    messages: list[Any] = [{"role": "system", "content": PROMPT}, *before]
    messages.append({"role": "user", "content": query})
    client = OpenAI(max_retries=0)
    while True:
        message = ask(client, messages)
        messages.append(message)
        if not message.get("tool_calls"):
            return str(message["content"])
        for call in message["tool_calls"]:
            function = call["function"]
            result = run_tool(function["name"], json.loads(function["arguments"]))
            messages.append({"role": "tool", "tool_call_id": call["id"], "content": result})


def main(stack: str) -> None:
    """Answer one request."""
    instrument(stack)
    sys.stdout.write(json.dumps({"output": answer(json.load(sys.stdin)["query"])}) + "\n")


def serve() -> None:
    """Fork an agent for each line: its stack, variables, and the files of its three streams."""
    import httpcore  # noqa: F401
    import openai.resources.beta
    import openai.resources.realtime
    import openai.resources.responses  # noqa: F401
    import openinference.instrumentation.openai  # noqa: F401
    import opentelemetry.exporter.otlp.proto.http._log_exporter
    import opentelemetry.exporter.otlp.proto.http.trace_exporter
    import opentelemetry.instrumentation.genai.openai
    import opentelemetry.instrumentation.openai
    import opentelemetry.sdk._logs.export  # noqa: F401

    sys.stdout.write("ready\n")
    sys.stdout.flush()
    for line in sys.stdin:
        wanted = json.loads(line)
        child = os.fork()
        if not child:
            become(wanted)
            return
        sys.stdout.write(f"{child}\n")
        sys.stdout.flush()
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        sys.stdout.write(f"{code}\n")
        sys.stdout.flush()


def become(wanted: dict[str, Any]) -> None:
    """Be the agent that a line asks for, in a process group of its own."""
    os.setsid()
    for number, name in enumerate(("in", "out", "err")):
        flags = os.O_RDONLY if number == 0 else os.O_WRONLY | os.O_CREAT
        os.dup2(os.open(wanted[name], flags, 0o600), number)
    sys.stdin, sys.stdout = os.fdopen(0), os.fdopen(1, "w")
    os.environ.clear()
    os.environ.update(wanted["env"])
    main(wanted["stack"])


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        serve()
    else:
        main(sys.argv[1])
