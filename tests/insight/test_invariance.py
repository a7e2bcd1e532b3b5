"""What a change of the taxonomy, or of the order of review, must not change."""

from __future__ import annotations

import random
from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from casefiles.documents.judgements import judge
from casefiles.documents.mode import Definition
from casefiles.insight import coverage, coverage_low, expected_new, incidence, new_probability
from casefiles.insight.figures import Figures, figures
from casefiles.taxonomy import operations
from casefiles.taxonomy.operations import Occasion
from casefiles.taxonomy.working_copy import WorkingCopy
from corpora import carried_out, corpus, files
from workspaces import mode_text, trace_text

DAY = Occasion(day="2026-11-24")
MODES = ("a", "b", "c")
Files = dict[str, str]
Answers = list[dict[str, str]]

answers = st.lists(
    st.dictionaries(st.sampled_from(MODES), st.sampled_from(["yes", "no", "unsure"])),
    min_size=1,
    max_size=25,
)


def reviewed(said: Answers) -> Files:
    """Write one failing note for each unit, reviewed one after another."""
    found = {f"taxonomy/{mode}.md": mode_text(mode.upper()) for mode in MODES}
    for number, labels in enumerate(said):
        found[f"traces/r/t{number:02}.md"] = trace_text(query=f"q{number}")
        lines = "".join(f"  {mode}: {value}@1\n" for mode, value in labels.items())
        judged = f"labels:\n{lines}" if lines else ""
        head = f"verdict: fail\nreviewed: 2026-01-01T00:{number:02}:00Z\n{judged}"
        found[f"notes/ana/r/t{number:02}.md"] = f"---\n{head}---\nsaid\n"
    return files(found, traces=())


def computed(given_files: Files) -> Figures:
    """Compute the figures of a workspace in memory."""
    loaded = corpus(given_files)
    return figures(loaded, judge(loaded))


def after(
    given_files: Files, change: Callable[[WorkingCopy], tuple[WorkingCopy, object]]
) -> Figures:
    """Compute the figures once an operation was carried out."""
    copy = WorkingCopy(modes=corpus(given_files).modes, read=given_files.get)
    return computed(carried_out(given_files, change(copy)[0].plan))


def shares(found: Figures) -> dict[str, tuple[int, int, int, int]]:
    """Mode to its counts."""
    return {
        item.mode: (item.yes, item.judged, item.unjudged, item.disputed)
        for item in found.prevalence
    }


@given(answers)
def test_a_rename_changes_no_figure(said: Answers) -> None:
    """But for the name under which they stand."""
    given_files = reviewed(said)
    before = computed(given_files)

    now = after(given_files, lambda copy: operations.rename(copy, "a", "Zebra", occasion=DAY))

    assert now.saturation == before.saturation
    assert now.uncoded == before.uncoded
    assert now.stale == before.stale
    was = shares(before)
    assert shares(now) == {"zebra" if mode == "a" else mode: was[mode] for mode in was}


@given(answers)
def test_a_merge_changes_only_what_it_merged(said: Answers) -> None:
    """Yes under either is yes; the others, and who is uncoded, stay; there is one mode less."""
    given_files = reviewed(said)
    before = computed(given_files)

    now = after(given_files, lambda copy: operations.merge(copy, ["b"], "a", occasion=DAY))

    either = sum("yes" in (labels.get("a"), labels.get("b")) for labels in said)
    neither = sum(labels.get("a") == labels.get("b") == "no" for labels in said)
    assert shares(now)["a"][:2] == (either, either + neither)
    assert shares(now)["c"] == shares(before)["c"]
    assert now.uncoded == before.uncoded
    assert now.saturation.units == before.saturation.units
    both = {"a", "b"} <= {mode for row in before.rows for mode in row}
    assert now.saturation.modes == before.saturation.modes - both


@given(answers)
def test_a_split_is_no_discovery(said: Answers) -> None:
    """Coverage, its bound, what is expected and the state stay until something is judged again."""
    given_files = reviewed(said)
    before = computed(given_files)
    parts = [(name, Definition(text=f"Yes if {name}.\nNo if not.")) for name in ("Curt", "Sweet")]

    now = after(given_files, lambda copy: operations.split(copy, "a", parts, occasion=DAY))

    assert now.saturation == before.saturation
    assert now.uncoded == before.uncoded
    assert {mode: shares(now)[mode] for mode in "bc"} == {m: shares(before)[m] for m in "bc"}
    asserted = sum(labels.get("a") == "yes" for labels in said)
    assert (now.open_split is None) == (asserted == 0)
    if now.open_split:
        assert now.open_split.units == asserted
        assert now.open_split.modes == before.saturation.modes + min(1, asserted - 1)


@given(answers, st.lists(st.sampled_from(["curt", "sweet", "both", "neither"]), max_size=25))
def test_judging_a_split_again_shows_at_most_its_parts(said: Answers, again: list[str]) -> None:
    """However far it has come, there are no more modes than parts that somebody saw."""
    given_files = reviewed(said)
    before = computed(given_files)
    parts = [(name, Definition(text=f"Yes if {name}.\nNo if not.")) for name in ("Curt", "Sweet")]
    copy = WorkingCopy(modes=corpus(given_files).modes, read=given_files.get)
    split = carried_out(given_files, operations.split(copy, "a", parts, occasion=DAY)[0].plan)
    seen: set[str] = set()
    asked = (n for n, labels in enumerate(said) if labels.get("a") == "yes")
    for number, answer in zip(asked, again, strict=False):
        shown = {"both": {"curt", "sweet"}, "neither": set[str]()}.get(answer, {answer})
        lines = "".join(
            f"  {part}: {'yes' if part in shown else 'no'}@1\n" for part in ("curt", "sweet")
        )
        path = f"notes/ana/r/t{number:02}.md"
        split[path] = split[path].replace("labels:\n", f"labels:\n{lines}")
        seen |= shown

    now = computed(split)

    left = now.open_split.units if now.open_split else 0
    others = before.saturation.modes - any(labels.get("a") == "yes" for labels in said)
    new_one_offs = len(now.uncoded) - len(before.uncoded)
    assert now.saturation.modes == others + new_one_offs + (len(seen) or (1 if left else 0))


@given(answers, st.randoms(use_true_random=False))
def test_the_order_of_review_changes_no_estimator(said: Answers, rng: random.Random) -> None:
    """Only what is told of the newest units may change."""
    rows = computed(reviewed(said)).rows
    shuffled = list(rows)
    rng.shuffle(shuffled)

    for estimate in (coverage, coverage_low, lambda seen: expected_new(seen, 20)):
        assert estimate(incidence(rows)) == estimate(incidence(shuffled))
    assert new_probability(incidence(rows)) == new_probability(incidence(shuffled))
    assert incidence(rows) == incidence(shuffled)
