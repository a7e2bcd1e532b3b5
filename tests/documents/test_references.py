"""References in files: what is written reads back; what people type is understood."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casefiles.documents.references import (
    Example,
    LabelRef,
    ObservationRef,
    VersionedMode,
    is_trace_reference,
    parse_example,
    parse_item,
    parse_versioned,
    quote,
    unquote,
)
from casefiles.text.names import fold, safe_file_name
from casefiles.text.odd import is_odd
from hostile import LONG_LINES, PIECES, texts

names = texts.map(safe_file_name)
traces = st.tuples(names, names).map("/".join)
folded = texts.map(fold)


@given(texts)
def test_a_quoted_text_reads_back_folded(text: str) -> None:
    """On one line, without odd characters."""
    written = quote(text)

    assert unquote(written) == fold(text)
    assert not is_odd(written)
    assert len(written.splitlines()) == 1


@given(names, traces, st.integers(0, 999_999), folded)
def test_an_observation_is_cited_and_found(who: str, trace: str, index: int, text: str) -> None:
    """Its text may hold anything."""
    reference = ObservationRef(annotator=who, trace=trace, index=index, text=text)

    assert parse_item(str(reference)) == reference
    assert parse_item(f"  {reference} ") == reference
    assert reference.identity == (who, trace, text)


@given(names, traces)
def test_a_label_is_cited_and_found(who: str, trace: str) -> None:
    """Where there is no observation."""
    reference = LabelRef(annotator=who, trace=trace)

    assert parse_item(str(reference)) == reference


@given(traces, st.one_of(st.none(), st.integers(0, 999_999)), st.one_of(st.none(), folded))
def test_an_example_reads_back(trace: str, turn: int | None, said: str | None) -> None:
    """With and without a turn and a quote."""
    example = Example(trace=trace, turn=turn, quote=said, remark=None)

    assert parse_example(str(example)) == example


@given(names, st.integers(1, 999_999))
def test_a_version_of_a_mode_reads_back(mode: str, version: int) -> None:
    """``too-long@3``."""
    assert parse_versioned(f"{mode}@{version}") == VersionedMode(mode=mode, version=version)
    assert parse_versioned(mode) == VersionedMode(mode=mode)


@pytest.mark.parametrize("piece", PIECES)
def test_each_hostile_piece_is_quoted_and_found(piece: str) -> None:
    """Quotes, arrows, brackets and fences inside do not end the reference."""
    for text in (piece, f'{piece} "x" {piece}', f'" # {piece} (label)'):
        reference = ObservationRef(annotator="ana", trace="r/t", index=1, text=fold(text))
        assert parse_item(str(reference)) == reference


@pytest.mark.parametrize(
    ("text", "example"),
    [
        ("r/t", Example(trace="r/t", turn=None, quote=None, remark=None)),
        ("r/t at 5", Example(trace="r/t", turn=5, quote=None, remark=None)),
        ('r/t at 5: "a b"', Example(trace="r/t", turn=5, quote="a b", remark=None)),
        (
            'r/t:"he said "no" twice"',
            Example(trace="r/t", turn=None, quote='he said "no" twice', remark=None),
        ),
        (
            "r/t at 5: books it: at once",
            Example(trace="r/t", turn=5, quote=None, remark="books it: at once"),
        ),
        ("r/t at 5:", Example(trace="r/t", turn=5, quote=None, remark=None)),
        ('r/t: "\\u202e"', Example(trace="r/t", turn=None, quote="\u202e", remark=None)),
    ],
)
def test_examples_as_people_type_them(text: str, example: Example) -> None:
    """A quote in quotation marks is checked, other text is a remark."""
    assert parse_example(text) == example


@pytest.mark.parametrize("text", ["", "t", "r/t at x", "r/t/u", "see r/t", "r / t", "/t", "r/"])
def test_what_names_no_trace_is_no_example(text: str) -> None:
    """It becomes a problem of the file."""
    assert parse_example(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ana",
        "ana:r/t",
        'ana:r/t "x"',
        'ana:r/t#x "x"',
        "ana:r/t#1 x",
        'ana:r/t#1"x"',
        "ana (label)",
    ],
)
def test_what_cites_nothing_is_no_item(text: str) -> None:
    """It becomes a problem of the file."""
    assert parse_item(text) is None


@pytest.mark.parametrize("text", ["", "@1", "a@", "a@x", "a@0", "A@1", "a b", "a@1@2", "a@-1"])
def test_what_is_no_version_is_none(text: str) -> None:
    """It becomes a problem of the file."""
    assert parse_versioned(text) is None


@pytest.mark.parametrize(
    ("text", "is_reference"),
    [("r/t", True), ("r", False), ("r/t/u", False), ("R/t", False), ("../t", False), ("r/", False)],
)
def test_a_trace_reference_is_two_safe_names(text: str, is_reference: bool) -> None:  # noqa: FBT001
    """It becomes a path."""
    assert is_trace_reference(text) == is_reference


@pytest.mark.parametrize("line", [*LONG_LINES, "a/" + "b" * 500_000 + "#", "a" * 500_000 + "#"])
def test_long_lines_are_read_at_once(line: str) -> None:
    """No expression goes back and forth over them."""
    for text in (line, f"ana:{line}", f'ana:r/t#1 "{line}', f"r/t at 5: {line}"):
        parse_item(text)
        parse_example(text)
        parse_versioned(text)
