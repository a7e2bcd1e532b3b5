"""What an audit of stale judgements found: how many are wrong now, and prevalence corrected."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile

from casefiles.documents.judgements import Answer, Judgements, Settled, Standing, settle
from casefiles.documents.staleness import Stale
from casefiles.insight.drift import Count, hypergeometric, two_phase
from casefiles.insight.frame import Unit
from casefiles.insight.prevalence import Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """What judging a random part of some stale judgements again showed."""

    annotator: str
    """Whose judgements."""
    mode: str | None
    """Of which mode; None: all of theirs together."""
    stale: int
    """N: judgements that were made under an older meaning."""
    drawn: int
    """m: those judged again, as the random order has them, and answered yes or no."""
    unsure: int
    """Those judged again without an answer; they are in no estimate."""
    became_yes: int
    """Drawn ones that were no and are yes now."""
    became_no: int
    """Drawn ones that were yes and are no now."""
    wrong: Count | None
    """How many of the N are wrong, with exact 95 % limits; None where nothing was drawn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrected:
    """Prevalence of a mode, corrected for stale judgements by an audit."""

    mode: str
    """Id of the mode."""
    n: int
    """Units judged."""
    stale: int
    """Units whose judgement was made under an older meaning."""
    drawn: int
    """Those of them judged again at random."""
    interval: Interval
    """The corrected rate, with 95 % limits for both draws."""


def audits(stale: Iterable[Stale], *, seed: int) -> tuple[Audit, ...]:
    """Sum up audits by annotator, each in all and by mode; those that judged nothing again too."""
    found: list[Audit] = []
    for annotator, theirs in _grouped(stale, lambda item: item.annotator).items():
        found.append(_audit(annotator, None, theirs, seed))
        by_mode = _grouped(theirs, lambda item: item.mode)
        found += [_audit(annotator, mode, given, seed) for mode, given in by_mode.items()]
    return tuple(found)


def audit_order(stale: Iterable[Stale], *, seed: int) -> list[Stale]:
    """Put stale judgements in the order in which they are audited."""
    return sorted(stale, key=lambda item: item.rank(seed))


def drawn(stale: Iterable[Stale], *, seed: int) -> list[Stale]:
    """Return what was judged again, up to the first that was not, in the audit's order."""
    return list(takewhile(lambda item: item.again, audit_order(stale, seed=seed)))


def corrected(
    judgements: Judgements, units: Sequence[Unit], mode: str, stale: Iterable[Stale], *, seed: int
) -> Corrected | None:
    """Correct the prevalence of a mode among some units; None where no audit touched it.

    ``stale`` are the stale judgements of the corpus, of whatever modes.
    """
    concerned = [item for item in stale if item.mode == mode]
    answers = list(_answers(judgements, units, mode, concerned, seed=seed))
    differences = [a.now - a.before for a in answers if a.now is not None]
    interval = two_phase(
        sum(a.before for a in answers),
        len(answers),
        stale=sum(a.stale for a in answers),
        differences=differences,
    )
    if not differences or interval is None:
        return None
    return Corrected(
        mode=mode,
        n=len(answers),
        stale=sum(a.stale for a in answers),
        drawn=len(differences),
        interval=interval,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    """What a unit was judged to be."""

    before: bool
    """Before its stale judgements were made again."""
    now: bool | None
    """Now, if it was drawn; None: it was not."""
    stale: bool
    """Whether it rests on stale judgements."""


def _answers(
    judgements: Judgements,
    units: Sequence[Unit],
    mode: str,
    stale: Sequence[Stale],
    *,
    seed: int,
) -> Iterator[_Answer]:
    """Yield an answer for each unit judged; it was drawn once all stale ones of it were."""
    theirs = _grouped(stale, lambda item: item.annotator).values()
    again = {id(item) for given in theirs for item in drawn(given, seed=seed)}
    by_trace = _grouped(stale, lambda item: item.trace)
    for unit in units:
        items = [item for trace in unit.reviewed for item in by_trace.get(trace, ())]
        before = _before(judgements, unit, mode, items)
        if before is None:
            continue
        now = judgements.of_unit(unit.reviewed, mode).value
        is_drawn = bool(items) and now is not None and all(id(item) in again for item in items)
        yield _Answer(
            before=before == "yes", now=now == "yes" if is_drawn else None, stale=bool(items)
        )


def _audit(annotator: str, mode: str | None, stale: Sequence[Stale], seed: int) -> Audit:
    again = drawn(stale, seed=seed)
    answered = [item for item in again if item.after is not None]
    ups = sum(item.after == "yes" and item.before.value == "no" for item in answered)
    downs = sum(item.after == "no" and item.before.value == "yes" for item in answered)
    unsure = len(again) - len(answered)
    return Audit(
        annotator=annotator,
        mode=mode,
        stale=len(stale),
        drawn=len(answered),
        unsure=unsure,
        became_yes=ups,
        became_no=downs,
        wrong=hypergeometric(len(stale) - unsure, len(answered), ups + downs),
    )


def _before(judgements: Judgements, unit: Unit, mode: str, stale: Sequence[Stale]) -> Answer | None:
    """What was settled about a unit before its stale judgements were made again."""
    traces = {
        trace: {mode: _as_it_was(judgements.of(trace, mode), trace, stale)}
        for trace in unit.reviewed
    }
    return (
        Judgements(resolver=judgements.resolver, by_trace=traces).of_unit(unit.reviewed, mode).value
    )


def _as_it_was(found: Settled, trace: str, stale: Sequence[Stale]) -> Settled:
    then = {item.annotator: item.before for item in stale if item.trace == trace}
    if not then:
        return found
    said: dict[str, Standing] = {**found.by, **then}
    return settle(said)


def _grouped(stale: Iterable[Stale], key: Callable[[Stale], str]) -> Mapping[str, list[Stale]]:
    groups: dict[str, list[Stale]] = defaultdict(list)
    for item in stale:
        groups[key(item)].append(item)
    return groups
