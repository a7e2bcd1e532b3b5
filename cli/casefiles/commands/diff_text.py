"""A difference in words: for the terminal, and for a comment on a pull request.

All that comes from files (ids, definitions) was written by whoever opened the pull request: on a
terminal it is inert text, in Markdown it stands in code spans and fences it cannot leave.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from casefiles.commands.output import bound, percent, plural
from casefiles.commands.saturation_text import STATES
from casefiles.text.diff import words
from casefiles.text.odd import inert, inert_line

if TYPE_CHECKING:
    from casefiles.insight.figures import Prevalence
    from casefiles.loop.difference import Difference, Side
    from casefiles.taxonomy.difference import Event

MARKER = "<!-- casefiles diff -->"
"""First line of the comment, by which the next run finds and updates it."""
MOST_EVENTS = 25
"""Changes listed in a comment; the rest are counted."""
MOST_FOLDED = 24_000
"""Characters in one fold of a comment: GitHub takes 65,536 in all."""


def text(found: Difference) -> str:
    """Write a difference for the terminal."""
    if found.is_empty:
        said = f"nothing changed in meaning since {found.base[:9]}"
        return inert("\n".join([said, *_warning_lines(found)]))
    lines = [_headline(found), ""]
    for event in found.events:
        lines.append(f"  {event}")
        if event.before or event.after:
            lines += _indented(words(event.before, event.after), "      ")
    for mode, definition in found.new_definitions.items():
        lines += [f"  {mode}:", *_indented(definition, "      ")]
    lines += _warning_lines(found)
    lines += ["", *_figures(found), "", *_saturation(found)]
    return inert("\n".join(lines))


def markdown(found: Difference) -> str:
    """Write a difference as a short comment with its details folded."""
    lines = [MARKER, f"**casefiles**: {_headline(found)}", ""]
    lines += [f"- {_event(event)}" for event in found.events[:MOST_EVENTS]]
    if len(found.events) > MOST_EVENTS:
        lines.append(f"- … and {len(found.events) - MOST_EVENTS} more")
    lines += [f"- ⚠️ {_code(about)}: {_plain(said)}" for about, said in _warnings(found)]
    lines += ["", *_sentences(_saturation(found))]
    lines += _folded("Definitions", list(_definitions(found)))
    lines += _folded("Labels and prevalence", list(_figures(found)))
    return "\n".join(lines)


def _headline(found: Difference) -> str:
    before, after = found.before, found.after
    parts = [
        _more(after.traces - before.traces, "trace"),
        _more(after.notes - before.notes, "note"),
        _more(after.codes - before.codes, "code"),
        plural(len(found.events), "change to the taxonomy", "changes to the taxonomy"),
    ]
    return f"{', '.join(part for part in parts if part)} (since {found.base[:9]})"


def _more(grown: int, word: str) -> str:
    if not grown:
        return ""
    return f"{plural(abs(grown), word)} {'more' if grown > 0 else 'fewer'}"


def _warnings(found: Difference) -> Iterator[tuple[str, str]]:
    """What a reviewer should know: the mode, file or word it is about, and a sentence."""
    for mode in found.unversioned:
        mend = f"casefiles mode redefine {mode}, or --wording for the same meaning"
        yield mode, f"its definition changed without a new version ({mend})"
    if found.after.stale > found.before.stale:
        newly = plural(found.after.stale - found.before.stale, "judgement")
        yield "stale", f"{newly} more to make again under a newer definition (casefiles label)"
    if found.broken:
        yield found.broken[0], f"cannot be read{_others(found.broken)} (casefiles check)"
    for remark in found.remarks:
        code, _, sentence = remark.partition(": ")
        yield code, sentence


def _warning_lines(found: Difference) -> Iterator[str]:
    return (f"! {about}: {said}" for about, said in _warnings(found))


def _others(files: Sequence[str]) -> str:
    return f", and {len(files) - 1} more" if len(files) > 1 else ""


def _figures(found: Difference) -> Iterator[str]:
    """One line a mode of which labels or prevalence changed, in columns."""
    rows = [
        (mode, _labels(found, mode), before, after)
        for mode in _modes(found)
        if (before := _rate(found.was(mode))) != (after := _rate(found.after.of(mode)))
        or mode in found.labels
    ]
    if rows:
        yield from _columns([("failure mode", "labels", "before", "after"), *rows])
        yield from (caveat.partition(": ")[2] for caveat in found.after.caveats)


def _modes(found: Difference) -> list[str]:
    """Modes in use at the head, the commonest first, then others that labels changed for."""
    known = [item.mode for item in found.after.prevalence]
    return known + [mode for mode in found.labels if mode not in known]


def _labels(found: Difference, mode: str) -> str:
    item = found.labels.get(mode)
    if item is None:
        return ""
    parts = ((item.gained, "+{}"), (item.lost, "−{}"), (item.changed, "{} changed"))
    return " ".join(form.format(count) for count, form in parts if count)


def _rate(item: Prevalence | None) -> str:
    if item is None:
        return "–"
    of = f"{item.yes} of {item.judged}"
    stale = f", {item.stale} stale" if item.stale else ""
    if item.unjudged:
        reviewed = item.judged + item.unjudged + item.disputed
        return f"seen in {item.yes} of {reviewed}; {item.unjudged} not judged{stale}"
    if item.interval is None:
        return f"{of}{stale}"
    low, high = percent(item.interval.low), percent(item.interval.high)
    return f"{of}: {percent(item.interval.rate)} [{low} to {high}]{stale}"


def _columns(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    lines = [tuple(inert_line(cell) for cell in row) for row in rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    for line in lines:
        cells = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        yield "  ".join(cells).rstrip()


def _saturation(found: Difference) -> Iterator[str]:
    before, after = _state(found.before), _state(found.after)
    yield f"saturation: {after}" if before == after else f"saturation: {before} → {after}"
    if found.after.open_split and found.after.open_split != found.before.open_split:
        split = found.after.open_split
        yield (
            f"{plural(split.units, 'unit')} judged before a split wait to be judged again:"
            f" there may be {split.modes} modes"
        )


def _state(side: Side) -> str:
    seen = side.saturation
    low = "" if seen.coverage_low is None else f", coverage at least {bound(seen.coverage_low)}"
    return f"{STATES[seen.state]} ({seen.units:,} reviewed, {plural(seen.modes, 'mode')}{low})"


def _definitions(found: Difference) -> Iterator[str]:
    for event in found.events:
        if event.before or event.after:
            yield from (str(event), words(event.before, event.after), "")
    for mode, definition in found.new_definitions.items():
        yield from (f"new: {mode}", definition, "")


def _indented(block: str, by: str) -> Iterator[str]:
    return (f"{by}{line}" for line in block.split("\n"))


# ---------------------------------------------------------------- Markdown that text cannot leave


def _event(event: Event) -> str:
    arrow = f" → {_codes(event.into)}" if event.into else ""
    return f"{event.kind}: {_codes(event.modes)}{arrow}"


def _codes(ids: Iterable[str]) -> str:
    return ", ".join(map(_code, ids))


def _code(word: str) -> str:
    return f"`{inert_line(word).replace('`', chr(39))}`"


def _plain(sentence: str) -> str:
    """Ids in a sentence of ours: nothing in them may begin a link, a mention or a tag."""
    return re.sub(r"[^\w\s().,;:-]", "'", inert_line(sentence))


def _sentences(lines: Iterable[str]) -> list[str]:
    return [line for sentence in lines for line in (sentence, "")]


def _folded(title: str, lines: Sequence[str]) -> list[str]:
    """A fence longer than any inside keeps every character of the content out of the markup."""
    if not lines:
        return []
    content = inert("\n".join(lines)).strip("\n")
    if len(content) > MOST_FOLDED:
        content = f"{content[:MOST_FOLDED]}…\n(cut; casefiles diff shows all)"
    longest = max((len(run) for run in re.findall(r"`+", content)), default=0)
    fence = "`" * max(3, longest + 1)
    summary = f"<summary>{title}</summary>"
    return ["<details>", summary, "", f"{fence}text", content, fence, "", "</details>"]
