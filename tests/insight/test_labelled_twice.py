from __future__ import annotations

import random
from collections.abc import Mapping

import pytest

from casefiles.documents import note as note_file
from casefiles.documents import proposal as proposal_file
from casefiles.documents.corpus import Corpus
from casefiles.documents.mode import Definition, Mode
from casefiles.documents.round import Round
from casefiles.documents.trace import TraceHead
from casefiles.insight.agreement import Draw, Fourfold
from casefiles.insight.labelled_twice import Agreement, compare

DEFINITION = Definition(text="Yes if it is.\nNo otherwise.")


def drawing() -> Draw:
    """Draw with a fixed seed."""
    chance = random.Random(1)
    return lambda n: chance.choices(range(n), k=n)


def corpus(
    notes: Mapping[tuple[str, str], str],
    *,
    blind: str = "yes",
    sessions: Mapping[str, str] | None = None,
    **modes: int,
) -> Corpus:
    """Build a corpus from (annotator, trace) to labels such as ``a: yes@1``; modes to versions."""
    found = {}
    for key, labels in notes.items():
        lines = "".join(f"  {label}\n" for label in labels.split("; "))
        text = f"---\nverdict: fail\nblind: {blind}\ndrawn: random\nlabels:\n{lines}---\n"
        note, problems = note_file.parse(text, "notes/x/r/q.md")
        assert note is not None, problems
        found[key] = note
    traces = {trace for _, trace in notes}
    return Corpus(
        traces={t: TraceHead(session=(sessions or {}).get(t)) for t in traces},
        notes=found,
        rounds={"r": Round()},
        modes={
            name: Mode(name=name.title(), version=version, definition=DEFINITION)
            for name, version in (modes or {"a": 1}).items()
        },
    )


def both(ana: str, ben: str) -> dict[tuple[str, str], str]:
    """Ana's and ben's answers on mode a, a character a trace: y, n, u, or a dot for none."""
    words = {"y": "yes", "n": "no", "u": "unsure"}
    return {
        (who, f"r/q{at:02}"): f"a: {words[answer]}@1"
        for who, answers in (("ana", ana), ("ben", ben))
        for at, answer in enumerate(answers)
        if answer in words
    }


def compared(found: Corpus, **settings: object) -> Agreement:
    """Compare with a fixed seed."""
    return compare(found, drawing(), **settings)  # type: ignore[arg-type]


def test_the_counts_are_those_of_what_both_judged() -> None:
    """Who gave no answer, or an unsure one, is not compared."""
    found = compared(corpus(both("yyyynnnn.yu", "yyynynnny.y")))
    (mode,) = found.modes
    assert mode.table == Fourfold(both=3, first=1, second=1, neither=3)
    assert (mode.traces, mode.positives) == (8, 5)
    assert mode.positive == pytest.approx(6 / 8)
    assert mode.pairs[0].annotators == ("ana", "ben")
    assert mode.kappa == pytest.approx(0.5)
    assert mode.spread is not None
    assert mode.spread.low < 0.75 < mode.spread.high


def test_below_five_positives_there_are_counts_and_nothing_else() -> None:
    """Four traces with a yes, however many without."""
    (mode,) = compared(corpus(both("yyyn" + "n" * 40, "yyny" + "n" * 40))).modes
    assert mode.positives == 4
    assert (mode.positive, mode.spread, mode.alpha, mode.ac1, mode.kappa) == (None,) * 5
    assert mode.table.units == 44


def test_a_code_is_no_label() -> None:
    """What a proposal says of a note cannot agree or disagree."""
    found = corpus(both("yyyyyn", "yyyyyn"))
    text = (
        "---\nkind: proposal/1\nstatus: accepted\nmethod: embedded\napplied: {1: a@1}\n---\n"
        '## new: A\nYes if x.\nNo if y.\n\n- [x] ana:r/q05#1 "x"\n- [x] cy:r/q01#1 "x"\n'
    )
    proposal, _ = proposal_file.parse(text, "taxonomy/proposals/p.md")
    assert proposal is not None
    with_codes = Corpus(
        traces=found.traces, notes=found.notes, modes=found.modes, proposals={"p": proposal}
    )
    assert compared(with_codes).modes == compared(found).modes
    assert compared(with_codes).annotators == ("ana", "ben")


def test_labels_that_were_not_made_blind_are_left_out_and_counted() -> None:
    """Or counted, where it is asked for."""
    notes = both("yyyyyn", "yyyyyy")
    found = compared(corpus(notes, blind="no"))
    assert (found.traces, found.not_blind, found.modes[0].traces) == (0, 12, 0)
    everything = compared(corpus(notes, blind="no"), blind_only=False)
    assert (everything.traces, everything.not_blind, everything.modes[0].traces) == (6, 0, 6)


