"""Known ways to fool oneself in error analysis, watched for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from casefiles.documents.corpus import Corpus
from casefiles.documents.paths import round_of
from casefiles.insight.figures import Figures
from casefiles.insight.frame import ENOUGH_RANDOM

if TYPE_CHECKING:  # an empty workspace does not pay for what reads them
    from casefiles.documents.note import Note
    from casefiles.documents.proposal import Proposal

FEW_TRACES = 50
"""Below so many reviewed units the method cannot speak of saturation; about 100 are usual."""
FEW_DIMENSIONS = 3
"""Queries written along fewer dimensions miss whole kinds of use."""
MOST_OF_ONE_VALUE = 0.8
"""A share of the queries above which the rest of a dimension is hardly tried."""
TOO_FAST = 10
"""Seconds of the middle note below which nobody can have read whole traces."""
FEW_WORDS = 4
"""Words below which an observation names a feeling, not a behaviour."""
FEW_NOTES = 10
"""Notes below which no habit is told from them."""
FEW_OBSERVATIONS = 30
"""Observations below which groups of them mean little."""
FEW_SINCE = 10
"""Traces read since the taxonomy was last drawn up, below which it was not tried on new ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pitfall:
    """A known way to fool oneself, met in this workspace."""

    code: str
    """A stable word."""
    text: str
    """What was seen and what to do."""


def pitfalls(corpus: Corpus, found: Figures) -> tuple[Pitfall, ...]:
    """Name the pitfalls of the method that this workspace is in."""
    return tuple(
        Pitfall(code=code, text=text) for code, watch in _WATCHED for text in watch(corpus, found)
    )


def _few_dimensions(corpus: Corpus, found: Figures) -> Iterator[str]:
    del found
    count = len(corpus.dataset.dimensions)
    if corpus.dataset.queries and count < FEW_DIMENSIONS:
        text = f"queries are written along {count} of at least {FEW_DIMENSIONS} dimensions of use"
        yield f"{text}; add one to dimensions.yaml"


def _narrow_dimensions(corpus: Corpus, found: Figures) -> Iterator[str]:
    """Dimensions of one value, and values that nearly all queries have."""
    del found
    values = {item.id: item.values for item in corpus.dataset.tuples}
    used = [values.get(query.tuple_id or "", {}) for query in corpus.dataset.queries if query.used]
    for dimension in corpus.dataset.dimensions:
        given = Counter(row[dimension.name] for row in used if dimension.name in row)
        top, count = max(given.items(), key=lambda item: (item[1], item[0]), default=("", 0))
        if len(dimension.values) == 1:
            yield f"the dimension {dimension.name} has one value, so it tells nothing apart"
        elif given.total() >= FEW_NOTES and count > MOST_OF_ONE_VALUE * given.total():
            text = f"{count} of {given.total()} queries have {dimension.name} {top}"
            yield f"{text}; write more for its other values"


def _few_traces(corpus: Corpus, found: Figures) -> Iterator[str]:
    del corpus
    reviewed = len(found.frame.reviewed)
    if 0 < reviewed < FEW_TRACES:
        text = f"{reviewed} reviewed; below {FEW_TRACES} no rule can call a review saturated"
        yield f"{text}, aim at about 100"


