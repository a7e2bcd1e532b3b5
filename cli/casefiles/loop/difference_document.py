"""A difference as the JSON document of ``diff --json``."""

from __future__ import annotations

from typing import Any

from casefiles.insight.figures import Prevalence
from casefiles.loop import more_numbers
from casefiles.loop.difference import Difference, Side
from casefiles.taxonomy.difference import EventKind
from casefiles.text.diff import words


def document(found: Difference) -> dict[str, Any]:
    """Return a difference as JSON; the keys are a contract."""
    return {
        "base": found.base,
        "head": found.head,
        "modes": {
            "added": _ids(found, "created"),
            "retired": _ids(found, "retired"),
            "renamed": _pairs(found, "renamed"),
            "merged": _pairs(found, "merged"),
            "split": _pairs(found, "split"),
            "redefined": _definitions(found, "redefined"),
            "reworded": _definitions(found, "reworded"),
            "revived": _ids(found, "revived"),
            "removed": _ids(found, "removed"),
        },
        "unversioned": list(found.unversioned),
        "labels": {
            mode: {"gained": item.gained, "lost": item.lost, "changed": item.changed}
            for mode, item in found.labels.items()
        },
        "prevalence": [
            {"mode": item.mode, "before": _rate(found.was(item.mode)), "after": _rate(item)}
            for item in found.after.prevalence
        ],
        "saturation": {"before": _saturation(found.before), "after": _saturation(found.after)},
        **{
            name: {"before": getattr(found.before, name), "after": getattr(found.after, name)}
            for name in ("traces", "notes", "codes", "stale")
        },
        "caveats": list(found.after.caveats),
        "broken": list(found.broken),
        "remarks": list(found.remarks),
    }


def _ids(found: Difference, kind: EventKind) -> list[str]:
    return [id_ for event in found.events if event.kind == kind for id_ in event.modes]


def _pairs(found: Difference, kind: EventKind) -> list[dict[str, Any]]:
    return [
        {"from": list(event.modes), "into": list(event.into)}
        for event in found.events
        if event.kind == kind
    ]


def _definitions(found: Difference, kind: EventKind) -> list[dict[str, Any]]:
    return [
        {
            "mode": event.modes[0],
            "before": event.before,
            "after": event.after,
            "words": words(event.before, event.after),
        }
        for event in found.events
        if event.kind == kind
    ]


def _rate(item: Prevalence | None) -> dict[str, Any] | None:
    return None if item is None else more_numbers.prevalence(item)


def _saturation(side: Side) -> dict[str, Any]:
    seen = side.saturation
    return {
        "traces": seen.units,
        "modes": seen.modes,
        "coverage": seen.coverage,
        "coverage_low": seen.coverage_low,
        "expected_new": seen.expected_new,
        "state": seen.state,
    }
