"""A difference in words: for the terminal, and for a comment on a pull request."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from casefiles.commands.output import percent, plural
from casefiles.text.diff import words

if TYPE_CHECKING:
    from casefiles.insight.figures import Prevalence
    from casefiles.insight.saturation import Saturation
    from casefiles.loop.difference import Difference
    from casefiles.taxonomy.difference import Event

MARKER = "<!-- casefiles diff -->"
"""First line of the comment, by which the next run finds and updates it."""
_STATES = {
    "learning": "still learning",
    "slowing": "slowing down",
    "saturated-90": "saturated at 90 %",
    "saturated-95": "saturated at 95 %",
}


def text(found: Difference) -> str:
    """Write a difference for the terminal."""
    blocks = [_headline(found), *map(_event_text, found.events), *_warnings(found)]
    blocks += ["", *_label_lines(found), *_prevalence_lines(found), *_saturation_lines(found)]
    return "\n".join(blocks)


def markdown(found: Difference) -> str:
    """Write a difference as a short comment; details are folded, and no text can become markup."""
    lines = [MARKER, f"**casefiles**: {_headline(found)}", ""]
    lines += [f"- {_event_markdown(event)}" for event in found.events]
    lines += [f"- ⚠ {_ticked(line)}" for line in _warnings(found)]
    lines += ["", *_saturation_lines(found), ""]
    definitions = [event for event in found.events if event.before or event.after]
    if definitions:
        lines += _folded("Definitions", "\n\n".join(map(_definition, definitions)))
    figures = [*_label_lines(found), *_prevalence_lines(found)]
    if figures:
        lines += _folded("Labels and prevalence", "\n".join(figures))
    return "\n".join(lines) + "\n"


def _headline(found: Difference) -> str:
    parts = [
        _more(found.notes, "note"),
        _more(found.traces, "trace"),
        plural(len(found.events), "change to the taxonomy", "changes to the taxonomy"),
    ]
    return f"{', '.join(part for part in parts if part)} (since {found.base[:9]})"


def _more(counts: tuple[int, int], word: str) -> str:
    grown = counts[1] - counts[0]
    if not grown:
        return ""
    return f"{plural(abs(grown), word)} {'more' if grown > 0 else 'fewer'}"


def _event_text(event: Event) -> str:
    if not (event.before or event.after):
        return f"  {event}"
    changed = words(event.before, event.after)
    return f"  {event}\n      {changed}"


def _event_markdown(event: Event) -> str:
    arrow = f" → {_ids(event.into)}" if event.into else ""
    return f"{event.kind}: {_ids(event.modes)}{arrow}"


def _ids(modes: tuple[str, ...]) -> str:
    return ", ".join(f"`{_inside_ticks(mode)}`" for mode in modes)


def _ticked(line: str) -> str:
    """Put the word before the colon, an id, between backticks."""
    id_, _, rest = line.strip().partition(": ")
    return f"`{_inside_ticks(id_)}`: {rest}"


def _inside_ticks(word: str) -> str:
    return word.replace("`", "'")


def _warnings(found: Difference) -> Iterator[str]:
    for mode in found.unversioned:
        yield (
            f"  {mode}: its definition changed without a new version"
            f" (casefiles mode redefine {mode}, or --wording for the same meaning)"
        )
    if found.broken:
        yield f"  {plural(len(found.broken), 'file')}: cannot be read (casefiles check)"


def _label_lines(found: Difference) -> Iterator[str]:
    if not found.labels:
        return
    yield "labels"
    for mode, item in found.labels.items():
        parts = ((item.gained, "new"), (item.lost, "gone"), (item.changed, "changed"))
        yield f"  {mode}: " + ", ".join(f"{count} {word}" for count, word in parts if count)


def _prevalence_lines(found: Difference) -> Iterator[str]:
    rates = [
        (item.mode, _counted(found.rate_before(item.mode)), _counted(item))
        for item in found.after.prevalence
    ]
    moved = [rate for rate in rates if rate[1] != rate[2]]
    if moved:
        yield "prevalence"
    for mode, before, after in moved:
        yield f"  {mode}: {before} → {after}"


def _counted(item: Prevalence | None) -> str:
    if item is None:
        return "–"
    rate = f" ({percent(item.interval.rate)})" if item.interval else ""
    return f"{item.yes} of {item.judged}{rate}"


def _saturation_lines(found: Difference) -> Iterator[str]:
    before, after = _state(found.before.saturation), _state(found.after.saturation)
    yield f"saturation: {after}" if before == after else f"saturation: {before} → {after}"


def _state(seen: Saturation) -> str:
    bound = "" if seen.coverage_low is None else f", coverage from {percent(seen.coverage_low)}"
    return f"{_STATES[seen.state]} ({seen.units} reviewed, {plural(seen.modes, 'mode')}{bound})"


def _definition(event: Event) -> str:
    return f"{event}\n{words(event.before, event.after)}"


def _folded(title: str, content: str) -> list[str]:
    """A fence longer than any inside keeps every character of the content out of the markup."""
    ticks = max((len(run) for run in _runs(content)), default=0)
    fence = "`" * max(3, ticks + 1)
    return [
        "<details>",
        f"<summary>{title}</summary>",
        "",
        f"{fence}text",
        content,
        fence,
        "",
        "</details>",
    ]


def _runs(content: str) -> list[str]:
    import re

    return re.findall(r"`+", content)
