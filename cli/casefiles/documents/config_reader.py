"""From TOML to the configuration, collecting a problem for each thing that does not fit."""

from __future__ import annotations

import math
import re
import tomllib
import warnings
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast, get_args

from casefiles.documents.config import (
    Annotator,
    AnnotatorKind,
    App,
    Capture,
    Config,
    Models,
    Order,
    Review,
    Run,
    View,
)
from casefiles.documents.paths import RESERVED
from casefiles.documents.problem import Problem
from casefiles.documents.toml_reader import At, Kinds, TomlReader
from casefiles.text.names import is_safe_name

if TYPE_CHECKING:
    from casefiles.documents.targets import Target

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


class _Reader(TomlReader):
    """Reads the sections."""

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

    def targets(self, data: Mapping[str, Any]) -> Mapping[str, Target]:
        if "targets" not in data:
            return {}
        from casefiles.documents.target_reader import read_targets

        return read_targets(self, data)

    def run(self, data: Mapping[str, Any]) -> Run:
        run = Run(**self.section(data, "run", Run()))
        self.least(run.concurrency, 1, ("run", "concurrency"))
        self.least(run.retries, 0, ("run", "retries"))
        self.choice(run.capture, get_args(Capture), ("run", "capture"))
        if not 0 <= run.capture_port < 65536:
            self.report("'capture_port' must lie between 0 and 65535", ("run", "capture_port"))
        self.least(run.max_calls, 0, ("run", "max_calls"))
        self.least(run.max_cost_usd, 0, ("run", "max_cost_usd"))
        for key in ("timeout_s", "conversation_timeout_s"):
            if not 0 < getattr(run, key) < math.inf:
                self.report(f"{key!r} must be more than 0", ("run", key))
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

    # ------------------------------------------------------------ pieces

    def section(self, data: Mapping[str, Any], key: str, default: Any) -> dict[str, Any]:
        """Read a table whose keys are the fields of a settings record."""
        return self.read(self.table(data, key, at=()), (key,), _fields(default))

    def folder(self, name: str, at: At) -> None:
        if name in RESERVED:
            self.report(f"{name!r} is a reserved name", at, remedy="choose another")
        elif not is_safe_name(name):
            self.report(f"{name!r} cannot name a folder; use a-z, 0-9, - and _", at)


_SATURATION: Kinds = {"smallest": (Config().smallest, (int, float))}


def _fields(default: Any) -> Kinds:
    """Defaults and types of a settings record, from its default instance."""
    number = (int, float)
    numbers: dict[str, Any] = {
        "max_calls": int,
        "max_cost_usd": number,
        "timeout_s": number,
        "conversation_timeout_s": number,
    }
    return {
        name: (getattr(default, name), numbers.get(name, type(getattr(default, name))))
        for name in default.__slots__
    }
