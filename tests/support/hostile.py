"""Text that attacks parsers, writers, terminals and pages; strategies that every room can use."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

PIECES = (
    "---",
    "---\n",
    "\n---\nkind: trace/1\nstatus: ok\n---\n",
    "...",
    "# title",
    "## 3. user",
    "\n\n## 1. assistant\n\n",
    "### sub",
    "## at 2",
    "## new: x",
    "<!-- turn {} -->",
    "\n<!-- tool_call {} -->\n",
    "<!--",
    "-->",
    "--",
    "> ",
    ">",
    "\n>\n",
    "</details>",
    '<details markdown="1">',
    "<script>alert(1)</script>",
    '<img src=x onerror="alert(1)">',
    "</pre></div>",
    "]]>",
    "```",
    "````json",
    "```json-string\n",
    "``````````",
    "~~~",
    "\n```\n",
    "    indented",
    "===",
    '- [x] ana:round-1/q001#1 "said"',
    "- ",
    "* ",
    "1. ",
    "[x](javascript:alert(1))",
    "[ref]: http://example.org",
    "{{ 7*7 }}",
    "{% raw %}",
    '--8<-- ".env"',
    "<<<<<<< HEAD",
    "=======",
    ">>>>>>> branch",
    "key: value",
    "key: [a, b",
    "{a: b}",
    "&anchor",
    "*alias",
    "!!python/object:os.system",
    "%YAML 1.1",
    "@",
    "`",
    "yes",
    "no",
    "null",
    "~",
    "1e3",
    "12:30:45",
    "0x1f",
    "2026-11-24T01:20:00Z",
    "2026-02-30T01:20:00Z",
    "2026-11-24",
    ".inf",
    "=",
    "<<",
    "a -> b",
    "a + b",
    "# comment",
    " # comment",
    "\\",
    '"',
    "'",
    '"quoted"',
    "\\u0041",
    "%s %(x)s {0}",
    "\r",
    "\r\n",
    "\n",
    "\n\n",
    "\t",
    " ",
    "  ",
    "\x00",
    "\x07",
    "\x1b[2J\x1b]0;title\x07",
    "\x7f",
    "\x85",
    "\x9b31m",
    "\u00a0",
    "\u200b",
    "\u2028",
    "\u2029",
    "\ufeff",
    "\u202e",
    "\u2066",
    "\u061c",
    "\ud800",
    "\udfff",
    "\ufffe",
    "\ufdd0",
    "\U0001f600",
    "\U0001fffe",
    "é",
    "e\u0301",
    "汉字",
    "ﷺ",
    "=cmd|' /C calc'!A0",
)
"""What has broken readers of Markdown, YAML, terminals and spreadsheets."""

LONG_LINES = ("x" * 1_000_000, "`" * 5_000, " " * 200_000 + "x", "a/" * 100_000, "- " * 200_000)
"""Lines on which a careless regular expression takes for ever."""


def joined(text: str) -> str:
    """Join two lone surrogates that stand side by side: together they are one character."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


def is_encodable(text: str) -> bool:
    """Tell whether a text can be written as UTF-8."""
    return not any("\ud800" <= character <= "\udfff" for character in text)


fences = st.integers(1, 12).map(lambda length: "`" * length)
pieces = st.one_of(st.sampled_from(PIECES), fences, st.text(max_size=8))
texts = st.lists(pieces, max_size=8).map("".join).map(joined)
"""Any text, made of the worst there is; lone surrogates too, but no two that make a pair."""
utf8_texts = texts.filter(is_encodable)
"""Text that a file can hold as it is."""
lines = utf8_texts.map(lambda text: " ".join(text.split()))
"""One line, white space folded."""

json_scalars = st.one_of(
    st.none(), st.booleans(), st.integers(-(10**20), 10**20), st.floats(), texts
)
json_values: st.SearchStrategy[Any] = st.recursive(
    json_scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)
json_objects = st.dictionaries(
    texts | st.sampled_from(["role", "type", "name", "=role"]), json_values, max_size=4
)
"""Data of a turn or a part, NaN and infinities included."""
