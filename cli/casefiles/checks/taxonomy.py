"""Modes are binary, their evidence exists, and their lineage is consistent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from casefiles.checks.evidence import Evidence, problem
from casefiles.checks.notes import said_in
from casefiles.documents.mode import Mode
from casefiles.documents.paths import mode_path, trace_path
from casefiles.documents.problem import Level, Problem
from casefiles.documents.references import Example, VersionedMode
from casefiles.text.names import fold, nearest


def definitions(evidence: Evidence) -> Iterator[Problem]:
    """A mode in use says when the answer is yes and when it is no, as its version was given."""
    for id_, mode in sorted(evidence.corpus.modes.items()):
        if mode.status != "active":
            continue
        if not mode.definition.is_complete:
            message = "the definition lacks `Yes if …` or `No if …`, or is still a stub"
            remedy = "write one line for each"
            yield problem("error", "definition", mode_path(id_), message, remedy=remedy)
        elif mode.defined is not None and mode.defined != mode.definition.hash:
            message = f"the definition changed since version {mode.version} was given to it"
            remedy = (
                f"run `casefiles mode redefine {id_}`: --meaning if it means something else now, "
                "--wording if not"
            )
            yield problem("warning", "definition-changed", mode_path(id_), message, remedy=remedy)


def examples(evidence: Evidence) -> Iterator[Problem]:
    """Evidence in a mode file cites traces and turns that exist, in their words."""
    for id_, mode in sorted(evidence.corpus.modes.items()):
        for example in mode.examples:
            found = _example(evidence, example)
            if found is not None:
                code, message = found
                line = mode.example_lines.get(example, 1)
                level: Level = "warning" if code == "quote-missing" else "error"
                yield problem(level, code, mode_path(id_), message, line=line)


def _example(evidence: Evidence, example: Example) -> tuple[str, str] | None:
    if example.trace not in evidence.corpus.traces:
        broken = trace_path(example.trace) in evidence.corpus.broken
        return None if broken else ("dangling-example", f"there is no trace {example.trace}")
    turns = evidence.turns.get(example.trace)
    if turns is None:
        return None
    if example.turn is not None and not 1 <= example.turn <= len(turns):
        return "unknown-turn", f"turn {example.turn} of {example.trace}; it has {len(turns)}"
    if example.quote is None:
        return None
    looked_at = turns if example.turn is None else turns[example.turn - 1 : example.turn]
    if any(fold(example.quote) in said_in(turn) for turn in looked_at):
        return None
    return "quote-missing", f"{example.trace} does not say {example.quote[:60]!r} there"


def lineage(evidence: Evidence) -> Iterator[Problem]:
    """Merges, splits and renames name modes that exist, on both sides."""
    modes = evidence.corpus.modes
    names = evidence.names
    broken = {path.rpartition("/")[2].removesuffix(".md") for path in evidence.corpus.broken}
    for id_, mode in sorted(modes.items()):
        for key, other in _relatives(mode):
            if other not in names and other not in broken:
                near = nearest(other, tuple(names))
                remedy = f"did you mean {near!r}?" if near else None
                message = f"{key} names no failure mode: {other!r}"
                yield problem("error", "unknown-mode", mode_path(id_), message, remedy=remedy)
        for message, remedy in _one_sided(evidence, id_, mode):
            yield problem("warning", "tombstone", mode_path(id_), message, remedy=remedy)


def _one_sided(evidence: Evidence, id_: str, mode: Mode) -> Iterator[tuple[str, str]]:
    """What one side of a merge or split says and the other does not, and how to mend it.

    Figures read either side, so nothing is lost by it; but a reader of one file is misled.
    """
    modes, names = evidence.corpus.modes, evidence.names
    me = f"{id_}@{mode.version}"
    if mode.status == "active" and (mode.merged_into or mode.split_into):
        message = "a mode that was merged or split must be `status: retired`"
        yield message, "set it, or remove the key if it is to be used again"
    target = modes.get(names.get(mode.merged_into.mode, "")) if mode.merged_into else None
    if target is not None and id_ not in _ids(names, target.merged_from):
        message = f"was merged into {mode.merged_into}, which does not list it in merged_from"
        yield message, f"add {me} to it there"
    if target is not None and mode.merged_into and target.version < mode.merged_into.version:
        message = f"was merged into {mode.merged_into}, which is at version {target.version}"
        yield message, f"set `version: {mode.merged_into.version}` there"
    for source in mode.merged_from:
        other = modes.get(names.get(source.mode, ""))
        if other is not None and id_ not in _ids(names, [other.merged_into]):
            message = f"lists {source} in merged_from, which was not merged into it"
            yield message, f"set `status: retired` and `merged_into: {me}` there, or remove it here"
    for child in mode.split_into:
        other = modes.get(names.get(child.mode, ""))
        if other is not None and id_ not in _ids(names, [other.split_from]):
            message = f"was split into {child.mode}, which does not say so"
            yield message, f"set `split_from: {me}` there"
    parent = modes.get(names.get(mode.split_from.mode, "")) if mode.split_from else None
    if parent is not None and id_ not in _ids(names, parent.split_into):
        message = f"was split off from {mode.split_from}, which does not list it in split_into"
        yield message, f"add {me} to it there"


def _ids(names: Mapping[str, str], cited: Iterable[VersionedMode | None]) -> set[str | None]:
    return {names.get(mode.mode) for mode in cited if mode is not None}


def _relatives(mode: Mode) -> Iterator[tuple[str, str]]:
    for source in mode.merged_from:
        yield "merged_from", source.mode
    for child in mode.split_into:
        yield "split_into", child.mode
    if mode.merged_into:
        yield "merged_into", mode.merged_into.mode
    if mode.split_from:
        yield "split_from", mode.split_from.mode


def clashes(evidence: Evidence) -> Iterator[Problem]:
    """No two modes share a name, an old name or a key."""
    modes = evidence.corpus.modes
    seen: dict[tuple[str, str], str] = {}
    for id_, mode in sorted(modes.items()):
        for alias in mode.aliases:
            if alias in modes:
                message = f"the old name {alias!r} is the id of another mode"
                yield problem("error", "name-clash", mode_path(id_), message)
        claims = [("old name", alias) for alias in mode.aliases]
        if mode.status == "active":
            claims += [("name", fold(mode.name).casefold())]
            claims += [("key", mode.key)] if mode.key else []
        for claim in claims:
            other = seen.setdefault(claim, id_)
            if other != id_:
                message = f"the {claim[0]} {claim[1]!r} is also that of {other}"
                level: Level = "error" if claim[0] == "old name" else "warning"
                yield problem(level, "name-clash", mode_path(id_), message)
