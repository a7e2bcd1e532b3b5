"""What is too long for a trace stands beside it; nothing is lost."""

from __future__ import annotations

import hashlib
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casefiles.documents.attachments import EXCERPT, LIMIT, detach
from casefiles.documents.trace import Trace, TraceHead, parse, render, seal
from casefiles.documents.turns import Part, Turn, digest
from hostile import texts


def trace(part: Part) -> Trace:
    """Make a trace that ends with a part."""
    turns = (
        Turn(role="user", parts=(Part(text="hi"),)),
        Turn(role="tool", parts=(Part(type="text", text="see"), part)),
    )
    return seal(TraceHead(title="hi"), turns)


def result(text: str, **data: str) -> Part:
    """Make what a tool returned."""
    return Part(type="tool_result", text=text, data=data)


def test_prose_stays_however_long() -> None:
    """It is what people read."""
    whole = trace(Part(text="x" * 3 * LIMIT))

    assert detach(whole, "r/q1") == (whole, {})


@pytest.mark.parametrize("character", ["x", "é", "汉", "😀"])
def test_the_limit_is_in_bytes(character: str) -> None:
    """As many as fit stay, one more moves out."""
    most = LIMIT // len(character.encode())

    assert detach(trace(result(character * most)), "r/q1")[1] == {}
    assert list(detach(trace(result(character * (most + 1))), "r/q1")[1]) == ["traces/r/q1/2-2.txt"]


def test_a_long_result_leaves_an_excerpt_that_says_how_much_went() -> None:
    """Beginning and end; the trace is sealed anew and names the file with its hash."""
    text = "".join(f"line {n}\n" for n in range(20_000))

    found, files = detach(trace(result(text, id="c1", lang="json")), "r/q1")

    assert files == {"traces/r/q1/2-2.txt": text}
    part = found.turns[1].parts[1]
    assert part.data == {
        "id": "c1",
        "lang": "text",
        "file": "q1/2-2.txt",
        "bytes": len(text),
        "sha256": hashlib.sha256(text.encode()).hexdigest(),
    }
    assert part.text is not None
    assert part.text.startswith(text[:EXCERPT])
    assert part.text.endswith(text[-EXCERPT:])
    left = len(text) - 2 * EXCERPT
    assert part.text[EXCERPT:-EXCERPT] == f"\n[… {left:,} characters in q1/2-2.txt …]\n"
    assert found.head.sha256 == digest(found.turns)


def test_odd_characters_go_into_json() -> None:
    """No file of ours drives a terminal."""
    text = "\x1b[2J\ud800" + "x" * LIMIT

    found, files = detach(trace(result(text)), "r/q1")

    assert json.loads(files["traces/r/q1/2-2.json"]) == text
    assert found.turns[1].parts[1].data["file"] == "q1/2-2.json"


@settings(max_examples=40)
@given(start=texts, end=texts, filler=st.sampled_from(["x", "a\n", "`", "\ud83d ", "é"]))
def test_a_trace_without_its_attachments_reads_back(start: str, end: str, filler: str) -> None:
    """The excerpt is cut anywhere, and the grammar holds."""
    found, files = detach(trace(result(start + filler * (LIMIT + 1) + end)), "r/q1")

    assert len(files) == 1
    read, problems = parse(render(found), "traces/r/q1.md")
    assert problems == ()
    assert read == found
    assert detach(found, "r/q1") == (found, {})
