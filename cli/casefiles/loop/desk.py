"""What every verb starts and ends with: load the corpus, insist on sound files, write a plan."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from casefiles.errors import BadInputError
from casefiles.text.names import nearest
from casefiles.workspace.find import Workspace
from casefiles.workspace.load import Memo, decode, load
from casefiles.workspace.tree import WorkingTree
from casefiles.workspace.write import write

if TYPE_CHECKING:
    from casefiles.documents.corpus import Corpus
    from casefiles.documents.plan import Change, Plan


def open_corpus(workspace: Workspace, memo: Memo | None = None) -> Corpus:
    """Load the working tree; ``memo`` as in `load`."""
    return load(WorkingTree(workspace.root), workspace.config, memo)


def insist(corpus: Corpus, needed: Callable[[str], bool]) -> None:
    """Refuse to go on if a file that a command relies on is broken.

    ``needed`` says of a path whether the command relies on it. Raises BadInputError with every
    problem of those files; nothing was written.
    """
    broken = {path for path in corpus.broken if needed(path)}
    lines = [str(p) for p in sorted(corpus.problems, key=lambda p: p.order) if p.path in broken]
    if broken:
        raise BadInputError("\n".join([*lines, "nothing was written; mend the files above first"]))


def insist_on_rounds(corpus: Corpus, rounds: Sequence[str]) -> None:
    """Refuse a round that does not exist. Raises BadInputError, which offers the nearest."""
    for name in rounds:
        if name not in corpus.round_names():
            near = nearest(name, corpus.round_names())
            remedy = f"did you mean {near!r}?" if near else "see the folders below traces/"
            raise BadInputError(f"there is no round {name!r}", remedy=remedy)


def read_text(workspace: Workspace, path: str) -> str | None:
    """Return a file's text with its line ends as they are; None if there is no such file.

    Raises BadInputError if it is not UTF-8 or holds a merge conflict.
    """
    try:
        content = (workspace.root / path).read_bytes()
    except FileNotFoundError:
        return None
    text, problems = decode(content, path)
    if text is None:
        raise BadInputError("\n".join(map(str, problems)))
    return text


def change(workspace: Workspace, path: str, after: str | None) -> Change:
    """Make a change of a file from what it holds now."""
    from casefiles.documents.plan import Change  # who only reads does not pay for changes

    return Change(path=path, before=read_text(workspace, path), after=after)


def carry_out(
    workspace: Workspace, plan: Plan, *, dry_run: bool = False, durable: bool = True
) -> Plan:
    """Write a plan (not with ``dry_run``) and return it."""
    if not dry_run:
        write(plan, workspace.root, durable=durable)
    return plan


def relative(workspace: Workspace, path: Path) -> str:
    """Return a path relative to the workspace with ``/``, or as it is if it lies elsewhere."""
    resolved = path.resolve()
    if resolved.is_relative_to(workspace.root):
        return resolved.relative_to(workspace.root).as_posix()
    return str(path)
