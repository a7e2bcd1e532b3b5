"""The site while it is being worked on: what is saved shows at once, and the rest follows."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from casefiles.documents.corpus import Corpus
from casefiles.documents.judgements import judge
from casefiles.documents.paths import place_of
from casefiles.errors import CasefilesError
from casefiles.loop import site
from casefiles.pages import finish, writing
from casefiles.pages.build import PUBLIC
from casefiles.pages.finish import Finished
from casefiles.pages.memory import Memory, stamp
from casefiles.pages.traces import traces
from casefiles.pages.writing import DOCS, Writer
from casefiles.workspace.find import CONFIG, PYPROJECT, Workspace, find
from casefiles.workspace.load import amended
from casefiles.workspace.tree import WorkingTree

PAUSE = 0.2
"""Seconds between two looks at the files, at least; a look never takes more than a tenth of it."""
PATIENCE = 20.0
"""Seconds a page waits for news before it asks again."""


class Preview:
    """A built site that follows the files of its workspace."""

    def __init__(
        self,
        workspace: Workspace,
        options: site.Options,
        tell: Callable[[str], None] = lambda said: None,  # noqa: ARG005
    ) -> None:
        """Build the site; ``tell`` is told what happens from then on.

        Raises BadInputError if it cannot be built.
        """
        self.workspace = workspace
        self.options = options
        self.folder = workspace.root / PUBLIC
        self.version = 0
        self._tell = tell
        self._news = threading.Condition()
        self._stopped = threading.Event()
        self._took = 0.0
        self._seen = dict(_stamps(workspace.root))
        self.built = self._build()

    def follow(self) -> None:
        """Watch the files until `stop`; show each change, then build what follows from it."""
        while not self._stopped.wait(self._pause()):
            changed = self._changed()
            if changed:
                self._take(changed)

    def stop(self) -> None:
        """End `follow`, and let waiting pages go."""
        self._stopped.set()
        with self._news:
            self._news.notify_all()

    def wait(self, version: int) -> int:
        """Return the site's version once it is another than this one, or after a while."""
        with self._news:
            self._news.wait_for(
                lambda: self.version != version or self._stopped.is_set(), timeout=PATIENCE
            )
            return self.version

    def _take(self, changed: set[str]) -> None:
        try:
            began = time.monotonic()
            pages = self._show(changed)
            if pages:
                many = len(pages) != 1
                self._announce(
                    f"{len(pages)} page{'s' * many} of {'traces' if many else 'a trace'}", began
                )
            began = time.monotonic()
            self.built = self._build()
            self._announce("the whole site", began)
        except CasefilesError as error:
            self._tell(str(error))

    def _announce(self, what: str, began: float) -> None:
        with self._news:
            self.version += 1
            self._news.notify_all()
        self._tell(f"updated {what} in {time.monotonic() - began:.1f} s")

    def _build(self) -> site.SiteReport:
        # The configuration may be what changed.
        self.workspace = find(self.workspace.root)
        built = site.build(self.workspace, self.options)
        self._corpus = built.corpus
        self._finished = built.finished or Finished()
        return built

    def _show(self, changed: set[str]) -> list[str]:
        """Make the pages of the traces that changed, or whose notes did, and put them in place.

        The search keeps what it had until the whole site is built.
        """
        places = {path: place_of(path) for path in changed}
        touched = {p.reference for p in places.values() if p.kind in ("note", "trace")}
        if self.options.public or not touched:
            return []
        report = replace(self.built.report, corpus=self._amended(changed))
        report = replace(report, judgements=judge(report.corpus))
        self._corpus = report.corpus
        root = self.workspace.root
        memory = Memory(root, root / DOCS)
        shelf = site.shelf(self.workspace, memory)
        made = [one for one in traces(report, shelf, only=touched) if one.content is not None]
        Writer(root, memory).take(made)
        names = [one.path for one in made]
        return finish.put_pages(names, root / DOCS, self.folder, self._finished.shell)

    def _amended(self, changed: set[str]) -> Corpus:
        tree = WorkingTree(self.workspace.root)

        def content(path: str) -> bytes | None:
            try:
                return tree.read(path)
            except OSError:
                return None

        return amended(self._corpus, {path: content(path) for path in changed})

    def _changed(self) -> set[str]:
        """Look which files are other than at the last look."""
        began = time.monotonic()
        now = dict(_stamps(self.workspace.root))
        self._took = time.monotonic() - began
        changed = {path for path, word in now.items() if self._seen.get(path) != word}
        changed |= self._seen.keys() - now.keys()
        self._seen = now
        return changed

    def _pause(self) -> float:
        return max(PAUSE, 10 * self._took)


def _stamps(root: Path) -> Iterator[tuple[str, str]]:
    """Yield what the site is made from, each with a word that changes when it does."""
    tree = WorkingTree(root)
    names = [*tree.paths(), CONFIG, PYPROJECT, *_own_pages(root)]
    for name in names:
        yield name, stamp(root / name)


def _own_pages(root: Path) -> Iterator[str]:
    """The team's files below site/; those that are generated, or built, follow from the others."""
    for folder, inner, files in os.walk(root / "site"):
        here = Path(folder).relative_to(root).as_posix()
        generated = (PUBLIC, *(f"{DOCS}/{name}" for name in writing.FOLDERS))
        inner[:] = [n for n in inner if not n.startswith(".") and f"{here}/{n}" not in generated]
        for name in files:
            is_made = here == DOCS and name in writing.FILES
            if not is_made and not name.startswith("."):
                yield f"{here}/{name}"
