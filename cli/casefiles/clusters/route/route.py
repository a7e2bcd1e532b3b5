"""The steps of the model route one after another: propose, consolidate, assign twice, contrast."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from casefiles.clusters.route.asking import Answer, Ask
from casefiles.clusters.route.assigning import Filing, assign
from casefiles.clusters.route.cards import Card, Context, Wording, numbered, wordings
from casefiles.clusters.route.consolidating import Decisions, consolidate
from casefiles.clusters.route.contrasting import contrast, trials
from casefiles.clusters.route.proposing import propose
from casefiles.clusters.route.readings import read_twice
from casefiles.clusters.route.shards import Size, along_groups, halves

PROMPTS = ("modes-assign", "modes-consolidate", "modes-contrast", "modes-propose")
"""Names of the prompts, in order."""
_SMALLEST_SHARD = 20
"""Notes of a shard that is not halved any more."""
TRIALS = 10
"""Definitions tried in one question."""
_COMPARED = 100
"""Proposed modes compared in one question."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """How the route cuts its work; recorded with the result."""

    shard: Size = field(default_factory=lambda: Size(notes=150, characters=40_000))
    """Notes from which modes are proposed at once."""
    batch: Size = field(default_factory=lambda: Size(notes=40, characters=20_000))
    """Notes that are assigned at once."""
    small_batch: Size = field(default_factory=lambda: Size(notes=10, characters=10_000))
    """The same for those without a usable answer."""
    residue_rounds: int = 2
    """How often modes are proposed again from the notes that show none."""
    least_residue: int = 5
    """Such notes that are worth another round."""

    def written(self) -> dict[str, str]:
        """Return them as a proposal records them."""
        return {
            "shard": str(self.shard.notes),
            "batch": str(self.batch.notes),
            "residue_rounds": str(self.residue_rounds),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Filed:
    """A mode and the observations filed under it."""

    card: Card
    """The mode; proposed, or accepted before."""
    sure: tuple[str, ...]
    """References of the observations on which both readings agree."""
    unsure: tuple[str, ...]
    """References of those that a person should look at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Routed:
    """The result: every observation is filed somewhere or left over."""

    filed: tuple[Filed, ...]
    """Modes with observations, those with the most first."""
    left_over: tuple[str, ...]
    """References of the observations that show none."""
    remarks: tuple[str, ...]
    """What a person should know of how it came about."""


class RouteFailedError(Exception):
    """The replies cannot be made into a proposal; the message says why."""


def route(
    groups: Sequence[Sequence[tuple[str, str]]],
    context: Context,
    *,
    prompts: Mapping[str, str],
    ask: Ask,
    parameters: Parameters | None = None,
) -> Routed:
    """Propose modes for observations, given as (reference, text) in groups of like ones.

    ``prompts`` maps the names in PROMPTS to instructions. Raises RouteFailedError if too few
    replies can be used, and whatever ``ask`` raises.
    """
    run = _Run(groups, context, prompts=prompts, ask=ask, parameters=parameters or Parameters())
    pool: Sequence[Wording] = run.notes
    for number in range(run.parameters.residue_rounds + 1):
        fresh = run.propose(pool, number)
        if number and not fresh:
            break
        run.add(fresh, number)
        run.assign(pool, number)
        pool = [note for note in pool if not run.filings[note.id].keys]
        if len(pool) < run.parameters.least_residue:
            break
    run.dissolve()
    run.contrast()
    return run.result()


