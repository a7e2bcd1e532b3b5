"""casefiles.toml (or ``[tool.casefiles]`` of pyproject.toml): everything a workspace can set."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, cast, get_args

from casefiles.documents.problem import Problem
from casefiles.text.names import is_safe_name, nearest

TargetKind = Literal["command", "http", "python", "model"]
TARGET_KINDS: tuple[TargetKind, ...] = get_args(TargetKind)
AnnotatorKind = Literal["human", "import", "model"]
Order = Literal["random", "path", "newest"]


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """What is analysed."""

    name: str = ""
    """Its name, for titles."""
    description: str = ""
    """One paragraph for people and prompts."""
    expert_domain: bool = False
    """Whether judging it takes domain experts (then one annotator is a pitfall)."""
    version: str = ""
    """Its version, if the application does not say it itself; ``$NAME`` reads the environment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One way to send a query to the application."""

    name: str
    """Its key below ``[targets]``."""
    kind: TargetKind
    """Which of the four ways."""
    command: tuple[str, ...] = ()
    """Program and arguments; no shell. ``{query}`` in an argument is replaced by the query."""
    python: str = ""
    """``module:function``."""
    stdin: Literal["json", "text", "none"] = "json"
    """What a command reads."""
    output: Literal["json", "text"] = "json"
    """What a command prints: JSON (the last JSON line wins) or text."""
    cwd: str = "."
    """Folder to run in, relative to the workspace."""
    env: Mapping[str, str] = field(default_factory=dict)
    """Variables to set; a value ``$NAME`` passes one through without writing it down."""
    settings: Mapping[str, Any] = field(default_factory=dict)
    """What http and model targets need."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Defaults of `run`."""

    target: str = ""
    """Name of the target; empty: the only one."""
    concurrency: int = 4
    """Queries at once."""
    timeout_s: float = 120
    """Seconds a turn may take."""
    retries: int = 2
    """Retries of transport errors; a bad answer is data and never retried."""
    max_calls: int | None = None
    """Stop after so many calls."""
    max_cost_usd: float | None = None
    """Stop starting queries at this cost."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Models:
    """Which models help."""

    generate: str = ""
    """For queries."""
    cluster: str = ""
    """For proposals."""
    embed: str = "lexical"
    """Representation of notes."""
    prompts: str = ""
    """Folder with prompts that replace the built-in ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """Who reviews, and in which order."""

    annotators: tuple[str, ...] = ()
    """Names of the annotators who share the traces."""
    overlap: int = 0
    """How many traces every one of them reviews."""
    order: Order = "random"
    """Order of the queue."""
    seed: int = 0
    """Seed of the random order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What is shown first, folded or not at all: roles, tool names, metadata keys."""

    fold: tuple[str, ...] = ()
    """Folded."""
    hide: tuple[str, ...] = ()
    """Not shown."""
    final_first: bool = False
    """Show query and final answer first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Annotator:
    """Somebody or something that judges."""

    name: str
    """The folder of their notes."""
    kind: AnnotatorKind = "human"
    """Only human judgement counts as review."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """All settings of a workspace."""

    path: str = "casefiles.toml"
    """The file they stand in, relative to the workspace."""
    app: App = field(default_factory=App)
    """``[app]``."""
    targets: Mapping[str, Target] = field(default_factory=dict)
    """``[targets.NAME]``."""
    run: Run = field(default_factory=Run)
    """``[run]``."""
    models: Models = field(default_factory=Models)
    """``[models]``."""
    review: Review = field(default_factory=Review)
    """``[review]``."""
    view: View = field(default_factory=View)
    """``[view]``."""
    redact: Mapping[str, str] = field(default_factory=dict)
    """``[redact] patterns``: name to regular expression."""
    smallest: float = 0.05
    """``[saturation] smallest``: the smallest prevalence that matters."""
    annotators: Mapping[str, Annotator] = field(default_factory=dict)
    """``[annotators]``: e-mail address or name to annotator."""

    def kind_of(self, annotator: str) -> AnnotatorKind:
        """Return what kind of annotator has this name; those not configured are human."""
        known = (a.kind for key, a in self.annotators.items() if annotator in (key, a.name))
        return next(known, "human")


def parse(text: str, path: str) -> tuple[Config | None, tuple[Problem, ...]]:
    """Read the configuration; None if anything in it is wrong (it is relied on by all)."""
    reader = _Reader(text, path)
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"line (\d+)", str(error))
        message = re.sub(r" \(at .*\)$", "", str(error))
        reader.report(f"not valid TOML ({message})", line=int(line[1]) if line else 1, code="toml")
        return None, tuple(reader.problems)
    if path == "pyproject.toml":
        data = data.get("tool", {}).get("casefiles", {})
    config = reader.config(data)
    return (None if reader.problems else config), tuple(reader.problems)


class _Reader:
    """Reads tables against the fields they may have, collecting problems."""

    def __init__(self, text: str, path: str) -> None:
        self.text = text
        self.path = path
        self.problems: list[Problem] = []

    def config(self, data: Mapping[str, Any]) -> Config:
        known = ("app", "targets", "run", "models", "review", "view", "redact", "saturation")
        self.check_keys(data, "", (*known, "annotators"))
        saturation = self.values(data, "saturation", {"smallest": (0.05, (int, float))})
        smallest = float(saturation["smallest"])
        if not 0 < smallest < 1:
            self.report("'smallest' must lie between 0 and 1", key="smallest")
        return Config(
            path=self.path,
            app=App(**self.values(data, "app", _fields(App()))),
            targets=self.targets(data),
            run=self.run(data),
            models=Models(**self.values(data, "models", _fields(Models()))),
            review=self.review(data),
            view=View(**self.values(data, "view", _fields(View()))),
            redact=self.patterns(data),
            smallest=smallest,
            annotators=self.annotators(data),
        )

    def run(self, data: Mapping[str, Any]) -> Run:
        run = Run(**self.values(data, "run", _fields(Run())))
        if run.concurrency < 1:
            self.report("'concurrency' must be at least 1", key="concurrency")
        if run.timeout_s <= 0:
            self.report("'timeout_s' must be more than 0", key="timeout_s")
        return run

    def review(self, data: Mapping[str, Any]) -> Review:
        review = Review(**self.values(data, "review", _fields(Review())))
        self.choice(review.order, get_args(Order), "order")
        for name in review.annotators:
            self.name(name, "annotators")
        return review

    def targets(self, data: Mapping[str, Any]) -> dict[str, Target]:
        found = {}
        for name, table in self.table(data, "targets").items():
            if isinstance(table, Mapping):
                found[name] = self.target(name, table)
            else:
                self.report(f"[targets.{name}] must be a table", key=name)
        return {name: target for name, target in found.items() if target is not None}

    def target(self, name: str, table: Mapping[str, Any]) -> Target | None:
        kinds = [kind for kind in TARGET_KINDS if kind in table]
        if len(kinds) != 1:
            said = " and ".join(kinds) if kinds else "none of them"
            message = f"[targets.{name}] needs exactly one of {', '.join(TARGET_KINDS)}; has {said}"
            self.report(message, key=f"targets.{name}")
            return None
        kind = kinds[0]
        where = f"targets.{name}"
        defaults: dict[str, tuple[Any, Any]] = {"cwd": (".", str), "env": ({}, dict)}
        if kind == "command":
            defaults |= {"stdin": ("json", str), "output": ("json", str), "command": ((), tuple)}
        elif kind == "python":
            defaults |= {"python": ("", str)}
        else:
            return Target(name=name, kind=kind, settings=dict(table))
        values = self.read(table, where, defaults)
        if kind == "command" and not values["command"]:
            self.report(f"[{where}] command must be a list of words", key="command")
        if kind == "python" and not re.fullmatch(r"[\w.]+:[\w.]+", values["python"]):
            self.report(f"[{where}] python must be module:function", key="python")
        self.choice(values.get("stdin", "json"), ("json", "text", "none"), "stdin")
        self.choice(values.get("output", "json"), ("json", "text"), "output")
        return Target(name=name, kind=kind, **values)

    def patterns(self, data: Mapping[str, Any]) -> dict[str, str]:
        table = self.table(data, "redact")
        self.check_keys(table, "redact", ("patterns",))
        patterns = self.table(table, "patterns")
        for name, pattern in patterns.items():
            try:
                re.compile(pattern)
            except (re.error, TypeError) as error:
                self.report(f"the pattern {name!r} is no regular expression ({error})", key=name)
        return {name: str(pattern) for name, pattern in patterns.items()}

    def annotators(self, data: Mapping[str, Any]) -> dict[str, Annotator]:
        found = {}
        for key, table in self.table(data, "annotators").items():
            if not isinstance(table, Mapping):
                self.report(f"[annotators.{key!r}] must be a table", key=key)
                continue
            defaults = {"name": (key, str), "kind": ("human", str)}
            values = self.read(table, f"annotators.{key}", defaults)
            self.choice(values["kind"], get_args(AnnotatorKind), "kind")
            self.name(values["name"], key)
            kind = cast("AnnotatorKind", values["kind"])
            found[key] = Annotator(name=values["name"], kind=kind)
        return found

    # ------------------------------------------------------------ pieces

    def values(
        self, data: Mapping[str, Any], key: str, defaults: dict[str, tuple[Any, Any]]
    ) -> dict[str, Any]:
        return self.read(self.table(data, key), key, defaults)

    def read(
        self, table: Mapping[str, Any], where: str, defaults: dict[str, tuple[Any, Any]]
    ) -> dict[str, Any]:
        self.check_keys(table, where, tuple(defaults))
        return {
            key: self.value(table, key, default, kind) for key, (default, kind) in defaults.items()
        }

    def value(self, table: Mapping[str, Any], key: str, default: Any, kind: Any) -> Any:
        value = table.get(key, default)
        if kind is tuple and isinstance(value, list | tuple):
            if all(isinstance(item, str) for item in value):
                return tuple(value)
            self.report(f"{key!r} must be a list of words", key=key)
            return default
        if kind is dict and isinstance(value, Mapping):
            return {name: str(item) for name, item in value.items()}
        if value is default or (
            isinstance(value, kind) and (kind is bool or not isinstance(value, bool))
        ):
            return value
        self.report(f"{key!r} must be {_said(kind)}, not {value!r}", key=key)
        return default

    def table(self, data: Mapping[str, Any], key: str) -> Mapping[str, Any]:
        table = data.get(key, {})
        if isinstance(table, Mapping):
            return table
        self.report(f"{key!r} must be a table", key=key)
        return {}

    def check_keys(self, table: Mapping[str, Any], where: str, known: tuple[str, ...]) -> None:
        for key in table:
            if key not in known:
                near = nearest(key, known)
                remedy = f"did you mean {near!r}?" if near else f"known: {', '.join(known)}"
                place = f" in [{where}]" if where else ""
                self.report(f"unknown key {key!r}{place}", key=key, remedy=remedy)

    def choice(self, value: str, choices: tuple[str, ...], key: str) -> None:
        if value not in choices:
            self.report(f"{key!r} is {value!r}, not one of {' | '.join(choices)}", key=key)

    def name(self, name: str, key: str) -> None:
        if not is_safe_name(name):
            self.report(f"{name!r} cannot name a folder; use a-z, 0-9, - and _", key=key)

    def report(
        self,
        message: str,
        *,
        key: str = "",
        line: int | None = None,
        code: str = "config",
        remedy: str | None = None,
    ) -> None:
        self.problems.append(
            Problem(
                level="error",
                code=code,
                message=message,
                path=self.path,
                line=line or self.line_of(key),
                remedy=remedy,
            )
        )

    def line_of(self, key: str) -> int:
        """Tomllib keeps no places; the first line that sets or heads the key is near enough."""
        word = re.escape(key)
        pattern = rf"^\s*(?:[\"']?{word}[\"']?\s*=|\[[^\]]*{word}[\"']?\])"
        found = re.search(pattern, self.text, re.MULTILINE) if key else None
        return self.text.count("\n", 0, found.start()) + 1 if found else 1


def _fields(default: Any) -> dict[str, tuple[Any, Any]]:
    """Defaults and types of a settings record, from its default instance."""
    numbers = {"max_calls": (int,), "max_cost_usd": (int, float), "timeout_s": (int, float)}
    return {
        name: (getattr(default, name), numbers.get(name, type(getattr(default, name))))
        for name in default.__slots__
    }


def _said(kind: Any) -> str:
    words = {str: "text", int: "a whole number", bool: "true or false", tuple: "a list of words"}
    return words.get(kind, "a table" if kind is dict else "a number")
