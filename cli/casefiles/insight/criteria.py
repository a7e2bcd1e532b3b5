"""How the criteria of a review drift: stale judgements, audits, repeats and trends of a corpus."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from casefiles.documents.corpus import Corpus
from casefiles.documents.judgements import Judgements
from casefiles.documents.staleness import Stale, stale_judgements
from casefiles.insight.audit import Audit, Corrected, audits, corrected
from casefiles.insight.drift import Consistency, Trend, consistency, trend
from casefiles.insight.figures import Figures
from casefiles.insight.pitfalls import Pitfall

LEVEL = 0.05
"""Chance of any alarm among all modes, if none has a trend (Bonferroni)."""
FEW_REPEATS = 10
"""Repeats below which no annotator is called inconsistent."""
FAIR = 0.9
"""Share of repeats that stay below which, beyond doubt, an annotator is inconsistent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Criteria:
    """What is known about the drift of the criteria."""

    judgements: tuple[Stale, ...]
    """Those made under an older meaning and not made again yet, in path order."""
    stale: Mapping[str, int]
    """Mode to the number of them, the most first."""
    audits: tuple[Audit, ...]
    """By annotator, in all and by mode; those that judged nothing again too."""
    corrected: tuple[Corrected, ...]
    """Prevalence corrected, for the modes that an audit touched."""
    consistency: Mapping[str, Consistency]
    """Annotator to how they judged the same again, for those who did."""
    trends: Mapping[str, Trend]
    """Mode to its trend over the order of review; empty if that order was not random."""

    def alarming(self) -> dict[str, Trend]:
        """Return the trends too strong for chance."""
        return {mode: t for mode, t in self.trends.items() if t.p * len(self.trends) < LEVEL}


def criteria(corpus: Corpus, judgements: Judgements, found: Figures) -> Criteria:
    """Sum up the drift over the frame of some figures."""
    traces = frozenset(found.frame.traces)
    stale = [s for s in stale_judgements(corpus, judgements) if s.trace in traces]
    waiting = tuple(item for item in stale if not item.again)
    left = Counter(item.mode for item in waiting)
    touched = sorted({item.mode for item in stale if item.again})
    units, seed = found.frame.counted, corpus.config.review.seed
    return Criteria(
        judgements=waiting,
        stale=dict(sorted(left.items(), key=lambda item: (-item[1], item[0]))),
        audits=audits(stale, seed=seed),
        corrected=tuple(
            fixed
            for mode in touched
            if (fixed := corrected(judgements, units, mode, stale, seed=seed))
        ),
        consistency=_consistency(corpus, traces),
        trends=dict(_trends(corpus, judgements, found)),
    )


def _consistency(corpus: Corpus, traces: frozenset[str]) -> dict[str, Consistency]:
    """A repeat appends the same version again, so it stands beside the first answer."""
    pairs: dict[str, list[tuple[bool, bool]]] = {}
    for annotator, trace, note in corpus.human_notes():
        for given in note.labels.values() if trace in traces else ():
            for first, second in pairwise(given):
                answered = {first.value, second.value} <= {"yes", "no"}
                if answered and (first.version or 1) == (second.version or 1):
                    pair = (first.value == "yes", second.value == "yes")
                    pairs.setdefault(annotator, []).append(pair)
    return {annotator: consistency(given) for annotator, given in sorted(pairs.items())}


def _trends(corpus: Corpus, judgements: Judgements, found: Figures) -> Iterator[tuple[str, Trend]]:
    """Test each mode over the units in review order, where that order was random and is known."""
    units = [unit for unit in found.frame.counted if unit.first_reviewed is not None]
    if corpus.config.review.order != "random" or not all(unit.random for unit in units):
        return
    answers: dict[str, list[bool]] = {}
    for unit in units:
        for mode, said in judgements.unit(unit.reviewed).items():
            if said.value is not None:
                answers.setdefault(mode, []).append(said.value == "yes")
    for mode, shown in sorted(answers.items()):
        if (tested := trend(shown)) is not None:
            yield mode, tested


def drift_pitfalls(corpus: Corpus, found: Criteria) -> tuple[Pitfall, ...]:
    """Name what drift warns of."""
    said = [("trend", text) for text in _trending(corpus, found)]
    said += [("inconsistent", text) for text in _inconsistent(found)]
    return tuple(Pitfall(code=code, text=text) for code, text in said)


def _trending(corpus: Corpus, found: Criteria) -> Iterator[str]:
    for mode, seen in found.alarming().items():
        first = f"{seen.first_yes} of the first {seen.first}"
        last = f"{seen.last_yes} of the last {seen.last}"
        name = corpus.modes[mode].name
        yield (
            f"{name!r} is in {first} read and in {last}, too different for chance: the criterion"
            " or the application changed on the way; read the first ones again"
        )


def _inconsistent(found: Criteria) -> Iterator[str]:
    for annotator, seen in found.consistency.items():
        doubtful = seen.same is not None and seen.same.high < FAIR
        if seen.repeats >= FEW_REPEATS and doubtful:
            changed = seen.became_yes + seen.became_no
            yield (
                f"{annotator} answered {changed} of {seen.repeats} repeats otherwise than before;"
                " sharpen the definitions (casefiles mode redefine)"
            )
