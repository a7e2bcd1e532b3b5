"""Annotators side by side, as `status` prints them."""

from __future__ import annotations

from casefiles.commands import output
from casefiles.insight.pace import Pace
from casefiles.loop.people import Person


def print_people(people: tuple[Person, ...], *, times: frozenset[str]) -> None:
    """Print how far each annotator is, and the times of those that may be told."""
    columns = ("read", "pass", "fail", "put off", "observations", "judged")
    rows = [
        (
            one.annotator,
            f"{one.read} of {one.to_read}",
            str(one.passes),
            str(one.fails),
            str(one.deferred),
            str(one.observations),
            f"{one.judged} of {one.asked}" if one.asked else "–",
        )
        for one in people
    ]
    output.table([("annotator", "left"), *((name, "right") for name in columns)], rows)
    for one in people:
        if one.annotator in times and one.pace and one.pace.seconds:
            output.result(f"{one.annotator}: {pace_text(one.pace)}")


def pace_text(found: Pace) -> str:
    """Say it in a line: ``45 notes in 38 min, 41 s each in the middle``, with a trend."""
    said = f"{output.plural(found.notes, 'note')} in {output.duration(found.seconds)}"
    said += f", {found.median:.0f} s each in the middle" if found.notes > 1 else ""
    if found.earlier is not None and found.later is not None:
        said += f" ({found.earlier:.0f} s in the first half, {found.later:.0f} s in the second)"
    return said
