"""What the figures say, in sentences: for those who decide by them and never studied statistics."""

from __future__ import annotations

from collections.abc import Iterator

from casefiles.insight import incidence, new_at_most, units_to_see
from casefiles.insight.figures import Figures
from casefiles.pages import words
from casefiles.pages.report import Report

_DRAWN = {
    "random": "drawn at random",
    "stratified": "drawn at random by strata",
    "targeted": "picked for a reason",
    "synthetic": "from written queries",
    "queue": "drawn by the review queue",
    "unknown": "chosen in a way nobody noted",
}


def saturation(figures: Figures) -> str:
    """Say the three numbers of a saturation claim with the counts they rest on; no state word."""
    found = figures.saturation
    read = words.count(found.units, "conversation")
    if not found.units:
        return "Nothing has been read yet."
    floor = words.percent(found.detection_floor, 1)
    floor_said = f"a failure in {floor} of conversations or more would have been seen by now"
    if found.coverage is None or found.coverage_low is None or found.expected_new is None:
        return f"After {read} nothing has been seen to go wrong; {floor_said}."
    most = new_at_most(incidence(figures.rows), 20)
    return (
        f"After {read} and {_kinds(figures)}, an estimated {words.estimate(found.coverage)} of the "
        f"failures met are of a kind already seen, and with 95 % confidence at least "
        f"{words.bound(found.coverage_low)}; the next 20 conversations are expected to show "
        f"{words.decimal(found.expected_new)} new kinds, at most {words.decimal(most)}; "
        f"{floor_said}."
    )


def _kinds(figures: Figures) -> str:
    """Failing conversations that nobody coded count as kinds of their own, and are said apart."""
    alone = len(figures.uncoded)
    said = words.count(figures.saturation.modes - alone, "failure mode")
    return f"{said} (and {words.count(alone, 'uncoded failure')})" if alone else said


def rests_on(figures: Figures) -> str:
    """Say how the conversations were drawn, and under which taxonomy they were judged."""
    drawn = [
        f"{'' if len(figures.drawn) == 1 else f'{count:,} '}{_DRAWN[how]}"
        for how, count in figures.drawn.items()
    ]
    taxonomy = f"taxonomy {figures.taxonomy}, {words.count(figures.active, 'mode')} in use"
    return "; ".join([*drawn, taxonomy if figures.active else "no taxonomy yet"])


def caveats(report: Report) -> tuple[str, ...]:
    """Say in sentences what the figures must not be taken for."""
    frame = report.figures.frame
    said = [words.caveat(text) for text in report.figures.caveats]
    if len(frame.counted) < len(frame.reviewed):
        drawn = words.count(len(frame.counted), "conversation")
        said.insert(0, f"The figures use the {drawn} drawn at random, not those picked by hand.")
    return tuple(said)


def to_go(figures: Figures, more: int | None, smallest: float) -> Iterator[str]:
    """Say what it would take to stop, as far as that can be said."""
    found = figures.saturation
    enough = units_to_see(smallest)
    if found.units < enough:
        yield (
            f"{words.count(enough - found.units, 'more conversation')} until a failure in "
            f"{words.percent(smallest)} of conversations would have been seen ({enough} in all)"
        )
    if more:
        yield (
            f"about {words.count(more, 'more conversation')} until, with 95 % confidence, nine of "
            "ten failures are of a kind already described; it may well be half or twice as many"
        )
    if figures.uncoded:
        which = words.count(len(figures.uncoded), "conversation")
        yield (
            f"{which} in which something went wrong {'shows' if which[0:2] == '1 ' else 'show'} no "
            "failure mode yet, and each counts as a kind of its own until it is grouped"
        )
