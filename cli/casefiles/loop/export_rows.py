"""One row for each labelled trace: what was said, what people judged, and how it was drawn."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from casefiles.documents.corpus import Corpus
from casefiles.documents.judgements import Judgements, Settled
from casefiles.documents.paths import round_of
from casefiles.documents.references import Example
from casefiles.documents.turns import Part, Turn
from casefiles.insight.frame import Frame
from casefiles.insight.splits import Split, split_of
from casefiles.insight.strata import weighting

Turns = Callable[[str], Sequence[Turn] | None]
"""Returns the turns of a trace; None if its file is broken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class How:
    """What a person wants exported."""

    seed: int
    """Seed of the split."""
    shares: Mapping[Split, float]
    """Split to its share of the units."""
    stale: bool
    """Whether judgements under an older definition are exported too."""


def rows(
    corpus: Corpus, judgements: Judgements, looked_at: Frame, turns: Turns, how: How
) -> Iterator[dict[str, Any]]:
    """Yield a row for each reviewed trace with a settled label, in path order.

    A label that is disputed, open after a split or unsure is none; nothing implies a "no".
    """
    weights = _weights(corpus, looked_at)
    units = [(trace, unit) for unit in looked_at.units for trace in unit.reviewed]
    for trace, unit in sorted(units, key=lambda item: item[0]):
        labels = dict(_labels(judgements.by_trace.get(trace, {}), stale=how.stale))
        said = turns(trace) if labels else None
        if said is None:
            continue
        head, drawn = corpus.traces[trace], corpus.rounds[round_of(trace)]
        yield {
            "trace": trace,
            "unit": unit.name,
            "split": split_of(unit.name, seed=how.seed, shares=how.shares),
            "labels": {mode: found.value for mode, found in labels.items()},
            "messages": [_message(turn) for turn in said],
            "query": head.query,
            "dimensions": dict(head.dimensions),
            "drawn": drawn.drawn,
            "random": unit.random,
            "stratum": unit.stratum,
            "weight": weights.get(unit.name, 1.0),
            "app_version": head.app_version or drawn.app_version,
            "details": {mode: _detail(corpus, found, mode) for mode, found in labels.items()},
            "notes": [_note(corpus, who, trace) for who in _people(corpus, trace)],
        }


def _weights(corpus: Corpus, looked_at: Frame) -> dict[str, float]:
    """Unit to its weight, 1 on average: weighted means then speak for the population."""
    found = weighting(corpus, looked_at.counted)
    if found is None:
        return {}
    drawn = Counter(found.of.values())
    size = len(found.of)
    return {unit: found.share[cell] * size / drawn[cell] for unit, cell in found.of.items()}


def _labels(settled: Mapping[str, Settled], *, stale: bool) -> Iterator[tuple[str, Settled]]:
    for mode, found in sorted(settled.items()):
        if found.value is not None and (stale or not found.stale):
            yield mode, found


def _detail(corpus: Corpus, found: Settled, mode: str) -> dict[str, Any]:
    values = {standing.value for standing in found.by.values()} - {None}
    return {
        "version": corpus.modes[mode].version,
        "stale": found.stale,
        "adjudicated": values != {found.value},
        "coded": bool(found.by) and all(s.coded for s in found.by.values() if s.value),
        "by": {who: said.value for who, said in sorted(found.by.items()) if said.value},
    }


def _people(corpus: Corpus, trace: str) -> list[str]:
    people = {who for who, about in corpus.notes if about == trace and corpus.is_human(who)}
    return sorted(people)


def _note(corpus: Corpus, who: str, trace: str) -> dict[str, Any]:
    note = corpus.notes[who, trace]
    said = [{"turn": seen.turn, "text": seen.text} for seen in note.observations]
    return {
        "by": who,
        "verdict": note.verdict,
        "first_failure": note.first_failure,
        "observations": said,
    }


def _message(turn: Turn) -> dict[str, Any]:
    parts = [_part(part) for part in turn.parts]
    return {"role": turn.role, **({"data": dict(turn.data)} if turn.data else {}), "parts": parts}


def _part(part: Part) -> dict[str, Any]:
    data = {"data": dict(part.data)} if part.data else {}
    return {"type": part.type, "text": part.text, **data}


def definitions(corpus: Corpus, how: How) -> Iterator[dict[str, Any]]:
    """Yield the modes in use with their examples, each with the split that its trace is in."""
    for id_ in corpus.active_modes:
        mode = corpus.modes[id_]
        kinds = {
            "yes": mode.yes_examples,
            "no": mode.no_examples,
            "borderline": mode.borderline,
        }
        yield {
            "mode": id_,
            "name": mode.name,
            "version": mode.version,
            "group": mode.group,
            "definition": mode.definition.text,
            "examples": [
                _example(corpus, how, kind, example)
                for kind, given in kinds.items()
                for example in given
            ],
        }


def _example(corpus: Corpus, how: How, kind: str, example: Example) -> dict[str, Any]:
    known = example.trace in corpus.traces
    unit = corpus.unit_of(example.trace) if known else ""
    return {
        "kind": kind,
        "trace": example.trace,
        "turn": example.turn,
        "quote": example.quote,
        "remark": example.remark,
        "split": split_of(unit, seed=how.seed, shares=how.shares) if known else None,
    }


def flat(row: Mapping[str, Any], modes: Sequence[str]) -> dict[str, Any]:
    """Return a row for a table: one column a mode (empty: no label), what is nested as JSON."""
    nested = {"labels", "messages", "dimensions", "details", "notes"}
    plain = {key: value for key, value in row.items() if key not in nested}
    labels = {f"label:{mode}": row["labels"].get(mode) for mode in modes}
    inner = ("dimensions", "messages", "details", "notes")
    return {**plain, **labels, **{key: json.dumps(row[key], ensure_ascii=False) for key in inner}}
