"""Files of spans: grouped by trace, whatever wrote them."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from google.protobuf.json_format import ParseDict
from opentelemetry.proto.trace.v1.trace_pb2 import TracesData

from casefiles.importers.formats import cleaned, importer_of
from casefiles.importers.records import Failure, Record, records
from casefiles.importers.spans import SpansImporter, binary_documents, regrouped
from casefiles.text.redact import Redactor
from spans_made import chat, document, span, text

CAPTURED = Path(__file__).parents[1] / "spans" / "captured"
A, B = "aa" * 16, "bb" * 16
ASKED, ANSWER = text("user", "refund?"), text("assistant", "84 EUR")


def grouped(*values: Any) -> list[Record]:
    """The records of a file with these values, a line each."""
    lines = "".join(json.dumps(value) + "\n" for value in values)
    found = list(regrouped(records(lines.encode())))
    assert all(isinstance(one, Record) for one in found)
    return [one for one in found if isinstance(one, Record)]


def test_spans_of_several_traces_are_put_together_by_trace() -> None:
    """A file has them in the order in which they ended, an export at a time."""
    one = chat(1, 2, [ASKED], ANSWER, trace=A)
    other = chat(1, 3, [ASKED], text("assistant", "no"), trace=B)
    rest = chat(4, 5, [ASKED, ANSWER, ASKED], ANSWER, trace=A)

    found = grouped(document(one, other), document(rest))

    importer = SpansImporter()
    assert [(r.line, importer.identity(r.value).id) for r in found] == [(1, A), (1, B)]
    assert [len(importer.conversation(r.value).turns) for r in found] == [4, 2]


def test_records_of_other_formats_pass() -> None:
    """A chat, and a line that cannot be read."""
    lines = b'{"messages": [{"role": "user", "content": "hi"}]}\n{"resourceSpans": [\n'

    chat_record, broken = regrouped(records(lines))

    assert isinstance(chat_record, Record)
    importer = importer_of(chat_record.value)
    assert importer is not None
    assert importer.name == "chat"
    assert isinstance(broken, Failure)


@pytest.mark.parametrize(
    "values",
    [
        [{"spans": [span("x", 0, 1, trace=A)]}],
        [{"data": [{"traceID": A, "spans": [span("x", 0, 1, trace=A)]}]}],
        [[span("x", 0, 1, trace=A)]],
        [span("x", 0, 1, trace=A)],
        [{"info": {}, "data": {"spans": [span("x", 0, 1, trace=A)]}}],
    ],
    ids=["a list under spans", "jaeger", "a list", "lines of spans", "mlflow"],
)
def test_dumps_are_read_in_every_box(values: list[Any]) -> None:
    """However a tool boxes its spans."""
    (found,) = grouped(*values)

    assert SpansImporter().identity(found.value).id == A


def test_attributes_alone_are_a_trace_known_by_its_content() -> None:
    """Some tools copy no more than that."""
    attributes = {
        "openinference.span.kind": "LLM",
        "llm.input_messages.0.message.role": "user",
        "llm.input_messages.0.message.content": "hi",
    }

    (found,) = grouped(attributes)

    importer = SpansImporter()
    assert importer.identity(found.value).id is None
    assert importer.conversation(found.value).turns[0].parts[0].text == "hi"


def test_session_facts_and_losses_are_told() -> None:
    """What belongs together, short facts, and what is missing."""
    one = chat(1, 2, [ASKED], ANSWER, tokens=None, trace=A, session__id="s-1", user__tier="gold",
               http__url="http://10.0.0.1/")  # fmt: skip

    (found,) = grouped(document(one))

    importer = SpansImporter()
    assert importer.identity(found.value).session == "s-1"
    facts = importer.conversation(found.value).facts
    assert facts.rest["user.tier"] == "gold"
    assert not any(name.startswith("http.") for name in facts.rest)
    assert facts.lost == ("1 of 1 call of models came without tokens",)
    assert facts.ms == 1000


def test_what_failed_within_is_no_error_of_the_whole() -> None:
    """Only the outermost operation says how it ended."""
    inner = chat(1, 2, [ASKED], ANSWER, trace=A, parent="00000000000000a1", error="retry me")
    outer = span("POST /chat", 0, 3, id="00000000000000a1", trace=A)

    (found,) = grouped(document(inner, outer))
    assert SpansImporter().conversation(found.value).facts.error is None

    (failed,) = grouped(document(inner, {**outer, "status": {"code": 2, "message": "gave up"}}))
    assert SpansImporter().conversation(failed.value).facts.error == "retry me\ngave up"


def test_spans_without_a_conversation_are_refused() -> None:
    """A health check."""
    (found,) = grouped(document(span("GET /health", 0, 1, trace=A)))

    with pytest.raises(ValueError, match="no message of a model"):
        SpansImporter().conversation(found.value)


def protobuf(*spans: dict[str, Any]) -> bytes:
    """A request of these spans."""
    data = TracesData()
    scope = data.resource_spans.add().scope_spans.add()
    for made in spans:
        told = {k: v for k, v in made.items() if k not in ("traceId", "spanId", "parentSpanId")}
        pairs = [
            {"key": k, "value": {"stringValue": str(v)}} for k, v in told["attributes"].items()
        ]
        added = ParseDict({**told, "attributes": pairs}, scope.spans.add())
        added.trace_id = bytes.fromhex(made["traceId"])
        added.span_id = bytes.fromhex(made["spanId"])
    body: bytes = data.SerializeToString()
    return body


def test_protobuf_is_read_alone_packed_and_with_lengths() -> None:
    """As an exporter sends it, and as the collector writes it to a file."""
    one, two = protobuf(chat(1, 2, [ASKED], ANSWER, trace=A)), protobuf(span("x", 3, 4, trace=B))
    counted = b"".join(len(body).to_bytes(4) + body for body in (one, two))

    assert len(binary_documents(one)) == 1
    assert len(binary_documents(gzip.compress(one))) == 1
    assert len(binary_documents(counted)) == 2
    assert binary_documents(b'{"resourceSpans": []}') == []
    assert binary_documents(b"\x00\x01 no spans") == []
    assert binary_documents(b"") == []


def test_secrets_go_and_ids_stay() -> None:
    """An id of digits is no card number."""
    made = chat(1, 2, [text("user", "I am ana@example.com")], ANSWER, trace="4111111111111111" * 2)
    (found,) = grouped(document(made))

    clean = cleaned(found.value, Redactor().json)

    assert "ana@example.com" not in json.dumps(clean)
    assert SpansImporter().identity(clean).id == "4111111111111111" * 2


@pytest.mark.parametrize("path", sorted(CAPTURED.glob("*.jsonl")), ids=lambda path: path.stem)
def test_what_real_tools_sent_can_be_imported(path: Path) -> None:
    """Every trace of it, and nothing fails."""
    found = list(regrouped(records(path.read_bytes())))

    assert found
    for one in found:
        assert isinstance(one, Record)
        assert SpansImporter().conversation(one.value).turns
