"""Which traces there are and which one a person means, from file names alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from casefiles.documents import round as round_file
from casefiles.documents.paths import place_of, round_of
from casefiles.errors import BadInputError
from casefiles.review.queue import matches
from casefiles.text.names import nearest
from casefiles.workspace.find import Workspace
from casefiles.workspace.load import decode
from casefiles.workspace.tree import WorkingTree


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """The traces one annotator may read, and those they have a note on."""

    traces: tuple[str, ...]
    """References of the traces of all rounds but superseded ones, in path order."""
    noted: frozenset[str]
    """Those of them with a note by the annotator."""

    @property
    def progress(self) -> str:
        """``45 of 100``."""
        return f"{len(self.noted)} of {len(self.traces)}"


def shelf(workspace: Workspace, me: str) -> Shelf:
    """List traces and my notes without opening one: fast on tens of thousands of traces."""
    tree = WorkingTree(workspace.root)
    paths = list(tree.paths(("traces",)))
    superseded = _superseded(tree, paths)
    traces = tuple(ref for ref in _traces(paths) if round_of(ref) not in superseded)
    noted = (place_of(path).reference for path in tree.paths((f"notes/{me}",)))
    return Shelf(traces=traces, noted=frozenset(noted) & frozenset(traces))


def find_trace(workspace: Workspace, word: str) -> str:
    """Return the reference a word means (``q042`` for ``round-1/q042`` if there is one such).

    Raises BadInputError if it means none, with the nearest, or several, with some of them.
    """
    known = tuple(_traces(WorkingTree(workspace.root).paths(("traces",))))
    found = matches(word, known)
    if len(found) == 1:
        return found[0]
    if found:
        some = ", ".join(found[:5]) + (", …" if len(found) > 5 else "")
        message = f"{word!r} may mean {len(found)} traces: {some}"
        raise BadInputError(message, remedy="say it in full")
    if not known:
        raise no_traces()
    raise BadInputError(f"there is no trace {word!r}", remedy=_hint(word, known))


def no_traces() -> BadInputError:
    """Say that there is nothing to read yet."""
    remedy = "collect some with `casefiles run` or `casefiles import`"
    return BadInputError("there are no traces yet", remedy=remedy)


def _hint(word: str, known: tuple[str, ...]) -> str:
    by_name = {reference.partition("/")[2]: reference for reference in known}
    near = nearest(word, known) if "/" in word else by_name.get(nearest(word, (*by_name,)) or "")
    return f"did you mean {near}?" if near else "the files below traces/ are the traces"


def _traces(paths: Iterable[str]) -> Iterable[str]:
    for path in paths:
        place = place_of(path)
        if place.kind == "trace":
            yield place.reference


def _superseded(tree: WorkingTree, paths: Iterable[str]) -> frozenset[str]:
    """Rounds that a later one repeats; a broken round.yaml is `check`'s business, not ours."""
    found: set[str] = set()
    for path in paths:
        if place_of(path).kind == "round":
            text, _ = decode(tree.read(path), path)
            record = round_file.parse(text, path)[0] if text is not None else None
            found.update(record.supersedes if record else ())
    return frozenset(found)