def test_one_side_that_is_not_blind_is_no_comparison() -> None:
    """Both have to be."""
    ana = corpus(both("yyyyyn", "......"))
    ben = corpus(both("......", "yyyyyy"), blind="no")
    found = compared(Corpus(traces=ana.traces, notes={**ana.notes, **ben.notes}, modes=ana.modes))
    assert (found.traces, found.not_blind) == (0, 6)


def test_labels_under_an_older_definition_are_left_out_and_counted() -> None:
    """They may differ because the definition did."""
    found = compared(corpus(both("yyyyyy", "yyyyyn"), a=2))
    assert (found.modes[0].traces, found.stale) == (0, 12)


def test_old_names_are_resolved() -> None:
    """A label under a name the mode had before is a label of it."""
    found = corpus({("ana", "r/q1"): "old: yes@1", ("ben", "r/q1"): "a: no@1"})
    modes = {"a": Mode(name="A", aliases=("old",), definition=DEFINITION)}
    (one,) = compared(Corpus(traces=found.traces, notes=found.notes, modes=modes)).disagreements
    assert dict(one.said) == {"ana": "yes", "ben": "no"}


def test_traces_of_one_session_are_resampled_together() -> None:
    """Ten traces of two conversations are two draws, and the interval says so."""
    notes = both("y" * 5 + "n" * 5, "y" * 4 + "ny" + "n" * 4)
    alone = compared(corpus(notes)).modes[0].spread
    sessions = {f"r/q{at:02}": "one" if at < 5 else "two" for at in range(10)}
    together = compared(corpus(notes, sessions=sessions)).modes[0].spread
    assert alone is not None
    assert together is not None
    assert together.high - together.low > alone.high - alone.low


def test_of_three_annotators_every_pair_is_counted() -> None:
    """Alpha takes all at once; kappa is Fleiss' where all judged."""
    notes = both("yyyyyynn", "yyyyynny")
    notes |= {("cy", trace): label for (who, trace), label in notes.items() if who == "ana"}
    found = compared(corpus(notes))
    (mode,) = found.modes
    assert found.annotators == ("ana", "ben", "cy")
    assert [pair.annotators for pair in mode.pairs] == [
        ("ana", "ben"),
        ("ana", "cy"),
        ("ben", "cy"),
    ]
    assert mode.table.units == 24
    assert mode.alpha is not None
    assert mode.kappa is not None


def test_disagreements_are_listed_with_what_was_settled() -> None:
    """By mode, then trace; a settled one stays a disagreement."""
    notes = {
        **both("yyn", "ynn"),
        ("adjudicated", "r/q01"): "a: no@1",
    }
    (one,) = compared(corpus(notes)).disagreements
    assert (one.mode, one.trace, dict(one.said)) == ("a", "r/q01", {"ana": "yes", "ben": "no"})
    assert one.settled == "no"
    assert compared(corpus(both("y", "n"))).disagreements[0].settled is None


def test_whole_label_sets_are_compared_where_both_judged_every_mode() -> None:
    """Two empty sets agree; a trace judged for one mode only is left out."""
    notes = {
        ("ana", "r/q1"): "a: yes@1; b: no@1",
        ("ben", "r/q1"): "a: yes@1; b: yes@1",
        ("ana", "r/q2"): "a: no@1; b: no@1",
        ("ben", "r/q2"): "a: no@1; b: no@1",
        ("ana", "r/q3"): "a: yes@1",
        ("ben", "r/q3"): "a: no@1; b: no@1",
    }
    found = compared(corpus(notes, a=1, b=1))
    assert found.sets == 2
    # d({a}, {a, b}) = 2/3, observed 2 × 2/3 / 1; expected over {a}, {a, b}, 2 × {}
    expected = 2 * (2 / 3 + 2 + 2)
    assert found.sets_alpha == pytest.approx(1 - 3 * (4 / 3) / expected)


def test_broken_simulated_users_and_superseded_rounds_do_not_count() -> None:
    """Nobody's application is judged by them."""
    found = corpus(both("yyy", "nnn"))
    faulty, _ = note_file.parse("---\nsim_fault: yes\n---\n", "notes/ana/r/q00.md")
    assert faulty is not None
    notes = {**found.notes, ("cy", "r/q00"): faulty}
    assert compared(Corpus(traces=found.traces, notes=notes, modes=found.modes)).traces == 2
    rounds = {"r": Round(), "s": Round(supersedes=("r",))}
    later = Corpus(traces=found.traces, notes=found.notes, modes=found.modes, rounds=rounds)
    assert compared(later).traces == 0
    assert compared(later, rounds=("r",)).traces == 3


def test_without_labels_nothing_is_compared() -> None:
    """An empty workspace is no error."""
    found = compare(Corpus(), drawing())
    assert (found.traces, found.modes, found.sets_alpha) == (0, (), None)
