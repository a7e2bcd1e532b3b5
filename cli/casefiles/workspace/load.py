"""A tree of files to a corpus of records."""

from __future__ import annotations

import gc
import importlib
import re
from collections.abc import Callable, Container, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

from casefiles.documents.config import Config
from casefiles.documents.paths import Kind, Place, place_of, round_of
from casefiles.documents.problem import Problem

if TYPE_CHECKING:
    from casefiles.documents.corpus import Corpus
    from casefiles.documents.trace import Trace
    from casefiles.workspace.tree import Tree

_CONFLICT = re.compile(r"^(<{7}|>{7}) ", re.MULTILINE)
_REMEMBERED = ("note", "mode", "proposal")  # those whose earlier versions are read, too
_Parse = Callable[[str, str], tuple[Any, tuple[Problem, ...]]]
_PARSERS: dict[Kind, tuple[str, str]] = {
    # kind: (module, function); a module is imported with the first file of its kind
    "trace": ("trace", "parse_head"),
    "note": ("note", "parse"),
    "mode": ("mode", "parse"),
    "proposal": ("proposal", "parse"),
    "round": ("round", "parse"),
    "dimensions": ("dataset_reader", "parse_dimensions"),
    "tuples": ("dataset_reader", "parse_tuples"),
    "queries": ("dataset_reader", "parse_queries"),
}


@cache
def _parser(kind: Kind) -> _Parse:
    module, function = _PARSERS[kind]
    parse: _Parse = getattr(importlib.import_module(f"casefiles.documents.{module}"), function)
    return parse


Memo = dict[tuple[Kind, bytes], Any]
"""What was read already: kind and content of a file without any problem, to its record."""


def load(tree: Tree, config: Config, memo: Memo | None = None) -> Corpus:
    """Read every document of a tree; broken ones are left out and said in ``problems``.

    Notes and taxonomy found in ``memo`` are not read again, and new ones are put there.
    """
    loader = _Loader(tree, memo)
    with uncollected():
        for path in tree.paths():
            loader.take(path)
    return loader.corpus(config)


