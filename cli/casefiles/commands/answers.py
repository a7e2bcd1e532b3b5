"""Answers to questions of one key each: from the keyboard, or one a line from a pipe."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

import click

from casefiles.errors import BadInputError
from casefiles.text.odd import inert

Ask = Callable[[], str | None]
"""Waits for the next answer and returns its key; None: there is no more."""
_END = "\x04"  # Ctrl-D


@contextmanager
def answers(keys: Mapping[str, str], words: Mapping[str, str]) -> Iterator[Ask]:
    """Yield a function that asks for one of ``keys`` (key to meaning).

    At a terminal a key counts at once and keys typed ahead wait for their question; a wrong one
    is said and asked again. From a pipe each line is a key or one of ``words`` (word to key), and
    a wrong one raises BadInputError with the number of its line.
    """
    if not sys.stdin.isatty():
        yield _from_lines(keys, words)
        return
    with _unbuffered() as read:
        yield _from_keyboard(keys, read)


def _from_keyboard(keys: Mapping[str, str], read: Callable[[], str]) -> Ask:
    ahead: list[str] = []

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


def _from_lines(keys: Mapping[str, str], words: Mapping[str, str]) -> Ask:
    lines = enumerate(sys.stdin, 1)

    def ask() -> str | None:
        number, line = next(lines, (0, ""))
        if not line:  # the end: an empty line still has its line feed
            return None
        word = line.strip().lower()
        key: str = words.get(word, word)
        if key not in keys:
            message = f"line {number} of the input is {word!r}, not one of {' '.join(keys)}"
            raise BadInputError(message, remedy="mend it, then run the command again")
        return key

    return ask


@contextmanager
def _unbuffered() -> Iterator[Callable[[], str]]:
    """Take keys without Enter for as long as questions are asked, not key by key.

    Switching back and forth would throw away what is typed between two questions.
    """
    try:
        import termios
        import tty
    except ImportError:  # Windows
        yield click.getchar
        return
    terminal = sys.stdin.fileno()
    before = termios.tcgetattr(terminal)
    tty.setcbreak(terminal, termios.TCSADRAIN)
    try:
        yield lambda: os.read(terminal, 64).decode("utf-8", "replace")
    finally:
        termios.tcsetattr(terminal, termios.TCSADRAIN, before)
