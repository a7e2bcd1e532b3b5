r"""What one sort of secret looks like in raw text.

Every pattern costs time linear in the text: it begins with a literal or a small set of characters,
is bounded or possessive, and looks at a fixed number of characters before it. What may not stand
right before a secret may not stand right after one either: else hiding one of a long row would
uncover just the next one, and a row of thousands take thousands of passes.

Shapes work on raw text, so they also hold inside JSON inside a string: a key after an escaped `\n`
is found and the escape is left whole.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache


def _always(_match: re.Match[str]) -> bool:
    return True


@cache
def compiled(expression: str, flags: re.RegexFlag) -> re.Pattern[str]:
    """Compile on first use: most texts never get past a shape's hint."""
    return re.compile(expression, flags)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """A pattern, what makes it worth trying, and the last word on a match."""

    kind: str
    """What a finding is called: `key`, `email` … or the name of a user's pattern."""
    expression: str
    """A regular expression. Its group `value`, where there is one, is the secret; else all is."""
    flags: re.RegexFlag = re.ASCII
    """How the expression is compiled: ours know digits, not the digits of every script."""
    hint: str = ""
    """A literal that is in every match: a text without it is not scanned."""
    folded: bool = False
    """Expression and hint are lower case and meet the text in lower case (of the same length)."""
    accept: Callable[[re.Match[str]], bool] = _always
    """Whether a match is one after all: a checksum, a decoder."""
    retry: bool = False
    """A refused match is tried again one character on; only for patterns of bounded length."""

    def spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Start and end of each secret in `text`, left to right, none empty."""
        pattern = compiled(self.expression, self.flags)
        group: int | str = "value" if "value" in pattern.groupindex else 0
        position = 0
        while position <= len(text) and (match := pattern.search(text, position)):
            accepted = match.end() > match.start() and self.accept(match)
            if accepted and match.end(group) > match.start(group):
                yield match.span(group)
            step = match.end() == match.start() or (self.retry and not accepted)
            position = match.start() + 1 if step else match.end()


def unglued(head: str, glue: str) -> str:
    r"""Return a pattern for `head` where none of the `glue` characters stands right before it.

    The last character of a JSON escape (`\n`, `\u00e9`) or a URL escape (`%20`) is no glue. `head`
    is a pattern of fixed length and comes before the look-behind, because a search that begins
    with a literal is ten times as fast.
    """
    escapes = rf"(?<=\\[bfnrt]{head})|(?<=\\u[0-9A-Fa-f]{{4}}{head})|(?<=%[0-9A-Fa-f]{{2}}{head})"
    return rf"{head}(?:(?<![{glue}]{head})|{escapes})"


def mixes(value: str) -> bool:
    """Whether `value` has both letters and digits, as generated secrets do and words do not."""
    return any(c.isdigit() for c in value) and any(c.isalpha() for c in value)
