"""Several traces in one buffer: for people who dislike many openings of their editor."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from casefiles.review.mode_keys import KeyedMode
from casefiles.review.reading import Reading, bar_of, line_key, parse_buffer


def parse_batch(
    text: str, opened: str, *, turns: Mapping[str, int], modes: Sequence[KeyedMode] = ()
) -> Mapping[str, Reading]:
    """Read what a reviewer left of each trace; those they did not touch are left out.

    ``opened`` is the buffer as they got it, ``turns`` maps the traces in it, in order, to their
    numbers of turns. A section that was deleted says nothing. Text above the first section is of
    the first. Never raises; nothing typed is ever given to another trace: where the line between
    two is missing, that is a fault.
    """
    before = _sections(opened, opened, turns)
    found = {}
    for reference, typed in _sections(text, opened, turns).items():
        reading = parse_buffer(typed, before[reference], turns=turns[reference], modes=modes)
        untouched = parse_buffer(
            before[reference], before[reference], turns=turns[reference], modes=modes
        )
        if _strays(typed, reference, before):
            head = f"put the line {bar_of(opened)}## of the trace that follows back"
            reading = replace(reading, faults=("lines of another trace stand here; " + head,))
        elif reading.move:
            reading = _moved(reading)
        if reading != untouched and not reading.says_nothing:
            found[reference] = reading
    return found


def faults_of(readings: Mapping[str, Reading]) -> tuple[str, ...]:
    """Return all faults, each with the trace it is about."""
    return tuple(f"{ref}: {fault}" for ref, found in readings.items() for fault in found.faults)


def _moved(reading: Reading) -> Reading:
    """Only skipping means something here, and only where nothing is typed."""
    if reading.move == "skip" and not reading.body and not reading.labels:
        return Reading()
    fault = f"{reading.move} is for one trace at a time; delete the word, or the text below it"
    return replace(reading, faults=(fault,))


def _sections(text: str, opened: str, references: Mapping[str, int]) -> dict[str, str]:
    """Cut a buffer at the heads of its traces; what stands above the first belongs to it."""
    heads = _heads(opened, references)
    found: dict[str, list[str]] = {}
    at = next(iter(references))
    for line in text.removeprefix("\ufeff").split("\n"):
        at = heads.get(line_key(line), at)
        found.setdefault(at, []).append(line)
    return {reference: "\n".join(lines) for reference, lines in found.items()}


def _heads(opened: str, references: Mapping[str, int]) -> dict[str, str]:
    """The line that begins each trace's section, as it is compared, to the trace."""
    mark = f"{bar_of(opened)}## "
    lines = (line_key(line) for line in opened.split("\n") if line.startswith(mark))
    begins = {line: line.removeprefix(mark).partition(" ")[0] for line in lines}
    return {line: reference for line, reference in begins.items() if reference in references}


def _strays(typed: str, reference: str, before: Mapping[str, str]) -> bool:
    """Whether lines of another trace stand in a trace's section: one it lacks, or a head twice."""
    bar = bar_of(before[reference])
    own = Counter(_tools(before[reference], bar))
    others = {line for section in before.values() for line in _tools(section, bar)} - set(own)
    here = Counter(_tools(typed, bar))
    heads = (line for line in here if line.startswith(f"{bar}== "))
    return bool(others & set(here)) or any(here[line] > own[line] for line in heads)


def _tools(section: str, bar: str) -> list[str]:
    return [line_key(line) for line in section.split("\n") if line.startswith(bar)]
