"""`casefiles accept`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from casefiles.commands import output
from casefiles.commands.git_words import keep_and_undo
from casefiles.commands.options import Options, common

if TYPE_CHECKING:
    from casefiles.taxonomy.accepting import Accepted

_FEW = 4
"""Modes that are named in the next step; more would not be read."""


@click.command("accept", epilog="Example: casefiles accept 2026-11-24")
@click.argument("proposal", required=False)
@common(writes=True)
def command(options: Options, proposal: str | None) -> None:
    """Accept an edited proposal into the taxonomy.

    PROPOSAL is a name or a path; without it the only open one is meant. Every line is checked
    first; then the mode files and the proposal are written, all of them or none. Notes are never
    touched.
    """
    from casefiles.loop import accept

    workspace = options.workspace
    found = accept.accept(workspace, proposal, dry_run=options.dry_run)
    output.problems(found.warnings)
    if options.json:
        output.document(_document(found))
        return
    if options.dry_run:
        output.diff(found.plan)
        return
    _print(found)
    message = f"taxonomy: accept {found.name}"
    output.story(keep_and_undo(message, workspace.root), quiet=options.quiet)
    why = "judge the traces these lines say nothing about, the likeliest first"
    output.next_step(_labelling(found), why, quiet=options.quiet)


def _labelling(found: Accepted) -> str:
    """The command that asks for the modes concerned; of many, for all."""
    modes = [
        mode.mode
        for done in found.done
        for mode in done.modes
        if not done.command.startswith("retire")
    ]
    few = list(dict.fromkeys(modes))
    return " ".join(["casefiles label", *(few if len(few) <= _FEW else ())])


def _document(found: Accepted) -> dict[str, object]:
    modes = [
        {"mode": mode.mode, "version": mode.version, "command": done.command}
        for done in found.done
        for mode in done.modes
    ]
    return {"proposal": found.name, "modes": modes, "codes": found.codes}


def _print(found: Accepted) -> None:
    rows = [(done.command, ", ".join(map(str, done.modes)), str(done.codes)) for done in found.done]
    output.table([("command", "left"), ("mode", "left"), ("codes", "right")], rows)
    sections = output.plural(len(found.done), "command")
    codes = output.plural(found.codes, "code")
    output.result(f"{found.name} accepted: {sections}, {codes}")
