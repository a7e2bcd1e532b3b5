"""A trace is written once and read back for ever."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from casefiles.documents import trace as trace_file
from casefiles.documents import turns as grammar
from casefiles.documents.trace import STATUSES, Trace, TraceHead, parse, parse_head, render, seal
from casefiles.documents.turns import Part, Turn, digest
from casefiles.text import front_matter
from hostile import PIECES, json_objects, texts, utf8_texts

PATH = "traces/round-1/q001.md"
KNOWN = {field.name for field in fields(TraceHead)} | {"kind"}

maybe = st.one_of(st.none(), utf8_texts)
numbers = st.one_of(st.integers(0, 10**15), st.floats(0, 1e15, allow_nan=False))
plain_values: st.SearchStrategy[Any] = st.recursive(
    utf8_texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(utf8_texts, inner, max_size=3),
    max_leaves=5,
)
heads = st.builds(
    TraceHead,
    title=utf8_texts,
    query=maybe,
    dimensions=st.dictionaries(utf8_texts, utf8_texts, max_size=3),
    source=st.dictionaries(
        st.sampled_from(["kind", "id", "file"]) | utf8_texts, utf8_texts, max_size=3
    ),
    session=maybe,
    stratum=maybe,
    repetition=st.one_of(st.none(), st.integers(0, 9)),
    target=maybe,
    app_version=maybe,
    status=st.sampled_from(STATUSES),
    started=maybe,
    ms=st.one_of(st.none(), st.integers(0, 10**15)),
    usage=st.dictionaries(utf8_texts, numbers, max_size=3),
    error=maybe,
    raw=maybe,
    extra=st.dictionaries(
        utf8_texts.filter(lambda key: key not in KNOWN), plain_values, max_size=2
    ),
)
turns = st.lists(
    st.builds(
        Turn,
        role=st.one_of(st.sampled_from(["user", "assistant", "Two Words"]), texts),
        parts=st.lists(
            st.builds(
                Part,
                type=st.sampled_from(["text", "tool_call", "image", "turn"]),
                text=st.one_of(st.none(), texts),
                data=json_objects,
            ),
            max_size=2,
        ).map(tuple),
    ),
    max_size=2,
).map(tuple)


def read(text: str) -> Trace:
    """Read a trace that must be sound."""
    found, problems = parse(text, PATH)
    assert problems == ()
    assert found is not None
    return found


@given(heads, turns)
@settings(max_examples=200)
def test_any_trace_reads_back_as_it_was(head: TraceHead, turns: tuple[Turn, ...]) -> None:
    """Hostile titles, names, ids, errors and texts; written again, it is the same bytes."""
    trace = seal(head, turns)
    text = render(trace)

    found = read(text.encode().decode())

    assert found.head == trace.head
    assert repr(digest(found.turns)) == repr(digest(turns))
    assert found.head.sha256 == digest(found.turns)
    assert render(found) == text


@given(heads, turns)
def test_the_head_alone_is_the_head_of_the_whole(head: TraceHead, turns: tuple[Turn, ...]) -> None:
    """Commands that need no turns see the same trace."""
    text = render(seal(head, turns))

    assert parse_head(text, PATH) == (read(text).head, ())


@given(st.one_of(utf8_texts, heads.map(lambda head: render(Trace(head=head, turns=())))), texts)
def test_both_ways_of_reading_find_the_same_head(front: str, body: str) -> None:
    """Whatever is wrong in the file."""
    text = f"{front}{body}"
    head, problems = parse_head(text, PATH)
    whole, more = parse(text, PATH)

    assert (whole.head if whole else None) == head
    assert more[: len(problems)] == problems


@given(heads, turns)
def test_a_markdown_reader_sees_a_title_and_one_heading_a_turn(
    head: TraceHead, turns: tuple[Turn, ...]
) -> None:
    """Nothing of the front matter or the turns makes another."""
    text = render(seal(head, turns))
    body = text[front_matter.body_offset(text) :]

    tokens = MarkdownIt("commonmark").parse(body)

    headings = sum(token.type == "heading_open" and token.level == 0 for token in tokens)
    assert headings == len(turns) + bool(head.title)


@pytest.mark.parametrize("piece", PIECES)
def test_each_hostile_piece_survives_in_every_field(piece: str) -> None:
    """Only lone surrogates are lost in the front matter, which YAML cannot hold."""
    kept = piece.replace("\ud800", "\ufffd").replace("\udfff", "\ufffd")

    def head(text: str) -> TraceHead:
        return TraceHead(
            title=text,
            query=text,
            dimensions={text: text},
            source={"id": text, text: text},
            session=text,
            error=f"{text}\n{text}",
            usage={text: 1.5},
            extra={f"my {text}": [text, {text: ""}], "none": {}, "empty": []},
        )

    assert read(render(Trace(head=head(piece), turns=()))).head == head(kept)


@pytest.mark.parametrize("length", [999, 1024, 1025, 100_000])
def test_a_key_of_any_length_is_kept(length: int) -> None:
    """A platform's metadata may be used as dimensions."""
    head = TraceHead(title="t", dimensions={"k" * length: "v", "next": "n"})

    assert read(render(Trace(head=head, turns=()))).head == head


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("ms", -5),
        ("ms", 10**18),
        ("repetition", -1),
        ("usage", {"in": float("nan")}),
        ("usage", {"in": -1}),
        ("usage", {"cost_usd": float("inf")}),
    ],
)
def test_a_number_that_cannot_be_is_left_out(field: str, value: Any) -> None:
    """Two clocks may disagree; the trace must not become unreadable for it."""
    head = replace(TraceHead(title="t"), **{field: value})

    assert read(render(Trace(head=head, turns=()))).head == TraceHead(title="t")


