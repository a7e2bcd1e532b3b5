"""Saturation and drift in words for the terminal; every claim with what it rests on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from casefiles.commands.output import bound, percent, plural

if TYPE_CHECKING:
    from casefiles.documents.corpus import Corpus
    from casefiles.insight.audit import Audit
    from casefiles.insight.criteria import Criteria
    from casefiles.insight.figures import Figures
    from casefiles.insight.saturation import State

STATES: dict[State, str] = {
    "learning": "still learning",
    "slowing": "slowing down",
    "saturated-90": "saturated at 90 %",
    "saturated-95": "saturated at 95 %",
}
_DRAWN = {
    "random": "drawn at random",
    "stratified": "drawn at random by strata",
    "targeted": "picked on purpose",
    "synthetic": "written queries",
    "queue": "drawn by the queue",
    "unknown": "chosen in a way round.yaml does not say",
}


def saturation(found: Figures) -> Iterator[str]:
    """Say whether anything new is still being learned."""
    seen = found.saturation
    kinds = plural(seen.modes, "mode")
    if found.uncoded:
        kinds += f", {len(found.uncoded)} of them failing units that nobody coded"
    yield f"{STATES[seen.state]}, after {seen.units:,} reviewed and {kinds}:"
    if seen.coverage is None or seen.coverage_low is None or seen.expected_new is None:
        yield "  no failure seen yet, so nothing can be said about what is missing"
    else:
        yield from _numbers(found, seen.coverage, seen.coverage_low, seen.expected_new)
    in_use = f"taxonomy {found.taxonomy}, {found.active} in use"
    yield f"  ({'; '.join((in_use if found.active else 'no taxonomy', *_drawn(found)))})"
    yield from (f"  ({caveat.partition(': ')[2]})" for caveat in found.caveats)


def _drawn(found: Figures) -> Iterator[str]:
    if len(found.drawn) == 1:
        yield from (_DRAWN[drawn] for drawn in found.drawn)
    else:
        yield from (f"{count} {_DRAWN[drawn]}" for drawn, count in found.drawn.items())


def _numbers(found: Figures, share: float, low: float, ahead: float) -> Iterator[str]:
    from casefiles.insight import incidence, new_at_most

    seen, rows = found.saturation, incidence(found.rows)
    estimate = "over 99 %" if share >= 0.995 else percent(share)  # it never reads as certainty
    yield (
        f"  at least {bound(low)} of failures are of a kind already seen"
        f" (95 % confidence; estimate {estimate})"
    )
    yield (
        f"  {ahead:.1f} new modes expected in the next 20 (at most {new_at_most(rows, 20):.1f});"
        f" {seen.new_in_last_20} came in the last 20"
    )
    floor = f"{seen.detection_floor * 100:.2g} %"
    yield f"  a mode in {floor} of units would have been seen by now"
    yield from _ahead(found)
    known = seen.known_before
    guest = percent(seen.new_in_last_20 / known) if known else "–"
    yield (
        f"  no rule to stop by: nothing new in the last {seen.quiet};"
        f" Guest's ratio {guest} in the last 20"
    )


def _ahead(found: Figures) -> Iterator[str]:
    """How much more reading the next bound takes, about; random traces only."""
    from casefiles.insight import incidence, more_units_until

    rows = incidence(found.rows)
    for target in (0.90, 0.95):
        more = more_units_until(rows, bound=target)
        if more is None:
            yield f"  too little is known to say when the bound reaches {percent(target)}"
            return
        if more:
            until = f"until the bound reaches {percent(target)}"
            yield f"  about {_round(more)} more random traces {until}"
            return


def _round(number: int) -> str:
    """No finer than it is known: it may well be half or twice as many."""
    step = 10 ** max(0, len(str(number)) - 2)
    return f"{-(-number // step) * step:,}"


def criteria(corpus: Corpus, found: Criteria) -> Iterator[str]:
    """Say how the criteria drifted, where they did."""
    if found.stale:
        count = sum(found.stale.values())
        most = ", ".join(f"{mode} {n}" for mode, n in list(found.stale.items())[:4])
        rest = " …" if len(found.stale) > 4 else ""
        yield f"drift: {plural(count, 'judgement')} under an older definition ({most}{rest})"
        if not any(audit.drawn for audit in found.audits):
            yield "  casefiles label --audit 20 estimates how many of them are wrong now"
    for audit in found.audits:
        if audit.drawn:
            yield f"  {audit_line(audit)}"
    for fixed in found.corrected:
        interval = fixed.interval
        limits = f"[{percent(interval.low)} to {percent(interval.high)}]"
        rests = f"{fixed.drawn} of {fixed.stale} stale units judged again"
        name = corpus.modes[fixed.mode].name
        yield f"  corrected: {name} {percent(interval.rate)} {limits} ({rests})"
    for annotator, seen in found.consistency.items():
        if seen.same is not None:
            kept = seen.repeats - seen.became_yes - seen.became_no
            limits = f"[{percent(seen.same.low)} to {percent(seen.same.high)}]"
            yield f"repeats: {annotator} answered {kept} of {seen.repeats} the same {limits}"


def audit_line(audit: Audit) -> str:
    """Say what an audit found, with exact limits."""
    of = f" for {audit.mode}" if audit.mode else ""
    wrong = audit.became_yes + audit.became_no
    estimate = ""
    if audit.wrong is not None:
        limits = f"[{audit.wrong.low} to {audit.wrong.high}]"
        estimate = f": about {audit.wrong.estimate:.0f} of {audit.stale} are wrong {limits}"
    unsure = f", {audit.unsure} unsure" if audit.unsure else ""
    return f"audit of {audit.annotator}{of}: {wrong} of {audit.drawn} changed{unsure}{estimate}"
