from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casefiles.documents import note as note_file
from casefiles.documents.config import Config, Review
from casefiles.documents.corpus import Corpus
from casefiles.documents.mode import Definition, Mode
from casefiles.documents.trace import TraceHead
from casefiles.review.judging import Case, label_queue
from casefiles.review.repeats import SHARE, with_repeats

DEFINITION = Definition(text="Yes if it is.\nNo otherwise.")
MODES = {name: Mode(name=name, version=2, definition=DEFINITION) for name in ("a", "b")}


def _corpus(*labels: str, seed: int = 0) -> Corpus:
    """Ana's notes, each with what she said about mode a; mode b is not judged."""
    notes = {}
    for number, said in enumerate(labels):
        text = f"---\nverdict: fail\nlabels:\n  a: {said}\n---\n"
        note, _ = note_file.parse(text, "notes/ana/r/q.md")
        assert note is not None
        notes["ana", f"r/q{number:03}"] = note
    return Corpus(
        config=Config(review=Review(seed=seed)),
        traces={trace: TraceHead() for _, trace in notes},
        notes=notes,
        modes=MODES,
    )


def _planted(corpus: Corpus, *, demanded: bool = False) -> tuple[Case, ...]:
    cases = label_queue(corpus, "ana", ("a", "b"))
    return with_repeats(cases, corpus, "ana", ("a", "b"), demanded=demanded)


def _repeats(cases: tuple[Case, ...]) -> list[str]:
    return [case.trace for case in cases for q in case.questions if q.why == "repeat"]


@given(st.integers(0, 120), st.integers(0, 5))
def test_between_five_and_ten_of_a_hundred_questions_are_repeats(count: int, seed: int) -> None:
    """None when little is asked; each trace once, and nothing open gets lost."""
    corpus = _corpus(*["no@2"] * count, seed=seed)
    cases = _planted(corpus)
    repeats = _repeats(cases)
    assert len(repeats) == len(set(repeats)) == round(SHARE * count)
    asked = [(c.trace, q.mode) for c in cases for q in c.questions if q.why != "repeat"]
    assert sorted(asked) == [(f"r/q{n:03}", "b") for n in range(count)]
    if count >= 20:
        assert 0.05 <= len(repeats) / count <= 0.10


@pytest.mark.parametrize("said", ["no@1", "unsure@2", "no@2, yes@2", "yes@1, unsure@2"])
def test_only_a_single_judgement_under_todays_definition_is_repeated(said: str) -> None:
    """Stale ones are asked for anyway; an unsure one is an answer; twice is enough."""
    assert _repeats(_planted(_corpus(*[said] * 40), demanded=True)) == []


def test_a_judgement_that_was_renewed_under_todays_definition_can_be_repeated() -> None:
    """What was said under an older one does not count."""
    assert _repeats(_planted(_corpus(*["no@1, yes@2"] * 40)))


def test_repeats_stand_in_the_order_of_the_modes_like_any_question() -> None:
    """Their place gives nothing away."""
    cases = _planted(_corpus(*["no@2"] * 40))
    assert all([q.mode for q in c.questions] in (["b"], ["a", "b"]) for c in cases)
    assert all(q.is_blind for c in cases for q in c.questions if q.why == "repeat")


def test_repeats_of_traces_with_nothing_open_stand_between_the_others() -> None:
    """Not in one heap at the end."""
    corpus = _corpus(*["no@2"] * 200, seed=5)
    open_ones = label_queue(corpus, "ana", ("a", "b"))[::2]
    cases = with_repeats(open_ones, corpus, "ana", ("a", "b"))
    known = {case.trace for case in open_ones}
    places = [at for at, case in enumerate(cases) if case.trace not in known]
    assert places
    assert places != list(range(len(cases) - len(places), len(cases)))


def test_on_demand_there_is_at_least_one() -> None:
    """And ten where nothing else is asked."""
    assert len(_repeats(_planted(_corpus("no@2", "no@2"), demanded=True))) == 1
    done = _corpus(*["no@2"] * 30)
    assert len(_repeats(with_repeats((), done, "ana", ("a",), demanded=True))) == 10
    assert with_repeats((), done, "ana", ("a",)) == ()


def test_nobody_is_asked_to_repeat_a_colleague() -> None:
    """Only one's own judgements."""
    corpus = _corpus(*["no@2"] * 40)
    assert with_repeats((), corpus, "ben", ("a",), demanded=True) == ()