class _Run:
    """What is known so far."""

    def __init__(
        self,
        groups: Sequence[Sequence[tuple[str, str]]],
        context: Context,
        *,
        prompts: Mapping[str, str],
        ask: Ask,
        parameters: Parameters,
    ) -> None:
        self.notes = wordings([one for group in groups for one in group])
        places = {ref: at for at, group in enumerate(groups) for ref, _ in group}
        self.group_of = {note.id: places[note.members[0]] for note in self.notes}
        self.notes = tuple(sorted(self.notes, key=lambda note: self.group_of[note.id]))
        self.context = context
        self.prompts = prompts
        self.ask = ask
        self.parameters = parameters
        self.cards: tuple[Card, ...] = ()
        self.filings: dict[str, Filing] = {}
        self.remarks: list[str] = []
        self.proposed = 0
        self.taken = dict(context.taken)  # slug of a title to why it is not proposed again
        self.dropped: list[Mapping[str, str]] = []

    @property
    def all_cards(self) -> tuple[Card, ...]:
        return (*self.context.fixed, *self.cards)

    def propose(self, pool: Sequence[Wording], number: int) -> tuple[Card, ...]:
        """Ask for modes, shard by shard; a shard without a usable reply is asked in halves."""
        context = Context(
            application=self.context.application,
            fixed=self.all_cards,
            decided=(*self.context.decided, *self.dropped),
            taken=self.taken,
        )
        waiting: list[Sequence[Wording]] = list(
            along_groups(pool, self.group_of, self.parameters.shard)
        )
        found: dict[str, Card] = {}
        lost, faults = 0, []
        while waiting:
            steps = [propose(self.prompts["modes-propose"], s, context) for s in waiting]
            answers = self.ask(_stage("propose", number), steps)
            again: list[Sequence[Wording]] = []
            for shard, answer in zip(waiting, answers, strict=True):
                if answer.value is not None:
                    found |= {card.slug: card for card in answer.value if card.slug not in found}
                elif len(shard) > _SMALLEST_SHARD:
                    again += halves(shard)
                else:
                    lost += len(shard)
                    faults.append(answer.fault or "")
            waiting = again
        self._tell_lost(lost, len(pool), faults, first=not number)
        return tuple(found.values())

    def _tell_lost(self, lost: int, asked: int, faults: list[str], *, first: bool) -> None:
        if first and lost == asked:
            raise RouteFailedError(faults[0])
        if lost:
            said = f"no modes were proposed from {lost} of {asked} wordings ({faults[0]})"
            self.remarks.append(said)

    def add(self, fresh: Sequence[Card], number: int) -> None:
        """Number new cards, and keep those that say something of their own."""
        cards = numbered(fresh, after=self.proposed)
        self.proposed += len(cards)
        self.taken |= {card.slug: f"{card.key} was called so" for card in cards}
        if cards and len(cards) + len(self.all_cards) > 1:
            cards = self._consolidated(cards, number)
        self.cards += cards
        if not self.all_cards:
            raise RouteFailedError("no mode was proposed")

    def _consolidated(self, cards: tuple[Card, ...], number: int) -> tuple[Card, ...]:
        """Compare cards, so many at a time, until all fit one question or none goes any more."""
        parts = [cards[at : at + _COMPARED] for at in range(0, len(cards), _COMPARED)]
        prompt, others = self.prompts["modes-consolidate"], self.all_cards
        steps = [consolidate(prompt, part, others, self.context) for part in parts]
        answers = self.ask(_stage("consolidate", number), steps)
        kept: tuple[Card, ...] = ()
        for part, answer in zip(parts, answers, strict=True):
            kept += self._kept(part, answer)
        is_done = len(parts) == 1 or len(kept) == len(cards)
        return kept if is_done else self._consolidated(kept, number)

    def _kept(self, cards: tuple[Card, ...], answer: Answer[Decisions]) -> tuple[Card, ...]:
        if answer.value is None:
            said = f"{len(cards)} proposed modes were not compared with one another"
            self.remarks.append(f"{said} ({answer.fault})")
            return cards
        titles = {card.key: card.title for card in cards}
        for key, reason in answer.value.dropped.items():
            self.dropped.append({"name": titles[key], "became": f"was dropped: {reason}"})
            self.remarks.append(f"the model dropped its own {titles[key]!r}: {reason}")
        return answer.value.kept(cards)

    def assign(self, pool: Sequence[Wording], number: int) -> None:
        """File every note of the pool; those without a usable answer by likeness."""
        prompt, cards, context = self.prompts["modes-assign"], self.all_cards, self.context
        read, faults = read_twice(
            _stage("assign", number),
            pool,
            lambda notes, reading: assign(prompt, notes, cards, context, reading=reading),
            ask=self.ask,
            batch=self.parameters.batch,
            small_batch=self.parameters.small_batch,
        )
        silent = [note for note in pool if note.id not in read]
        if not number and len(silent) * 2 > len(pool):
            said = f"no usable answer for {len(silent)} of {len(pool)} wordings"
            raise RouteFailedError(f"{said} ({faults[0]})")
        self.filings |= read
        self._file_by_likeness(silent)

    def _file_by_likeness(self, silent: Sequence[Wording]) -> None:
        """Suggest for notes without an answer the mode of the notes that are worded alike."""
        for note in silent:
            self.filings[note.id] = Filing(unsure=self._usual(self.group_of[note.id]))
        if silent:
            ids = ", ".join(note.members[0] for note in silent[:3])
            more = ", …" if len(silent) > 3 else ""
            self.remarks.append(
                f"{len(silent)} without a usable answer of the model ({ids}{more}): without a "
                "tick where those worded alike are, or left over"
            )

    def _usual(self, group: int) -> frozenset[str]:
        """The mode that half of a group of like notes, or more, are filed under."""
        inside = [note for note in self.notes if self.group_of[note.id] == group]
        filed = [self.filings[note.id].sure for note in inside if note.id in self.filings]
        counts = Counter(key for keys in filed for key in sorted(keys))
        return frozenset(key for key, count in counts.most_common(1) if count * 2 >= len(filed))

    def dissolve(self) -> None:
        """Drop new modes that hold a single observation, or none for sure."""
        sizes: Counter[str] = Counter()
        sure: set[str] = set()
        for note in self.notes:
            filing = self.filings[note.id]
            sizes.update(dict.fromkeys(filing.keys, len(note.members)))
            sure |= filing.sure
        kept = tuple(card for card in self.cards if sizes[card.key] > 1 and card.key in sure)
        gone = {card.key: card.title for card in self.cards if card not in kept}
        if gone:
            names = ", ".join(map(repr, gone.values()))
            self.remarks.append(f"proposed, but not borne out by two observations: {names}")
        self.cards = kept
        self.filings = {
            id_: Filing(sure=filing.sure - set(gone), unsure=filing.unsure - set(gone))
            for id_, filing in self.filings.items()
        }

    def contrast(self) -> None:
        """Try each new definition on its nearest outsiders; what meets it is shown there too."""
        filed = {
            card.key: frozenset(n.id for n in self.notes if card.key in self.filings[n.id].keys)
            for card in self.cards
        }
        tried = trials(self.cards, self.notes, filed)
        if not tried:
            return
        prompt = self.prompts["modes-contrast"]
        parts = [tried[at : at + TRIALS] for at in range(0, len(tried), TRIALS)]
        answers = self.ask("contrast", [contrast(prompt, part, self.context) for part in parts])
        for part, answer in zip(parts, answers, strict=True):
            if answer.value is None:
                self.remarks.append(f"{len(part)} definitions were not tried ({answer.fault})")
            for key, id_ in sorted(answer.value or ()):
                self._overlap(key, id_)

    def _overlap(self, key: str, id_: str) -> None:
        filing = self.filings[id_]
        self.filings[id_] = Filing(sure=filing.sure, unsure=filing.unsure | {key})
        titles = {card.key: card.title for card in self.all_cards}
        elsewhere = ", ".join(repr(titles[other]) for other in sorted(filing.sure))
        if elsewhere:
            note = next(note for note in self.notes if note.id == id_)
            self.remarks.append(
                f"{titles[key]!r} overlaps {elsewhere}: by its definition it holds "
                f"{note.members[0]} too"
            )

    def result(self) -> Routed:
        """Lay out what was found, the modes with the most observations first."""
        filed = [self._filed(card) for card in self.all_cards]
        filed = [one for one in filed if one.sure or one.unsure]
        filed.sort(key=lambda one: (-len(one.sure) - len(one.unsure), one.card.key))
        left = [note for note in self.notes if not self.filings[note.id].keys]
        self._tell_lump(filed)
        return Routed(
            filed=tuple(filed),
            left_over=tuple(ref for note in left for ref in note.members),
            remarks=tuple(self.remarks),
        )

    def _filed(self, card: Card) -> Filed:
        def refs(ids: Sequence[Wording]) -> tuple[str, ...]:
            return tuple(ref for note in ids for ref in note.members)

        return Filed(
            card=card,
            sure=refs([n for n in self.notes if card.key in self.filings[n.id].sure]),
            unsure=refs([n for n in self.notes if card.key in self.filings[n.id].unsure]),
        )

    def _tell_lump(self, filed: Sequence[Filed]) -> None:
        total = sum(len(note.members) for note in self.notes)
        for one in filed:
            if one.card.mode is None and total >= 10 and len(one.sure) * 10 > total * 6:
                self.remarks.append(
                    f"{one.card.title!r} holds {len(one.sure)} of {total} observations: "
                    "a mode of everything says little"
                )


def _stage(step: str, number: int) -> str:
    return f"{step}, rest {number}" if number else step
