"""Notes speak of traces, turns and modes that exist."""

from __future__ import annotations

from collections.abc import Iterator

from casefiles.checks.evidence import Evidence, problem
from casefiles.documents.note import Note
from casefiles.documents.paths import ADJUDICATED, note_path
from casefiles.documents.problem import Problem
from casefiles.documents.turns import Turn
from casefiles.text.names import fold, nearest


def dangling(evidence: Evidence) -> Iterator[Problem]:
    """Every note is about a trace that exists."""
    corpus = evidence.corpus
    broken = {path.removeprefix("traces/").removesuffix(".md") for path in corpus.broken}
    known = tuple(corpus.traces)
    for annotator, trace in sorted(corpus.notes):
        if trace not in corpus.traces and trace not in broken:
            near = nearest(trace, known)
            remedy = f"did you mean {near}?" if near else "restore the trace, or remove the note"
            message = f"there is no trace {trace}"
            path = note_path(annotator, trace)
            yield problem("error", "dangling-note", path, message, remedy=remedy)


def labels(evidence: Evidence) -> Iterator[Problem]:
    """Every label names a mode, today's or an old name, at a version that it has had."""
    names = evidence.names
    ids = {path.rpartition("/")[2].removesuffix(".md") for path in evidence.corpus.broken}
    for (annotator, trace), note in sorted(evidence.corpus.notes.items(), key=lambda it: it[0]):
        path = note_path(annotator, trace)
        for mode, given in note.labels.items():
            line = note.label_lines.get(mode, 1)
            if mode in names:
                version = evidence.corpus.modes[names[mode]].version
                if (given[-1].version or 1) > version:
                    message = (
                        f"{mode!r} was judged at version {given[-1].version}; it has {version}"
                    )
                    remedy = f"judge it again: casefiles label {names[mode]}"
                    yield problem("warning", "label-ahead", path, message, line=line, remedy=remedy)
            elif mode not in ids:
                near = nearest(mode, tuple(names))
                message = f"the label {mode!r} names no failure mode"
                remedy = unknown_mode(mode, near)
                yield problem("error", "unknown-mode", path, message, line=line, remedy=remedy)


def unknown_mode(mode: str, near: str | None) -> str:
    """What to do about a name that no mode has or had: misspelt, moved or deleted by hand."""
    guess = f"did you mean {near!r}? Or " if near else ""
    return (
        f"{guess}if its file was moved, add `aliases: [{mode}]` to the new one; if it was deleted, "
        f"restore it from git and run `casefiles mode retire {mode}`"
    )


def anchors(evidence: Evidence) -> Iterator[Problem]:
    """Turns that a note speaks of exist, and quotes occur in them."""
    for (annotator, trace), note in sorted(evidence.corpus.notes.items(), key=lambda it: it[0]):
        turns = evidence.turns.get(trace)
        if turns is not None:
            path = note_path(annotator, trace)
            yield from _turns(path, note, turns)
            yield from _quotes(path, note, turns)


def _turns(path: str, note: Note, turns: tuple[Turn, ...]) -> Iterator[Problem]:
    count = len(turns)
    if note.first_failure is not None and note.first_failure > count:
        message = f"first_failure is turn {note.first_failure}; the trace has {count}"
        yield problem("error", "unknown-turn", path, message)
    for seen in note.observations:
        if seen.turn is not None and not 1 <= seen.turn <= count:
            message = f"this stands at turn {seen.turn}; the trace has {count}"
            yield problem("error", "unknown-turn", path, message, line=seen.line)


def _quotes(path: str, note: Note, turns: tuple[Turn, ...]) -> Iterator[Problem]:
    for quote in note.quotes:
        if quote.turn is None or not 1 <= quote.turn <= len(turns):
            continue
        if fold(quote.text) not in said_in(turns[quote.turn - 1]):
            message = f"turn {quote.turn} does not say {quote.text[:60]!r}"
            remedy = "quote its words, or move the quote"
            yield problem("warning", "quote-missing", path, message, line=quote.line, remedy=remedy)


def said_in(turn: Turn) -> str:
    """Return all that a turn says, white space folded: where a quote must occur."""
    return fold("\n".join(part.text for part in turn.parts if part.text))


def complete(evidence: Evidence) -> Iterator[Problem]:
    """A note says pass or fail, and a failing one says what goes wrong."""
    for (annotator, trace), note in sorted(evidence.corpus.notes.items(), key=lambda it: it[0]):
        if annotator != ADJUDICATED:
            yield from incomplete(note, note_path(annotator, trace))


def incomplete(note: Note, path: str) -> Iterator[Problem]:
    """Yield what one note leaves out."""
    if note.verdict is None and note.observations:
        message = "without a verdict this note is read as fail"
        remedy = "write `verdict: fail` or `pass`"
        yield problem("advice", "no-verdict", path, message, remedy=remedy)
    if note.verdict == "fail" and not note.observations:
        message = "fails, but does not say what goes wrong"
        remedy = "write one sentence on what can be observed"
        yield problem("advice", "empty-note", path, message, remedy=remedy)
