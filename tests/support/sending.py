"""Sends a few spans, as a process with OpenTelemetry's SDK alone does: the address comes from the
environment, the last batch goes out at the end. The names of the spans are the arguments.

With ``serve`` for the first argument it imports everything once; then it reads lines, each a list
of senders, forks a process for each of them, and answers with their exit codes when all have ended:
importing takes much longer than sending.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any


def send(names: Sequence[str]) -> None:
    """Send a root and a child for each name."""
    import requests  # noqa: F401  the exporter imports it late
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    provider = TracerProvider()
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    tracer = provider.get_tracer("test")
    with tracer.start_as_current_span("root"):
        for name in names:
            tracer.start_span(name).end()
    provider.shutdown()


def serve() -> None:
    """Fork senders as the lines of standard input say."""
    os.environ["OTEL_SDK_DISABLED"] = "true"
    send([])  # imports all there is to import
    for line in sys.stdin:
        children = [fork(wanted) for wanted in json.loads(line)]
        codes = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
        sys.stdout.write(json.dumps(codes) + "\n")
        sys.stdout.flush()


def fork(wanted: Mapping[str, Any]) -> int:
    """Start one sender under an environment of its own; return its process id."""
    child = os.fork()
    if child:
        return child
    os.environ.clear()
    os.environ.update(wanted["env"])
    send(wanted["names"])
    os._exit(0)


class Senders:
    """A process that forks senders."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        """Take the running process."""
        self._process = process

    def run(self, wanted: Sequence[tuple[Sequence[str], Mapping[str, str | None]]]) -> list[int]:
        """Run so many senders at once: names of spans and variables of each. Return exit codes."""
        assert self._process.stdin
        assert self._process.stdout
        line = [
            {"names": list(names), "env": {k: v for k, v in env.items() if v is not None}}
            for names, env in wanted
        ]
        self._process.stdin.write(json.dumps(line) + "\n")
        self._process.stdin.flush()
        codes: list[int] = json.loads(self._process.stdout.readline())
        return codes


@contextmanager
def senders() -> Iterator[Senders]:
    """Start the process that senders are forked from."""
    command = [sys.executable, __file__, "serve"]
    pipe = subprocess.PIPE
    process = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True)
    try:
        yield Senders(process)
    finally:
        process.kill()
        process.communicate()


if __name__ == "__main__":
    if sys.argv[1:] == ["serve"]:
        serve()
    else:
        send(sys.argv[1:])
