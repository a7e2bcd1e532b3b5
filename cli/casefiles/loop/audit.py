"""An audit: some of my stale judgements made again, blind and drawn at random."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from casefiles.documents.corpus import Corpus
from casefiles.documents.judgements import Resolver, judge
from casefiles.documents.staleness import Stale, stale_judgements
from casefiles.insight.audit import Audit, audit_order, audits
from casefiles.loop import label
from casefiles.loop.label import Work
from casefiles.review.judging import Case, Question, said_before
from casefiles.workspace.find import Workspace


def open_audit(workspace: Workspace, me: str, modes: Sequence[str], count: int) -> Work:
    """Draw ``count`` of my stale judgements that were not made again, for all modes or some.

    They come in the audit's own order, so that whenever I stop, what I answered is a random draw.
    Raises BadInputError like `label.open_work`.
    """
    corpus, wanted = label.my_corpus(workspace, me, modes)
    waiting = (item for item in _order(workspace, corpus, me, wanted) if not item.again)
    drawn = [item for item, _ in zip(waiting, range(count), strict=False)]
    return Work(corpus=corpus, modes=wanted, cases=tuple(_cases(corpus, drawn)))


def found_by(workspace: Workspace, me: str, modes: Sequence[str]) -> tuple[Audit, ...]:
    """Return what my audits have shown so far, in all and by mode. Raises like `open_audit`."""
    corpus, wanted = label.my_corpus(workspace, me, modes)
    stale = _order(workspace, corpus, me, wanted)
    return audits(stale, seed=workspace.config.review.seed)


def _order(workspace: Workspace, corpus: Corpus, me: str, modes: Sequence[str]) -> list[Stale]:
    """Stale judgements of mine, made again or not; only on traces that I reviewed."""
    mine = {trace for who, trace, note in corpus.human_notes() if who == me and note.reviews}
    stale = stale_judgements(corpus, judge(corpus))
    asked = (s for s in stale if s.annotator == me and s.trace in mine and s.mode in modes)
    return audit_order(asked, seed=workspace.config.review.seed)


def _cases(corpus: Corpus, drawn: Sequence[Stale]) -> Iterator[Case]:
    """One case for neighbours on one trace; the order stays."""
    resolver = Resolver(corpus.modes, corpus.proposals.values())
    for trace, items in groupby(drawn, key=lambda item: item.trace):
        group = list(items)
        note = corpus.notes[group[0].annotator, trace]
        yield Case(
            trace=trace,
            note=note,
            questions=tuple(
                Question(
                    mode=item.mode,
                    version=item.version,
                    why="audit",
                    before=said_before(note, resolver, item.mode),
                )
                for item in group
            ),
        )
