"""A report for people outside: definitions, counts, and the quotes that may be shared.

Left out are trace text (titles and queries too), notes, and everything that names an annotator.
What goes is taken out of the records, so that no template can show it by mistake.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from casefiles.documents.corpus import Corpus
from casefiles.documents.dataset import Dataset, Query
from casefiles.documents.judgements import Judgements
from casefiles.documents.mode import Mode
from casefiles.documents.references import Example
from casefiles.documents.trace import TraceHead
from casefiles.insight.criteria import Criteria
from casefiles.insight.labelled_twice import Agreement
from casefiles.pages.editing import Desk
from casefiles.pages.report import History, Report


def published(report: Report) -> Report:
    """Return the report without what stays inside. Its figures are the same."""
    shared = shared_traces(report.corpus)
    settled = {
        trace: {mode: replace(found, by={}) for mode, found in said.items()}
        for trace, said in report.judgements.by_trace.items()
    }
    figures = replace(report.figures, annotators=_unnamed(report.figures.annotators))
    return replace(
        report,
        corpus=_corpus(report.corpus, shared),
        judgements=Judgements(resolver=report.judgements.resolver, by_trace=settled),
        figures=figures,
        quotes=dict(_quotes(report, shared)),
        agreement=_agreement(report.agreement),
        criteria=_criteria(report.criteria),
        history=_history(report.history),
        pitfalls=(),
        next_step=None,
        desk=Desk(),
        is_public=True,
    )


def shared_traces(corpus: Corpus) -> frozenset[str]:
    """Return the traces of which a person said that their text may be published."""
    return frozenset(trace for _, trace, note in corpus.human_notes() if note.share)


def _corpus(corpus: Corpus, shared: frozenset[str]) -> Corpus:
    data = corpus.dataset
    queries = tuple(map(_query, data.queries))
    return replace(
        corpus,
        dataset=Dataset(
            all_dimensions=data.all_dimensions,
            all_constraints=data.all_constraints,
            tuples=data.tuples,
            queries=queries,
        ),
        rounds={
            name: replace(found, source=None, extra={}) for name, found in corpus.rounds.items()
        },
        traces={reference: _head(head) for reference, head in corpus.traces.items()},
        notes={},
        modes={id_: _mode(mode, shared) for id_, mode in corpus.modes.items()},
        proposals={},
        problems=(),
    )


def _query(query: Query) -> Query:
    """What counts need: whose tuple it is, and whether it is used."""
    doubt = "" if query.doubt is not None else None
    return Query(id=query.id, text="", tuple_id=query.tuple_id, doubt=doubt, keep=query.keep)


def _head(head: TraceHead) -> TraceHead:
    """What counts need, and no more."""
    return TraceHead(
        dimensions=head.dimensions,
        status=head.status,
        started=head.started,
        app_version=head.app_version,
    )


def _mode(mode: Mode, shared: frozenset[str]) -> Mode:
    def kept(examples: tuple[Example, ...]) -> tuple[Example, ...]:
        return tuple(
            replace(example, remark=None)
            for example in examples
            if example.quote and example.trace in shared
        )

    return replace(
        mode,
        memo="",
        yes_examples=kept(mode.yes_examples),
        no_examples=kept(mode.no_examples),
        borderline=kept(mode.borderline),
    )


def _quotes(report: Report, shared: frozenset[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """For each mode, what shared notes quote from the traces that show it."""
    said: dict[str, list[str]] = {}
    for _, trace, note in report.corpus.human_notes():
        if note.share:
            said.setdefault(trace, []).extend(quote.text for quote in note.quotes)
    for mode in report.corpus.active_modes:
        found = (
            text
            for trace in sorted(shared)
            if report.judgements.of(trace, mode).value == "yes"
            for text in said.get(trace, ())
        )
        yield mode, tuple(dict.fromkeys(found))


def _history(history: History) -> History:
    moments = (replace(moment, author="", subject="", commit="") for moment in history.moments)
    return replace(history, moments=tuple(moments))


def _agreement(found: Agreement | None) -> Agreement | None:
    """Counts and coefficients, of all together."""
    if found is None:
        return None
    return replace(
        found,
        annotators=tuple(f"person {n}" for n, _ in enumerate(found.annotators, 1)),
        modes=tuple(
            replace(mode, pairs=tuple(replace(pair, annotators=("", "")) for pair in mode.pairs))
            for mode in found.modes
        ),
        disagreements=tuple(replace(one, trace="", said={}) for one in found.disagreements),
    )


def _criteria(found: Criteria | None) -> Criteria | None:
    return replace(found, audits=(), consistency={}) if found else None


def _unnamed(annotators: Mapping[str, int]) -> Mapping[str, int]:
    """How many there were, and how much each read, under no name."""
    return {f"person {n}": read for n, read in enumerate(annotators.values(), 1)}
