"""Two rounds of the same queries, side by side: what a change of the application did to each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from casefiles.documents.corpus import Corpus
from casefiles.documents.judgements import NOT_JUDGED, Judgements, Settled
from casefiles.documents.paths import round_of

Change = Literal["fixed", "still_failing", "newly_failing", "fine", "not_comparable"]
"""Failed before and no longer; failed and fails; did not fail and does; never failed; or one of the
two is not known: not reviewed or judged, disputed, judged by an older definition, or asked in other
words."""
CHANGES: tuple[Change, ...] = (
    "fixed",
    "still_failing",
    "newly_failing",
    "fine",
    "not_comparable",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """One query in both rounds."""

    query: str
    """Id of the query."""
    before: tuple[str, ...]
    """References of its traces in the earlier round, repetitions included."""
    after: tuple[str, ...]
    """Those in the later one."""
    verdict: Change
    """By what people saw: a query fails if a person saw one of its traces fail."""
    modes: Mapping[str, Change]
    """Active mode to what became of it in this query."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """All queries of two rounds."""

    before: str
    """The earlier round."""
    after: str
    """The later round."""
    pairs: tuple[Pair, ...]
    """The queries that both have, sorted."""
    only_before: tuple[str, ...]
    """Queries of the earlier round alone."""
    only_after: tuple[str, ...]
    """Queries of the later round alone."""
    verdicts: Mapping[Change, int]
    """Change to the number of queries, by verdict."""
    modes: Mapping[str, Mapping[Change, int]]
    """Active mode to the same."""


def compare(corpus: Corpus, judgements: Judgements, before: str, after: str) -> Comparison:
    """Compare two rounds query by query; traces with a broken simulated user are left out."""
    faulty = {trace for _, trace, note in corpus.human_notes() if note.sim_fault}
    first, second = (_by_query(corpus, name, faulty) for name in (before, after))
    fails = _fails(corpus)
    pairs = tuple(
        Pair(
            query=query,
            before=first[query],
            after=second[query],
            verdict=_verdict(corpus, fails, first[query], second[query]),
            modes=_modes(corpus, judgements, first[query], second[query]),
        )
        for query in sorted(first.keys() & second.keys())
    )
    return Comparison(
        before=before,
        after=after,
        pairs=pairs,
        only_before=tuple(sorted(first.keys() - second.keys())),
        only_after=tuple(sorted(second.keys() - first.keys())),
        verdicts=_counts(pair.verdict for pair in pairs),
        modes={mode: _counts(pair.modes[mode] for pair in pairs) for mode in corpus.active_modes},
    )


def _by_query(corpus: Corpus, name: str, faulty: set[str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for trace, head in sorted(corpus.traces.items()):
        if round_of(trace) == name and head.query is not None and trace not in faulty:
            found[head.query] = (*found.get(head.query, ()), trace)
    return found


def _fails(corpus: Corpus) -> dict[str, bool]:
    """Reviewed trace to whether a person saw it fail."""
    fails: dict[str, bool] = {}
    for _, trace, note in corpus.human_notes():
        if note.reviews:
            fails[trace] = fails.get(trace, False) or note.fails
    return fails


def _verdict(
    corpus: Corpus, fails: Mapping[str, bool], before: tuple[str, ...], after: tuple[str, ...]
) -> Change:
    if not _same_words(corpus, before, after):
        return "not_comparable"
    return _change(_failed(fails, before), _failed(fails, after))


def _failed(fails: Mapping[str, bool], traces: tuple[str, ...]) -> bool | None:
    """Whether one of the traces fails; None while none is known to and not all are reviewed."""
    known = [fails.get(trace) for trace in traces]
    return True if True in known else None if None in known else False


def _modes(
    corpus: Corpus, judgements: Judgements, before: tuple[str, ...], after: tuple[str, ...]
) -> dict[str, Change]:
    if not _same_words(corpus, before, after):
        return dict.fromkeys(corpus.active_modes, "not_comparable")
    first, second = judgements.unit(before), judgements.unit(after)
    return {
        mode: _change(_shows(first.get(mode)), _shows(second.get(mode)))
        for mode in corpus.active_modes
    }


def _shows(settled: Settled | None) -> bool | None:
    found = settled or NOT_JUDGED
    return None if found.stale or found.value is None else found.value == "yes"


def _same_words(corpus: Corpus, before: tuple[str, ...], after: tuple[str, ...]) -> bool:
    """Whether the query was asked in the same words: its trace's title is its beginning."""
    return len({corpus.traces[trace].title for trace in (*before, *after)}) == 1


def _change(before: bool | None, after: bool | None) -> Change:  # noqa: FBT001  two of a kind
    if before is None or after is None:
        return "not_comparable"
    if before:
        return "still_failing" if after else "fixed"
    return "newly_failing" if after else "fine"


def _counts(changes: Iterable[Change]) -> dict[Change, int]:
    counted = Counter(changes)
    return {change: counted[change] for change in CHANGES}