def test_only_what_is_known_is_written() -> None:
    """No empty keys."""
    trace = seal(TraceHead(title="Where is it?", query="q001"), (Turn(role="user"),))

    assert render(trace) == (
        '---\nkind: trace/1\ntitle: "Where is it?"\nquery: q001\nstatus: ok\n'
        f"sha256: {front_sha(trace)}\n---\n\n# Where is it?\n\n## 1. user\n"
    )


def front_sha(trace: Trace) -> str:
    """Return the hash as it stands in the file: in quotes if it starts with a digit."""
    sha = trace.head.sha256 or ""
    return f'"{sha}"' if sha[0].isdigit() else sha


def test_dimensions_may_be_edited_without_breaking_the_hash() -> None:
    """It covers the turns; a person may correct what the query was about."""
    trace = seal(TraceHead(dimensions={"persona": "novice"}), (Turn(role="user"),))

    text = front_matter.set_key(render(trace), ("dimensions", "persona"), "expert")

    found = read(text)
    assert found.head.dimensions == {"persona": "expert"}
    assert found.head.sha256 == digest(found.turns)


@pytest.mark.parametrize(
    ("text", "line", "code"),
    [
        ("", 1, "front-matter"),
        ("# just Markdown\n", 1, "front-matter"),
        ("---\n---\n", 1, "front-matter"),
        ("---\ntitle: x\n---\n", 2, "missing-key"),
        ("---\nkind: trace/2\n---\n", 2, "kind"),
        ("---\nkind: trace/1\nstatus: fine\n---\n", 3, "schema"),
        ("---\nkind: trace/1\nms: soon\n---\n", 3, "schema"),
        ("---\nkind: trace/1\ndimensions: [a]\n---\n", 3, "schema"),
        ("---\nkind: trace/1\ndimensions:\n  a: [b]\n---\n", 4, "schema"),
        ("---\nkind: trace/1\nusage: {in: -1}\n---\n", 3, "schema"),
        ("---\nkind: trace/1\nkind: trace/1\n---\n", 3, "duplicate-key"),
        ("---\nkind: trace/1\n", 1, "front-matter"),
    ],
)
def test_a_broken_head_is_a_problem_and_no_trace(text: str, line: int, code: str) -> None:
    """Nobody relies on half a head."""
    head, problems = parse_head(text, PATH)

    assert head is None
    assert [(p.line, p.code, p.level, p.path) for p in problems] == [(line, code, "error", PATH)]
    assert parse(text, PATH) == (None, problems)


def test_broken_turns_leave_the_rest_readable() -> None:
    """A person sees what is there; the problem has its line."""
    text = "---\nkind: trace/1\n---\n\n## 1. user\n\n> hi\n\n## 3. user\n"

    found, problems = parse(text, PATH)

    assert found is not None
    assert [turn.role for turn in found.turns] == ["user", "user"]
    assert [problem.line for problem in problems] == [9]


def test_windows_line_ends_are_noticed_by_the_hash() -> None:
    """The grammar knows line feeds only; what an editor did to a trace is no silent change."""
    trace = seal(TraceHead(title="t"), (Turn(role="user", parts=(Part(text="a\nb"),)),))

    found, _ = parse(render(trace).replace("\n", "\r\n"), PATH)

    assert found is not None
    assert found.head.sha256 != digest(found.turns)


def test_a_reference_is_the_path() -> None:
    """No id repeats the file's name."""
    assert trace_file.reference(PATH) == "round-1/q001"
    assert grammar.render(()) == ""
