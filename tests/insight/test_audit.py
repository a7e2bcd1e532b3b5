"""An audit of stale judgements: drawn by a fixed random order, estimated from what it found."""

from __future__ import annotations

from collections.abc import Mapping

from casefiles.documents.corpus import Corpus
from casefiles.documents.judgements import judge
from casefiles.documents.staleness import Stale, stale_judgements
from casefiles.insight.audit import Audit, audit_order, audits, corrected, drawn
from casefiles.insight.frame import frame
from corpora import corpus, files
from workspaces import mode_text, trace_text

TRACES = [f"r/t{n:02}" for n in range(40)]


def reviewed(
    labels: Mapping[str, str], *, version: int = 2, who: str = "ana", mode: str = "a"
) -> Corpus:
    """Make notes with one label each, for a mode at a version; every trace was reviewed."""
    found = {f"taxonomy/{mode}.md": mode_text("A", version=version)}
    for number, trace in enumerate(TRACES):
        found[f"traces/{trace}.md"] = trace_text(query=f"q{number}")
        said = labels.get(trace)
        judged = f"labels:\n  {mode}: {said}\n" if said else ""
        found[f"notes/{who}/{trace}.md"] = f"---\nverdict: fail\n{judged}---\nsaid\n"
    return corpus(files(found, traces=()))


def stale(found: Corpus) -> tuple[Stale, ...]:
    """Return the stale judgements of a corpus."""
    return stale_judgements(found, judge(found))


OLD = {trace: "yes@1" if number % 4 == 0 else "no@1" for number, trace in enumerate(TRACES)}


def judged_again(answers: Mapping[str, str]) -> Corpus:
    """Append answers under version 2 to the old ones."""
    return reviewed(
        {t: f"{old}, {answers[t]}@2" if t in answers else old for t, old in OLD.items()}
    )


def first(count: int) -> list[Stale]:
    """Return the first judgements that an audit would ask about."""
    return audit_order(stale(reviewed(OLD)), seed=0)[:count]


def test_what_was_judged_under_an_older_meaning_is_listed() -> None:
    """With what was said before, whether it was judged again, and what was said then."""
    labels = {"r/t00": "yes@1", "r/t01": "no@1, yes@2", "r/t02": "no@2", "r/t03": "no@1, unsure@2"}
    found = stale(reviewed({**labels, "r/t04": "unsure@1", "r/t05": "unsure@1, no@2"}))

    assert [(s.trace, s.before.value, s.again, s.after) for s in found] == [
        ("r/t00", "yes", False, None),
        ("r/t01", "no", True, "yes"),
        ("r/t03", "no", True, None),
    ]


def test_codes_and_old_names_are_stale_too() -> None:
    """A ticked line under version 1, and labels under a name the mode had before."""
    proposal = (
        "---\nkind: proposal/1\nstatus: accepted\napplied:\n  new a: a@1\n---\n\n"
        '## new: A\nYes if so.\nNo if not.\n\n- [x] ana:r/t01#1 "said"\n'
    )
    found = stale(
        corpus(
            files(
                {
                    "taxonomy/a.md": mode_text("A", version=2, aliases="[old]"),
                    "taxonomy/proposals/p.md": proposal,
                    "notes/ana/r/t01.md": "---\nlabels:\n  a: no@2\n---\nsaid\n",
                    "notes/ana/r/t02.md": "---\nlabels:\n  old: yes@1\n---\nsaid\n",
                },
                traces=("r/t01", "r/t02"),
            )
        )
    )

    assert [(s.trace, s.before.value, s.before.coded, s.again) for s in found] == [
        ("r/t01", "yes", True, True),
        ("r/t02", "yes", False, False),
    ]


def test_a_first_version_has_nothing_stale() -> None:
    """However often it was judged."""
    assert stale(reviewed({"r/t00": "yes@1, no@1"}, version=1)) == ()


