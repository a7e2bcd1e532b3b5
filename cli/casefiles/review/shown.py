"""A trace as lines for reading, in an editor or a terminal, each marked as not the reader's own.

First comes what user and application said to each other, with a line for each call, result and
prompt between; below it, under ``folded``, the whole of what those lines cut short. A reader goes
through the talk first and looks something up where they doubt it.

Every line begins with a bar. Behind it a blank opens a line of the trace; ``==`` the head of a
turn, ``--`` a piece of it and ``…`` what is left out. So no text of a trace looks like a head,
a mark, or anything a person typed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from casefiles.documents.turns import PROSE, Part
from casefiles.review.arrangement import LONG_CHARACTERS, ArrangedTurn, Arrangement, Piece
from casefiles.text.indented import indented
from casefiles.text.names import fold as folded_white
from casefiles.text.odd import inert, inert_line

BAR = "|"
HEAD_LINES = 40
"""Lines left at the beginning of what is long."""
TAIL_LINES = 10
"""Lines left at its end."""
ONE_LINE = 160
"""Characters of a result or a prompt up to which it stands whole in the conversation."""
ARGUMENTS = 300
"""Characters of a call up to which it does."""
COLUMNS = 96
"""Prose is wrapped here: not every editor wraps, and a reader should not have to scroll."""
WIDTH = 10_000
"""Characters from which a single line is cut: editors stumble over megabytes on one line."""
LINES = 2_000
"""Lines from which any text is cut to its ends."""
_NAME = 60  # characters of a name in a head
_RULE = 60  # columns of a head
_DOING = ("tool_call", "tool_result")
_INNER_BLANK = re.compile(r'("(?:[^"\\]|\\.)*")|([{\[]) | ([}\]])')


def lines_of(arranged: Arrangement, *, bar: str = BAR) -> Iterator[str]:
    """Yield the lines of a trace's turns, an empty one in front of each turn that is spoken."""
    for turn in arranged.first:
        yield from _turn(turn, bar)
    talk = () if arranged.is_final else arranged.turns
    if arranged.first and talk:
        yield from ("", _head("from the start", bar))
    for turn in talk:
        yield from _turn(turn, bar)
    if arranged.hidden:
        yield f"{bar}… {_count(arranged.hidden, 'part')} hidden by [view] of the settings"
    yield from _below(arranged, bar)


def turns_of(arranged: Arrangement, numbers: frozenset[int], *, bar: str = BAR) -> Iterator[str]:
    """Yield some turns alone, all their pieces open: where a note says that it happened."""
    for turn in arranged.turns:
        if turn.number in numbers:
            yield ""
            yield _head(f"{turn.number} {_short(turn.turn.speaker)}", bar)
            for piece in turn.pieces:
                yield from _whole(piece, bar)


def facts_of(arranged: Arrangement, *, bar: str = BAR) -> Iterator[str]:
    """Yield a line for each thing known about a trace that may bear on how it is judged."""
    for fact in arranged.open_facts:
        yield f"{bar} {inert_line(fact.key)}: {inert_line(_cut(fact.value, LONG_CHARACTERS))}"


# ---------------------------------------------------------------- the conversation


def _turn(arranged: ArrangedTurn, bar: str) -> Iterator[str]:
    role = _short(arranged.turn.speaker)
    if arranged.heard or not arranged.pieces:
        yield ""
        yield _head(f"{arranged.number} {role}", bar)
        for place, piece in enumerate(arranged.pieces):
            yield from _in_talk(piece, bar, leads=place == 0)
        if not arranged.pieces:
            yield f"{bar}-- nothing"
    else:
        yield from _unheard(arranged, role, bar)
    if error := arranged.turn.data.get("error"):
        yield f"{bar}-- error: {_remark(error)}"


def _in_talk(piece: Piece, bar: str, *, leads: bool) -> Iterator[str]:
    part = piece.part
    if not piece.heard or piece.fold:
        yield from _brief(piece, f"{bar}-- ", bar)
        return
    if part.type != "text" or not leads or not part.text:
        yield f"{bar}-- {_label(part)}"
    yield from _prose(part.text or "", bar)


def _unheard(arranged: ArrangedTurn, role: str, bar: str) -> Iterator[str]:
    """A turn of machinery, its head and all it says in a line for each piece.

    The eye goes from rule to rule, and what nobody heard has none.
    """
    start = f"{bar}== {arranged.number} "
    for piece in arranged.pieces:
        # That the application calls and a tool answers goes without saying.
        who = f"{role} " if start.startswith(f"{bar}==") and piece.part.type not in _DOING else ""
        yield from _brief(piece, start + who, bar)
        start = f"{bar}-- "


def _brief(piece: Piece, start: str, bar: str) -> Iterator[str]:
    """A piece in a few words behind a start; what that leaves out stands below."""
    text = piece.part.text or ""
    said = inert_line(_tight(text[: 4 * ONE_LINE]))
    label = "" if piece.part.type == "text" and said else _label(piece.part)
    is_cut = _is_cut(piece)
    if piece.fold == "known" or is_cut:
        where = "shown before" if piece.fold == "known" else "below"
        label = f"{label} ({_size(text)}, {where})".lstrip()
    line = start + (f"{label}: {said}" if label and said else label or said)
    first, *more = [_cut(line, COLUMNS)] if is_cut else _wrapped(line)
    yield first
    for rest in more:
        yield f"{bar}   {rest.lstrip()}"


