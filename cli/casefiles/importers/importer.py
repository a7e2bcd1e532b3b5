"""What an importer is: records of one format in, conversations out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol

from casefiles.documents.turns import Turn
from casefiles.importers.facts import Facts


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """By what a record is known where it comes from."""

    id: str | None = None
    """Its id; None if it has none."""
    session: str | None = None
    """The conversation or user session it belongs to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """What a record says, as turns."""

    turns: tuple[Turn, ...]
    """The conversation, in order."""
    facts: Facts = field(default_factory=Facts)
    """What else is known about it."""


class Importer(Protocol):
    """Reads the records of one format. It gets parsed JSON and does no input or output."""

    name: str
    """The format's name, one word."""

    def reads(self, record: Any) -> bool:
        """Tell whether a record has this format; records no importer reads are failures."""

    def identity(self, record: Any) -> Identity:
        """Say by what a record it reads is known."""

    def conversation(self, record: Any) -> Conversation:
        """Read a record, whose secrets are hidden by now. Raises ValueError, with why not."""
