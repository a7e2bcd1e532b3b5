"""From TOML to the configuration, collecting a problem for each thing that does not fit."""

from __future__ import annotations

import math
import re
import tomllib
import warnings
from collections.abc import Callable, Mapping
from typing import Any, cast, get_args

from casefiles.documents.config import (
    TARGET_KINDS,
    Annotator,
    AnnotatorKind,
    App,
    Config,
    Models,
    Order,
    Review,
    Run,
    Target,
    TargetKind,
    View,
)
from casefiles.documents.paths import RESERVED
from casefiles.documents.problem import Problem
from casefiles.text.names import is_safe_name, nearest, shorten
from casefiles.text.toml_lines import line_of

_TABLES = (
    "app",
    "targets",
    "run",
    "models",
    "review",
    "view",
    "redact",
    "saturation",
    "annotators",
)
_At = tuple[str, ...]
_Kinds = Mapping[str, tuple[Any, Any]]
"""Key to its default and the type (or types) it must have."""


def parse(text: str, path: str) -> tuple[Config | None, tuple[Problem, ...]]:
    """Read the configuration; None if anything in it is wrong (it is relied on by all).

    ``path`` is ``pyproject.toml`` for the keys below ``[tool.casefiles]``, else any other name.
    """
    reader = _Reader(text, path)
    data = _toml(reader)
    if data is None:
        return None, tuple(reader.problems)
    for key in reader.root:
        data = reader.table(data, key, at=())
    config = reader.config(data)
    return (None if reader.problems else config), tuple(reader.problems)


def _toml(reader: _Reader) -> Mapping[str, Any] | None:
    try:
        return tomllib.loads(reader.text)
    except RecursionError:
        reader.problem("not valid TOML (nested too deeply)", line=1, code="toml")
    except ValueError as error:  # TOMLDecodeError is one; a number of 5,000 digits is another
        said = str(error)
        line = re.search(r"\(at line (\d+)", said)
        message = f"not valid TOML ({re.sub(r' [(]at .*[)]$', '', said)})"
        last = len(reader.text.rstrip().split("\n"))
        reader.problem(message, line=int(line[1]) if line else last, code="toml")
    return None


