"""The one family of exceptions: what stops a command, said for a person.

Wrongness inside a user's file is a value (`casefiles.documents.problem.Problem`), never an
exception. An exception here means "cannot go on", and carries what to do about it.
"""

from __future__ import annotations


class CasefilesError(Exception):
    """A command cannot go on; the message is printed as it is, without a traceback."""

    exit_code = 2

    def __init__(
        self, message: str, *, remedy: str | None = None, where: str | None = None
    ) -> None:
        """Say what is wrong, and where known what to do and in which `path` or `path:line`."""
        super().__init__(message)
        self.message = message
        self.remedy = remedy
        self.where = where

    def __str__(self) -> str:
        """`path:line: what is wrong; what to do`, the one shape of every error line."""
        place = f"{self.where}: " if self.where else ""
        remedy = f"; {self.remedy}" if self.remedy else ""
        return f"{place}{self.message}{remedy}"


class BadInputError(CasefilesError):
    """Bad input or usage (exit 2): nothing was written."""


class ProblemsFoundError(CasefilesError):
    """Errors were found in the user's files (exit 1)."""

    exit_code = 1


class LimitReachedError(CasefilesError):
    """A limit the user set was reached (exit 3); what was finished is kept."""

    exit_code = 3


class InterruptedByUserError(CasefilesError):
    """The user pressed Ctrl-C (exit 130); what was finished is kept."""

    exit_code = 130
