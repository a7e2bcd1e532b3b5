"""One-off buffers that a person types in: kept until what was typed is safely written."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from casefiles.errors import CasefilesError
from casefiles.workspace import editor
from casefiles.workspace.find import Workspace
from casefiles.workspace.write import write_bytes


@contextmanager
def edited(
    workspace: Workspace, name: str, *, tell: Callable[[str], None]
) -> Iterator[Callable[[str], str]]:
    """Yield a function that opens a text in the editor and returns what became of it.

    The buffer is ``.casefiles/drafts/<name>``. One that an earlier run left there (the editor
    crashed, or something in it could not be read) is opened instead of the fresh text. It is
    removed once the block ends without an error, so nothing typed is ever lost. ``tell`` is
    called with what a person should know about their editor.
    """
    path = workspace.private / "drafts" / name

    def edit(text: str) -> str:
        if not path.exists():
            write_bytes(path, text.encode(), durable=True)
        editor.edit(path, command=editor.editor_of(workspace.root), tell=tell)
        return path.read_text("utf-8", errors="replace")

    try:
        yield edit
    except CasefilesError as error:
        if path.exists() and str(path) not in str(error):
            kept = f"what you typed is kept in {path}"
            error.remedy = f"{error.remedy}; {kept}" if error.remedy else kept
        raise
    path.unlink(missing_ok=True)
