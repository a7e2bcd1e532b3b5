from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casefiles.documents.turns import Part, Turn
from casefiles.importers.privacy import hidden, hidden_id, hidden_turns
from casefiles.text.redact import Redactor

MAIL = "ana@example.com"
CARD = 4111111111111111


def test_json_in_a_string_stays_json() -> None:
    """A card number written as a number becomes a string there, so arguments still parse."""
    record = {"arguments": json.dumps({"card": CARD, "mail": MAIL, "n": 2})}

    found = json.loads(hidden(record, Redactor())["arguments"])

    assert found == {"card": "[card-1]", "mail": "[email-1]", "n": 2}


def test_escapes_in_json_in_a_string_hide_nothing() -> None:
    """An address whose @ is written as an escape is found, also two levels down."""
    inner = '{"mail": "ana\\u0040example.com"}'
    record = {"a": inner, "b": json.dumps({"deeper": inner})}

    found = hidden(record, Redactor())

    assert json.loads(found["a"]) == {"mail": "[email-1]"}
    assert json.loads(json.loads(found["b"])["deeper"]) == {"mail": "[email-1]"}


def test_numbers_of_the_record_are_searched() -> None:
    """A card number that is a JSON number becomes its placeholder; other numbers stay."""
    record = {"card": CARD, "created": 1_763_946_011_500, "n": 3, "x": 0.5, "no": False}

    assert hidden(record, Redactor()) == {**record, "card": "[card-1]"}


def test_strings_without_secrets_stay_letter_by_letter() -> None:
    """JSON in a string keeps its blanks, its numbers and its repeated keys if nothing is hidden."""
    record = {"a": '{ "x" : 1.10, "y":1e5,\n"z": NaN}', "b": "[not json", "c": "[1,  2]", "d": "{"}

    assert hidden(record, Redactor()) == record


def test_deep_json_in_a_string_is_left_to_the_text_search() -> None:
    """A string that nests a thousand levels deep does not stop the import."""
    deep = "[" * 5000 + f'"{MAIL}"' + "]" * 5000

    assert MAIL not in hidden({"a": deep}, Redactor())["a"]


def test_turns_are_searched_once_more() -> None:
    """Text, data and names of parts and turns hold no secret."""
    turn = Turn(
        role=MAIL,
        parts=(Part(type="tool_call", text=f"to {MAIL}", data={"name": MAIL}),),
        data={"agent": {"mail": MAIL}},
    )

    (found,) = hidden_turns((turn,), Redactor())

    assert MAIL not in repr(found)
    assert found.parts[0].text == "to [email-1]"


def test_ids_that_hold_a_secret_become_hashes() -> None:
    """Two addresses stay two ids, the same at every import; others stay as they are."""
    ana, ben = hidden_id(MAIL, {}), hidden_id("ben@example.com", {})

    assert ana != ben
    assert ana == hidden_id(MAIL, {})
    assert ana.startswith("id-")
    assert MAIL not in ana
    assert hidden_id("req_17", {}) == "req_17"
    assert hidden_id("customer-9", {"customer": r"customer-\d+"}).startswith("id-")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=6), inner, max_size=3)
        | inner.map(json.dumps)
    ),
    max_leaves=10,
)


@given(JSON)
def test_hiding_twice_changes_nothing(record: Any) -> None:
    """A second pass finds nothing more, and the copy is JSON of the same shape."""
    once = hidden(record, Redactor())

    assert hidden(once, Redactor()) == once
    assert type(once) is type(record) or isinstance(once, str)


@pytest.mark.parametrize("place", ["{}", '{{"a": "{}"}}', '[{{"b": ["x {} y"]}}]', "see {}."])
@given(prefix=st.text(alphabet='ab \n"\\{}[]:', max_size=6))
def test_an_address_is_found_whatever_stands_around_it(place: str, prefix: str) -> None:
    """In text, in JSON in text and behind broken brackets."""
    text = place.format(MAIL)

    assert MAIL not in json.dumps(hidden({"a": prefix + " " + text, "b": text}, Redactor()))
