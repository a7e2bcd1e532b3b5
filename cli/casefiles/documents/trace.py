"""One trace: what went into the application and everything that came back.

Written by the tool, read by people. The front matter says what is known about the run; the body
holds the turns, in the grammar of `casefiles.documents.turns`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, cast, get_args

from casefiles.documents import turns as turn_grammar
from casefiles.documents.fields import Fields, Source
from casefiles.documents.paths import place_of
from casefiles.documents.problem import Problem
from casefiles.documents.turns import Turn
from casefiles.text import emit, front_matter
from casefiles.text.odd import replace_odd
from casefiles.text.yaml_tree import Plain

KIND = "trace/1"
Status = Literal["ok", "error", "timeout", "limit", "cancelled", "partial"]
STATUSES: tuple[Status, ...] = get_args(Status)


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceHead:
    """What is known about a trace without reading its turns."""

    title: str = ""
    """A line for people: the query, shortened, or what the platform called it."""
    query: str | None = None
    """Id of the query in queries.yaml; None for an imported trace."""
    dimensions: Mapping[str, str] = field(default_factory=dict)
    """Dimension to value; people may edit them, the hash does not cover them."""
    source: Mapping[str, str] = field(default_factory=dict)
    """``kind`` (synthetic, production or human) and where it came from (``file``, ``id``)."""
    session: str | None = None
    """The conversation or user session it belongs to."""
    stratum: str | None = None
    """The stratum of round.yaml it was drawn from."""
    repetition: int | None = None
    """2 for the first repetition of the same query, and so on; None for the first run."""
    target: str | None = None
    """The target of casefiles.toml it went through."""
    app_version: str | None = None
    """The application's version, as it or the user said."""
    status: Status = "ok"
    """How the run ended; ``partial`` means that parts of the trace are known to be lost."""
    end: str | None = None
    """Why a conversation of several turns ended: ``goal``, ``out_of_scope``, ``max_turns``,
    ``app_done``, ``needs_human``, ``error``, ``limit``, ``no_user`` or ``left``."""
    started: str | None = None
    """Start time, ISO 8601, UTC."""
    ms: int | None = None
    """Duration in milliseconds."""
    usage: Mapping[str, float] = field(default_factory=dict)
    """Tokens ``in`` and ``out``, ``cost_usd``."""
    error: str | None = None
    """What went wrong while running, for status other than ok."""
    raw: str | None = None
    """Path of the raw record below .casefiles/raw/."""
    sha256: str | None = None
    """Hash of the turns as written; another one in the file means it was changed by hand."""
    extra: Mapping[str, Plain] = field(default_factory=dict)
    """Keys this version does not know; kept."""

    @property
    def source_id(self) -> str | None:
        """The id the trace had where it came from."""
        return self.source.get("id")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """A whole trace."""

    head: TraceHead
    """What is known about it."""
    turns: tuple[Turn, ...]
    """The conversation, in order."""


def seal(head: TraceHead, turns: tuple[Turn, ...]) -> Trace:
    """Make a trace whose hash covers its turns."""
    return Trace(head=replace(head, sha256=turn_grammar.digest(turns)), turns=turns)


def parse_head(text: str, path: str) -> tuple[TraceHead | None, tuple[Problem, ...]]:
    """Read the front matter only (fast: the turns are not looked at); None if it is broken."""
    source = Source(path, text)
    fields, _ = source.front()
    head = _head(fields, source) if fields is not None else None
    return head, tuple(source.problems)


def parse(text: str, path: str) -> tuple[Trace | None, tuple[Problem, ...]]:
    """Read a whole trace. None if the front matter is broken; else what could be read."""
    source = Source(path, text)
    fields, body = source.front()
    head = _head(fields, source) if fields is not None else None
    if head is None:
        return None, tuple(source.problems)
    turns = turn_grammar.parse(source, body)
    return Trace(head=head, turns=turns), tuple(source.problems)


def parse_turns(text: str, path: str) -> tuple[Turn, ...]:
    """Read the turns alone, of a trace whose head is known; what cannot be read is left out."""
    return turn_grammar.parse(Source(path, text), front_matter.body_offset(text))


def render(trace: Trace) -> str:
    """Write a trace; ``parse(render(x)) == x``.

    But lone surrogates in the front matter become U+FFFD, and numbers that cannot be known there
    (a duration below 0 from two clocks, a cost that is not finite) are left out. Raises ValueError
    if data of the turns are nested too deeply.
    """
    head = trace.head
    keys: dict[str, emit.Emittable | None] = {
        "kind": KIND,
        "title": head.title or None,
        "query": head.query,
        "dimensions": head.dimensions,
        "source": head.source,
        "session": head.session,
        "stratum": head.stratum,
        "repetition": _known(head.repetition),
        "target": head.target,
        "app_version": head.app_version,
        "status": head.status,
        "end": head.end,
        "started": head.started,
        "ms": _known(head.ms),
        "usage": {key: n for key, n in head.usage.items() if _known(n) is not None},
        "error": head.error,
        "raw": head.raw,
        "sha256": head.sha256,
    }
    known = {key: value for key, value in keys.items() if value not in (None, {})}
    front = emit.block({**known, **head.extra})
    title = f"# {turn_grammar.decoration(replace_odd(head.title))}\n\n" if head.title else ""
    return f"---\n{front}---\n\n{title}{turn_grammar.render(trace.turns)}"


def _known(number: float | None) -> float | None:
    return number if number is not None and 0 <= number < 10**18 else None


def _head(fields: Fields, source: Source) -> TraceHead | None:
    if not fields.keys:
        source.report("front-matter", "a trace needs front matter with `kind: trace/1`")
        return None
    kind = fields.text("kind", required=True)
    if kind is not None and kind != KIND:
        fields.report("kind", "kind", f"kind is {kind!r}, this version reads {KIND!r}")
    usage = fields.inner("usage")
    status = fields.choice("status", STATUSES)
    head = TraceHead(
        title=fields.text("title") or "",
        query=fields.text("query"),
        dimensions=fields.table("dimensions"),
        source=fields.table("source"),
        session=fields.text("session"),
        stratum=fields.text("stratum"),
        repetition=fields.integer("repetition"),
        target=fields.text("target"),
        app_version=fields.text("app_version"),
        status=cast("Status", status or "ok"),
        end=fields.text("end"),
        started=fields.text("started"),
        ms=fields.integer("ms"),
        usage=_usage(usage),
        error=fields.text("error"),
        raw=fields.text("raw"),
        sha256=fields.text("sha256"),
        extra=fields.extra(),
    )
    return None if source.broken else head


def _usage(fields: Fields | None) -> dict[str, float]:
    if fields is None:
        return {}
    return {key: value for key in fields.keys if (value := fields.number(key)) is not None}


def reference(path: str) -> str:
    """Return the trace reference of a path."""
    return place_of(path).reference
