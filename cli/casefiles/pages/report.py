"""What every page is made from: a corpus, what is settled about it, and its figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import quote

from casefiles.documents.corpus import Corpus
from casefiles.documents.judgements import Judgements
from casefiles.documents.mode import Mode
from casefiles.insight.advice import NextStep
from casefiles.insight.compare import Comparison
from casefiles.insight.criteria import Criteria
from casefiles.insight.figures import Figures, Prevalence
from casefiles.insight.labelled_twice import Agreement
from casefiles.insight.mode_use import ModeUse
from casefiles.insight.pitfalls import Pitfall
from casefiles.insight.use_coverage import Coverage
from casefiles.pages.editing import Desk
from casefiles.taxonomy.difference import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """One moment of the review's history."""

    when: str
    """ISO 8601; empty for what is not committed."""
    commit: str = ""
    """Full hash; empty for what is not committed, and outside git."""
    author: str = ""
    """Who committed it."""
    subject: str = ""
    """First line of the commit's message."""
    units: int
    """Units reviewed by then that today's figures count."""
    modes: int | None = None
    """Modes of the taxonomy of that moment that had been seen; None outside git."""
    today_low: int
    """Modes of today's taxonomy that had been seen by then: at least."""
    today_high: int
    """At most: more than at least where a split was not labelled again yet."""
    events: tuple[Event, ...] = ()
    """What happened to the taxonomy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundStep:
    """What one round added, under today's taxonomy."""

    round: str
    """Its name."""
    units: int
    """Units of it that were reviewed, and in no earlier round."""
    new: int
    """Modes that no earlier round showed."""
    total: int
    """Modes seen in this and all earlier rounds."""
    coverage_low: float | None
    """Lower bound of the coverage after it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """How the review grew."""

    source: Literal["git", "dates"] = "dates"
    """Whether it comes from git, or from the dates in the notes."""
    moments: tuple[Moment, ...] = ()
    """Oldest first."""
    rounds: tuple[RoundStep, ...] = ()
    """By round, in the order in which they were first reviewed."""
    remarks: tuple[str, ...] = ()
    """What it lacks, in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Everything the pages say."""

    corpus: Corpus
    """All records."""
    judgements: Judgements
    """What is settled about each trace and mode."""
    figures: Figures
    """The numbers."""
    coverage: Coverage
    """Which kinds of use were asked about, run and read."""
    alone: Mapping[str, Figures] = field(default_factory=dict)
    """The numbers of each round alone, in the order the rounds were made."""
    comparisons: tuple[Comparison, ...] = ()
    """Each round beside the one made before it, the latest first."""
    mode_uses: Mapping[str, tuple[ModeUse, ...]] = field(default_factory=dict)
    """Dimension of use to the failure modes among its values, mode by mode."""
    agreement: Agreement | None = None
    """The annotators side by side; None before somebody judged anything."""
    criteria: Criteria | None = None
    """How the criteria drift; None before there is a taxonomy."""
    history: History = field(default_factory=History)
    """How the review grew."""
    pitfalls: tuple[Pitfall, ...] = ()
    """Known ways to fool oneself that this workspace is in."""
    next_step: NextStep | None = None
    """What the team does next."""
    quotes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Mode to words of the application that may be published, in a public report."""
    desk: Desk = field(default_factory=Desk)
    """Where notes are written."""
    is_public: bool = False
    """Whether it goes to people outside: no trace text, no annotators."""

    @property
    def names(self) -> Mapping[str, str]:
        """Every id and old name of a mode to the id it has today."""
        return self.judgements.resolver.names

    @property
    def app(self) -> str:
        """What is analysed, for titles."""
        return self.corpus.config.app.name or "the application"

    def title_of(self, trace: str) -> str:
        """Return a trace's title for people, its reference where it has none."""
        return self.corpus.traces[trace].title or trace

    def prevalence_of(self, mode: str) -> Prevalence | None:
        """Return the figures of an active mode."""
        return next((found for found in self.figures.prevalence if found.mode == mode), None)

    def mode(self, mode: str) -> Mode:
        """Return a mode by its id."""
        return self.corpus.modes[mode]


def mode_page(mode: str) -> str:
    """``too-long`` → ``taxonomy/too-long``, the page without its extension."""
    return f"taxonomy/{mode}" if mode != "index" else "taxonomy/index-mode"


def group_page(name: str) -> str:
    """``style`` → ``taxonomy/groups/style``, the page without its extension."""
    return f"taxonomy/groups/{name}"


def trace_page(trace: str) -> str:
    """``round-1/q042`` → ``traces/round-1/q042.html``."""
    return f"traces/{trace}.html"


def address(path: str) -> str:
    """Return a path of the site as the address of a link: a file may be named by hand."""
    return quote(path)
