from __future__ import annotations

import json
import re

from hypothesis import given
from hypothesis import strategies as st

from casefiles.text.indented import indented

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=20,
)


def _without_layout(text: str) -> str:
    """Drop white space outside of strings."""
    return re.sub(r'("(?:[^"\\]|\\.)*")|\s+', lambda hit: hit[1] or "", text)


@given(JSON)
def test_only_white_space_is_added(value: object) -> None:
    """Every token of the JSON stays as it was written."""
    for text in (json.dumps(value), json.dumps(value, ensure_ascii=False)):
        assert _without_layout(indented(text)) == _without_layout(text)


@given(st.text(max_size=200))
def test_text_that_is_no_json_stays(text: str) -> None:
    """What is not one line of JSON is left as it is."""
    try:
        json.loads(text)
    except ValueError:
        assert indented(text) == text


def test_long_json_gets_lines_and_short_parts_stay_together() -> None:
    """One item a line, where the whole would not fit on one."""
    text = '{"price":1.10,"price":2,"list":[1,2,3],"why":"' + "x" * 60 + '"}'
    assert indented(text).split("\n") == [
        "{",
        '  "price": 1.10,',
        '  "price": 2,',
        '  "list": [1, 2, 3],',
        '  "why": "' + "x" * 60 + '"',
        "}",
    ]
