"""Workspaces in memory: files as a dictionary, the corpus they make, and plans carried out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from textwrap import dedent

from casefiles.documents.config import Config
from casefiles.documents.corpus import Corpus
from casefiles.documents.plan import Plan
from casefiles.workspace.load import load
from workspaces import trace_text

TRACE = trace_text()


class Files:
    """The tree of a dictionary from path to text."""

    def __init__(self, files: Mapping[str, str]) -> None:
        """Read from ``files``."""
        self.files = files

    def paths(self) -> Iterator[str]:
        yield from sorted(self.files)

    def read(self, path: str) -> bytes:
        return self.files[path].encode()


def files(given: Mapping[str, str], *, traces: tuple[str, ...] = ("r/t1",)) -> dict[str, str]:
    """Return the files, each text dedented, and a small trace for each reference."""
    found = {f"traces/{reference}.md": TRACE for reference in traces}
    return found | {path: dedent(text) for path, text in given.items()}


def corpus(given: Mapping[str, str], *, config: Config | None = None) -> Corpus:
    """Load a dictionary of files."""
    return load(Files(given), config or Config())


def carried_out(given: Mapping[str, str], plan: Plan) -> dict[str, str]:
    """Return the files after a plan, which must have been made for just these."""
    after = dict(given)
    for change in plan.changes:
        assert given.get(change.path) == change.before
        if change.after is None:
            after.pop(change.path, None)
        else:
            after[change.path] = change.after
    return after
