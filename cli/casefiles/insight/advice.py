"""What to do next."""

from __future__ import annotations

from dataclasses import dataclass

from casefiles.documents.corpus import Corpus
from casefiles.insight.figures import Figures
from casefiles.insight.pitfalls import FEW_TRACES

TO_PROPOSE = 30
"""Observations it takes before grouping them means anything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NextStep:
    """What to do now."""

    command: str
    """The command to type."""
    why: str
    """The reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Counts that come from outside the figures."""

    unrun: int = 0
    """Used queries without a trace in any round."""
    uncoded: int = 0
    """Observations that no accepted proposal holds."""


def next_step(corpus: Corpus, found: Figures, progress: Progress) -> NextStep:
    """Choose the next step of the loop: the first stage that has something left to do."""
    step = _inputs(corpus, progress) or _reading(corpus, found, progress)
    return (
        step
        or _labelling(found)
        or NextStep(command="casefiles site build", why="publish what was learned")
    )


def _inputs(corpus: Corpus, progress: Progress) -> NextStep | None:
    data = corpus.dataset
    if not corpus.traces and not data.dimensions:
        why = "name three or more dimensions of use in traces/dataset/dimensions.yaml"
        return NextStep(command="casefiles dimensions", why=f"{why}, or import production logs")
    if not corpus.traces and not data.tuples:
        return NextStep(command="casefiles tuples", why="combine the dimensions' values")
    if not corpus.traces and not data.queries:
        return NextStep(command="casefiles queries --write", why="write a query for each tuple")
    waiting = sum(query.waits for query in data.queries)
    if not corpus.traces and waiting:
        why = f"{waiting} queries look unrealistic; keep, drop or edit them"
        return NextStep(command="casefiles queries --review", why=why)
    if progress.unrun and corpus.config.targets:
        why = f"{progress.unrun} queries have not gone through the application"
        return NextStep(command="casefiles run", why=why)
    return None


def _reading(corpus: Corpus, found: Figures, progress: Progress) -> NextStep | None:
    open_ones = sorted(n for n, proposal in corpus.proposals.items() if proposal.status == "open")
    if open_ones:
        why = f"edit taxonomy/proposals/{open_ones[0]}.md, then accept it"
        return NextStep(command=f"casefiles accept {open_ones[0]}", why=why)
    units = found.frame.units
    unread = sum(not unit.reviewed for unit in units)
    ready = len(found.frame.reviewed) >= min(len(units) / 2, FEW_TRACES)
    if ready and progress.uncoded >= TO_PROPOSE:
        why = f"{progress.uncoded} observations belong to no failure mode yet"
        return NextStep(command="casefiles propose", why=why)
    learning = found.saturation.state in ("learning", "slowing")
    if unread and (learning or not corpus.active_modes):
        why = f"{unread} of {len(units)} are unread, and there is still something to learn"
        return NextStep(command="casefiles note", why=why)
    if progress.uncoded and not corpus.active_modes:
        why = f"{progress.uncoded} observations are few to group; name the modes by hand"
        return NextStep(command="casefiles mode new", why=why)
    return None


def _labelling(found: Figures) -> NextStep | None:
    unjudged = sum(item.unjudged for item in found.prevalence)
    if not unjudged and not found.stale:
        return None
    parts = (_counted(unjudged, "missing"), _counted(found.stale, "stale"))
    why = " and ".join(part for part in parts if part)
    return NextStep(command="casefiles label", why=why)


def _counted(count: int, what: str) -> str:
    """``1 judgement is missing``; empty for none."""
    if not count:
        return ""
    return f"{count} judgement is {what}" if count == 1 else f"{count} judgements are {what}"
