"""Secrets and personal data out of text, before anything is written.

A value is replaced by `[kind-number]`, the same value by the same number; which value a number
stands for is known to the `Redactor` only, and gone with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar, cast

from casefiles.errors import BadInputError
from casefiles.text.personal import PERSONAL
from casefiles.text.secrets import NAMED, SECRETS
from casefiles.text.shapes import Shape, compiled

_SHAPES = (*SECRETS, *PERSONAL)
_HIDDEN = "\0"
"""Stands where a placeholder is while shapes are matched: part of no secret."""

_SHORT = 64
"""Characters of a text that is worth remembering."""

_Json = TypeVar("_Json")
_Candidate = tuple[int, int, int, str]
"""Start, minus the end, rank of the shape, kind: in the order in which they are chosen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One secret or piece of personal data in a text."""

    kind: str
    """key, email, iban, card, phone, token, password, private-key, or a user's pattern."""
    start: int
    """Offset of its first character."""
    end: int
    """Offset after its last character."""


def user_shapes(patterns: Mapping[str, str]) -> tuple[Shape, ...]:
    """Turn the user's own patterns, name to regular expression, into shapes for `find`.

    The whole match is hidden, or the group called `value` where the expression has one.

    Raises:
        BadInputError: an expression does not compile, or a name cannot stand in a placeholder.
    """
    return tuple(_user_shape(name, pattern) for name, pattern in patterns.items())


def _user_shape(name: str, pattern: str) -> Shape:
    if not re.fullmatch(r"[A-Za-z0-9_-]+", name):
        raise BadInputError(
            f"the redaction pattern's name {name!r} cannot be used in a placeholder",
            remedy="use letters, digits, - and _ only",
        )
    try:
        compiled(pattern, re.NOFLAG)
    except re.error as error:
        raise BadInputError(
            f"the redaction pattern {name!r} is not a regular expression: {error}",
            remedy="correct it under [redact] patterns",
        ) from error
    return Shape(kind=name, expression=pattern, flags=re.NOFLAG)


def find(text: str, patterns: Iterable[Shape] = ()) -> tuple[Finding, ...]:
    """Every secret in `text`, left to right, none overlapping; placeholders are never part of one.

    Of findings that overlap the leftmost counts, then the longest, then the user's own
    (`user_shapes`), then credentials before personal data. Takes time linear in the text, as far
    as the user's patterns do.
    """
    shapes = (*patterns, *_SHAPES)
    return _found(text, shapes, _placeholder(shapes))


def _found(text: str, shapes: Iterable[Shape], placeholder: re.Pattern[str]) -> tuple[Finding, ...]:
    return _leftmost(_candidates(text, shapes=shapes, placeholder=placeholder))


def _placeholder(shapes: Iterable[Shape]) -> re.Pattern[str]:
    return _placeholder_of(frozenset(shape.kind for shape in shapes))


@lru_cache(maxsize=64)
def _placeholder_of(kinds: frozenset[str]) -> re.Pattern[str]:
    names = "|".join(re.escape(kind) for kind in sorted(kinds))
    return re.compile(rf"\[(?:{names})-[1-9][0-9]{{0,6}}\]")


def _candidates(
    text: str, *, shapes: Iterable[Shape], placeholder: re.Pattern[str]
) -> Iterator[_Candidate]:
    """Every match of every shape, without the placeholders in it."""
    shown = placeholder.sub(lambda match: _HIDDEN * len(match[0]), text)
    folded = _lower(shown)
    for rank, shape in enumerate(shapes):
        source = folded if shape.folded else shown
        if shape.hint in source:
            for start, end in shape.spans(source):
                for left, right in _around_hidden(shown, start, end):
                    yield left, -right, rank, shape.kind


def _lower(text: str) -> str:
    """Lower case of the same length: U+0130 is the one character that would become two."""
    return text.replace("\u0130", "I").lower()


