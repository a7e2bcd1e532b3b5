"""What the builder does not do: trace pages in the site's look, their table, search, policy."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from casefiles.pages import links, search, table
from casefiles.pages.figure import FOLDER
from casefiles.pages.memory import Memory, stamp
from casefiles.pages.policy import with_policy
from casefiles.pages.shell import Shell, content_of, cut
from casefiles.pages.templating import GENERATED
from casefiles.pages.writing import read_file, write_file

INDEXES = ("search/search_index.json", "search.json")
"""Where MkDocs Material and Zensical keep what is searched; a ``.js`` beside it serves the disk."""
_TABLE = re.compile(r'<p id="table">.*?</p>', re.DOTALL)
_FIGURE = re.compile(
    r'(<img class="cf-drawing" src="[^"]*charts/(?P<name>[\w.-]+)\.svg"[^>]*>)(?P<rest>.*?)'
    r'(?=<p class="cf-downloads">)',
    re.DOTALL,
)
_SKIP = re.compile(r'(<div data-md-component="skip">).*?(</div>)', re.DOTALL)
_START = '<a href="#start" class="md-skip">Skip to content</a>'
# The theme's script would ask the repository's host how many stars it has.
_ASKS = re.compile(r'\sdata-md-component="source"')


@dataclass(slots=True, kw_only=True)
class Finished:
    """What a build changed in the finished site."""

    written: list[str] = field(default_factory=list)
    """Files that are new or differ, relative to the site."""
    removed: int = 0
    """Files that went."""
    unchanged: int = 0
    """Files that are as they were."""
    shell: Shell | None = None
    """The look its trace pages have."""


def finish(built: Path, docs: Path, public: Path, memory: Memory) -> Finished:
    """Finish what the builder built and bring the public folder up to it, file by file.

    Raises BadInputError, before anything is changed, if a link leads nowhere.
    """
    pages = {path.relative_to(built).as_posix(): path for path in sorted(built.rglob("*.html"))}
    traces = sorted(
        path.relative_to(docs).as_posix()
        for path in docs.glob("traces/*/*.html")
        if _is_ready(path)
    )
    shell = _shell(built)
    ready = {
        name: _finished(name, path, docs)
        for name, path in pages.items()
        if name not in traces and not _is_part(name)
    }
    publisher = _Publisher(public)
    publisher.done.shell = shell
    charts = {path.relative_to(docs).as_posix() for path in docs.glob(f"{FOLDER}/*")}
    links.check(ready, files=_files(built) | set(traces) | charts, docs=docs)
    for name, page in ready.items():
        publisher.put(name, page.encode("utf-8", "surrogateescape"))
    _put_traces(traces, docs, shell, publisher, memory)
    _put_search(built, publisher, memory)
    for folder, paths in ((docs, docs.glob(f"{FOLDER}/*")), (built, built.rglob("*"))):
        for path in paths:
            name = path.relative_to(folder).as_posix()
            if path.is_file() and not _is_part(name) and name not in publisher.names:
                publisher.copy(name, path)
    publisher.sweep()
    return publisher.done


def put_pages(names: Iterable[str], docs: Path, public: Path, shell: Shell | None) -> list[str]:
    """Bring single trace pages up to date in a site that was built before; return those changed.

    ``shell`` is what `Finished` had of that site. Its search is left as it is, whole.
    """
    publisher = _Publisher(public)
    for name in names:
        page = (docs / name).read_text("utf-8")
        publisher.put(name, (shell.around(page) if shell else page).encode())
    return publisher.done.written


def _is_ready(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(GENERATED)) == GENERATED.encode()


def _is_part(name: str) -> bool:
    """Whether a ready page was put into another one, and is none of the site by itself."""
    return name == table.PATH or (name.startswith(f"{FOLDER}/") and name.endswith(".html"))


def _files(built: Path) -> set[str]:
    return {path.relative_to(built).as_posix() for path in built.rglob("*") if path.is_file()}


def _finished(name: str, path: Path, docs: Path) -> str:
    page = path.read_text("utf-8", "surrogateescape")
    if name == "traces/index.html" and (docs / table.PATH).is_file():
        rows = content_of((docs / table.PATH).read_text("utf-8"))
        page = _TABLE.sub(lambda _: rows, page, count=1)
    page = _FIGURE.sub(lambda hit: _figure(hit["name"], hit["rest"], docs), page)
    return with_policy(_mended(page))


def _figure(name: str, caption: str, docs: Path) -> str:
    """Put the inline drawing in the place of the picture, and the numbers below its caption."""
    ready = content_of((docs / FOLDER / f"{name}.html").read_text("utf-8")).strip()
    drawing, found, numbers = ready.partition("<details")
    return f"{drawing.strip()}{caption}{found}{numbers}"


def _mended(page: str) -> str:
    """The theme would skip to the first heading of its outline, which ours is not in."""
    page = _ASKS.sub("", page)
    return _SKIP.sub(rf"\1{_START}\2", page, count=1) if '<h1 id="start"' in page else page


def _shell(built: Path) -> Shell | None:
    """The index of traces lends its header, search, scheme switch and footer."""
    index = built / "traces" / "index.html"
    return cut(_mended(index.read_text("utf-8"))) if index.is_file() else None


def _put_traces(
    traces: list[str], docs: Path, shell: Shell | None, publisher: _Publisher, memory: Memory
) -> None:
    look = shell.digest if shell else ""
    for name in traces:
        made_of = f"{look} {stamp(docs / name)}"
        if memory.published(name) == [made_of, stamp(publisher.folder / name)]:
            publisher.keep(name)
        else:
            page = (docs / name).read_text("utf-8")
            publisher.put(name, (shell.around(page) if shell else page).encode())
        memory.publish(name, [made_of, stamp(publisher.folder / name)])


def _put_search(built: Path, publisher: _Publisher, memory: Memory) -> None:
    for name in INDEXES:
        index = built / name
        if not index.is_file():
            continue
        extended = search.with_entries(index.read_text("utf-8"), memory.entries())
        publisher.put(name, extended.encode())
        script = index.with_suffix(".js")
        if script.is_file():  # the same for pages opened from the disk
            put_as = script.relative_to(built).as_posix()
            publisher.put(put_as, f"var __index = {extended}".encode())


class _Publisher:
    """Brings a folder up to what it is given: what is the same is not written again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.names: set[str] = set()
        self.done = Finished()

    def keep(self, name: str) -> None:
        self.names.add(name)
        self.done.unchanged += 1

    def put(self, name: str, content: bytes) -> None:
        target = f"{self.folder}/{name}"
        before = read_file(target)
        self.names.add(name)
        if before == content:
            self.done.unchanged += 1
            return
        write_file(target, content, is_new=before is None)
        self.done.written.append(name)

    def copy(self, name: str, path: Path) -> None:
        self.put(name, path.read_bytes())

    def sweep(self) -> None:
        """Remove what is no part of the site any more."""
        for path in sorted(self.folder.rglob("*"), reverse=True):
            name = path.relative_to(self.folder).as_posix()
            if path.is_dir() and not path.is_symlink():
                if not any(path.iterdir()):
                    path.rmdir()
            elif name not in self.names:
                path.unlink()
                self.done.removed += 1
