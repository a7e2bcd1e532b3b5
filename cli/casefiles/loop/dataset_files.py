"""Rows added to the dataset files, and changed in them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from casefiles.documents import dataset_edit
from casefiles.documents.corpus import Corpus
from casefiles.documents.dataset_edit import Changes, Row
from casefiles.documents.paths import DIMENSIONS, QUERIES, TUPLES
from casefiles.documents.plan import Change
from casefiles.errors import BadInputError
from casefiles.loop import desk
from casefiles.text.splice import SpliceError
from casefiles.workspace.find import Workspace

_KEYS = {DIMENSIONS: ("dimensions", "name"), TUPLES: ("tuples", "id"), QUERIES: ("queries", "id")}
"""Dataset file to the key of its list and the key that names a row."""


def open_dataset(workspace: Workspace) -> Corpus:
    """Load the corpus. Raises BadInputError if a dataset file cannot be relied on."""
    corpus = desk.open_corpus(workspace)
    desk.insist(corpus, lambda path: path in _KEYS)
    return corpus


def changed(
    workspace: Workspace,
    path: str,
    *,
    changes: Changes | None = None,
    values: Mapping[str, Sequence[str]] | None = None,
    rows: Sequence[Row] = (),
) -> Change:
    """Return the change of a dataset file: some rows changed, others added at the end.

    ``values`` are added to dimensions that are there. Raises BadInputError if the file cannot be
    changed so.
    """
    key, name = _KEYS[path]
    text = desk.read_text(workspace, path)
    try:
        if changes:
            text = dataset_edit.change_rows(text or "", key, name, changes)
        if values:
            text = dataset_edit.add_values(text or "", values)
        text = dataset_edit.append_rows(text, key, rows) if rows else text
    except SpliceError as error:
        raise BadInputError(error.message, where=path, remedy=error.remedy) from error
    except ValueError as error:
        raise BadInputError(str(error), where=path, remedy="mend the file first") from error
    return desk.change(workspace, path, text)


def free_names(prefix: str, taken: Collection[str], count: int, *, width: int) -> list[str]:
    """Return names that go on behind the highest one: ``t07`` after ``t06``."""
    numbers = [int(name[1:]) for name in taken if name[:1] == prefix and name[1:].isdecimal()]
    first = max(numbers, default=0) + 1
    return [f"{prefix}{number:0{width}d}" for number in range(first, first + count)]
