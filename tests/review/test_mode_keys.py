from __future__ import annotations

from casefiles.documents.mode import Definition, Mode
from casefiles.review.mode_keys import find_mode, keyed_modes

DEFINITION = Definition(text="Yes if it is.\nNo otherwise.")


def _mode(key: str | None = None, version: int = 1) -> Mode:
    return Mode(name="A mode", key=key, version=version, definition=DEFINITION)


def test_modes_get_the_key_they_ask_for_the_others_numbers() -> None:
    """No two have the same; who asks second for a key gets a number."""
    modes = {"a": _mode(), "b": _mode("2"), "c": _mode(), "d": _mode("x"), "e": _mode("x")}
    keys = {one.mode: one.key for one in keyed_modes(modes, modes)}
    assert keys == {"a": "1", "b": "2", "c": "3", "d": "x", "e": "4"}


def test_a_mode_is_found_by_key_or_id() -> None:
    """And nothing else."""
    found = keyed_modes({"too-long": _mode(version=3)}, ["too-long"])
    assert find_mode("1", found) is find_mode("too-long", found) is found[0]
    assert found[0].version == 3
    assert find_mode("too", found) is None
