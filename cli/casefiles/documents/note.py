"""One annotator's note on one trace: verdict, judgements, and the observations in prose.

A person's file. Empty front matter, or none, and one sentence make a valid note.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal, cast, get_args

from casefiles.documents.fields import Fields, Source
from casefiles.documents.problem import Problem
from casefiles.documents.prose import Observation, Quote, scan
from casefiles.text import emit
from casefiles.text.names import fold, is_safe_name
from casefiles.text.yaml_tree import Plain

Verdict = Literal["pass", "fail", "defer"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
Value = Literal["yes", "no", "unsure"]
VALUES: tuple[Value, ...] = get_args(Value)
_JUDGEMENT = re.compile(r"(?P<value>[a-z]+)(?:@(?P<version>[1-9][0-9]{0,5}))?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """Whether a trace shows a mode, as one annotator saw it."""

    value: Value
    """yes, no, or unsure (kept and listed, counts as not judged)."""
    version: int | None
    """Version of the definition it was made under; None: unstamped, current while that is 1."""

    def __str__(self) -> str:
        """``yes@3``."""
        return self.value if self.version is None else f"{self.value}@{self.version}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What one annotator wrote about one trace."""

    verdict: Verdict | None = None
    """pass, fail or defer; None: not said."""
    first_failure: int | None = None
    """Number of the turn in which things first went wrong."""
    reviewed: str | None = None
    """When, ISO 8601, UTC."""
    seconds: int | None = None
    """Time spent, idle time cut off."""
    drawn: str | None = None
    """``random`` if the queue gave the trace; absent when it was picked by hand."""
    blind: bool | None = None
    """Made without seeing others' notes or suggestions."""
    labels: Mapping[str, tuple[Judgement, ...]] = field(default_factory=dict)
    """Mode to judgements, oldest first; a mode that is absent is not judged."""
    sim_fault: bool | None = None
    """The simulated user broke; takes the trace out of every figure."""
    share: bool | None = None
    """The trace's text may be published."""
    extra: Mapping[str, Plain] = field(default_factory=dict)
    """Keys this version does not know; kept."""
    body: str = ""
    """The prose as written."""
    observations: tuple[Observation, ...] = ()
    """The open codes found in the prose."""
    quotes: tuple[Quote, ...] = ()
    """Words quoted from the trace."""
    label_lines: Mapping[str, int] = field(default_factory=dict, compare=False)
    """Line of each label in the file, for messages."""

    @property
    def reviews(self) -> bool:
        """Whether this note makes its trace reviewed.

        A verdict pass or fail does, and without a verdict an observation (read as fail).
        """
        return self.verdict in ("pass", "fail") or (
            self.verdict is None and bool(self.observations)
        )

    @property
    def fails(self) -> bool:
        """Whether the annotator saw something go wrong."""
        return self.verdict == "fail" or (self.verdict is None and bool(self.observations))

    def find(self, text: str) -> Observation | None:
        """Return the observation with this text (white space folded), or None."""
        folded = fold(text)
        return next((seen for seen in self.observations if seen.text == folded), None)


def parse(text: str, path: str) -> tuple[Note | None, tuple[Problem, ...]]:
    """Read a note; None if its front matter cannot be relied on."""
    source = Source(path, text)
    fields, body = source.front()
    if fields is None:
        return None, tuple(source.problems)
    observations, quotes = scan(text[body:], text.count("\n", 0, body) + 1)
    labels = fields.inner("labels")
    note = Note(
        verdict=cast("Verdict | None", fields.choice("verdict", VERDICTS, code="verdict")),
        first_failure=fields.integer("first_failure", least=1),
        reviewed=fields.text("reviewed"),
        seconds=fields.integer("seconds"),
        drawn=fields.text("drawn"),
        blind=fields.flag("blind"),
        labels=_labels(labels),
        sim_fault=fields.flag("sim_fault"),
        share=fields.flag("share"),
        extra=fields.extra(),
        body=text[body:],
        observations=observations,
        quotes=quotes,
        label_lines=labels.lines() if labels else {},
    )
    return (None if source.broken else note), tuple(source.problems)


def render(note: Note) -> str:
    """Write a new note. Changes of an existing one are spliced (`casefiles.text.front_matter`)."""
    keys: dict[str, emit.Emittable | None] = {
        "verdict": note.verdict,
        "first_failure": note.first_failure,
        "reviewed": note.reviewed,
        "seconds": note.seconds,
        "drawn": note.drawn,
        "blind": note.blind,
        "labels": {mode: judgements(given) for mode, given in note.labels.items()},
        "sim_fault": note.sim_fault,
        "share": note.share,
    }
    known = {key: value for key, value in keys.items() if value not in (None, {})}
    front = emit.block({**known, **note.extra})
    looks_like_front = note.body.startswith(("---", "\ufeff---"))
    return f"---\n{front}---\n{note.body}" if front or looks_like_front else note.body


def judgements(given: tuple[Judgement, ...]) -> str:
    """Write judgements on one line: ``no@1, yes@3``."""
    return ", ".join(map(str, given))


@lru_cache(maxsize=1 << 12)
def parse_judgements(text: str) -> tuple[Judgement, ...] | None:
    """Read ``no@1, yes@3``; None if a word is none of yes, no, unsure."""
    found = []
    for piece in text.split(","):
        judgement = _JUDGEMENT.fullmatch(piece.strip())
        if judgement is None or judgement["value"] not in VALUES:
            return None
        version = int(judgement["version"]) if judgement["version"] else None
        found.append(Judgement(value=cast("Value", judgement["value"]), version=version))
    return tuple(found)


def _labels(fields: Fields | None) -> dict[str, tuple[Judgement, ...]]:
    if fields is None:
        return {}
    labels = {}
    for mode in fields.keys:
        text = ", ".join(fields.strings(mode))
        given = parse_judgements(text) if text else None
        if not is_safe_name(mode):
            fields.report(mode, "label", f"{mode!r} cannot be the name of a failure mode")
        elif given is None:
            message = f"the label {mode!r} is {text!r}, not yes, no or unsure"
            fields.report(mode, "label", message, remedy="write for example `yes` or `no@2`")
        else:
            labels[mode] = given
    return labels
