from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casefiles.spans.json_text import is_deeper, pretty, readable
from casefiles.text.odd import is_odd

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(JSON)
def test_pretty_says_the_same(value: object) -> None:
    """Indented JSON parses to the value it was made of."""
    assert json.loads(pretty(value)) == value


@given(JSON)
def test_pretty_is_never_odd(value: object) -> None:
    """No character that drives a terminal or hides text stands bare in indented JSON."""
    assert not is_odd(pretty(value))


@given(JSON)
def test_readable_says_the_same(value: object) -> None:
    """Making JSON readable changes nothing of what it says."""
    text, is_json = readable(json.dumps(value))
    assert json.loads(text) == value
    assert is_json


@given(st.text() | st.text(alphabet='{}[]":,0123456789.eE- ntru'))
def test_text_that_is_no_json_stays(text: str) -> None:
    """What does not parse comes back letter by letter."""
    after, is_json = readable(text)
    assert is_json or after == text


@pytest.mark.parametrize(
    "text",
    [
        '{"a": 1, "a": 2}',
        '{"price": 0.1000000000000000055511151231257827}',
        '{"far": 1e999}',
        '{"near": 1e-99999999999999999999}',
        '{"id": 1' + "0" * 5000 + "}",
    ],
)
def test_json_that_python_cannot_hold_stays_verbatim(text: str) -> None:
    """A repeated key, too many digits or too large an exponent keep the text as it is."""
    assert readable(text) == (text, True)


@pytest.mark.parametrize("text", ["", "{", '{"a": NaN}', '{"a": 1e999', "hello", "{'a': 1}"])
def test_what_is_no_json(text: str) -> None:
    """Python's own spellings and cut texts are no JSON."""
    assert readable(text) == (text, False)


def test_nesting_too_deep_to_tell() -> None:
    """A hundred thousand brackets are neither called JSON nor broken, and crash nothing."""
    assert readable("[" * 100_000) == ("[" * 100_000, None)


def test_depth_is_counted_in_containers() -> None:
    """A list in an object is two levels deep."""
    assert is_deeper({"a": [1]}, 1)
    assert not is_deeper({"a": [1]}, 2)
    assert not is_deeper("text", 0)
