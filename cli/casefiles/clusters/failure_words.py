"""What people say in many words of how applications fail: English synonyms, put side by side.

Notes on one failure mode seldom share the words for it: one reviewer writes "makes up a discount",
the next "hallucinated voucher". What they do share are the names of the task, and by these alone
they would be grouped. The list is of behaviours only; it knows no domain and no application.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from casefiles.clusters.words import words

_BEHAVIOURS = """
invents: hallucinat* fabricat* invent invents invented inventing made-up make-up makes-up making-up
  fictional fictitious imaginary imagines imagined placeholder* simulated hypothetical fake* bogus
  nonexistent not-exist*
wrong: incorrect* wrong* inaccura* erroneous* mistak* error errors false falsely faulty flaw* untrue
  invalid misidentif* misstat*
omits: ignor* skip* omit* omission* miss misses missed missing overlook* unanswered leaves-out
  left-out leave-out forget* forgot* neglect* unaddressed says-nothing said-nothing no-word
  no-mention not-mention* not-answer* not-address* not-includ* drops dropped
verifies: verif* unverified validat* double-check* confirm* cross-check* fact-check*
assumes: assum* guess* presum* suppos* speculat* jumps-to conclusion* directly
contradicts: contradict* inconsisten* conflict* opposite disagree*
misreads: vague* ambiguous* unclear* confus* misunderst* misinterpret* misread* misses-the-point
strays: irrelevan* unrelated off-topic off-track tangent* not-related not-relevant not-asked
  beside-the-point
rambles: verbose* long lengthy wordy rambl* bloated longwinded too-much
repeats: repeat* repetit* duplicat* redundan* again loop* stuck same
unasked: permission consent unasked without-asking unrequested unauthori* approv*
refuses: refus* declin* reject* unable unwilling cannot-help
stops: stop* terminat* give-up gives-up gave-up giving-up abandon* abort* exhaust* limit* prematur*
  quit quits
delays: slow* latency timeout* timed-out delay* hang hangs lag lags
tone: tone rude* polite* impolite* formal* informal* casual* unfriendly apolog* empath* condescend*
"""


def behaviours(text: str) -> Iterator[str]:
    """The behaviours that a text speaks of, one for each time it does."""
    found = words(text)
    for word in found:
        yield from _of_word(word)
    line = f" {' '.join(found)} "
    for phrase, behaviour in _PHRASES:
        if f" {phrase}" in line:
            yield behaviour


@cache
def _of_word(word: str) -> tuple[str, ...]:
    """The behaviours one word stands for."""
    exact = _WORDS.get(word, ())
    return (*exact, *(behaviour for stem, behaviour in _STEMS if word.startswith(stem)))


def _parsed() -> Iterator[tuple[str, str]]:
    """Each word, stem (with a star) or phrase (with hyphens) of the list, and its behaviour."""
    behaviour = ""
    for entry in _BEHAVIOURS.split():
        if entry.endswith(":"):
            behaviour = entry[:-1]
        else:
            yield entry, behaviour


_WORDS = {
    entry: (behaviour,)
    for entry, behaviour in _parsed()
    if not entry.endswith("*") and "-" not in entry
}
_STEMS = tuple(
    (entry[:-1], behaviour)
    for entry, behaviour in _parsed()
    if entry.endswith("*") and "-" not in entry
)
_PHRASES = tuple(
    (f"{entry.replace('-', ' ').rstrip('*')}{'' if entry.endswith('*') else ' '}", behaviour)
    for entry, behaviour in _parsed()
    if "-" in entry
)
