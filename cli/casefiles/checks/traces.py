"""Traces are as they were written, and their rounds say how they were drawn."""

from __future__ import annotations

from collections.abc import Iterator

from casefiles.checks.evidence import Evidence, problem
from casefiles.documents.paths import README, RESERVED, round_path, trace_path
from casefiles.documents.problem import Problem
from casefiles.documents.turns import digest
from casefiles.text.names import is_safe_name, nearest


def unchanged(evidence: Evidence) -> Iterator[Problem]:
    """A trace's hash covers its turns: another one means that they were edited."""
    for reference, turns in evidence.turns.items():
        written = evidence.corpus.traces[reference].sha256
        if written is None:
            message = "this trace has no sha256, so that an edit of it would go unnoticed"
            yield problem("warning", "trace-unsealed", trace_path(reference), message)
        elif written != digest(turns):
            message = "the turns of this trace were changed since it was written"
            remedy = "restore it from git; only its dimensions may be edited"
            yield problem("error", "trace-changed", trace_path(reference), message, remedy=remedy)


def rounds(evidence: Evidence) -> Iterator[Problem]:
    """Every round says how it was drawn, and supersedes rounds that exist."""
    corpus = evidence.corpus
    present = set(evidence.paths)
    for name, found in sorted(corpus.rounds.items()):
        path = round_path(name)
        if path not in present:
            message = f"the round {name!r} does not say how its traces were drawn"
            remedy = f"write {path}, for example `drawn: random`"
            yield problem("advice", "round-unsaid", path, message, remedy=remedy)
        for other in found.supersedes:
            if other not in corpus.rounds:
                near = nearest(other, tuple(corpus.rounds))
                message = f"supersedes names no round: {other!r}"
                guess = f"did you mean {near!r}?" if near else None
                yield problem("error", "unknown-round", path, message, remedy=guess)


def places(evidence: Evidence) -> Iterator[Problem]:
    """Every file below notes/ and taxonomy/ is where casefiles will find it."""
    for path in evidence.paths:
        parts = path.split("/")
        if parts[-1] == README:
            continue
        if parts[0] == "notes" and not _is_note(parts):
            message = "not a note: notes are notes/<annotator>/<round>/<trace>.md"
            yield problem("warning", "misplaced", path, message, remedy="move or remove the file")
        elif parts[0] == "taxonomy" and not _is_taxonomy(parts):
            message = "neither taxonomy/<mode>.md nor taxonomy/proposals/<name>.md"
            yield problem("warning", "misplaced", path, message, remedy="move or remove the file")
        elif not all(is_safe_name(part.removesuffix(".md")) for part in parts):
            message = "this name is not safe on every system"
            remedy = "use a-z, 0-9, - and _"
            yield problem("warning", "unsafe-name", path, message, remedy=remedy)


def _is_note(parts: list[str]) -> bool:
    return len(parts) == 4 and parts[3].endswith(".md") and parts[1] != RESERVED[0]


def _is_taxonomy(parts: list[str]) -> bool:
    in_place = len(parts) == 2 or (len(parts) == 3 and parts[1] == "proposals")
    return in_place and parts[-1].endswith(".md")
