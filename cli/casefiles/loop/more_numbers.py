"""Numbers as JSON, for `status` and `diff`: prevalence, what saturation rests on, and drift."""

from __future__ import annotations

from typing import Any

from casefiles.documents.staleness import Stale
from casefiles.insight import incidence, more_units_until, new_at_most
from casefiles.insight.audit import Audit
from casefiles.insight.criteria import Criteria
from casefiles.insight.drift import Consistency, Count, Trend
from casefiles.insight.figures import Figures, Prevalence
from casefiles.insight.prevalence import Interval
from casefiles.insight.saturation import WINDOW


def saturation(found: Figures) -> dict[str, Any]:
    """Return what else a claim of saturation carries, and what is no rule to stop by."""
    seen, rows = found.saturation, incidence(found.rows)
    split = found.open_split
    return {
        "taxonomy": found.taxonomy,
        "drawn": dict(found.drawn),
        "new_at_most": new_at_most(rows, WINDOW) if seen.units else None,
        "new_probability": found.new_probability,
        "more_until": {"90": more_units_until(rows), "95": more_units_until(rows, bound=0.95)},
        "open_split": None
        if split is None
        else {"units": split.units, "modes": split.modes, "coverage_low": split.coverage_low},
        "no_stopping_rule": {
            "quiet": seen.quiet,
            "new_share": seen.new_in_last_20 / seen.known_before if seen.known_before else None,
        },
    }


def prevalence(item: Prevalence) -> dict[str, Any]:
    """Return how common one mode is; rates are null until every unit was judged."""
    interval = item.interval
    return {
        "yes": item.yes,
        "judged": item.judged,
        "unjudged": item.unjudged,
        "disputed": item.disputed,
        "stale": item.stale,
        "rate": interval.rate if interval else None,
        "low": interval.low if interval else None,
        "high": interval.high if interval else None,
    }


def criteria(found: Criteria) -> dict[str, Any]:
    """Return the drift of the criteria as JSON."""
    return {
        "stale": dict(found.stale),
        "audits": [audit(one) for one in found.audits],
        "corrected": [
            {
                "mode": fixed.mode,
                "n": fixed.n,
                "stale": fixed.stale,
                "drawn": fixed.drawn,
                **_interval(fixed.interval),
            }
            for fixed in found.corrected
        ],
        "consistency": {who: _consistency(seen) for who, seen in found.consistency.items()},
        "trends": {mode: _trend(seen) for mode, seen in found.trends.items()},
    }


def stale(found: Stale) -> dict[str, Any]:
    """Return one stale judgement as JSON."""
    return {
        "annotator": found.annotator,
        "trace": found.trace,
        "mode": found.mode,
        "value": found.before.value,
        "coded": found.before.coded,
        "version": found.version,
    }


def audit(found: Audit) -> dict[str, Any]:
    """Return an audit as JSON."""
    return {
        "annotator": found.annotator,
        "mode": found.mode,
        "stale": found.stale,
        "drawn": found.drawn,
        "unsure": found.unsure,
        "became_yes": found.became_yes,
        "became_no": found.became_no,
        "wrong": _count(found.wrong),
    }


def _count(found: Count | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {"estimate": found.estimate, "low": found.low, "high": found.high}


def _consistency(found: Consistency) -> dict[str, Any]:
    return {
        "repeats": found.repeats,
        "became_yes": found.became_yes,
        "became_no": found.became_no,
        "same": _interval(found.same) if found.same else None,
        "p": found.p,
    }


def _trend(found: Trend) -> dict[str, Any]:
    return {
        "first": {"yes": found.first_yes, "of": found.first},
        "last": {"yes": found.last_yes, "of": found.last},
        "p": found.p,
    }


def _interval(found: Interval) -> dict[str, Any]:
    return {"rate": found.rate, "low": found.low, "high": found.high}
