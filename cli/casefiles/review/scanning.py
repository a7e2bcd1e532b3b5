"""Looking for a mode in what was read before it existed: the likeliest traces come first.

A new mode is not judged on any trace but those it was made from. What resembles these is looked
at first, so that "seen in" grows early; that nothing implies a no stays true to the last trace.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from casefiles.documents.corpus import Corpus
from casefiles.documents.judgements import canonical_names, coded_items
from casefiles.documents.references import ObservationRef
from casefiles.review.judging import Case

Likeness = Callable[[Sequence[str], Sequence[str]], Sequence[float]]
"""(texts, examples) to how like the examples each text is; only the order matters."""


def likeliest_first(
    cases: tuple[Case, ...], corpus: Corpus, likeness: Likeness
) -> tuple[Case, ...]:
    """Order traces by the likeliest of the modes they are asked about; path order between equals.

    What counts as a trace's text is what I wrote about it, and its title.
    """
    texts = [_text(case, corpus) for case in cases]
    best = [0.0] * len(cases)
    for mode in sorted({question.mode for case in cases for question in case.questions}):
        asked = [at for at, case in enumerate(cases) if _asks(case, mode)]
        found = likeness([texts[at] for at in asked], examples_of(corpus, mode))
        for at, value in zip(asked, found, strict=True):
            best[at] = max(best[at], value)
    order = sorted(range(len(cases)), key=lambda at: (-best[at], at))
    return tuple(cases[at] for at in order)


def examples_of(corpus: Corpus, mode: str) -> tuple[str, ...]:
    """Return what is known to be of a mode: its name, its definition, its codes and its quotes."""
    found = corpus.modes[mode]
    yes = [line for line in found.definition.text.split("\n") if not _says_no(line)]
    quotes = (example.quote for example in found.yes_examples if example.quote)
    return (found.name, "\n".join(yes), *quotes, *_codes(corpus, mode))


def _says_no(line: str) -> bool:
    return line.strip().lower().startswith("no ")


def _codes(corpus: Corpus, mode: str) -> Iterable[str]:
    names = canonical_names(corpus.modes)
    for proposal in corpus.proposals.values():
        for code, item in coded_items(proposal, names):
            if names.get(code.mode) == mode and isinstance(item.reference, ObservationRef):
                yield item.reference.text


def _asks(case: Case, mode: str) -> bool:
    return any(question.mode == mode for question in case.questions)


def _text(case: Case, corpus: Corpus) -> str:
    seen = [observation.text for observation in case.note.observations]
    return "\n".join([*seen, corpus.traces[case.trace].title])
