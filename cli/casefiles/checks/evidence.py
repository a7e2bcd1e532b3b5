"""What a check looks at, and how it says what it found."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from casefiles.documents.corpus import Corpus
from casefiles.documents.judgements import canonical_names
from casefiles.documents.problem import Level, Problem
from casefiles.documents.turns import Turn


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A corpus, and what of its files is read only to be checked."""

    corpus: Corpus
    """All records."""
    turns: Mapping[str, tuple[Turn, ...]] = field(default_factory=dict)
    """Trace reference to its turns; a trace whose turns cannot be read is absent."""
    paths: tuple[str, ...] = ()
    """Every path below traces/, notes/ and taxonomy/."""

    @property
    def names(self) -> Mapping[str, str]:
        """Every mode id and alias to the id it stands for."""
        return canonical_names(self.corpus.modes)


Check = Callable[[Evidence], Iterator[Problem]]


def problem(
    level: Level, code: str, path: str, message: str, *, line: int = 1, remedy: str | None = None
) -> Problem:
    """Make a problem of a file."""
    return Problem(level=level, code=code, message=message, path=path, line=line, remedy=remedy)
