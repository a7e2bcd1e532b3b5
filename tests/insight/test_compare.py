"""Two rounds of the same queries, side by side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casefiles.documents.corpus import Corpus
from casefiles.documents.judgements import judge
from casefiles.documents.mode import Definition, Mode
from casefiles.documents.note import parse
from casefiles.documents.trace import TraceHead
from casefiles.insight.compare import CHANGES, Comparison, compare

MODES = {
    "too-long": Mode(
        name="Too long", version=2, definition=Definition(text="Yes if long.\nNo if short.")
    )
}


def corpus(notes: Mapping[str, str], **titles: str) -> Corpus:
    """Make a corpus of two rounds; ``notes`` maps ``annotator:trace`` to a note's text."""
    traces = {name.partition(":")[2] for name in notes} | {
        f"r{n}/q{q}" for n in (1, 2) for q in range(4)
    }
    read = {}
    for key, text in notes.items():
        annotator, _, trace = key.partition(":")
        note, problems = parse(text, f"notes/{annotator}/{trace}.md")
        assert note is not None, problems
        read[(annotator, trace)] = note
    return Corpus(
        traces={
            trace: TraceHead(
                title=titles.get(trace.replace("/", "_"), trace.partition("/")[2][:2]),
                query=trace.partition("/")[2].partition(".")[0],
            )
            for trace in traces
        },
        notes=read,
        modes=MODES,
    )


def note(verdict: str | None = None, label: str | None = None, more: str = "") -> str:
    """Write a note."""
    keys = f"verdict: {verdict}\n" if verdict else ""
    labels = f"labels:\n  too-long: {label}\n" if label else ""
    return f"---\n{keys}{more}{labels}---\n"


def compared(notes: Mapping[str, str], **titles: str) -> Comparison:
    """Compare the two rounds."""
    found = corpus(notes, **titles)
    return compare(found, judge(found), "r1", "r2")


@pytest.mark.parametrize(
    ("before", "after", "change"),
    [
        ("fail", "pass", "fixed"),
        ("fail", "fail", "still_failing"),
        ("pass", "fail", "newly_failing"),
        ("pass", "pass", "fine"),
        ("fail", "defer", "not_comparable"),
        (None, "pass", "not_comparable"),
    ],
)
def test_each_query_is_compared_by_verdict(before: str | None, after: str, change: str) -> None:
    """What was not reviewed says nothing."""
    found = compared({"ana:r1/q1": note(before), "ana:r2/q1": note(after)})

    assert found.pairs[1].verdict == change
    others = {pair.verdict for pair in found.pairs if pair.query != "q1"}
    assert others == {"not_comparable"}
    assert found.verdicts[found.pairs[1].verdict] == 4 if change == "not_comparable" else 1


@pytest.mark.parametrize(
    ("before", "after", "change"),
    [
        ("yes@2", "no@2", "fixed"),
        ("no@2", "yes@2", "newly_failing"),
        ("no@2", "no@2", "fine"),
        ("yes@1", "no@2", "not_comparable"),
        ("yes@2", "unsure@2", "not_comparable"),
        (None, "no@2", "not_comparable"),
    ],
)
def test_each_query_is_compared_by_mode(before: str | None, after: str, change: str) -> None:
    """A judgement by an older definition is no measure for a newer one."""
    found = compared(
        {"ana:r1/q1": note("fail", before), "ana:r2/q1": note("pass", after)},
    )

    assert found.pairs[1].modes == {"too-long": change}
    assert found.modes["too-long"][found.pairs[1].modes["too-long"]] >= 1


def test_annotators_who_contradict_each_other_settle_nothing() -> None:
    """For a mode; a fail that one of them saw is a fail."""
    found = compared(
        {
            "ana:r1/q1": note("fail", "yes@2"),
            "ben:r1/q1": note("pass", "no@2"),
            "ana:r2/q1": note("pass", "no@2"),
        }
    )

    assert (found.pairs[1].verdict, found.pairs[1].modes["too-long"]) == ("fixed", "not_comparable")


def test_repetitions_count_as_one_query() -> None:
    """It fails if one of them does; it passes once all are read."""
    found = compared(
        {
            "ana:r1/q1": note("pass"),
            "ana:r1/q1.2": note("fail"),
            "ana:r2/q1": note("pass"),
            "ana:r2/q1.2": note("pass"),
            "ana:r1/q2": note("fail"),
            "ana:r2/q2": note("pass"),
            "ana:r2/q2.2": note(),
        }
    )

    assert [pair.verdict for pair in found.pairs[1:3]] == ["fixed", "not_comparable"]
    assert found.pairs[1].before == ("r1/q1", "r1/q1.2")


def test_a_query_in_other_words_is_another_query() -> None:
    """Though it kept its id."""
    notes = {"ana:r1/q1": note("fail", "yes@2"), "ana:r2/q1": note("pass", "no@2")}

    pair = compared(notes, r2_q1="asked otherwise").pairs[1]

    assert (pair.verdict, pair.modes["too-long"]) == ("not_comparable", "not_comparable")


def test_a_broken_simulated_user_is_no_fault_of_the_application() -> None:
    """Its trace is in neither round."""
    found = compared({"ana:r1/q1": note("fail", more="sim_fault: yes\n")})

    assert found.only_after == ("q1",)
    assert [pair.query for pair in found.pairs] == ["q0", "q2", "q3"]


verdicts = st.sampled_from(["pass", "fail", "defer"])
labels = st.sampled_from([None, "yes@2", "no@2", "yes@1"])


@given(
    st.dictionaries(
        st.tuples(st.sampled_from(["ana", "ben"]), st.integers(1, 2), st.integers(0, 5)),
        st.tuples(verdicts, labels),
    )
)
def test_every_query_is_somewhere_exactly_once(given_notes: dict[Any, Any]) -> None:
    """And swapping the rounds swaps what was fixed with what newly fails."""
    notes = {
        f"{who}:r{n}/q{q}": note(verdict, label)
        for (who, n, q), (verdict, label) in given_notes.items()
    }
    known = corpus(notes)
    judgements = judge(known)

    there = compare(known, judgements, "r1", "r2")
    back = compare(known, judgements, "r2", "r1")

    queries = {head.query for head in known.traces.values()}
    seen = [*(pair.query for pair in there.pairs), *there.only_before, *there.only_after]
    assert sorted(seen) == sorted(str(query) for query in queries)
    assert sum(there.verdicts.values()) == len(there.pairs)
    assert set(there.verdicts) == set(CHANGES)
    swapped = {"fixed": "newly_failing", "newly_failing": "fixed"}
    for one, other in ((there.verdicts, back.verdicts), *_paired(there, back)):
        assert {swapped.get(change, change): n for change, n in one.items()} == other


def _paired(there: Comparison, back: Comparison) -> list[tuple[Any, Any]]:
    return [(there.modes[mode], back.modes[mode]) for mode in there.modes]
