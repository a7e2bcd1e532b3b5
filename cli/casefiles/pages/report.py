"""What every page is made from: a corpus, what is settled about it, and its figures."""

from __future__ import annotations

from dataclasses import dataclass

from casefiles.documents.corpus import Corpus
from casefiles.documents.judgements import Judgements
from casefiles.documents.mode import Mode
from casefiles.insight.advice import NextStep, Pitfall
from casefiles.insight.figures import Figures, Prevalence
from casefiles.insight.use_coverage import Coverage


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
    pitfalls: tuple[Pitfall, ...] = ()
    """Known ways to fool oneself that this workspace is in."""
    next_step: NextStep | None = None
    """What the team does next."""

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


def trace_page(trace: str) -> str:
    """``round-1/q042`` → ``traces/round-1/q042.html``."""
    return f"traces/{trace}.html"
