"""The HTML of a conversation, turn by turn, with the notes beside it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from casefiles.pages import words
from casefiles.pages.conversation import PartView, TurnView
from casefiles.pages.inert import escaped, prose
from casefiles.pages.notes import Remark

_VOICES = ("user", "assistant", "system", "tool")


def turns(
    given: Sequence[TurnView],
    *,
    length: int,
    beside: Mapping[int, Sequence[Remark]],
    first_failures: Mapping[int, Sequence[str]],
) -> Iterator[str]:
    """Write the turns of a conversation; notes and first failures go by number of the turn.

    Of its ``length`` turns some may be hidden: nothing of them is to be seen, but a link to one
    still leads to its place.
    """
    shown = {turn.number: turn for turn in given}
    for number in range(1, length + 1):
        if number in shown:
            failed = first_failures.get(number, ())
            yield _turn(shown[number], beside.get(number, ()), failed)
        else:
            yield f'<span id="t{number}"></span>'


def first(given: Sequence[TurnView]) -> Iterator[str]:
    """Write what the settings want in front of the conversation."""
    for turn in given:
        yield (
            f'<div class="cf-first cf-first--{_voice(turn)}">'
            f'<p class="cf-turn__head"><a href="#t{turn.number}">{escaped(turn.role)}</a></p>'
            f"{''.join(map(_part, turn.parts))}</div>"
        )


def remark(one: Remark) -> str:
    """Write what one annotator said."""
    kind = f" <small>({escaped(one.kind)})</small>" if one.kind != "human" else ""
    return (
        f'<div class="cf-note"><p class="cf-note__who">{escaped(one.who)}{kind}</p>'
        f'<div class="cf-prose">{prose(one.text)}</div></div>'
    )


def _turn(turn: TurnView, beside: Sequence[Remark], failed: Sequence[str]) -> str:
    marked = " cf-turn--failed" if failed else ""
    error = f'<p class="cf-caveats">{escaped(turn.error)}</p>' if turn.error else ""
    parts = "".join(map(_part, turn.parts)) or '<p class="cf-part__remark">no text</p>'
    notes = "".join(map(remark, beside))
    margin = (
        f'<aside class="cf-beside" aria-label="Notes on turn {turn.number}">{notes}</aside>'
        if notes
        else ""
    )
    return (
        f'<section class="cf-turn cf-turn--{_voice(turn)}{marked}" id="{turn.anchor}">'
        f'<div class="cf-turn__said">{_head(turn, failed)}{error}{parts}</div>{margin}</section>'
    )


def _voice(turn: TurnView) -> str:
    return turn.role if turn.role in _VOICES and not turn.is_aside else "other"


def _head(turn: TurnView, failed: Sequence[str]) -> str:
    number = turn.number
    facts = " · ".join(map(escaped, turn.facts))
    known = f' <span class="cf-turn__facts">{facts}</span>' if facts else ""
    who = escaped(", ".join(failed))
    tag = (
        f' <span class="cf-tag cf-tag--fail" title="{who}">✗ first failure</span>' if failed else ""
    )
    return (
        f'<p class="cf-turn__head"><a class="cf-turn__number" id="t{number}" href="#t{number}" '
        f'aria-label="Turn {number}">{number}</a> <strong>{escaped(turn.role)}</strong>'
        f"{known}{tag}</p>"
    )


def _part(part: PartView) -> str:
    return f'<div class="cf-part cf-part--{part.kind}">{"".join(_pieces(part))}</div>'


def _pieces(part: PartView) -> Iterator[str]:
    if part.does:
        name = f" <code>{escaped(part.name)}</code>" if part.name else ""
        failed = ' <span class="cf-tag cf-tag--fail">✗ error</span>' if part.failed else ""
        yield f'<p class="cf-part__head"><span>{escaped(part.does)}</span>{name}{failed}</p>'
    for said in part.remarks:
        yield f'<p class="cf-part__remark">{escaped(said)}</p>'
    if part.folded:
        summary = escaped(part.folded)
        size = f' <span class="cf-size">{words.size(part.length, part.lines)}</span>'
        yield f"<details><summary>{summary}{size}</summary>{part.body}</details>"
    else:
        yield part.body
