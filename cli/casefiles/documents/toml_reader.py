"""TOML tables read against the keys they may have, a problem for each thing that does not fit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from casefiles.documents.problem import Problem
from casefiles.text.names import nearest, shorten
from casefiles.text.toml_lines import line_of

At = tuple[str, ...]
"""A key and the tables around it, outermost first."""
Kinds = Mapping[str, tuple[Any, Any]]
"""Key to its default and the type (or types) it must have."""


class TomlReader:
    """Reads tables of one file; what is wrong in it is in ``problems``."""

    def __init__(self, text: str, path: str) -> None:
        """Start reading ``text``, the content of ``path``."""
        self.text = text
        self.path = path
        self.root: At = ("tool", "casefiles") if path == "pyproject.toml" else ()
        self.problems: list[Problem] = []

    def read(self, table: Mapping[str, Any], at: At, kinds: Kinds) -> dict[str, Any]:
        """Read all keys of a table; absent and wrong ones get their default."""
        self.check_keys(table, at, tuple(kinds))
        return {
            key: self.value(table[key], default, kind, (*at, key)) if key in table else default
            for key, (default, kind) in kinds.items()
        }

    def value(self, value: Any, default: Any, kind: Any, at: At) -> Any:
        """Read one value; a list of words comes back as a tuple."""
        if kind is tuple and isinstance(value, list):
            value = tuple(value) if all(isinstance(item, str) for item in value) else value
        # In Python a bool is an int; in a configuration it is a mistake.
        is_right = isinstance(value, kind) and (kind is bool or not isinstance(value, bool))
        if is_right and value == value:  # noqa: PLR0124  NaN is no number to set
            return value
        self.report(f"{at[-1]!r} must be {_said(kind)}, not {_shown(value)}", at)
        return default

    def table(self, data: Mapping[str, Any], key: str, *, at: At) -> Mapping[str, Any]:
        """Read a table; empty if it is absent or none."""
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

    def words(self, table: Mapping[str, Any], at: At) -> dict[str, str]:
        """Read a table of any keys whose values are text."""
        for key, value in table.items():
            if not isinstance(value, str):
                self.report(f"{key!r} must be text, not {_shown(value)}", (*at, key))
        return {key: str(value) for key, value in table.items()}

    def check_keys(self, table: Mapping[str, Any], at: At, known: tuple[str, ...]) -> None:
        """Report the keys that are not known, with the nearest one that is."""
        for key in table:
            if key not in known:
                near = nearest(key, known)
                remedy = f"did you mean {near!r}?" if near else f"known: {', '.join(known)}"
                place = f" in [{'.'.join(at)}]" if at else ""
                self.report(f"unknown key {key!r}{place}", (*at, key), remedy=remedy)

    def choice(self, value: str, choices: tuple[str, ...], at: At) -> None:
        """Report a value that is none of a few words."""
        if value not in choices:
            near = nearest(value, choices)
            remedy = f"did you mean {near!r}?" if near else None
            said = " | ".join(choices)
            self.report(f"{at[-1]!r} is {value!r}, not one of {said}", at, remedy=remedy)

    def least(self, value: float | None, least: int, at: At) -> None:
        """Report a number below the least one."""
        if value is not None and value < least:
            self.report(f"{at[-1]!r} must be at least {least}", at)

    def report(self, message: str, at: At, *, remedy: str | None = None) -> None:
        """Note a problem at the line of a key."""
        line = line_of(self.text, (*self.root, *at))
        self.problem(message, line=line, code="config", remedy=remedy)

    def problem(self, message: str, *, line: int, code: str, remedy: str | None = None) -> None:
        """Note a problem at a line."""
        self.problems.append(
            Problem(
                level="error", code=code, message=message, path=self.path, line=line, remedy=remedy
            )
        )


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