class _Reader:
    """Reads tables against the keys they may have, collecting problems."""

    def __init__(self, text: str, path: str) -> None:
        self.text = text
        self.path = path
        self.root: _At = ("tool", "casefiles") if path == "pyproject.toml" else ()
        self.problems: list[Problem] = []

    def config(self, data: Mapping[str, Any]) -> Config:
        self.check_keys(data, (), _TABLES)
        return Config(
            path=self.path,
            app=App(**self.section(data, "app", App())),
            targets=self.targets(data),
            run=self.run(data),
            models=Models(**self.section(data, "models", Models())),
            review=self.review(data),
            view=View(**self.section(data, "view", View())),
            redact=self.patterns(data),
            smallest=self.smallest(data),
            annotators=self.annotators(data),
        )

    # ------------------------------------------------------------ sections

    def run(self, data: Mapping[str, Any]) -> Run:
        run = Run(**self.section(data, "run", Run()))
        self.least(run.concurrency, 1, ("run", "concurrency"))
        self.least(run.retries, 0, ("run", "retries"))
        self.least(run.max_calls, 0, ("run", "max_calls"))
        self.least(run.max_cost_usd, 0, ("run", "max_cost_usd"))
        if not 0 < run.timeout_s < math.inf:
            self.report("'timeout_s' must be more than 0", ("run", "timeout_s"))
        return run

    def review(self, data: Mapping[str, Any]) -> Review:
        review = Review(**self.section(data, "review", Review()))
        self.least(review.overlap, 0, ("review", "overlap"))
        self.choice(review.order, get_args(Order), ("review", "order"))
        for name in dict.fromkeys(review.annotators):
            self.folder(name, ("review", "annotators"))
            if review.annotators.count(name) > 1:
                self.report(f"{name!r} stands twice in 'annotators'", ("review", "annotators"))
        return review

    def smallest(self, data: Mapping[str, Any]) -> float:
        found = self.read(self.table(data, "saturation", at=()), ("saturation",), _SATURATION)
        smallest = float(found["smallest"])
        if not 0 < smallest < 1:
            self.report("'smallest' must lie between 0 and 1", ("saturation", "smallest"))
        return smallest

    def patterns(self, data: Mapping[str, Any]) -> dict[str, str]:
        table = self.table(data, "redact", at=())
        self.check_keys(table, ("redact",), ("patterns",))
        patterns = self.table(table, "patterns", at=("redact",))
        for name, pattern in patterns.items():
            try:
                with warnings.catch_warnings():  # a set that a later Python reads otherwise
                    warnings.simplefilter("error", FutureWarning)
                    re.compile(pattern)
            except (re.error, TypeError, OverflowError, RecursionError, FutureWarning) as error:
                message = f"the pattern {name!r} is no regular expression ({error})"
                self.report(message, ("redact", "patterns", name))
        return {name: str(pattern) for name, pattern in patterns.items()}

    def annotators(self, data: Mapping[str, Any]) -> dict[str, Annotator]:
        found = {}
        for key, table in self.tables(data, "annotators"):
            at = ("annotators", key)
            values = self.read(table, at, {"name": (key, str), "kind": ("human", str)})
            self.choice(values["kind"], get_args(AnnotatorKind), (*at, "kind"))
            self.folder(values["name"], (*at, "name"))
            kind = cast("AnnotatorKind", values["kind"])
            found[key] = Annotator(name=values["name"], kind=kind)
        return found

    # ------------------------------------------------------------ targets

    def targets(self, data: Mapping[str, Any]) -> dict[str, Target]:
        found = {name: self.target(name, table) for name, table in self.tables(data, "targets")}
        return {name: target for name, target in found.items() if target is not None}

    def target(self, name: str, table: Mapping[str, Any]) -> Target | None:
        kinds = [kind for kind in TARGET_KINDS if kind in table]
        if len(kinds) != 1:
            said = " and ".join(kinds) if kinds else "none of them"
            message = f"[targets.{name}] needs exactly one of {', '.join(TARGET_KINDS)}; has {said}"
            self.report(message, ("targets", name))
            return None
        known: dict[TargetKind, Callable[[str, Mapping[str, Any]], Target]]
        known = {"command": self.command, "python": self.python}
        if kinds[0] in known:
            return known[kinds[0]](name, table)
        return Target(name=name, kind=kinds[0], settings=dict(table))

    def command(self, name: str, table: Mapping[str, Any]) -> Target:
        at = ("targets", name)
        values = self.read(table, at, _COMMAND)
        if table["command"] in ([], ()):
            self.report("'command' must be a list of words", (*at, "command"))
        self.choice(values["stdin"], ("json", "text", "none"), (*at, "stdin"))
        self.choice(values["output"], ("json", "text"), (*at, "output"))
        values["env"] = self.environment(values["env"], (*at, "env"))
        return Target(name=name, kind="command", **values)

    def python(self, name: str, table: Mapping[str, Any]) -> Target:
        at = ("targets", name)
        values = self.read(table, at, _PYTHON)
        written = table["python"]
        if isinstance(written, str) and not re.fullmatch(r"[\w.]+:[\w.]+", written):
            self.report("'python' must be module:function", (*at, "python"))
        values["env"] = self.environment(values["env"], (*at, "env"))
        return Target(name=name, kind="python", **values)

    def environment(self, env: Mapping[str, Any], at: _At) -> dict[str, str]:
        for key, value in env.items():
            if not isinstance(value, str):
                self.report(f"{key!r} must be text, not {value!r}", (*at, key))
        return {key: str(value) for key, value in env.items()}

    # ------------------------------------------------------------ pieces

    def section(self, data: Mapping[str, Any], key: str, default: Any) -> dict[str, Any]:
        """Read a table whose keys are the fields of a settings record."""
        return self.read(self.table(data, key, at=()), (key,), _fields(default))

    def read(self, table: Mapping[str, Any], at: _At, kinds: _Kinds) -> dict[str, Any]:
        self.check_keys(table, at, tuple(kinds))
        return {
            key: self.value(table[key], default, kind, (*at, key)) if key in table else default
            for key, (default, kind) in kinds.items()
        }

    def value(self, value: Any, default: Any, kind: Any, at: _At) -> Any:
        if kind is tuple and isinstance(value, list):
            value = tuple(value) if all(isinstance(item, str) for item in value) else value
        # In Python a bool is an int; in a configuration it is a mistake.
        is_right = isinstance(value, kind) and (kind is bool or not isinstance(value, bool))
        if is_right and value == value:  # noqa: PLR0124  NaN is no number to set
            return value
        self.report(f"{at[-1]!r} must be {_said(kind)}, not {_shown(value)}", at)
        return default

    def table(self, data: Mapping[str, Any], key: str, *, at: _At) -> Mapping[str, Any]:
        table = data.get(key, {})
        if isinstance(table, Mapping):
            return table
        self.report(f"{key!r} must be a table", (*at, key))
        return {}

    def tables(self, data: Mapping[str, Any], key: str) -> list[tuple[str, Mapping[str, Any]]]:
        """Read a table of tables."""
        outer = self.table(data, key, at=())
        for name, inner in outer.items():
            if not isinstance(inner, Mapping):
                self.report(f"{name!r} must be a table, as in [{key}.{name}]", (key, name))
        return [(name, inner) for name, inner in outer.items() if isinstance(inner, Mapping)]

    def check_keys(self, table: Mapping[str, Any], at: _At, known: tuple[str, ...]) -> None:
        for key in table:
            if key not in known:
                near = nearest(key, known)
                remedy = f"did you mean {near!r}?" if near else f"known: {', '.join(known)}"
                place = f" in [{'.'.join(at)}]" if at else ""
                self.report(f"unknown key {key!r}{place}", (*at, key), remedy=remedy)

    def choice(self, value: str, choices: tuple[str, ...], at: _At) -> None:
        if value not in choices:
            near = nearest(value, choices)
            remedy = f"did you mean {near!r}?" if near else None
            said = " | ".join(choices)
            self.report(f"{at[-1]!r} is {value!r}, not one of {said}", at, remedy=remedy)

    def least(self, value: float | None, least: int, at: _At) -> None:
        if value is not None and value < least:
            self.report(f"{at[-1]!r} must be at least {least}", at)

    def folder(self, name: str, at: _At) -> None:
        if name in RESERVED:
            self.report(f"{name!r} is a reserved name", at, remedy="choose another")
        elif not is_safe_name(name):
            self.report(f"{name!r} cannot name a folder; use a-z, 0-9, - and _", at)

    def report(self, message: str, at: _At, *, remedy: str | None = None) -> None:
        line = line_of(self.text, (*self.root, *at))
        self.problem(message, line=line, code="config", remedy=remedy)

    def problem(self, message: str, *, line: int, code: str, remedy: str | None = None) -> None:
        self.problems.append(
            Problem(
                level="error", code=code, message=message, path=self.path, line=line, remedy=remedy
            )
        )


_SATURATION: _Kinds = {"smallest": (Config().smallest, (int, float))}
_COMMON: _Kinds = {"cwd": (".", str), "env": ({}, dict)}
_COMMAND: _Kinds = {
    **_COMMON,
    "command": ((), tuple),
    "stdin": ("json", str),
    "output": ("json", str),
}
_PYTHON: _Kinds = {**_COMMON, "python": ("", str)}


def _fields(default: Any) -> _Kinds:
    """Defaults and types of a settings record, from its default instance."""
    numbers = {"max_calls": int, "max_cost_usd": (int, float), "timeout_s": (int, float)}
    return {
        name: (getattr(default, name), numbers.get(name, type(getattr(default, name))))
        for name in default.__slots__
    }


def _said(kind: Any) -> str:
    words = {
        str: "text",
        int: "a whole number",
        bool: "true or false",
        tuple: "a list of words",
        dict: "a table",
    }
    return words.get(kind, "a number")


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return shorten(repr(value), 60)
