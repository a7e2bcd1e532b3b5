"""How notes are worded and how fast they were written: advice, never an error.

Open coding wants what can be observed: "refunds without asking", not a cause, not a category, not
a grade. The rules look for few things that are nearly always one of these, because advice that is
often wrong is soon read by nobody. They know English only, and are silent about other languages.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import groupby

from casefiles.checks.evidence import Evidence, problem
from casefiles.documents.note import Note
from casefiles.documents.paths import note_path
from casefiles.documents.problem import Problem

HASTY_NOTES = 15
HASTY = timedelta(minutes=3)
"""So many traces in so short a time were hardly read."""

_ONE_WORD = re.compile(r"[A-Za-zÀ-ɏ'’-]+\W*")

_PIECE = (
    r"(?:retriev(?:er|al)|embeddings?|vector (?:store|database|db|index)|search index"
    r"|chunk(?:s|ing)|re-?rank(?:er|ing)|(?:system )?prompts?|context window|temperature"
    r"|fine-?tuning|training(?: data)?|tokeni[sz]er|(?:json |output )?parser|knowledge base"
    r"|rag|pipeline|backend|guardrails?|few-shot examples?)"
)
_ILL = (
    r"(?:broken|buggy|bad|wrong|faulty|poor|weak|outdated|stale|unclear|missing|incomplete|misconfigured"
    r"|too \w+|not (?:working|good|clear|strict|specific|\w+ enough))"
)
_DIAGNOSES = (
    rf"\b{_PIECE} (?:is|are|was|were|seems|looks|must be) (?:\w+ )?{_ILL}\b",
    rf"\b{_PIECE} (?:fails|failed|needs|lacks|doesn['’]t work|does not work|isn['’]t working)\b",
    rf"\b(?:because|due to|caused by|thanks to)(?: of)? (?:the |a |our |its )?(?:\w+ )?{_PIECE}\b",
    rf"\b(?:better|bigger|stronger|stricter|new|more) {_PIECE}\b",
    rf"\b(?:fix|change|improve|rewrite|tune|raise|lower) (?:the |our )?{_PIECE}\b",
    r"\bmodel (?:is|was) (?:too (?:small|weak|old|dumb)|not trained)\b",
    r"\broot cause\b",
    r"\bbug in (?:the |our )\w+",
)
_DIAGNOSIS = re.compile("|".join(_DIAGNOSES), re.IGNORECASE)

_CATEGORY = frozenset(
    "hallucination hallucinations hallucinated hallucinates error errors issue issues problem "
    "problems failure failures failed mistake mistakes bug bugs tone style format formatting "
    "accuracy relevance relevancy retrieval context safety bias toxicity toxic verbosity verbose "
    "refusal latency quality ux reasoning logic math tool tools use usage calling call wrong "
    "incorrect bad poor missing invalid inaccurate irrelevant unhelpful incomplete unclear "
    "information info answer response reply output result data content instruction instructions "
    "following memory policy violation compliance factual intent misunderstanding fabrication "
    "fabricated".split()
)
_FILLING = frozenset("the a an is was it its this that in of with and very".split())
_THING = (
    r"(?:code|answer|response|reply|output|result|plan|query|reasoning|information|solution|step)s?"
)
_BARE_VERDICT = re.compile(
    rf"(?:the )?(?:final )?{_THING}(?: (?:provided|given|written) by \S+)? (?:is|was|are|were) "
    r"(?:wrong|incorrect|bad|poor|inaccurate"
    r"|not (?:correct|right|good|helpful|appropriate|reasonable))"
    r"(?: for the (?:task|question|user))?\W*",
    re.IGNORECASE,
)

_DEGREE = (
    r"(?:somewhat|fairly|rather|pretty|quite|kind of|kinda|sort of|a bit|a little|slightly|mostly"
    r"|partly|partially|reasonably|largely|not (?:very|really|so|that|too|entirely|fully)"
    r"|more or less)"
)
_WORTH = (
    r"(?:good|bad|ok|okay|fine|correct|right|wrong|helpful|useful|accurate|inaccurate|relevant"
    r"|irrelevant|clear|unclear|decent|poor|nice|great|acceptable|satisfying)"
)
_SCORE = r"\d+(?:[.,]\d+)?\s*(?:/|out of)\s*(?:5|10|100)\b(?!\s*\w)"
_GRADE = re.compile(
    rf"\b{_DEGREE} {_WORTH}\b|\b(?:ok(?:ay)?|good)-?ish\b|^\W*{_SCORE}"
    rf"|\b(?:score|rating|rated|grade|graded|i['’]d (?:give|rate|say))\b[^.;]{{0,20}}?{_SCORE}",
    re.IGNORECASE,
)


def wording(evidence: Evidence) -> Iterator[Problem]:
    """Notes of people say what can be observed."""
    for annotator, trace, note in evidence.corpus.human_notes():
        yield from advice(note, note_path(annotator, trace))


def advice(note: Note, path: str) -> Iterator[Problem]:
    """Yield what a note could say better, one thing an observation."""
    for seen in note.observations:
        found = _advice(seen.text)
        if found is not None:
            code, message, remedy = found
            yield problem("advice", code, path, message, line=seen.line, remedy=remedy)


def _advice(text: str) -> tuple[str, str, str] | None:
    """(code, what is wrong, what to do), or None."""
    if _ONE_WORD.fullmatch(text):
        remedy = "say in a sentence what can be observed"
        return "one-word-note", f"{text[:40]!r} is one word", remedy
    if _is_category(text) or _BARE_VERDICT.fullmatch(text):
        remedy = "say what the application did, and where"
        return "bare-category", f"{text[:60]!r} names a kind of failure, not what happened", remedy
    if found := _DIAGNOSIS.search(text):
        remedy = "say what can be seen going wrong; causes come after the counting"
        return "diagnosis", f"{found[0]!r} is a cause, not a behaviour", remedy
    if found := _GRADE.search(text):
        remedy = "say what is there and what is missing: a mode is yes or no"
        return "graded", f"{found[0].strip()!r} is a grade", remedy
    return None


def _is_category(text: str) -> bool:
    words = [word for word in re.findall(r"[a-z'’-]+", text.lower()) if word not in _FILLING]
    return 0 < len(words) <= 4 and all(word in _CATEGORY for word in words)


def pace(evidence: Evidence) -> Iterator[Problem]:
    """Traces were read, not skipped through."""
    notes = evidence.corpus.human_notes()
    for annotator, group in groupby(notes, key=lambda item: item[0]):
        timed = [
            (moment, trace, note.seconds) for _, trace, note in group if (moment := _moment(note))
        ]
        timed.sort(key=lambda item: item[:2])
        if hasty := _hasty([(moment, seconds) for moment, _, seconds in timed]):
            first = timed[hasty[0]]
            rate = f"{HASTY_NOTES} in {HASTY.total_seconds() / 60:g} minutes"
            message = f"{len(hasty)} traces from this one on were noted {rate}"
            remedy = "read a few of them again, whole, unless they were read before"
            yield problem("advice", "hasty", note_path(annotator, first[1]), message, remedy=remedy)


def _hasty(timed: Sequence[tuple[datetime, int | None]]) -> list[int]:
    """Places of the notes in stretches that went too fast.

    Several notes saved at once have the same moment; how long they took says their ``seconds``.
    """
    found: set[int] = set()
    for start in range(len(timed) - HASTY_NOTES + 1):
        stretch = timed[start : start + HASTY_NOTES]
        spent = timedelta(seconds=sum(seconds or 0 for _, seconds in stretch))
        if max(stretch[-1][0] - stretch[0][0], spent) < HASTY:
            found.update(range(start, start + HASTY_NOTES))
    return sorted(found)


def _moment(note: Note) -> datetime | None:
    try:
        found = datetime.fromisoformat(note.reviewed or "")
    except ValueError:
        return None
    return found if found.tzinfo else None
