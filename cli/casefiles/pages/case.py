"""The page of one trace: what it is, what was judged, and the conversation with its notes.

Put together here and not in a template: a site has thousands of these, and most of a template's
time goes into escaping piece by piece.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from casefiles.documents.judgements import Settled
from casefiles.documents.trace import Trace, TraceHead
from casefiles.pages import editing, markup, words
from casefiles.pages.conversation import turn_views
from casefiles.pages.facts import Facts, facts
from casefiles.pages.inert import escaped
from casefiles.pages.notes import Reading, remarks
from casefiles.pages.report import Report, address, mode_page, trace_page
from casefiles.pages.templating import GENERATED
from casefiles.review.arrangement import arrange

VERDICTS = {"pass": "✓ pass", "fail": "✗ fail", "defer": "… deferred"}
"""What a person said of a trace, in words."""
_ANSWERS = {"yes": "● yes", "no": "○ no", "disputed": "◐ disputed", "open": "… open"}
_HEAD = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'self'; \
font-src 'self'">
<meta name="referrer" content="no-referrer">
<link rel="stylesheet" href="../../_casefiles/casefiles.css">"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A mode and what is settled about it for one trace."""

    mode: str
    """Id of the mode."""
    answer: str
    """``yes``, ``no``, ``disputed`` or ``open``."""
    settled: Settled
    """Who said what."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What a trace's page says beyond the trace."""

    reference: str
    """Of the trace."""
    readings: tuple[Reading, ...]
    """Its notes."""
    shown: tuple[Shown, ...]
    """The modes that were judged for it, those it shows first."""
    previous: str
    """The trace before it; empty for the first."""
    following: str
    """The trace behind it; empty for the last."""


def page(report: Report, case: Case, trace: Trace) -> str:
    """Write a trace's page as ready HTML."""
    title = escaped(report.title_of(case.reference))
    before, after = (_near(report, trace) for trace in (case.previous, case.following))
    body = [
        _crumbs(case, before, after),
        f'<h1 id="start">{title}</h1>',
        f'<p class="cf-tags">{"".join(_tags(case.readings, trace.head))}</p>',
        *_conversation(report, case, trace),
        _around(before, after),
    ]
    head = f"{_HEAD}\n<title>{title}</title>\n{_relations(before, after)}</head>"
    return (
        f"{GENERATED}\n{head}\n<body>\n"
        f'<main class="cf-alone md-typeset">\n<div class="cf cf-wide cf-case">\n'
        f"{_lines(body)}\n</div>\n</main>\n</body>\n</html>\n"
    )


def _lines(parts: Iterable[str]) -> str:
    return "\n".join(filter(None, parts))


# ---------------------------------------------------------------- where it stands


def _near(report: Report, trace: str) -> tuple[str, str] | None:
    """Address and title of a neighbour."""
    if not trace:
        return None
    return f"../../{address(trace_page(trace))}", escaped(report.title_of(trace))


def _relations(before: tuple[str, str] | None, after: tuple[str, str] | None) -> str:
    found = (("prev", before), ("next", after))
    return "".join(f'<link rel="{way}" href="{near[0]}">\n' for way, near in found if near)


def _crumbs(case: Case, before: tuple[str, str] | None, after: tuple[str, str] | None) -> str:
    found = ((before, "← previous"), (after, "next →"))
    links = (f'<a href="{near[0]}" title="{near[1]}">{said}</a>' for near, said in found if near)
    return (
        '<nav class="cf-crumbs cf-crumbs--trace" aria-label="Where this is">'
        f'<span><a href="../index.html">Traces</a> / {escaped(case.reference)}</span>'
        f"<span>{' '.join(links)}</span></nav>"
    )


def _around(before: tuple[str, str] | None, after: tuple[str, str] | None) -> str:
    left = (
        f'<a rel="prev" href="{before[0]}"><span>← previous</span> {before[1]}</a>'
        if before
        else ""
    )
    right = f'<a rel="next" href="{after[0]}"><span>next →</span> {after[1]}</a>' if after else ""
    return (
        f'<nav class="cf-around" aria-label="Other traces">{left or "<span></span>"}{right}</nav>'
    )


# ---------------------------------------------------------------- what is known


def _tags(readings: Sequence[Reading], head: TraceHead) -> Iterator[str]:
    said = [reading for reading in readings if reading.verdict]
    for reading in said:
        kind = f" ({escaped(reading.kind)})" if reading.kind != "human" else ""
        tag = f'<span class="cf-tag cf-tag--{reading.verdict}">{VERDICTS[reading.verdict]}</span>'
        yield f'<span class="cf-by">{tag} <small>{escaped(reading.who)}{kind}</small></span> '
    if not said:
        yield '<span class="cf-tag">not read</span> '
    if head.status != "ok":
        yield f'<span class="cf-tag cf-tag--fail">✗ {head.status}</span>'


