"""What a branch, or what is not committed yet, means for the taxonomy and its figures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from casefiles.documents.corpus import Corpus
from casefiles.documents.judgements import canonical_names, judge
from casefiles.errors import BadInputError
from casefiles.insight.figures import Figures, Prevalence, figures
from casefiles.loop import desk
from casefiles.taxonomy.difference import Event, events
from casefiles.text.diff import words
from casefiles.workspace import history
from casefiles.workspace.find import Workspace
from casefiles.workspace.load import amended
from casefiles.workspace.tree import FOLDERS


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
class Difference:
    """Two moments of a workspace side by side."""

    base: str
    """Full hash of the commit compared with."""
    head: str | None
    """Full hash of the other commit; None: the working tree."""
    before: Figures
    """The figures at the base."""
    after: Figures
    """The figures at the head."""
    events: tuple[Event, ...]
    """What happened to the taxonomy."""
    unversioned: tuple[str, ...]
    """Modes in use whose definition changed since its version was given to it."""
    labels: Mapping[str, Labels]
    """Mode to what happened to its labels, for those where anything did."""
    traces: tuple[int, int]
    """Traces before and after."""
    notes: tuple[int, int]
    """People's notes before and after."""
    broken: tuple[str, ...]
    """Files that could not be read at the head; they are in no figure."""

    def rate_before(self, mode: str) -> Prevalence | None:
        """Return the prevalence at the base of a mode of the head, under the id it had there."""
        old = {event.into[0]: event.modes[0] for event in self.events if event.kind == "renamed"}
        was = old.get(mode, mode)
        return next((item for item in self.before.prevalence if item.mode == was), None)


def difference(
    workspace: Workspace, base: str | None = None, head: str | None = None
) -> Difference:
    """Compare where ``base`` and ``head`` parted with ``head`` (default: the working tree).

    Without ``base`` it is the main branch, or the last commit where that is what is checked out.
    Nothing is checked out and no file is touched. Raises BadInputError outside a repository and
    for a revision that does not exist.
    """
    root = workspace.root
    tip = history.resolve(root, head or "HEAD")
    if tip is None:
        raise _unknown(head)
    named = base or history.main_branch(root) or "HEAD"
    start = history.resolve(root, named)
    if start is None:
        raise _unknown(base)
    parted = history.common_ancestor(root, start, tip) or start
    after = desk.open_corpus(workspace)
    if head is not None:
        after = amended(after, history.changed_since(root, tip, None, FOLDERS))
    changed = history.changed_since(root, parted, tip if head else None, FOLDERS)
    return _compare(amended(after, changed), after, base=parted, head=tip if head else None)


def document(found: Difference) -> dict[str, Any]:
    """Return the difference as the JSON document of ``diff --json``."""
    return {
        "base": found.base,
        "head": found.head,
        "modes": {
            "added": _ids(found, "created"),
            "retired": _ids(found, "retired"),
            "renamed": _pairs(found, "renamed"),
            "merged": _pairs(found, "merged"),
            "split": _pairs(found, "split"),
            "redefined": _definitions(found, "redefined"),
            "reworded": _definitions(found, "reworded"),
            "revived": _ids(found, "revived"),
            "removed": _ids(found, "removed"),
        },
        "unversioned": list(found.unversioned),
        "labels": {
            mode: {"gained": item.gained, "lost": item.lost, "changed": item.changed}
            for mode, item in found.labels.items()
        },
        "prevalence": [
            {
                "mode": item.mode,
                "before": _rate(found.rate_before(item.mode)),
                "after": _rate(item),
            }
            for item in found.after.prevalence
        ],
        "saturation": {"before": _saturation(found.before), "after": _saturation(found.after)},
        "traces": {"before": found.traces[0], "after": found.traces[1]},
        "notes": {"before": found.notes[0], "after": found.notes[1]},
        "broken": list(found.broken),
    }


def _unknown(revision: str | None) -> BadInputError:
    if revision is None:
        message = "there is no commit to compare with"
        return BadInputError(message, remedy="commit something in a git repository first")
    return BadInputError(
        f"git knows no commit {revision!r}",
        remedy="see git log; in a shallow clone, fetch it first",
    )


def _compare(before: Corpus, after: Corpus, *, base: str, head: str | None) -> Difference:
    active = set(after.active_modes)
    return Difference(
        base=base,
        head=head,
        before=figures(before, judge(before)),
        after=figures(after, judge(after)),
        events=events(before.modes, after.modes),
        unversioned=tuple(
            id_
            for id_, mode in sorted(after.modes.items())
            if id_ in active and mode.defined not in (None, mode.definition.hash)
        ),
        labels=_labels(before, after),
        traces=(len(before.traces), len(after.traces)),
        notes=(_notes(before), _notes(after)),
        broken=tuple(sorted(after.broken)),
    )


def _notes(corpus: Corpus) -> int:
    return sum(1 for _ in corpus.human_notes())


def _labels(before: Corpus, after: Corpus) -> dict[str, Labels]:
    """Judgements under their modes' names of now, so that a rename moves none."""
    names = canonical_names(before.modes) | canonical_names(after.modes)
    old, new = dict(_judged(before, names)), dict(_judged(after, names))
    modes = sorted({mode for *_, mode in old.keys() ^ new.keys()} | _changed(old, new))
    return {
        mode: Labels(
            gained=sum(key[2] == mode for key in new.keys() - old.keys()),
            lost=sum(key[2] == mode for key in old.keys() - new.keys()),
            changed=sum(key[2] == mode and old[key] != new[key] for key in old.keys() & new.keys()),
        )
        for mode in modes
    }


def _changed(
    old: Mapping[tuple[str, str, str], str], new: Mapping[tuple[str, str, str], str]
) -> set[str]:
    return {key[2] for key in old.keys() & new.keys() if old[key] != new[key]}


def _judged(corpus: Corpus, names: Mapping[str, str]) -> Iterator[tuple[tuple[str, str, str], str]]:
    for annotator, trace, note in corpus.human_notes():
        for mode, judgements in note.labels.items():
            yield (annotator, trace, names.get(mode, mode)), judgements[-1].value


def _ids(found: Difference, kind: str) -> list[str]:
    return [id_ for event in found.events if event.kind == kind for id_ in event.modes]


def _pairs(found: Difference, kind: str) -> list[dict[str, Any]]:
    return [
        {"from": list(event.modes), "into": list(event.into)}
        for event in found.events
        if event.kind == kind
    ]


def _definitions(found: Difference, kind: str) -> list[dict[str, Any]]:
    return [
        {
            "mode": event.modes[0],
            "before": event.before,
            "after": event.after,
            "words": words(event.before, event.after),
        }
        for event in found.events
        if event.kind == kind
    ]


def _rate(item: Prevalence | None) -> dict[str, Any] | None:
    if item is None:
        return None
    return {
        "yes": item.yes,
        "judged": item.judged,
        "rate": item.interval.rate if item.interval else None,
    }


def _saturation(found: Figures) -> dict[str, Any]:
    seen = found.saturation
    return {
        "traces": seen.units,
        "modes": seen.modes,
        "coverage": seen.coverage,
        "coverage_low": seen.coverage_low,
        "expected_new": seen.expected_new,
        "state": seen.state,
    }
