"""Answers to questions, a key or a line each: from the keyboard, or one a line from a pipe."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from functools import partial

import click

from casefiles.errors import BadInputError
from casefiles.text.odd import inert

Ask = Callable[[], str | None]
"""Waits for the next answer and returns its key; None: there is no more."""
_END = "\x04"  # Ctrl-D


Line = Callable[[str], str | None]
"""Shows a prompt, waits for a line and returns it; None: there is no more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """A person who answers."""

    key: Ask
    """Asks for a key."""
    line: Line
    """Asks for a line of text."""


@contextmanager
def conversation(keys: Mapping[str, str], words: Mapping[str, str]) -> Iterator[Conversation]:
    """Yield what asks for one of ``keys`` (key to meaning), or for a line of text.

    At a terminal a key counts at once and keys typed ahead wait for their question; a wrong one
    is said and asked again. From a pipe each line is a key, one of ``words`` (word to key) or a
    text, and a wrong key raises BadInputError with the number of its line.
    """
    if not sys.stdin.isatty():
        lines = _Lines()
        yield Conversation(key=partial(lines.key, keys, words), line=lines.text)
        return
    with _unbuffered() as (read, with_echo):
        ahead: list[str] = []
        yield Conversation(
            key=_from_keyboard(keys, read, ahead), line=_typed_line(with_echo, ahead)
        )


@contextmanager
def answers(keys: Mapping[str, str], words: Mapping[str, str]) -> Iterator[Ask]:
    """Yield what asks for one of ``keys``, as in `conversation`."""
    with conversation(keys, words) as talk:
        yield talk.key


def _from_keyboard(keys: Mapping[str, str], read: Callable[[], str], ahead: list[str]) -> Ask:
    def ask() -> str | None:
        while True:
            click.echo(f"[{' '.join(keys)}] ", err=True, nl=False)
            if not ahead:
                pressed = read()
                # An escape sequence (an arrow, a function key) is one key, and none of ours.
                ahead.extend([pressed[:1]] if pressed[:1] in ("", "\x1b") else pressed)
            key = ahead.pop(0).lower()
            if key in ("", _END):
                click.echo(err=True)
                return None
            if key in keys:
                click.echo(f"{key}  {keys[key].partition(':')[0]}", err=True)
                return key
            ahead.clear()
            click.echo(f"{inert(key)!r} is none of the keys; ? shows them", err=True)

    return ask


def _typed_line(with_echo: Callable[[], AbstractContextManager[None]], ahead: list[str]) -> Line:
    def ask(prompt: str) -> str | None:
        click.echo(prompt, err=True, nl=False)
        if "\r" in ahead or "\n" in ahead:  # typed ahead as a whole
            end = next(at for at, key in enumerate(ahead) if key in "\r\n")
            line = "".join(ahead[:end])
            del ahead[: end + 1]
            click.echo(inert(line), err=True)
            return line
        begun = "".join(ahead)
        ahead.clear()
        click.echo(inert(begun), err=True, nl=False)
        with with_echo():
            line = sys.stdin.readline()
        return begun + line.rstrip("\r\n") if line else None

    return ask


class _Lines:
    """Answers from a pipe."""

    def __init__(self) -> None:
        self._lines = enumerate(sys.stdin, 1)

    def key(self, keys: Mapping[str, str], words: Mapping[str, str]) -> str | None:
        number, line = next(self._lines, (0, ""))
        if not line:  # the end: an empty line still has its line feed
            return None
        word = line.strip().lower()
        key: str = words.get(word, word)
        if key not in keys:
            message = f"line {number} of the input is {word!r}, not one of {' '.join(keys)}"
            raise BadInputError(message, remedy="mend it, then run the command again")
        return key

    def text(self, prompt: str) -> str | None:
        del prompt
        line = next(self._lines, (0, ""))[1]
        return line.strip() if line else None


Terminal = tuple[Callable[[], str], Callable[[], AbstractContextManager[None]]]
"""What reads keys, and what makes the terminal take a line for a while."""


@contextmanager
def _unbuffered() -> Iterator[Terminal]:
    """Take keys without Enter for as long as questions are asked, not key by key.

    Switching back and forth would throw away what is typed between two questions.
    """
    try:
        import termios
        import tty
    except ImportError:  # Windows
        yield click.getchar, nullcontext
        return
    terminal = sys.stdin.fileno()
    before = termios.tcgetattr(terminal)

    @contextmanager
    def with_echo() -> Iterator[None]:
        termios.tcsetattr(terminal, termios.TCSADRAIN, before)
        try:
            yield
        finally:
            tty.setcbreak(terminal, termios.TCSADRAIN)

    tty.setcbreak(terminal, termios.TCSADRAIN)
    try:
        yield lambda: os.read(terminal, 64).decode("utf-8", "replace"), with_echo
    finally:
        termios.tcsetattr(terminal, termios.TCSADRAIN, before)
