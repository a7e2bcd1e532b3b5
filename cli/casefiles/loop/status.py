"""Where the loop stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from casefiles.documents.corpus import Corpus
from casefiles.documents.judgements import Judgements, judge
from casefiles.insight.advice import NextStep, Progress, next_step
from casefiles.insight.figures import Figures, figures
from casefiles.insight.pitfalls import Pitfall, pitfalls
from casefiles.loop import desk
from casefiles.taxonomy import observations
from casefiles.workspace.find import Workspace

if TYPE_CHECKING:
    from casefiles.insight.compare import Comparison
    from casefiles.insight.criteria import Criteria
    from casefiles.insight.use_coverage import Coverage
    from casefiles.loop.people import Person


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """Everything `status` shows."""

    corpus: Corpus
    """What the workspace holds."""
    judgements: Judgements
    """What is settled about each trace and mode."""
    figures: Figures
    """The numbers."""
    pitfalls: tuple[Pitfall, ...]
    """What to beware of."""
    next_step: NextStep
    """What to do now."""
    criteria: Criteria | None = None
    """How the criteria drift; None before there is a taxonomy."""
    comparison: Comparison | None = None
    """The two rounds looked at, query by query; None if it is not two."""

    @property
    def people(self) -> tuple[Person, ...]:
        """Sum up how far each annotator is."""
        from casefiles.loop.people import people  # the same

        return people(self.corpus, self.judgements)

    @property
    def coverage(self) -> Coverage:
        """Count which kinds of use were asked about, run and read."""
        from casefiles.loop.coverage import coverage  # an empty workspace does not pay for it

        return coverage(self.corpus, self.figures.frame)


def status(workspace: Workspace, *, rounds: Sequence[str] = ()) -> Status:
    """Compute the status over the given rounds (default: all that are not superseded).

    Broken files are left out; they are in ``corpus.problems``. Raises BadInputError for a round
    that does not exist.
    """
    corpus = desk.open_corpus(workspace)
    desk.insist_on_rounds(corpus, rounds)
    judgements = judge(corpus)
    found = figures(corpus, judgements, rounds or None)
    drift, warnings = _criteria(corpus, judgements, found)
    progress = Progress(unrun=_unrun(corpus), uncoded=len(observations.uncoded(corpus)))
    return Status(
        corpus=corpus,
        judgements=judgements,
        figures=found,
        pitfalls=(*pitfalls(corpus, found), *warnings),
        next_step=next_step(corpus, found, progress),
        criteria=drift,
        comparison=_comparison(corpus, judgements, rounds),
    )


def _criteria(
    corpus: Corpus, judgements: Judgements, found: Figures
) -> tuple[Criteria | None, tuple[Pitfall, ...]]:
    if not corpus.modes:
        return None, ()
    from casefiles.insight.criteria import criteria, drift_pitfalls

    drift = criteria(corpus, judgements, found)
    return drift, drift_pitfalls(corpus, drift)


def _comparison(corpus: Corpus, judgements: Judgements, rounds: Sequence[str]) -> Comparison | None:
    if len(set(rounds)) != 2:
        return None
    from casefiles.insight.compare import compare

    return compare(corpus, judgements, *dict.fromkeys(rounds))


def document(found: Status, *, times: frozenset[str] = frozenset()) -> dict[str, Any]:
    """Return the status as the JSON document of ``status --json``.

    ``times`` names the annotators of whom it may be told how long reading takes them.
    """
    from casefiles.loop import coverage, more_numbers, people

    figures_, seen = found.figures, found.figures.saturation
    return {
        "traces": len(figures_.frame.traces),
        "reviewed": sum(len(unit.reviewed) for unit in figures_.frame.units),
        "annotators": len(figures_.annotators),
        "observations": figures_.observations,
        "modes": {"active": figures_.active, "retired": figures_.retired},
        "frame": {
            "units": len(figures_.frame.units),
            "random": len(figures_.frame.random),
            "rounds": list(figures_.frame.rounds),
        },
        "saturation": {
            "traces": seen.units,
            "modes": seen.modes,
            "incidences": seen.incidences,
            "uniques": seen.uniques,
            "duplicates": seen.duplicates,
            "coverage": seen.coverage,
            "coverage_low": seen.coverage_low,
            "expected_new": {"traces": 20, "modes": seen.expected_new},
            "detection_floor": seen.detection_floor,
            "chao2": seen.chao2,
            "new_in_last_20": seen.new_in_last_20,
            "state": seen.state,
            "caveats": list(figures_.caveats),
            **more_numbers.saturation(figures_),
        },
        "prevalence": [
            {"mode": item.mode, **more_numbers.prevalence(item)} for item in figures_.prevalence
        ],
        "stale": figures_.stale,
        "drift": more_numbers.criteria(found.criteria) if found.criteria else None,
        "queries": _queries(found.corpus),
        "coverage": coverage.document(found.coverage),
        "comparison": _comparison_document(found.comparison),
        "by_annotator": dict(figures_.annotators),
        "people": people.document(found.people, times=times),
        "pitfalls": [{"code": p.code, "text": p.text} for p in found.pitfalls],
        "next": {"command": found.next_step.command, "why": found.next_step.why},
        "broken": sorted(found.corpus.broken),
    }


def _comparison_document(found: Comparison | None) -> dict[str, Any] | None:
    if found is None:
        return None
    pairs = [
        {
            "query": pair.query,
            "before": list(pair.before),
            "after": list(pair.after),
            "verdict": pair.verdict,
            "modes": dict(pair.modes),
        }
        for pair in found.pairs
    ]
    return {
        "before": found.before,
        "after": found.after,
        "verdicts": dict(found.verdicts),
        "modes": {mode: dict(counts) for mode, counts in found.modes.items()},
        "only_before": list(found.only_before),
        "only_after": list(found.only_after),
        "queries": pairs,
    }


def _queries(corpus: Corpus) -> dict[str, int]:
    queries = corpus.dataset.queries
    return {
        "used": sum(query.used for query in queries),
        "waiting": sum(query.waits for query in queries),
        "dropped": sum(query.keep is False for query in queries),
    }


def _unrun(corpus: Corpus) -> int:
    ran = {head.query for head in corpus.traces.values()}
    return sum(query.used and query.id not in ran for query in corpus.dataset.queries)