def _too_fast(corpus: Corpus, found: Figures) -> Iterator[str]:
    seconds = [note.seconds for note in _notes(corpus, found) if note.seconds is not None]
    middle = sorted(seconds)[len(seconds) // 2] if seconds else 0
    if len(seconds) >= FEW_NOTES and middle < TOO_FAST:
        text = f"half of {len(seconds)} notes took {middle} seconds or less"
        yield f"{text}; read whole traces, about 100 in an hour is fast"


def _short_notes(corpus: Corpus, found: Figures) -> Iterator[str]:
    said = [seen for note in _notes(corpus, found) for seen in note.observations]
    short = sum(len(seen.text.split()) < FEW_WORDS for seen in said)
    if len(said) >= FEW_NOTES and 2 * short > len(said):
        text = f"{short} of {len(said)} observations have fewer than {FEW_WORDS} words"
        yield f"{text}; write what was done, where, and what should have been"


def _empty_notes(corpus: Corpus, found: Figures) -> Iterator[str]:
    failing = [note for note in _notes(corpus, found) if note.verdict == "fail"]
    empty = sum(not note.observations for note in failing)
    if empty:
        yield f"{empty} of {len(failing)} failing notes say nothing; write what goes wrong"


def _uncoded(corpus: Corpus, found: Figures) -> Iterator[str]:
    if found.uncoded and corpus.modes:
        failing = sum(unit.fails for unit in found.frame.counted)
        text = f"{len(found.uncoded)} of {failing} failing units show no mode of the taxonomy"
        yield f"{text}; each counts as a mode of its own"


def _automated_early(corpus: Corpus, found: Figures) -> Iterator[str]:
    """Proposals drawn from too little, and models that judge more than people read."""
    for name, proposal in sorted(corpus.proposals.items()):
        if proposal.status != "rejected" and proposal.basis.get("forced") == "yes":
            seen, read = _basis(proposal, "observations"), _basis(proposal, "reviewed")
            text = f"{name} was drawn by force from {seen} observations on {read} traces"
            yield f"{text}; read on before you trust its modes"
    models = sum(
        bool(note.labels)
        for (annotator, trace), note in corpus.notes.items()
        if trace in corpus.traces and corpus.config.kind_of(annotator) == "model"
    )
    read = len(found.frame.reviewed)
    if models > read and read < FEW_TRACES:
        text = f"models judged {models} traces, people read {read}"
        yield f"{text}; a judge is built once people know what to look for"


def _no_return(corpus: Corpus, found: Figures) -> Iterator[str]:
    """The taxonomy was drawn up, and then nothing new was read under it."""
    accepted = [p for p in corpus.proposals.values() if p.status == "accepted"]
    basis = max((_basis(proposal, "reviewed") for proposal in accepted), default=0)
    unread = sum(not unit.reviewed for unit in found.frame.units)
    traces = sum(len(unit.reviewed) for unit in found.frame.units)
    since = max(0, traces - basis)
    settled = found.saturation.state in ("saturated-90", "saturated-95")
    if basis and since < FEW_SINCE and not settled:
        what = "read on" if unread else "make another round"
        text = f"{since} traces were read since the taxonomy was last drawn up from notes"
        yield f"{text}; {what}, to see whether new ones fit it"


def _one_annotator(corpus: Corpus, found: Figures) -> Iterator[str]:
    if corpus.config.app.expert_domain and sum(map(bool, found.annotators.values())) == 1:
        yield "one person reviewed an application of an expert domain; bring in a domain expert"


def _targeted(corpus: Corpus, found: Figures) -> Iterator[str]:
    """Traces that were picked, among so few random ones that all are counted."""
    counted = found.frame.counted
    picked = [
        unit
        for unit in counted
        if any(corpus.rounds[round_of(trace)].drawn == "targeted" for trace in unit.traces)
    ]
    if picked and len(found.frame.random) < ENOUGH_RANDOM:
        text = f"{len(picked)} of {len(counted)} counted units were picked on purpose"
        yield f"{text}; their shares are no prevalence, so draw {ENOUGH_RANDOM} or more at random"


def _one_mode(corpus: Corpus, found: Figures) -> Iterator[str]:
    failing = sum(unit.fails for unit in found.frame.counted)
    top = found.prevalence[0] if found.prevalence else None
    if top is not None and failing >= FEW_NOTES and 2 * top.yes > failing:
        text = f"{corpus.modes[top.mode].name!r} is in {top.yes} of {failing} failing units"
        yield f"{text}; mend it first, then look again"


def _notes(corpus: Corpus, found: Figures) -> Iterator[Note]:
    traces = frozenset(found.frame.traces)
    return (note for _, trace, note in corpus.human_notes() if trace in traces)


def _basis(proposal: Proposal, key: str) -> int:
    value = proposal.basis.get(key)
    return int(value) if isinstance(value, str) and value.isdecimal() else 0


_WATCHED: tuple[tuple[str, Callable[[Corpus, Figures], Iterator[str]]], ...] = (
    ("few-dimensions", _few_dimensions),
    ("narrow-dimension", _narrow_dimensions),
    ("few-traces", _few_traces),
    ("too-fast", _too_fast),
    ("short-notes", _short_notes),
    ("empty-notes", _empty_notes),
    ("uncoded", _uncoded),
    ("automated-early", _automated_early),
    ("no-return", _no_return),
    ("one-annotator", _one_annotator),
    ("targeted", _targeted),
    ("one-mode", _one_mode),
)
