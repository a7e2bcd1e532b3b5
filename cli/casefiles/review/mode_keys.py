"""Short names for the failure modes, to judge with few keys while reading."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # a first reading knows no modes, and does not pay for what reads them
    from casefiles.documents.mode import Mode


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyedMode:
    """An active mode with its key."""

    key: str
    """What a reviewer types: the mode's own ``key``, else a number."""
    mode: str
    """Its id."""
    name: str
    """What people call it."""
    version: int
    """Version of its definition, with which a judgement is stamped."""


def keyed_modes(modes: Mapping[str, Mode], ids: Iterable[str]) -> tuple[KeyedMode, ...]:
    """Give each of some modes a key of its own; those that ask for one get it, first come."""
    wanted = tuple(ids)
    keys: dict[str, str] = {}
    for mode in wanted:
        if modes[mode].key and modes[mode].key not in keys.values():
            keys[mode] = str(modes[mode].key)
    free = (str(number) for number in count(1) if str(number) not in keys.values())
    for mode in wanted:
        if mode not in keys:
            keys[mode] = next(free)
    return tuple(
        KeyedMode(key=keys[id_], mode=id_, name=modes[id_].name, version=modes[id_].version)
        for id_ in wanted
    )


def find_mode(word: str, modes: Iterable[KeyedMode]) -> KeyedMode | None:
    """Return the mode meant by a key or an id."""
    return next((one for one in modes if word in (one.key, one.mode)), None)
