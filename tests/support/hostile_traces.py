"""Traces that try to be taken for something else, for every room that shows one."""

from __future__ import annotations

from hypothesis import strategies as st

from casefiles.documents.config import View
from casefiles.documents.trace import Trace, TraceHead, seal
from casefiles.documents.turns import Part, Turn

# What a trace could say to be taken for something else, and what editors choke on.
HOSTILE = [
    "f 5", "fail", "p", "|== 1 user ====", "== 2 x", "|! is 'x' a verdict?", "|", "||", "| p",
    "## at 1", "---", "```", "<!--", "> quote", "# vim: set ro tw=3 :", "\x1b[2J", "\r", "\u2028",
    "\u202e", "\0", "\ufeff", "\t", "\ud800", "", " ", "1. item", "- f 2",
]  # fmt: skip
hostile_lines = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=12))
hostile_text = st.lists(hostile_lines, max_size=6).map("\n".join)
parts = st.builds(
    Part,
    type=st.sampled_from(["text", "reasoning", "tool_call", "tool_result", "image", "|== 1"]),
    text=st.one_of(st.none(), hostile_text),
    data=st.dictionaries(st.sampled_from(["name", "error", "file"]), hostile_text, max_size=2),
)
turns = st.builds(
    Turn,
    role=st.one_of(st.sampled_from(["system", "user", "assistant", "tool"]), hostile_text),
    parts=st.lists(parts, max_size=3).map(tuple),
    data=st.dictionaries(st.just("error"), hostile_text, max_size=1),
)
views = st.builds(
    View,
    fold=st.lists(st.sampled_from(["system", "tool", "persona"]), max_size=2).map(tuple),
    hide=st.lists(st.sampled_from(["tool_call", "error"]), max_size=1).map(tuple),
    final_first=st.booleans(),
)


@st.composite
def traces(draw: st.DrawFn) -> Trace:
    """Draw a trace that tries everything."""
    head = TraceHead(
        dimensions=draw(st.dictionaries(hostile_text, hostile_text, max_size=2)),
        error=draw(st.one_of(st.none(), hostile_text)),
    )
    return seal(head, tuple(draw(st.lists(turns, max_size=4))))