@contextmanager
def uncollected() -> Iterator[None]:
    """Keep the collector of reference cycles out while thousands of records are made, and stay.

    It would go through all of them again and again, and find nothing.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def amended(corpus: Corpus, versions: Mapping[str, bytes | None]) -> Corpus:
    """Return the corpus with some files as they are elsewhere; None for those that lack there.

    Nothing else is read again.
    """
    loader = _Loader(_Versions(versions))
    loader.begin_with(corpus, without=versions)
    for path, content in versions.items():
        loader.drop(path)
        if content is not None:
            loader.take(path)
    return loader.corpus(corpus.config)


def load_trace(tree: Tree, path: str) -> tuple[Trace | None, tuple[Problem, ...]]:
    """Read one trace with its turns."""
    text, problems = decode(tree.read(path), path)
    if text is None:
        return None, problems
    from casefiles.documents import trace

    return trace.parse(text, path)


def parse_version(
    content: bytes, path: str, memo: Memo | None = None
) -> tuple[Any, tuple[Problem, ...]]:
    """Read one version of a file, as a commit holds it; None if it cannot be relied on."""
    kind = place_of(path).kind
    if memo is not None and (kept := memo.get((kind, content))) is not None:
        return kept, ()
    text, problems = decode(content, path)
    record = None
    if text is not None:
        record, problems = _parser(kind)(text, path)
    if memo is not None and not problems:
        memo[kind, content] = record
    return record, problems


def decode(content: bytes, path: str) -> tuple[str | None, tuple[Problem, ...]]:
    """Decode a file as UTF-8, line ends as they are; None and a problem if it is not.

    A merge conflict that was left in it is a problem too: half of the file is somebody else's.
    """
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        return None, (_problem("encoding", "not UTF-8", path, line, "save the file as UTF-8"),)
    if (line_of_marker := _conflict(text, path)) is not None:
        message, remedy = "a merge conflict marker", "resolve the merge, then remove the marker"
        return None, (_problem("merge-conflict", message, path, line_of_marker, remedy),)
    return text, ()


def _conflict(text: str, path: str) -> int | None:
    """Return the line of the first conflict marker, from 1; None if there is none."""
    if "<<<<<<<" not in text and ">>>>>>>" not in text:
        return None  # sooner said than the pattern looks at every line
    found = _CONFLICT.search(text) if path.endswith((".md", ".yaml")) else None
    if found is None:
        return None
    if place_of(path).kind != "trace":
        return text.count("\n", 0, found.start()) + 1
    from casefiles.documents.turns import outside_fences  # a tool may have printed markers

    return next((n for n, line in outside_fences(text) if _CONFLICT.match(line)), None)


def _problem(code: str, message: str, path: str, line: int, remedy: str) -> Problem:
    return Problem(level="error", code=code, message=message, path=path, line=line, remedy=remedy)


class _Versions:
    """Contents held in memory, as a tree."""

    def __init__(self, versions: Mapping[str, bytes | None]) -> None:
        self._versions = versions

    def paths(self) -> Iterator[str]:
        yield from sorted(path for path, content in self._versions.items() if content is not None)

    def read(self, path: str) -> bytes:
        content = self._versions.get(path)
        if content is None:
            raise FileNotFoundError(path)
        return content


class _Loader:
    def __init__(self, tree: Tree, memo: Memo | None = None) -> None:
        self.tree = tree
        self.memo = memo
        self.found: dict[str, dict[Any, Any]] = {kind: {} for kind in _PARSERS}
        self.problems: list[Problem] = []
        self.broken: set[str] = set()

    def begin_with(self, corpus: Corpus, *, without: Container[str]) -> None:
        """Take over a corpus but for some paths."""
        data = corpus.dataset
        self.found |= {
            "trace": dict(corpus.traces),
            "note": dict(corpus.notes),
            "mode": dict(corpus.modes),
            "proposal": dict(corpus.proposals),
            "round": dict(corpus.rounds),
            "dimensions": {"": (data.all_dimensions, data.all_constraints)},
            "tuples": {"": data.tuples},
            "queries": {"": data.queries},
        }
        self.problems = [problem for problem in corpus.problems if problem.path not in without]
        self.broken = {path for path in corpus.broken if path not in without}

    def drop(self, path: str) -> None:
        """Forget a file."""
        place = place_of(path)
        if place.kind != "other":
            self.found[place.kind].pop(_key(place), None)

    def take(self, path: str) -> None:
        place = place_of(path)
        if place.kind == "other":
            return
        record = None
        content, problems = self.read(path)
        if content is not None:
            memo = self.memo if place.kind in _REMEMBERED else None
            record, problems = parse_version(content, path, memo)
        self.problems.extend(problems)
        if record is None:
            self.broken.add(path)
        else:
            self.found[place.kind][_key(place)] = record

    def read(self, path: str) -> tuple[bytes | None, tuple[Problem, ...]]:
        try:
            return self.tree.read(path), ()
        except OSError as error:
            message, remedy = f"cannot be read: {error.strerror}", "see who may read the file"
            return None, (_problem("unreadable", message, path, 1, remedy),)

    def corpus(self, config: Config) -> Corpus:
        from casefiles.documents.corpus import Corpus  # not for who reads a single file
        from casefiles.documents.dataset import Dataset

        traces = self.found["trace"]
        rounds = _unsaid_rounds(traces)
        dimensions = self.found["dimensions"].get("", ((), ()))
        return Corpus(
            config=config,
            dataset=Dataset(
                all_dimensions=dimensions[0],
                all_constraints=dimensions[1],
                tuples=self.found["tuples"].get("", ()),
                queries=self.found["queries"].get("", ()),
            ),
            rounds=rounds | self.found["round"],
            traces=traces,
            notes=self.found["note"],
            modes=self.found["mode"],
            proposals=self.found["proposal"],
            problems=tuple(self.problems),
            broken=frozenset(self.broken),
        )


def _unsaid_rounds(traces: dict[str, Any]) -> dict[str, Any]:
    """An empty record for every round that has traces: not all have a round.yaml."""
    if not traces:
        return {}
    from casefiles.documents.round import Round

    return {round_of(reference): Round() for reference in traces}


def _key(place: Place) -> Any:
    return (place.annotator, place.reference) if place.kind == "note" else place.reference