def _around_hidden(shown: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The parts of a match that are not hidden yet; of several, those with a letter or digit."""
    if _HIDDEN not in shown[start:end]:
        yield start, end
        return
    for part in re.finditer(f"[^{_HIDDEN}]+", shown[start:end]):
        if any(character.isalnum() for character in part[0]):
            yield start + part.start(), start + part.end()


def _leftmost(candidates: Iterable[_Candidate]) -> tuple[Finding, ...]:
    found: list[Finding] = []
    free = 0
    for start, minus_end, _rank, kind in sorted(candidates):
        if start >= free:
            free = -minus_end
            found.append(Finding(kind=kind, start=start, end=free))
    return tuple(found)


class Redactor:
    """Hides the secrets of one trace: a value has the same number as long as the object lives."""

    def __init__(self, patterns: Mapping[str, str] | None = None) -> None:
        """Take the user's own patterns, name to regular expression (`[redact] patterns`).

        Raises:
            BadInputError: see `user_shapes`.
        """
        self._shapes = (*user_shapes(patterns or {}), *_SHAPES)
        self._placeholder = _placeholder(self._shapes)
        self._clean: set[str] = set()  # keys and other short texts come again and again
        self._names: dict[str, str] = {}
        self._counts: dict[str, int] = {}
        self._taken: set[str] = set()

    @property
    def counts(self) -> Mapping[str, int]:
        """How many different values of each kind were hidden so far."""
        return dict(self._counts)

    def text(self, text: str) -> str:
        """`text` with every secret replaced; a second pass changes nothing.

        Hiding one secret can uncover another that was glued to it, so it looks until none is left.
        """
        if text in self._clean:
            return text
        self._taken.update(self._placeholder.findall(text))
        while found := _found(text, self._shapes, self._placeholder):
            text = self._without(text, found)
        if len(text) <= _SHORT:
            self._clean.add(text)
        return text

    def json(self, value: _Json) -> _Json:
        """A copy of parsed JSON with every string redacted, keys included, however deep it is.

        What a key names as a secret (`password`, `api_key`, `Authorization`) is hidden in its
        value. Keys that become the same one are told apart by a number in brackets; tuples become
        lists.
        """
        top: list[object] = []
        walk = [_Level(target=top, entries=iter([(None, value)]))]
        while walk:
            level = walk[-1]
            for name, child in level.entries:
                copy = self._copy(name, child)
                level.store(self.text(name) if isinstance(name, str) else name, copy)
                if isinstance(copy, dict | list):
                    walk.append(_Level(target=copy, entries=_entries(child)))
                    break
            else:
                walk.pop()
        return cast("_Json", top[0])

    def _copy(self, name: object, value: object) -> object:
        """A string redacted, a container still empty, anything else as it is."""
        if isinstance(value, str):
            return self.text(self._named(name, value) if isinstance(name, str) else value)
        if isinstance(value, dict):
            return {}
        return [] if isinstance(value, list | tuple) else value

    def _named(self, name: str, value: str) -> str:
        """`value` without what its key says is a secret: judged as an assignment in code is."""
        folded = _lower(name)
        shapes = tuple(shape for shape in NAMED if shape.hint in folded)
        if not shapes:
            return value
        quote = next((mark for mark in "\"'`" if mark not in value), '"')
        before = f"{name}={quote}"
        line = f"{before}{value}{quote}"
        candidates = _candidates(line, shapes=shapes, placeholder=self._placeholder)
        inside = (candidate for candidate in candidates if candidate[0] >= len(before))
        return self._without(line, _leftmost(inside))[len(before) : -1]

    def _without(self, text: str, found: Iterable[Finding]) -> str:
        parts: list[str] = []
        done = 0
        for finding in found:
            parts += (
                text[done : finding.start],
                self._name(finding.kind, text[finding.start : finding.end]),
            )
            done = finding.end
        return "".join((*parts, text[done:]))

    def _name(self, kind: str, value: str) -> str:
        """The placeholder of a value: the one it has, or the next that is not taken."""
        value = _comparable(kind, value)
        if value not in self._names:
            self._counts[kind] = number = self._counts.get(kind, 0) + 1
            while f"[{kind}-{number}]" in self._taken:
                number += 1
            self._names[value] = f"[{kind}-{number}]"
            self._taken.add(self._names[value])
        return self._names[value]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Level:
    """A container half copied."""

    target: dict[object, object] | list[object]
    """The copy."""
    entries: Iterator[tuple[object, object]]
    """Key (None in a list) and value of what is not copied yet."""

    def store(self, name: object, value: object) -> None:
        """Add an entry, under another name when this one is taken."""
        if isinstance(self.target, list):
            self.target.append(value)
            return
        unique, number = name, 2
        while unique in self.target:
            unique, number = f"{name} ({number})", number + 1
        self.target[unique] = value


def _entries(container: object) -> Iterator[tuple[object, object]]:
    if isinstance(container, dict):
        return iter(container.items())
    items = container if isinstance(container, list | tuple) else ()
    return ((None, item) for item in items)


def _comparable(kind: str, value: str) -> str:
    """How a value is told from another: gaps in numbers and capitals in e-mail do not count."""
    if kind in {"iban", "card", "phone"}:
        return "".join(filter(str.isalnum, value))
    return value.casefold() if kind == "email" else value