def test_the_order_is_fixed_and_has_nothing_to_do_with_paths_or_answers() -> None:
    """Another seed, or a newer version of the mode, gives another one."""
    order = [item.trace for item in first(40)]

    assert order == [item.trace for item in first(40)]
    assert order != sorted(order)
    assert order != [item.trace for item in audit_order(stale(reviewed(OLD)), seed=1)]
    newer = stale(reviewed(OLD, version=3))
    assert order != [item.trace for item in audit_order(newer, seed=0)]


def test_what_was_judged_again_in_another_order_is_no_draw() -> None:
    """Only what stands in front of the first gap of the order counts."""
    ahead = first(10)
    picked = {item.trace: "no" for item in (*ahead[:3], *ahead[4:])}

    found = drawn(stale(judged_again(picked)), seed=0)

    assert [item.trace for item in found] == [item.trace for item in ahead[:3]]


def test_an_audit_counts_what_changed_with_exact_limits() -> None:
    """40 stale, 10 judged again, two changed: 8 [2, 20]."""
    answers = {item.trace: str(item.before.value) for item in first(10)}
    changed = first(10)[:2]
    for item in changed:
        answers[item.trace] = "no" if item.before.value == "yes" else "yes"

    whole, one_mode = audits(stale(judged_again(answers)), seed=0)

    assert (whole.annotator, whole.mode, one_mode.mode) == ("ana", None, "a")
    assert (whole.stale, whole.drawn, whole.unsure) == (40, 10, 0)
    assert whole.became_yes + whole.became_no == 2
    assert whole.became_no == sum(item.before.value == "yes" for item in changed)
    assert whole.wrong is not None
    assert (whole.wrong.estimate, whole.wrong.low, whole.wrong.high) == (8.0, 2, 20)
    assert one_mode.wrong == whole.wrong


def test_unsure_answers_are_in_no_estimate() -> None:
    """They are counted apart."""
    ahead = first(5)
    answers = {item.trace: str(item.before.value) for item in ahead} | {ahead[1].trace: "unsure"}

    found = audits(stale(judged_again(answers)), seed=0)[0]

    assert (found.stale, found.drawn, found.unsure) == (40, 4, 1)
    assert found.wrong is not None
    assert found.wrong.estimate == 0


def test_nothing_judged_again_is_an_audit_without_a_result() -> None:
    """It says how much there is to audit."""
    found = audits(stale(reviewed(OLD)), seed=0)

    assert [(a.stale, a.drawn, a.wrong) for a in found] == [(40, 0, None)] * 2
    assert audits((), seed=0) == ()


def test_prevalence_is_corrected_by_the_draw() -> None:
    """10 of 40 said yes; half of the yes drawn turn out to be none."""
    ahead = first(20)
    answers, turned = {}, 0
    for item in ahead:
        flips = item.before.value == "yes" and turned < 3
        turned += flips
        answers[item.trace] = "no" if flips else str(item.before.value)
    loaded = judged_again(answers)
    units = frame(loaded).counted

    found = corrected(judge(loaded), units, "a", stale(loaded), seed=0)

    assert found is not None
    assert (found.n, found.stale, found.drawn) == (40, 40, 20)
    assert found.interval.rate == (10 - turned * 40 / 20) / 40
    assert found.interval.low < found.interval.rate < found.interval.high


def test_prevalence_without_an_audit_is_not_corrected() -> None:
    """There is nothing to correct it by."""
    loaded = reviewed(OLD)

    assert corrected(judge(loaded), frame(loaded).counted, "a", stale(loaded), seed=0) is None


def test_each_annotator_is_audited_alone() -> None:
    """One judges their own notes again, never another's."""
    mine = reviewed(OLD)
    hers = reviewed(OLD, who="ben")
    both = Corpus(
        traces=mine.traces, modes=mine.modes, rounds=mine.rounds, notes={**mine.notes, **hers.notes}
    )

    found = audits(stale(both), seed=0)

    assert [(a.annotator, a.mode, a.stale) for a in found] == [
        ("ana", None, 40),
        ("ana", "a", 40),
        ("ben", None, 40),
        ("ben", "a", 40),
    ]
    assert isinstance(found[0], Audit)
