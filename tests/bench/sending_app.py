"""An application that answers at once and sends a small agent's spans, by the standard library.

It sends them if it was told where to; so the same program is the plain alternative.
"""

from __future__ import annotations

import json
import os
import sys
import time
from http.client import HTTPConnection
from urllib.parse import urlsplit


def message(role: str, text: str) -> dict[str, object]:
    """A message of words."""
    return {"role": role, "parts": [{"type": "text", "content": text}]}


def chat(number: int, given: list[dict[str, object]], text: str) -> dict[str, object]:
    """A call of a model with its history."""
    now = time.time_ns()
    told = {
        "gen_ai.operation.name": "chat",
        "gen_ai.input.messages": json.dumps(given),
        "gen_ai.output.messages": json.dumps([message("assistant", text)]),
    }
    pairs = [{"key": key, "value": {"stringValue": value}} for key, value in told.items()]
    tokens = {"gen_ai.usage.input_tokens": 500, "gen_ai.usage.output_tokens": 60}
    pairs += [{"key": key, "value": {"intValue": str(n)}} for key, n in tokens.items()]
    return {
        "traceId": f"{now:032x}",
        "spanId": f"{number + 1:016x}",
        "name": "chat",
        "startTimeUnixNano": str(now),
        "endTimeUnixNano": str(now + 1000),
        "attributes": pairs,
    }


query = json.load(sys.stdin)["query"]
if address := os.environ.get("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"):
    history, spans = [message("system", "You are kind. " * 40), message("user", query)], []
    for number in range(8):
        spans.append(chat(number, history, f"step {number}: " + "word " * 60))
        history += [
            message("assistant", f"step {number}: " + "word " * 60),
            message("user", "go on"),
        ]
    body = json.dumps({"resourceSpans": [{"scopeSpans": [{"spans": spans}]}]})
    parts = urlsplit(address)
    connection = HTTPConnection(parts.hostname or "", parts.port)
    connection.request("POST", parts.path, body, {"Content-Type": "application/json"})
    connection.getresponse().read()
sys.stdout.write(json.dumps({"output": "done"}) + "\n")