def _brief(report: Report, case: Case, known: Facts) -> str:
    """Facts on the left, judgements on the right."""
    written = {reading.who for reading in case.readings}
    links = " ".join(
        f'<a href="{escaped(link.address)}" rel="noopener noreferrer">{escaped(link.words)}</a>'
        for link in editing.links(report.desk, case.reference, written=written)
    )
    more = _list(known.more)
    left = [
        f'<div class="cf-uses">{_list(known.uses)}</div>' if known.uses else "",
        _list(known.run),
        f"<details><summary>More about this run</summary>{more}</details>" if more else "",
        f'<p class="cf-write">{links}</p>' if links else "",
    ]
    right = _judged(report, case.shown)
    return f'<div class="cf-brief">\n<div class="cf-facts">{_lines(left)}</div>\n{right}</div>'


def _list(given: Sequence[tuple[str, str]]) -> str:
    rows = (f"<div><dt>{escaped(n)}</dt><dd>{escaped(v)}</dd></div>" for n, v in given)
    return f"<dl>{''.join(rows)}</dl>" if given else ""


def _judged(report: Report, shown: Sequence[Shown]) -> str:
    """What is settled about each mode: what the trace shows, and folded what it does not."""
    if not shown:
        return ""
    written = [(one.answer == "no", _answer(report, one)) for one in shown]
    seen = "".join(one for is_no, one in written if not is_no)
    denied = [one for is_no, one in written if is_no]
    folded = f"<summary>{len(denied)} judged no</summary><ul>{''.join(denied)}</ul>"
    return (
        '<section class="cf-judged" aria-label="Failure modes">'
        f"{f'<ul>{seen}</ul>' if seen else ''}"
        f"{f'<details>{folded}</details>' if denied else ''}</section>\n"
    )


def _answer(report: Report, one: Shown) -> str:
    said = (
        f"{escaped(who)}{f': {standing.value}' if one.answer == 'disputed' else ''}"
        f"{' (from a note)' if standing.coded else ''}"
        for who, standing in one.settled.by.items()
        if standing.value
    )
    older = ", older definition" if one.settled.stale else ""
    tag = f'<span class="cf-tag cf-tag--{one.answer}">{_ANSWERS[one.answer]}</span>'
    link = _link(one.mode, report.mode(one.mode).name)
    return f"<li>{tag} {link} <small>{', '.join(said)}{older}</small></li>"


@functools.cache
def _link(mode: str, name: str) -> str:
    """A link to a mode's page; the same few stand on thousands of pages."""
    return f'<a href="../../{address(mode_page(mode))}.html">{escaped(name)}</a>'


# ---------------------------------------------------------------- what was said


def _conversation(report: Report, case: Case, trace: Trace) -> Iterator[str]:
    view = report.corpus.config.view
    # Its reader has seen the system prompt on every other page.
    arranged = arrange(trace, view, system_known=True)
    turns = turn_views(arranged.turns, view)
    whole, beside = remarks(case.readings, {turn.number for turn in turns})
    if trace.head.error:
        said = escaped(trace.head.error)
        yield f'<p class="cf-caveats">The run ended with an error: {said}</p>'
    yield _brief(report, case, facts(trace.head, arranged.facts, view))
    yield _section("whole", "Notes on the whole", map(markup.remark, whole))
    yield _section("firsts", "Shown first", markup.first(turn_views(arranged.first, view)))
    yield '<div class="cf-talk">'
    yield from markup.turns(
        turns,
        length=len(trace.turns),
        beside=beside,
        first_failures=_first_failures(case.readings),
    )
    if arranged.hidden:
        hidden = words.count(arranged.hidden, "part")
        yield f'<p class="cf-part__remark">{hidden} hidden by the settings of this site.</p>'
    elif not turns:
        yield '<p class="cf-empty">This trace has no turns.</p>'
    yield "</div>"


def _section(name: str, label: str, parts: Iterable[str]) -> str:
    inner = "".join(parts)
    return f'<section class="cf-{name}" aria-label="{label}">{inner}</section>' if inner else ""


def _first_failures(readings: Sequence[Reading]) -> Mapping[int, tuple[str, ...]]:
    found: dict[int, tuple[str, ...]] = {}
    for reading in readings:
        turn = reading.note.first_failure
        if turn is not None:
            found[turn] = (*found.get(turn, ()), reading.who)
    return found
