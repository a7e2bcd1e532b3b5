"""What the figures warn of, and what to do next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from casefiles.documents.corpus import Corpus
from casefiles.insight.figures import Figures

FEW_TRACES = 50
"""Below so many reviewed units the method cannot speak of saturation; about 100 are usual."""
FEW_DIMENSIONS = 3
"""Queries written along fewer dimensions miss whole kinds of use."""
TO_PROPOSE = 30
"""Observations it takes before grouping them means anything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pitfall:
    """A known way to fool oneself, met in this workspace."""

    code: str
    """A stable word."""
    text: str
    """What was seen and what to do."""


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


def pitfalls(corpus: Corpus, found: Figures) -> tuple[Pitfall, ...]:
    """Name the pitfalls of the method that this workspace is in."""
    checks: tuple[Callable[[Corpus, Figures], Pitfall | None], ...] = (
        _few_dimensions,
        _few_traces,
        _empty_notes,
        _uncoded,
        _one_annotator,
        _one_mode,
    )
    return tuple(p for check in checks if (p := check(corpus, found)) is not None)


def _few_dimensions(corpus: Corpus, found: Figures) -> Pitfall | None:
    del found
    count = len(corpus.dataset.dimensions)
    if not corpus.dataset.queries or count >= FEW_DIMENSIONS:
        return None
    text = f"queries are written along {count} of at least {FEW_DIMENSIONS} dimensions of use"
    return Pitfall(code="few-dimensions", text=f"{text}; add one to dimensions.yaml")


def _few_traces(corpus: Corpus, found: Figures) -> Pitfall | None:
    del corpus
    reviewed = len(found.frame.reviewed)
    if not reviewed or reviewed >= FEW_TRACES:
        return None
    text = f"{reviewed} reviewed; below {FEW_TRACES} no rule can call a review saturated"
    return Pitfall(code="few-traces", text=f"{text}, aim at about 100")


def _empty_notes(corpus: Corpus, found: Figures) -> Pitfall | None:
    traces = set(found.frame.traces)
    failing = [n for _, trace, n in corpus.human_notes() if n.verdict == "fail" and trace in traces]
    empty = sum(not note.observations for note in failing)
    if not empty:
        return None
    text = f"{empty} of {len(failing)} failing notes say nothing; write what goes wrong"
    return Pitfall(code="empty-notes", text=text)


def _uncoded(corpus: Corpus, found: Figures) -> Pitfall | None:
    if not found.uncoded or not corpus.modes:
        return None
    failing = sum(unit.fails for unit in found.frame.counted)
    text = f"{len(found.uncoded)} of {failing} failing units show no mode of the taxonomy"
    return Pitfall(code="uncoded", text=f"{text}; each counts as a mode of its own")


def _one_annotator(corpus: Corpus, found: Figures) -> Pitfall | None:
    if not corpus.config.app.expert_domain or sum(map(bool, found.annotators.values())) != 1:
        return None
    text = "one person reviewed an application of an expert domain; bring in a domain expert"
    return Pitfall(code="one-annotator", text=text)


def _one_mode(corpus: Corpus, found: Figures) -> Pitfall | None:
    failing = sum(unit.fails for unit in found.frame.counted)
    top = found.prevalence[0] if found.prevalence else None
    if top is None or failing < 10 or top.yes * 2 <= failing:
        return None
    text = f"{corpus.modes[top.mode].name!r} is in {top.yes} of {failing} failing units"
    return Pitfall(code="one-mode", text=f"{text}; mend it first, then look again")


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