def _tight(text: str) -> str:
    """White space folded, and none inside the brackets of JSON."""
    return _INNER_BLANK.sub(lambda hit: hit[1] or hit[2] or hit[3], folded_white(text))


def _is_cut(piece: Piece) -> bool:
    """Whether a few words do not hold it; what the application asked a tool for gets more room."""
    text = piece.part.text or ""
    most = ARGUMENTS if piece.part.type == "tool_call" else ONE_LINE
    return len(text) > 4 * ONE_LINE or len(_tight(text)) > most


# ---------------------------------------------------------------- below it


def _below(arranged: Arrangement, bar: str) -> Iterator[str]:
    """Everything the conversation cuts short, machines first: prompts are read least."""
    turns = [
        turn for turn in arranged.turns if arranged.is_final or any(map(_stands_below, turn.pieces))
    ]
    turns.sort(key=lambda turn: turn.turn.role in ("system", "developer"))
    facts = [*_known(arranged, bar)]
    if turns or facts:
        yield from ("", _head("folded: the whole of what is cut short above", bar))
    for turn in turns:
        yield _head(f"{turn.number} {_short(turn.turn.speaker)}", bar)
        for piece in turn.pieces:
            if arranged.is_final or _stands_below(piece):
                yield from _whole(piece, bar)
    if facts:
        yield _head("what else is known", bar)
        yield from facts


def _stands_below(piece: Piece) -> bool:
    if piece.facts:
        return True
    shortened = not piece.heard or piece.fold is not None
    return shortened and piece.fold != "known" and _is_cut(piece)


def _whole(piece: Piece, bar: str) -> Iterator[str]:
    part = piece.part
    if piece.fold == "known":
        yield from _brief(piece, f"{bar}-- ", bar)
        return
    if part.type != "text" or not part.text:
        yield f"{bar}-- {_label(part)}"
    for fact in piece.facts:
        yield f"{bar}-- {inert_line(fact.key)}: {_remark(fact.value)}"
    if part.type in PROSE:
        yield from _prose(part.text or "", bar)
    elif part.text:
        lines = indented(part.text).split("\n")
        yield from _ends(lines, bar, head=HEAD_LINES, tail=TAIL_LINES)


def _ends(lines: list[str], bar: str, *, head: int, tail: int) -> Iterator[str]:
    """The first and last lines, none of them long where there is more than can be shown."""
    kept = min(len(lines), head + tail)
    width = max(4 * LONG_CHARACTERS // max(kept, 1), 200)
    yield from _lines(lines[:head], bar, width=width)
    if len(lines) > kept:
        yield f"{bar}… {_count(len(lines) - kept, 'line')} more"
    yield from _lines(lines[head:][-tail:], bar, width=width)


def _known(arranged: Arrangement, bar: str) -> Iterator[str]:
    for fact in arranged.folded_facts:
        yield f"{bar} {inert_line(fact.key)}: {_remark(fact.value)}"
    for turn in arranged.turns:
        if turn.facts:
            said = ", ".join(f"{fact.key} {fact.value}" for fact in turn.facts)
            yield f"{bar} turn {turn.number}: {_remark(said)}"


# ---------------------------------------------------------------- pieces


def _head(text: str, bar: str) -> str:
    return f"{bar}== {text} ".ljust(_RULE, "=")


def _label(part: Part) -> str:
    words = {"tool_call": "calls", "tool_result": "result of"}
    name = next(
        (part.data[key] for key in ("name", "query", "file", "uri") if part.data.get(key)), ""
    )
    said = f"{words.get(part.type) or _short(part.type)} {_short(str(name))}".strip()
    if part.data.get("invalid_json"):
        said += ", arguments are not valid JSON"
    if part.text == "":
        said += ", empty"
    if part.data.get("error"):
        said += f", error: {_remark(part.data['error'])}"
    return said


def _prose(text: str, bar: str) -> Iterator[str]:
    if not text:
        return
    lines = text.split("\n")
    if len(lines) > LINES:
        yield from _ends(lines, bar, head=LINES, tail=TAIL_LINES)
    else:
        yield from _lines(lines, bar, width=WIDTH, wrap=True)


def _lines(lines: Iterable[str], bar: str, *, width: int, wrap: bool = False) -> Iterator[str]:
    for line in lines:
        for piece in _wrapped(line[:width]) if wrap else [line[:width]]:
            yield f"{bar} {inert(piece)}" if piece else bar
        if len(line) > width:
            yield f"{bar}… {len(line) - width:,} characters more"


def _wrapped(line: str) -> list[str]:
    if len(line) <= COLUMNS:
        return [line]
    import textwrap  # a short conversation needs none of it

    indent = line[: len(line) - len(line.lstrip(" "))][: COLUMNS // 2]
    return textwrap.wrap(
        line,
        COLUMNS,
        subsequent_indent=indent,
        expand_tabs=False,
        replace_whitespace=False,
        break_long_words=False,
        break_on_hyphens=False,
    ) or [line]


def _remark(value: object) -> str:
    return inert_line(_cut(str(value), LONG_CHARACTERS))


def _size(text: str) -> str:
    lines = text.count("\n") + 1
    return _count(lines, "line") if lines > 1 else f"{len(text):,} characters"


def _count(count: int, word: str) -> str:
    return f"{count:,} {word if count == 1 else word + 's'}"


def _short(text: str) -> str:
    return inert_line(_cut(text, _NAME))


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"
