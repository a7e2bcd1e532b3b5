"""Commands in which a person decides on many rows in one buffer."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from casefiles.commands import output
from casefiles.commands.options import Options

if TYPE_CHECKING:
    from casefiles.loop.decide import Agree, Decided


def agree(options: Options) -> Agree:
    """Ask, of a buffer that came back as it was, whether it is meant; no answer is no."""

    def ask(count: int) -> bool:
        if options.yes:
            return True
        if not (sys.stdin.isatty() and sys.stderr.isatty()):
            output.story("the buffer came back as it was, so nothing is decided (--yes takes it)")
            return False
        question = f"You changed nothing. Take the {count} decisions as they stood there?"
        return click.confirm(question, default=False, err=True)

    return ask


def print_decided(found: Decided, options: Options, *, step: tuple[str, str]) -> None:
    """Say what was decided."""
    if options.json:
        decisions = [
            {"name": d.name, "keep": d.keep, "why": d.why, "edited": d.text is not None}
            for d in found.decisions
        ]
        output.document({"decisions": decisions, "undecided": found.left})
        return
    if options.dry_run:
        output.diff(found.plan)
    dropped = len(found.decisions) - found.kept
    edited = f" ({found.edited} of them edited)" if found.edited else ""
    output.result(f"{found.kept} kept{edited}, {dropped} dropped, {found.left} undecided")
    output.next_step(*step, quiet=options.quiet)
