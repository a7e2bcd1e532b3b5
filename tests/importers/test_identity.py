from __future__ import annotations

import random
import re
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casefiles.importers.identity import Entry, Keyed, Known, digest, keyed, trace_name
from casefiles.text.names import is_safe_name


def entries(records: Sequence[tuple[str | None, str]]) -> list[Entry]:
    """Entries of (id, content)."""
    return [
        Entry(file=0, number=place, line=place + 1, id=id_, session=None, digest=digest(content))
        for place, (id_, content) in enumerate(records)
    ]


def imported(found: Sequence[Keyed], before: dict[str, Known] | None = None) -> dict[str, Known]:
    """What is known after the new ones were imported."""
    new = {o.key: Known(round="r", digest=o.entry.digest) for o in found if o.state == "new"}
    return (before or {}) | new


def states(found: Sequence[Keyed]) -> list[str]:
    """The state of each record."""
    return [one.state for one in found]


def test_the_hash_of_a_record_knows_its_content_only() -> None:
    """The order of keys does not matter, that of lists and every value does."""
    assert digest({"a": 1, "b": [1, 2]}) == digest({"b": [1, 2], "a": 1})
    assert digest({"a": [2, 1]}) != digest({"a": [1, 2]})
    assert digest({"a": 1}) != digest({"a": "1"})
    assert re.fullmatch(r"[0-9a-f]{16}", digest({"a": "\ud800"}))


def test_records_without_an_id_are_known_by_content() -> None:
    """The same key in another place; the second of two identical ones gets a number."""
    found = keyed(entries([(None, "a"), (None, "b"), (None, "a")]), {})

    assert [one.key for one in found] == [digest("a"), digest("b"), f"{digest('a')}-2"]
    again = keyed(entries([(None, "x"), (None, "a"), (None, "a"), (None, "b")]), imported(found))
    assert states(again) == ["new", "present", "present", "present"]


def test_an_id_that_is_there_is_skipped() -> None:
    """With the same content it is present, with other content that is said."""
    known = imported(keyed(entries([("r1", "a")]), {}))

    assert states(keyed(entries([("r1", "a")]), known)) == ["present"]
    assert states(keyed(entries([("r1", "b")]), known)) == ["changed"]


def test_a_trace_that_does_not_say_its_content_is_present() -> None:
    """Traces from elsewhere have an id only."""
    known = {"r1": Known(round="r", digest=None)}

    assert states(keyed(entries([("r1", "a")]), known)) == ["present"]


def test_the_same_record_twice_is_one() -> None:
    """A record with an id that stands in the files twice is imported once."""
    assert states(keyed(entries([("r1", "a"), ("r1", "a")]), {})) == ["new", "repeated"]


def test_different_records_with_one_id_are_all_kept() -> None:
    """Each but the first gets its hash behind the id."""
    found = keyed(entries([("r1", "a"), ("r1", "b"), ("r1", "c")]), {})

    assert states(found) == ["new", "new", "new"]
    assert [one.key for one in found] == ["r1", f"r1-{digest('b')[:8]}", f"r1-{digest('c')[:8]}"]


def test_a_record_that_later_shares_an_id_is_told_apart() -> None:
    """One with an id that was imported alone is known again when another one has come."""
    known = imported(keyed(entries([("r1", "a")]), {}))

    found = keyed(entries([("r1", "b"), ("r1", "a")]), known)

    assert states(found) == ["new", "present"]
    assert states(keyed(entries([("r1", "b")]), imported(found, known))) == ["present"]


RECORDS = st.lists(
    st.tuples(st.none() | st.sampled_from(["r1", "r2", "r3"]), st.sampled_from("abcd")), max_size=12
)


@given(RECORDS, st.randoms(use_true_random=False))
def test_a_second_import_brings_nothing_in_whatever_order(
    records: list[tuple[str | None, str]], chance: random.Random
) -> None:
    """After an import every record of the file is there, also when the file is sorted anew."""
    found = keyed(entries(records), {})
    known = imported(found)
    chance.shuffle(records)

    assert "new" not in states(keyed(entries(records), known))
    keys = [one.key for one in found if one.state == "new"]
    assert len(keys) == len(set(keys))


@given(RECORDS, RECORDS)
def test_appended_records_come_in_alone(
    records: list[tuple[str | None, str]], more: list[tuple[str | None, str]]
) -> None:
    """What was imported keeps its key when the file grows."""
    known = imported(keyed(entries(records), {}))

    found = keyed(entries(records + more), known)

    assert all(one.state != "new" for one in found[: len(records)])


@pytest.mark.parametrize(
    "key",
    ["../../x", "CON", "nul.txt", "😀", "a/b\\c", ".", "..", "", " ", "x" * 500, "ÄÖ", "a\nb"],
)
def test_hostile_keys_give_safe_names(key: str) -> None:
    """Paths, devices, emoji, nothing and far too much all become one plain file name."""
    assert is_safe_name(trace_name(key, set()))


def test_names_that_clash_get_a_hash() -> None:
    """Two keys never share a file, capitals or not."""
    taken: set[str] = set()
    for key in ("Order-1", "order-1", "ORDER-1", "order 1", "order_1"):
        name = trace_name(key, taken)
        assert name not in taken
        taken.add(name)

    assert re.fullmatch(r"x-[0-9a-f]{8}", trace_name("x", {"x"}))
    assert trace_name("x", {"x", trace_name("x", {"x"})}).endswith("-2")


@given(st.lists(st.text(max_size=80), unique=True, max_size=8))
def test_any_keys_give_different_safe_names(keys: list[str]) -> None:
    """As many names as keys, all safe, all in lower case."""
    taken: set[str] = set()
    for key in keys:
        name: Any = trace_name(key, taken)
        assert is_safe_name(name)
        assert name not in taken
        taken.add(name)
