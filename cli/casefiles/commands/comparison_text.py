"""Two rounds side by side, as text."""

from __future__ import annotations

from collections.abc import Mapping

from casefiles.commands import output
from casefiles.insight.compare import Change, Comparison

_SHOWN: dict[Change, str] = {
    "fixed": "fixed",
    "still_failing": "still failing",
    "newly_failing": "newly failing",
    "fine": "fine in both",
    "not_comparable": "not comparable",
}


def print_comparison(found: Comparison, names: Mapping[str, str]) -> None:
    """Show counts by verdict and by failure mode, then the queries that changed."""
    if not found.pairs:
        output.result(f"\n{found.before} and {found.after} have no query in common")
        return
    rows = [("by verdict", found.verdicts), *((names[m], c) for m, c in found.modes.items())]
    shared = output.plural(len(found.pairs), "query", "queries")
    output.table(
        [("", "left"), *((shown, "right") for shown in _SHOWN.values())],
        [(name, *(str(counts[change]) for change in _SHOWN)) for name, counts in rows],
        title=f"{found.before} → {found.after}, {shared} in both",
    )
    for change in ("newly_failing", "fixed"):
        queries = [pair.query for pair in found.pairs if pair.verdict == change]
        if queries:
            output.result(f"{_SHOWN[change]}: {', '.join(queries)}")
    for name, alone in ((found.before, found.only_before), (found.after, found.only_after)):
        if alone:
            output.result(f"only in {name}: {', '.join(alone)}")
    if found.verdicts["not_comparable"]:
        output.result(
            "(not comparable: a trace is not reviewed in one of the two, or the words changed; "
            "for a mode also: not judged, disputed, or by an older definition)"
        )
