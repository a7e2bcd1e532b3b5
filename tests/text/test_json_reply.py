from __future__ import annotations

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casefiles.text.json_reply import parse

leaves = st.none() | st.booleans() | st.integers() | st.text()
documents = st.dictionaries(
    st.text(),
    st.recursive(leaves, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)),
)
prose = st.text(alphabet=st.characters(exclude_characters="{}[]"))


@given(documents, prose, prose)
def test_json_inside_prose_is_found(document: dict[str, object], before: str, after: str) -> None:
    """Whatever a chat writes around an object, the object comes out as it is."""
    text = json.dumps(document)
    assert parse(f"{before}\n```json\n{text}\n```\n{after}") == document
    assert parse(before + text + after) == document


@given(st.text())
def test_any_text_gives_a_value_or_a_value_error(text: str) -> None:
    """No reply whatever raises anything but ValueError."""
    with contextlib.suppress(ValueError):
        assert isinstance(parse(text), dict | list)


def test_the_longest_of_several_wins() -> None:
    """A small example before the real answer does not hide it."""
    assert parse('As {"n": 1} shows: {"n": 2, "why": "longer"}') == {"n": 2, "why": "longer"}


@pytest.mark.parametrize("reply", ["", "no", '{"n": ', "[" * 100_000, "{" * 100_000])
def test_a_reply_without_json_says_so(reply: str) -> None:
    """Prose, a cut-off object and endless brackets are no JSON, and quickly so."""
    with pytest.raises(ValueError, match="no complete JSON"):
        parse(reply)
