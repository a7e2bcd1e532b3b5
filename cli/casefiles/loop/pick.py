"""Which traces there are and which one a person means, from file names alone."""

from __future__ import annotations

from dataclasses import dataclass

from casefiles.documents.paths import RESERVED, round_of, round_path
from casefiles.errors import BadInputError
from casefiles.review.queue import matches
from casefiles.review.sharing import share_of
from casefiles.text.names import nearest
from casefiles.workspace.find import Workspace
from casefiles.workspace.load import decode
from casefiles.workspace.tree import WorkingTree


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """The traces one annotator is to read, and those they have a note on."""

    traces: frozenset[str]
    """References of their share of the rounds that are not superseded."""
    noted: frozenset[str]
    """Those of them with a note by the annotator."""
    others: int = 0
    """Traces that only others read."""


def shelf(workspace: Workspace, me: str, *, everything: bool = False) -> Shelf:
    """List my traces and my notes without opening one: fast on tens of thousands of traces.

    ``everything`` takes in what is shared out to others.
    """
    tree = WorkingTree(workspace.root)
    traces = current_traces(tree)
    share = traces if everything else share_of(me, traces, workspace.config.review)
    noted = share.intersection(tree.documents(f"notes/{me}"))
    return Shelf(traces=share, noted=noted, others=len(traces) - len(share))


def current_traces(tree: WorkingTree) -> frozenset[str]:
    """Return the traces of all rounds but superseded ones."""
    found = all_traces(tree)
    superseded = _superseded(tree)
    return (
        frozenset(ref for ref in found if round_of(ref) not in superseded) if superseded else found
    )


def all_traces(tree: WorkingTree) -> frozenset[str]:
    """Return the traces of all rounds."""
    return frozenset(tree.documents("traces", but=RESERVED))


def find_trace(workspace: Workspace, word: str) -> str:
    """Return the reference a word means (``q042`` for ``round-1/q042`` if there is one such).

    Raises BadInputError if it means none, with the nearest, or several, with some of them.
    """
    known = tuple(sorted(all_traces(WorkingTree(workspace.root))))
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


def _superseded(tree: WorkingTree) -> frozenset[str]:
    """Rounds that a later one repeats; a broken round.yaml is `check`'s business, not ours."""
    found: set[str] = set()
    for name in tree.folders("traces"):
        try:
            content = tree.read(round_path(name))
        except OSError:
            continue
        from casefiles.documents import round as round_file

        text, _ = decode(content, round_path(name))
        record = round_file.parse(text, round_path(name))[0] if text is not None else None
        found.update(record.supersedes if record else ())
    return frozenset(found)
