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
def test_only_white_space_changes(value: object) -> None:
    """Every token of the JSON stays as it was written, on one line or on many."""
    for text in (json.dumps(value), json.dumps(value, ensure_ascii=False, indent=4)):
        assert _without_layout(indented(text)) == _without_layout(text)


@given(st.text(max_size=200))
def test_text_that_is_no_json_stays(text: str) -> None:
    """What is no JSON is left as it is."""
    try:
        json.loads(text)
    except ValueError:
        assert indented(text) == text


def test_short_json_that_was_laid_out_over_lines_fits_on_one() -> None:
    """Telemetry often holds arguments laid out already; a reader wants them short."""
    assert indented('{\n  "user_id": "mia_li",\n  "tags": [\n    1\n  ]\n}') == (
        '{"user_id": "mia_li", "tags": [1]}'
    )


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
