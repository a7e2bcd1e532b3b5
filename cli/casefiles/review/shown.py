"""A trace as lines for reading, in an editor or a terminal, each marked as not the reader's own.

Every line begins with a bar. Behind it a blank opens a line of the trace; ``==`` the head of a
turn, ``--`` a piece of it and ``…`` what is left out. So no text of a trace looks like a head,
a mark, or anything a person typed.
"""

from __future__ import annotations

from collections.abc import Iterator

from casefiles.documents.config import View
from casefiles.documents.trace import Trace, TraceHead
from casefiles.documents.turns import PROSE, Part, Turn
from casefiles.text.odd import inert, inert_line

BAR = "|"
FOLD_LINES = 30
"""Lines from which what a machine said is folded."""
FOLD_CHARACTERS = 4_000
"""Characters from which it is folded."""
HEAD_LINES = 20
"""Lines left at its beginning."""
TAIL_LINES = 5
"""Lines left at its end."""
SYSTEM_LINES = 3
"""Lines left of a system prompt that was shown before."""
WIDTH = 10_000
"""Characters from which a single line is cut: editors stumble over megabytes on one line."""
_NAME = 60  # characters of a name in a head
_RULE = 60  # columns of a head


def lines_of(
    trace: Trace, view: View, *, bar: str = BAR, system_known: bool = False
) -> Iterator[str]:
    """Yield the lines of a trace's turns, an empty one in front of each turn.

    ``view`` folds or hides roles, kinds of parts and tool names, and may put the query and the
    final answer first. ``system_known`` folds the system prompt: the reader has seen it.
    """
    turns = list(enumerate(trace.turns, 1))
    if view.final_first and len(turns) > 1:
        for number, turn in _ends(turns):
            yield from _turn(number, turn, view, bar, fold=False)
        yield from ("", _head("from the start", bar))
    for number, turn in turns:
        fold = turn.role in view.fold or (turn.role == "system" and system_known)
        yield from _turn(number, turn, view, bar, fold=fold)


def facts_of(head: TraceHead, view: View, *, bar: str = BAR) -> Iterator[str]:
    """Yield a line for each thing known about a trace that may bear on how it is judged."""
    facts = {
        **head.dimensions,
        "session": head.session,
        "app_version": head.app_version,
        "status": head.status if head.status != "ok" else None,
        "error": head.error,
    }
    for key, value in facts.items():
        if value and key not in view.hide:
            said = "…" if key in view.fold else inert_line(_cut(value, FOLD_CHARACTERS))
            yield f"{bar} {inert_line(key)}: {said}"


def system_prompt(trace: Trace) -> str:
    """Return the text of a trace's system turns: what `system_known` is about."""
    parts = [part for turn in trace.turns if turn.role == "system" for part in turn.parts]
    return "\n".join(part.text or "" for part in parts)


def _ends(turns: list[tuple[int, Turn]]) -> list[tuple[int, Turn]]:
    """The first question and the last answer with text."""
    asked = [item for item in turns if item[1].role == "user"][:1]
    said = [(n, t) for n, t in turns if t.role == "assistant" and any(p.text for p in t.parts)]
    return asked + said[-1:]


def _turn(number: int, turn: Turn, view: View, bar: str, *, fold: bool) -> Iterator[str]:
    parts = [part for part in turn.parts if not _names(turn, part) & set(view.hide)]
    if turn.role in view.hide or (turn.parts and not parts):
        return
    yield ""
    yield _head(f"{number} {_short(turn.role)}", bar)
    if not parts:
        yield f"{bar}-- nothing"
    for place, part in enumerate(parts):
        if part.type != "text" or place or not part.text:
            yield f"{bar}-- {_label(part)}"
        folded = fold or bool(_names(turn, part) & set(view.fold))
        yield from _text(turn, part, bar, fold=folded)
    if turn.data.get("error"):
        yield f"{bar}-- error: {inert_line(_cut(str(turn.data['error']), FOLD_CHARACTERS))}"


def _names(turn: Turn, part: Part) -> set[str]:
    """What a part can be folded or hidden by."""
    return {turn.role, part.type, str(part.data.get("name") or part.type)}


def _head(text: str, bar: str) -> str:
    return f"{bar}== {text} ".ljust(_RULE, "=")


def _label(part: Part) -> str:
    words = {"tool_call": "calls", "tool_result": "result of"}
    name = next((part.data[key] for key in ("name", "file", "uri") if part.data.get(key)), "")
    said = f"{words.get(part.type) or _short(part.type)} {_short(str(name))}".strip()
    if part.data.get("invalid_json"):
        said += ", arguments are not valid JSON"
    if part.text == "":
        said += ", empty"
    if part.data.get("error"):
        said += f", error: {inert_line(_cut(str(part.data['error']), FOLD_CHARACTERS))}"
    return said


def _text(turn: Turn, part: Part, bar: str, *, fold: bool) -> Iterator[str]:
    if not part.text:
        return
    lines = part.text.split("\n")
    machine = part.type not in PROSE or turn.role == "tool"
    if fold:
        yield from _lines(lines[:SYSTEM_LINES], bar, width=FOLD_CHARACTERS // SYSTEM_LINES)
        yield from _more(len(lines) - SYSTEM_LINES, bar)
    elif machine and (len(lines) > FOLD_LINES or len(part.text) > FOLD_CHARACTERS):
        kept = min(len(lines), HEAD_LINES + TAIL_LINES)
        width = max(FOLD_CHARACTERS // kept, 200)
        tail = lines[HEAD_LINES:][-TAIL_LINES:]
        yield from _lines(lines[:HEAD_LINES], bar, width=width)
        yield from _more(len(lines) - kept, bar)
        yield from _lines(tail, bar, width=width)
    else:
        yield from _lines(lines, bar, width=WIDTH)


def _lines(lines: list[str], bar: str, *, width: int) -> Iterator[str]:
    for line in lines:
        yield f"{bar} {inert(line[:width])}" if line else bar
        if len(line) > width:
            yield f"{bar}… {len(line) - width:,} characters more"


def _more(count: int, bar: str) -> Iterator[str]:
    if count > 0:
        yield f"{bar}… {count:,} {'line' if count == 1 else 'lines'} more"


def _short(text: str) -> str:
    return inert_line(_cut(text, _NAME))


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"
