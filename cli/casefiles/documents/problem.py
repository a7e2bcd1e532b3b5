"""Wrongness in a file, as a value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Level = Literal["error", "warning", "advice"]
LEVELS: tuple[Level, ...] = ("error", "warning", "advice")


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that is wrong in a file, where, and how to mend it."""

    level: Level
    """``error``: a figure or command cannot rely on the file; ``warning``: something is
    inconsistent; ``advice``: the method suggests otherwise."""
    code: str
    """A stable word for the kind of problem, such as ``duplicate-key``."""
    message: str
    """What is wrong, in a person's words."""
    path: str
    """The file, relative to the workspace, with ``/``."""
    line: int = 1
    """Line, counted from 1."""
    column: int = 1
    """Column in characters, counted from 1."""
    remedy: str | None = None
    """What to do about it."""

    def __str__(self) -> str:
        """``path:line: what is wrong; what to do``."""
        remedy = f"; {self.remedy}" if self.remedy else ""
        return f"{self.path}:{self.line}: {self.message}{remedy}"

    @property
    def order(self) -> tuple[str, int, int, int, str, str]:
        """Sort key: by place, the worst first at one place."""
        level = LEVELS.index(self.level)
        return (self.path, self.line, self.column, level, self.code, self.message)


def line_and_column(text: str, offset: int) -> tuple[int, int]:
    """Turn an offset in characters into line and column, both counted from 1."""
    start = text.rfind("\n", 0, offset) + 1
    return text.count("\n", 0, offset) + 1, offset - start + 1
