"""References that stand in files: to observations, to turns, to versions of a mode."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from casefiles.text.names import fold, is_safe_name
from casefiles.text.odd import ODD

_OBSERVATION = re.compile(
    r'(?P<annotator>[^\s:]+):(?P<trace>[^\s#]+)#(?P<index>[0-9]{1,6})\s+(?P<text>".*")'
)
_LABEL = re.compile(r"(?P<annotator>[^\s:]+):(?P<trace>[^\s#]+)\s+\(label\)")
_EXAMPLE = re.compile(
    r"(?P<trace>[^\s:#/]++/[^\s:#/]++)(?:\s+at\s+(?P<turn>[0-9]{1,6}))?(?::\s*(?P<rest>.*))?"
)
_VERSIONED = re.compile(r"(?P<mode>[^\s@]+)(?:@(?P<version>[1-9][0-9]{0,5}))?")


@dataclass(frozen=True, slots=True, kw_only=True)
class ObservationRef:
    """Cites one observation of one note: ``ana:round-1/q042#2 "its text"``."""

    annotator: str
    """Whose note."""
    trace: str
    """Reference of the trace."""
    index: int
    """Place of the observation in the note, from 1: a hint, the text identifies."""
    text: str
    """The observation's text, white space folded."""

    @property
    def identity(self) -> tuple[str, str, str]:
        """What identifies the observation: the number is only a hint."""
        return (self.annotator, self.trace, self.text)

    def __str__(self) -> str:
        """Write it as it stands in a proposal."""
        return f"{self.annotator}:{self.trace}#{self.index} {quote(self.text)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelRef:
    """Cites a judged trace without an observation: ``ana:round-1/q042 (label)``."""

    annotator: str
    """Whose label."""
    trace: str
    """Reference of the trace."""

    def __str__(self) -> str:
        """Write it as it stands in a proposal."""
        return f"{self.annotator}:{self.trace} (label)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A line of evidence in a mode file: ``round-1/q042 at 5: "quote"``."""

    trace: str
    """Reference of the trace."""
    turn: int | None
    """Number of the turn, None for the trace as a whole."""
    quote: str | None
    """Words that must occur in that turn."""
    remark: str | None
    """Other text behind the colon."""

    def __str__(self) -> str:
        """Write it as it stands in a mode file."""
        at = f" at {self.turn}" if self.turn is not None else ""
        said = quote(self.quote) if self.quote is not None else self.remark
        return f"{self.trace}{at}: {said}" if said else f"{self.trace}{at}"


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionedMode:
    """A mode at a version of its definition: ``too-long@3``."""

    mode: str
    """Id of the mode."""
    version: int = 1
    """Version of the definition."""

    def __str__(self) -> str:
        """``mode@version``."""
        return f"{self.mode}@{self.version}"


def quote(text: str) -> str:
    """Put folded text in double quotes; quotes, backslashes and odd characters are escaped."""
    text = json.dumps(fold(text), ensure_ascii=False)
    return ODD.sub(lambda hit: f"\\u{ord(hit.group()):04x}", text)


def unquote(text: str) -> str | None:
    """Read a double-quoted text; one with bare quotes inside, as people type, is taken as it is."""
    if len(text) < 2 or not (text.startswith('"') and text.endswith('"')):
        return None
    try:
        value = json.loads(text, strict=False)
    except ValueError:
        value = text[1:-1]
    return fold(value) if isinstance(value, str) else None


def parse_item(text: str) -> ObservationRef | LabelRef | None:
    """Read what stands behind the tick box of a proposal line; None if it is no reference."""
    if found := _LABEL.fullmatch(text.strip()):
        return LabelRef(annotator=found["annotator"], trace=found["trace"])
    if not (found := _OBSERVATION.fullmatch(text.strip())):
        return None
    said = unquote(found["text"])
    if said is None:
        return None
    return ObservationRef(
        annotator=found["annotator"], trace=found["trace"], index=int(found["index"]), text=said
    )


def parse_example(text: str) -> Example | None:
    """Read a line of evidence of a mode file; None if it names no trace."""
    found = _EXAMPLE.fullmatch(text.strip())
    if not found:
        return None
    rest = (found["rest"] or "").strip()
    quoted = unquote(rest)
    return Example(
        trace=found["trace"],
        turn=int(found["turn"]) if found["turn"] else None,
        quote=quoted,
        remark=rest if rest and quoted is None else None,
    )


def parse_versioned(text: str) -> VersionedMode | None:
    """Read ``mode@3`` or ``mode`` (version 1); None if it is neither."""
    found = _VERSIONED.fullmatch(text.strip())
    if not found or not is_safe_name(found["mode"]):
        return None
    return VersionedMode(mode=found["mode"], version=int(found["version"] or 1))


def is_trace_reference(text: str) -> bool:
    """Tell whether a text has the form ``round/trace``."""
    round_name, slash, name = text.partition("/")
    return bool(slash) and is_safe_name(round_name) and is_safe_name(name)
