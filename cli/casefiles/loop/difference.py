"""What a branch, or what is not committed yet, means for the taxonomy and its figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from casefiles.documents.corpus import Corpus
from casefiles.documents.judgements import canonical_names, coded_items, judge
from casefiles.errors import BadInputError
from casefiles.insight.figures import Figures, OpenSplit, Prevalence, figures
from casefiles.insight.saturation import Saturation
from casefiles.loop import desk
from casefiles.taxonomy.difference import Event, events
from casefiles.workspace import history
from casefiles.workspace.find import Workspace
from casefiles.workspace.load import amended, uncollected
from casefiles.workspace.memory import remembering
from casefiles.workspace.tree import FOLDERS

Judged = tuple[str, str, str]
"""(annotator, trace, mode)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """How people's judgements for one mode changed."""

    gained: int
    """Judgements (annotator, trace) that are new."""
    lost: int
    """Judgements that are gone."""
    changed: int
    """Judgements with another value than before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of the two moments."""

    traces: int
    """Traces."""
    notes: int
    """People's notes."""
    codes: int
    """Ticked lines of accepted proposals."""
    active: int
    """Modes in use."""
    stale: int
    """Judgements made under an older meaning of a definition."""
    saturation: Saturation
    """Whether anything new is being learned."""
    open_split: OpenSplit | None
    """What a split leaves open."""
    prevalence: tuple[Prevalence, ...]
    """One for each mode in use, the commonest first."""
    caveats: tuple[str, ...]
    """What the figures must not be taken for: ``code: text``."""

    def of(self, mode: str) -> Prevalence | None:
        """Return the prevalence of a mode; None if it was not in use."""
        return next((item for item in self.prevalence if item.mode == mode), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Two moments of a workspace side by side."""

    base: str
    """Full hash of the commit compared with."""
    head: str | None
    """Full hash of the other commit; None: the working tree."""
    before: Side
    """The base."""
    after: Side
    """The head."""
    events: tuple[Event, ...]
    """What happened to the taxonomy."""
    new_definitions: Mapping[str, str]
    """Mode that came into use, created or split off, to its definition."""
    unversioned: tuple[str, ...]
    """Modes in use whose definition changed since its version was given to it."""
    labels: Mapping[str, Labels]
    """Mode to what happened to its labels, for those where anything did."""
    broken: tuple[str, ...]
    """Files that could not be read at the head; they are in no figure."""
    remarks: tuple[str, ...]
    """What the comparison lacks: ``code: text``."""

    @property
    def is_empty(self) -> bool:
        """Whether nothing of meaning changed."""
        return self.before == self.after and not (self.events or self.labels)

    def was(self, mode: str) -> Prevalence | None:
        """Return the prevalence at the base of a mode of the head, under the id it had there."""
        old = {event.into[0]: event.modes[0] for event in self.events if event.kind == "renamed"}
        return self.before.of(old.get(mode, mode))


def difference(
    workspace: Workspace, base: str | None = None, head: str | None = None
) -> Difference:
    """Compare where ``base`` and ``head`` parted with ``head`` (default: the working tree).

    Without ``base`` it is the main branch, or the last commit where that is what is checked out.
    Nothing is checked out and no file is touched. Raises BadInputError outside a repository and
    for a revision that does not exist.
    """
    root = workspace.root
    here = history.open_repository(root).head
    tip = here if head is None else _found(workspace, head)
    start = _found(workspace, base or history.main_branch(root) or "HEAD")
    parted = history.common_ancestor(root, start, tip)
    end = tip if head else None

    def compare() -> Difference:
        with uncollected():
            return _compared(workspace, parted or start, end, is_apart=parted is None)

    return remembering(workspace, "diff", (start, parted, end), Difference, compare)


def _found(workspace: Workspace, revision: str) -> str:
    found = history.resolve(workspace.root, revision)
    if found is None:
        message = f"git knows no commit {revision!r}"
        raise BadInputError(message, remedy="see git log; in a shallow clone, fetch it first")
    return found


def _compared(workspace: Workspace, base: str, head: str | None, *, is_apart: bool) -> Difference:
    root = workspace.root
    after = desk.open_corpus(workspace)
    if head is not None:
        after = amended(after, history.changed_since(root, head, None, FOLDERS))
    before = amended(after, history.changed_since(root, base, head, FOLDERS))
    apart = "apart: the two share no commit in this clone, so BASE itself is compared with"
    return Difference(
        base=base,
        head=head,
        before=_side(before),
        after=_side(after),
        events=(happened := events(before.modes, after.modes)),
        new_definitions=_new_definitions(before, after, happened),
        unversioned=_unversioned(after),
        labels=_labels(before, after),
        broken=tuple(sorted(after.broken)),
        remarks=(apart,) if is_apart else (),
    )


def _side(corpus: Corpus) -> Side:
    found: Figures = figures(corpus, judge(corpus))
    names = canonical_names(corpus.modes)
    return Side(
        traces=len(corpus.traces),
        notes=sum(1 for _ in corpus.human_notes()),
        codes=sum(1 for p in corpus.proposals.values() for _ in coded_items(p, names)),
        active=found.active,
        stale=found.stale,
        saturation=found.saturation,
        open_split=found.open_split,
        prevalence=found.prevalence,
        caveats=found.caveats,
    )


def _new_definitions(before: Corpus, after: Corpus, happened: tuple[Event, ...]) -> dict[str, str]:
    renamed = {event.into[0] for event in happened if event.kind == "renamed"}
    new = [id_ for id_ in after.active_modes if id_ not in before.modes and id_ not in renamed]
    return {id_: after.modes[id_].definition.text for id_ in new}


def _unversioned(corpus: Corpus) -> tuple[str, ...]:
    return tuple(
        id_
        for id_ in corpus.active_modes
        if corpus.modes[id_].defined not in (None, corpus.modes[id_].definition.hash)
    )


def _labels(before: Corpus, after: Corpus) -> dict[str, Labels]:
    """Judgements under their modes' names of now, so that a rename moves none."""
    names = canonical_names(before.modes) | canonical_names(after.modes)
    old, new = dict(_judged(before, names)), dict(_judged(after, names))
    gained = Counter(mode for _, _, mode in new.keys() - old.keys())
    lost = Counter(mode for _, _, mode in old.keys() - new.keys())
    changed = Counter(key[2] for key in old.keys() & new.keys() if old[key] != new[key])
    return {
        mode: Labels(gained=gained[mode], lost=lost[mode], changed=changed[mode])
        for mode in sorted(gained | lost | changed)
    }


def _judged(corpus: Corpus, names: Mapping[str, str]) -> Iterator[tuple[Judged, str]]:
    for annotator, trace, note in corpus.human_notes():
        for mode, judgements in note.labels.items():
            yield (annotator, trace, names.get(mode, mode)), judgements[-1].value
