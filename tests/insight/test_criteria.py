"""The drift of the criteria over a corpus."""

from __future__ import annotations

from casefiles.documents.config import Config, Review
from casefiles.documents.judgements import judge
from casefiles.insight.criteria import Criteria, criteria, drift_pitfalls
from casefiles.insight.figures import figures
from corpora import corpus, files
from workspaces import mode_text, trace_text


def drift(
    labels: list[str], *, drawn: str = "random", version: int = 1, config: Config | None = None
) -> tuple[Criteria, set[str]]:
    """Compute the drift of units reviewed one after another, and the codes of what it warns of."""
    found = {"taxonomy/a.md": mode_text("A", version=version)}
    for number, label in enumerate(labels):
        found[f"traces/r/t{number:03}.md"] = trace_text(query=f"q{number}")
        when = f"2026-01-01T{number // 60:02}:{number % 60:02}:00Z"
        head = f"verdict: fail\nreviewed: {when}\ndrawn: {drawn}\nlabels:\n  a: {label}\n"
        found[f"notes/ana/r/t{number:03}.md"] = f"---\n{head}---\nsaid\n"
    loaded = corpus(files(found, traces=()), config=config)
    judgements = judge(loaded)
    seen = criteria(loaded, judgements, figures(loaded, judgements))
    return seen, {pitfall.code for pitfall in drift_pitfalls(loaded, seen)}


EARLY = ["yes@1"] * 20 + ["no@1"] * 40


def test_a_trend_in_a_random_order_is_flagged() -> None:
    """Twenty yes at the beginning and none later are no chance."""
    seen, warned = drift(EARLY)

    assert (seen.trends["a"].first_yes, seen.trends["a"].last_yes) == (20, 0)
    assert warned == {"trend"}


def test_an_even_spread_is_not() -> None:
    """One in three, all the way."""
    seen, warned = drift((["yes@1"] + ["no@1"] * 2) * 20)

    assert seen.trends["a"].p > 0.5
    assert warned == set()


def test_an_order_that_was_not_random_tells_nothing() -> None:
    """Picked traces, or a queue in the order of paths, may well be sorted."""
    by_path = Config(review=Review(order="path"))

    assert drift(EARLY, drawn="picked")[0].trends == {}
    assert drift(EARLY, config=by_path)[0].trends == {}


def test_repeats_give_an_annotators_own_consistency() -> None:
    """Pairs under one version; unsure answers and new versions are none."""
    seen, warned = drift(
        ["yes@1, yes@1", "no@1, yes@1", "no@1, unsure@1", "no@1, yes@2", "no, no@1", "yes@2"],
        version=2,
    )

    assert (seen.consistency["ana"].repeats, seen.consistency["ana"].became_yes) == (3, 1)
    assert warned == set()


def test_many_changed_answers_are_flagged() -> None:
    """Half of twenty is beyond doubt."""
    seen, warned = drift(["yes@1, yes@1", "yes@1, no@1"] * 10)

    assert seen.consistency["ana"].became_no == 10
    assert "inconsistent" in warned


def test_stale_judgements_are_counted_by_mode() -> None:
    """Those that were judged again are stale no more."""
    seen, _ = drift(["yes@1", "no@1", "no@1, no@2", "no@2"], version=2)

    assert seen.stale == {"a": 2}
    assert [(a.mode, a.stale) for a in seen.audits] == [(None, 3), ("a", 3)]


def test_an_audit_corrects_a_prevalence() -> None:
    """If its draw begins at the front of the order."""
    before, _ = drift(["yes@1"] * 8 + ["no@1"] * 8, version=2)
    after, _ = drift(["yes@1, no@2"] * 8 + ["no@1, no@2"] * 8, version=2)

    assert before.corrected == ()
    assert after.corrected[0].interval.rate == 0.0
    assert after.audits[0].wrong is not None
    assert (after.audits[0].wrong.low, after.audits[0].wrong.high) == (8, 8)
    assert after.stale == {}
