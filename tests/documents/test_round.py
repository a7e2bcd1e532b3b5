"""round.yaml says how the traces of a round were drawn."""

from __future__ import annotations

from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casefiles.documents.round import DRAWN, Round, parse, render
from hostile import PIECES, texts, utf8_texts

PATH = "traces/round-1/round.yaml"
KNOWN = {field.name for field in fields(Round)}
maybe_text = st.one_of(st.none(), utf8_texts)
numbers = st.one_of(st.none(), st.integers(0, 10**15))
rounds = st.builds(
    Round,
    source=maybe_text,
    drawn=st.one_of(st.none(), st.sampled_from(DRAWN)),
    seed=numbers,
    population=numbers,
    strata=st.dictionaries(
        utf8_texts, st.one_of(st.integers(0, 10**6), st.floats(0, 1e6)), max_size=3
    ),
    target=maybe_text,
    app_version=maybe_text,
    supersedes=st.lists(utf8_texts, max_size=3).map(tuple),
    extra=st.dictionaries(
        utf8_texts.filter(lambda key: key not in KNOWN),
        st.one_of(utf8_texts, st.lists(utf8_texts), st.dictionaries(utf8_texts, utf8_texts)),
        max_size=2,
    ),
)


@given(rounds)
def test_a_written_round_reads_back_as_it_was(found: Round) -> None:
    """And two shards that write the same record write the same bytes."""
    text = render(found)

    assert parse(text.encode().decode(), PATH) == (found, ())
    assert render(found) == text


@pytest.mark.parametrize("piece", PIECES)
def test_each_hostile_piece_is_a_source_and_a_stratum(piece: str) -> None:
    """File names and strata come from the platform."""
    kept = piece.encode("utf-8", "replace").decode()
    found = Round(source=kept, strata={kept: 0.5}, supersedes=(kept,), extra={kept: {}, "l": []})

    assert parse(render(found), PATH) == (found, ())


def test_only_what_is_known_is_written() -> None:
    """No empty keys."""
    found = Round(source="queries", drawn="synthetic", target="demo")

    assert render(found) == "source: queries\ndrawn: synthetic\ntarget: demo\n"
    assert render(Round()) == ""
    assert parse("", PATH) == (Round(), ())


@pytest.mark.parametrize(
    ("text", "line", "code", "remedy"),
    [
        ("drawn: randm\n", 1, "schema", "did you mean 'random'?"),
        ("\nseed: -1\n", 2, "schema", None),
        ("population: many\n", 1, "schema", None),
        ("strata: {a: 2, b: x}\n", 1, "schema", None),
        ("strata:\n- a\n", 2, "schema", None),
        ("supersedes: {a: b}\n", 1, "schema", None),
        ("seed: 1\nseed: 2\n", 2, "duplicate-key", None),
        ("- a\n", 1, "schema", None),
        ("a: [\n", 2, "yaml", None),
    ],
)
def test_what_is_wrong_is_said_with_its_line(
    text: str, line: int, code: str, remedy: str | None
) -> None:
    """And the round is relied on by nobody."""
    found, problems = parse(text, PATH)

    assert found is None
    assert [(p.line, p.code, p.remedy) for p in problems] == [(line, code, remedy)]


@given(texts)
def test_any_text_is_a_round_or_a_problem(text: str) -> None:
    """Nothing raises."""
    found, problems = parse(text, PATH)

    assert (found is None) == any(problem.level == "error" for problem in problems)


def test_one_superseded_round_needs_no_brackets() -> None:
    """As people write it."""
    found, _ = parse("supersedes: round-1\n", PATH)

    assert found is not None
    assert found.supersedes == ("round-1",)
