"""Where the failure modes came from: one line each, from its naming to today, drawn as SVG.

No chart library draws this, so the picture is written here, in the stand-in colours that the
other charts use.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from casefiles.pages.charts.look import LETTER, WIDE
from casefiles.pages.charts.svg import BLUE, INK, ORANGE, PAPER, RULE, SOFT
from casefiles.pages.inert import text
from casefiles.taxonomy.difference import Event
from casefiles.text.names import shorten

NAMES = 290
"""Width of the names, in CSS pixels."""
ROW = 26
"""Height of a line."""
TOP = 46
"""Height of the axis above."""
NARROWEST, WIDEST = 30, 110
"""Width of a step in time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One moment at which the taxonomy changed."""

    label: str
    """What stands above it: its number."""
    day: str
    """Its day; empty if none is known."""
    events: Sequence[Event]
    """What happened."""


@dataclass(slots=True, kw_only=True)
class Lane:
    """The life of one mode, under whatever names it had."""

    mode: str
    """Its id of today, or its last one."""
    start: int
    """The step it begins at."""
    end: int | None = None
    """The step it ends at; None: it is in use."""
    cross: bool = False
    """Whether it ended without a successor."""
    marks: list[tuple[int, str]] = field(default_factory=list)
    """(step, kind of event) along it."""
    into: list[tuple[int, str]] = field(default_factory=list)
    """(step, id of the mode) it went into, id as it was then."""


def lanes(steps: Sequence[Step], known: Sequence[str]) -> tuple[Lane, ...]:
    """Follow every mode through the steps; ``known`` are today's ids, the most important first.

    Modes that belong to one family (merged, split) stand beside each other.
    """
    teller = _Teller()
    for at, step in enumerate(steps):
        for event in step.events:
            teller.take(at, event)
    for mode in known:  # named after the last step that is known
        teller.lane(mode, len(steps) - 1 if steps else 0)
    return tuple(_ordered(teller, known))


class _Teller:
    def __init__(self) -> None:
        self.lanes: dict[str, Lane] = {}
        self.gone: list[Lane] = []

    def lane(self, mode: str, at: int) -> Lane:
        if mode not in self.lanes:
            self.lanes[mode] = Lane(mode=mode, start=max(0, at))
        return self.lanes[mode]

    def take(self, at: int, event: Event) -> None:
        if event.kind == "renamed":
            lane = self.lane(event.modes[0], at)
            lane.mode = event.into[0]
            lane.marks.append((at, event.kind))
            self.lanes[lane.mode] = self.lanes.pop(event.modes[0])
        elif event.into:
            for mode in event.modes:
                lane = self.lane(mode, at)
                lane.end = at
                lane.into += [(at, target) for target in event.into]
            for target in event.into:
                self.lane(target, at)
        else:
            for mode in event.modes:
                self.single(at, event.kind, self.lane(mode, at))

    def single(self, at: int, kind: str, lane: Lane) -> None:
        if kind in ("retired", "removed"):
            lane.end, lane.cross = at, not lane.into
        elif kind == "revived":
            lane.end, lane.cross = None, False
        if kind != "created":
            lane.marks.append((at, kind))


def _ordered(teller: _Teller, known: Sequence[str]) -> Iterator[Lane]:
    """Families in the order of their first known mode; within one, who was merged follows."""
    near: dict[str, list[str]] = {}
    for lane in teller.lanes.values():
        for _, target in lane.into:
            near.setdefault(target, []).append(lane.mode)
            near.setdefault(lane.mode, []).append(target)
    rank = {mode: at for at, mode in enumerate(known)}
    order = sorted(teller.lanes, key=lambda mode: (rank.get(mode, len(rank)), mode))
    seen: set[str] = set()
    for first in order:
        ahead = [first]
        while ahead:
            mode = ahead.pop(0)
            if mode in seen or mode not in teller.lanes:
                continue
            seen.add(mode)
            yield teller.lanes[mode]
            ahead[:0] = sorted(near.get(mode, ()), key=lambda one: rank.get(one, len(rank)))


# ---------------------------------------------------------------- the picture


def picture(
    steps: Sequence[Step],
    found: Sequence[Lane],
    *,
    names: Mapping[str, str],
    links: Mapping[str, str],
) -> str:
    """Draw lanes as an SVG document; ``links`` lead from a mode's name to its page."""
    columns = max(1, len(steps))
    wide = min(WIDEST, max(NARROWEST, (WIDE - NAMES - 40) // columns))
    width = NAMES + wide * columns + 40
    height = TOP + ROW * len(found) + 8
    row = {lane.mode: at for at, lane in enumerate(found)}
    drawn = _Drawing(wide=wide, right=width - 16, row=row)
    parts = [*drawn.axis(steps, height), *drawn.bends(found), *drawn.lines(found)]
    parts += [part for lane in found for part in drawn.name(lane, names, links)]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" font-family="sans-serif">{"".join(parts)}</svg>'
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Drawing:
    wide: int
    right: int
    row: Mapping[str, int]

    def x(self, step: int) -> float:
        return NAMES + self.wide * (step + 0.5)

    def y(self, mode: str) -> float:
        return TOP + ROW * (self.row[mode] + 0.5)

    def axis(self, steps: Sequence[Step], height: int) -> Iterator[str]:
        """A hair line for each step, its number, and its day where that is another."""
        day = ""
        for at, step in enumerate(steps):
            x = self.x(at)
            yield f'<line x1="{x}" x2="{x}" y1="{TOP - 6}" y2="{height}" stroke="{RULE}"/>'
            yield _words(x, TOP - 12, step.label, colour=SOFT, size=11, anchor="middle")
            if step.day and step.day != day:
                yield _words(x, 14, step.day, colour=SOFT, size=11, anchor="middle")
            day = step.day or day

    def lines(self, found: Sequence[Lane]) -> Iterator[str]:
        """The life of each mode, with what happened along it."""
        for lane in found:
            y, start = self.y(lane.mode), self.x(lane.start)
            end = self.right if lane.end is None else self.x(lane.end)
            colour, width = (BLUE, 2.5) if lane.end is None else (SOFT, 1.5)
            yield (
                f'<line x1="{start}" x2="{end}" y1="{y}" y2="{y}" stroke="{colour}" '
                f'stroke-width="{width}"/>'
            )
            yield f'<circle cx="{start}" cy="{y}" r="4" fill="{colour}"/>'
            for at, kind in lane.marks:
                yield from self.mark(self.x(at), y, kind)
            if lane.cross and lane.end is not None:
                yield _path(f"M{end - 4},{y - 4}l8,8m0,-8l-8,8", colour=SOFT, width=1.5)

    def mark(self, x: float, y: float, kind: str) -> Iterator[str]:
        """A ring for another name, a diamond for another meaning."""
        if kind == "renamed":
            ring = f'fill="{PAPER}" stroke="{INK}" stroke-width="1.5"'
            yield f'<circle cx="{x}" cy="{y}" r="4" {ring}/>'
        elif kind == "redefined":
            yield (
                f'<path d="M{x - 5},{y}l5,-5l5,5l-5,5z" fill="{ORANGE}" stroke="{PAPER}" '
                'stroke-width="1"/>'
            )

    def bends(self, found: Sequence[Lane]) -> Iterator[str]:
        """From a mode to the one it was merged into, or to those it was split into."""
        for lane in found:
            for at, target in lane.into:
                if target in self.row:
                    x, y, other = self.x(at), self.y(lane.mode), self.y(target)
                    half = min(14, self.wide / 2)
                    curve = f"M{x - half},{y}C{x},{y} {x},{y} {x},{(y + other) / 2}"
                    yield _path(f"{curve}L{x},{other}", colour=SOFT, width=1.5)

    def name(self, lane: Lane, names: Mapping[str, str], links: Mapping[str, str]) -> Iterator[str]:
        said = shorten(names.get(lane.mode, lane.mode), int((NAMES - 16) / LETTER))
        colour = INK if lane.end is None else SOFT
        drawn = _words(0, self.y(lane.mode) + 4, said, colour=colour, size=13)
        link = links.get(lane.mode)
        yield f'<a href="{text(link)}">{drawn}</a>' if link else drawn


def _words(x: float, y: float, said: str, *, colour: str, size: int, anchor: str = "start") -> str:
    return (
        f'<text x="{x}" y="{y}" fill="{colour}" font-size="{size}" text-anchor="{anchor}">'
        f"{text(said)}</text>"
    )


def _path(d: str, *, colour: str, width: float) -> str:
    return f'<path d="{d}" fill="none" stroke="{colour}" stroke-width="{width}"/>'
