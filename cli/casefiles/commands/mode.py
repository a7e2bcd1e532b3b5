"""`casefiles mode`: failure modes by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from casefiles.commands import output
from casefiles.commands.options import Options, common

if TYPE_CHECKING:
    from casefiles.loop.mode import Changed

_why = click.option("--why", default="", help="The reason; it is kept in the memo.")


@click.group("mode", epilog="Example: casefiles mode rename too-long 'Three screens of text'")
def command() -> None:
    """Add, rename, merge or retire failure modes.

    Old names stay readable: a renamed mode keeps them as aliases, a merged or retired one stays
    as a file that says where it went. Notes are never touched.
    """


@command.command(
    "new",
    epilog="Example: casefiles mode new 'Too long' --yes-if 'it takes more than one screen' "
    "--no-if 'the user asked for detail'",
)
@click.argument("name")
@click.option("--yes-if", required=True, help="When the answer is yes.")
@click.option("--no-if", required=True, help="When it is no; `otherwise` will do.")
@_why
@common(writes=True)
def new(options: Options, name: str, yes_if: str, no_if: str, why: str) -> None:
    """Add a failure mode; NAME says what happens, not why."""
    from casefiles.loop import mode

    changed = mode.new(
        options.workspace, name, yes_if=yes_if, no_if=no_if, why=why, dry_run=options.dry_run
    )
    _report(options, changed, f"{changed.path} is new")


@command.command("rename", epilog="Example: casefiles mode rename too-long 'Rambles'")
@click.argument("mode")
@click.argument("name")
@_why
@common(writes=True)
def rename(options: Options, mode: str, name: str, why: str) -> None:
    """Give MODE another NAME; labels under the old one stay readable."""
    from casefiles.loop import mode as loop

    changed = loop.rename(options.workspace, mode, name, why=why, dry_run=options.dry_run)
    _report(options, changed, f"{mode} is now {changed.mode.mode}")


@command.command("merge", epilog="Example: casefiles mode merge too-long rambles --into wordy")
@click.argument("modes", nargs=-1, required=True)
@click.option("--into", required=True, help="The mode that takes them up; it may be new.")
@click.option("--yes-if", default="", help="Its definition; needed if it is new.")
@click.option("--no-if", default="", help="The other half of it.")
@_why
@common(writes=True)
def merge(
    options: Options, modes: tuple[str, ...], into: str, yes_if: str, no_if: str, why: str
) -> None:
    """Merge MODES into one.

    What was judged yes under any of them is yes; no under all of them is no.
    """
    from casefiles.loop import mode

    changed = mode.merge(
        options.workspace,
        modes,
        into=into,
        yes_if=yes_if,
        no_if=no_if,
        why=why,
        dry_run=options.dry_run,
    )
    _report(options, changed, f"{', '.join(modes)} merged into {changed.mode}")


@command.command("retire", epilog="Example: casefiles mode retire misc --why 'a grab bag'")
@click.argument("mode")
@click.option("--why", required=True, help="The reason; it is kept in the memo.")
@common(writes=True)
def retire(options: Options, mode: str, why: str) -> None:
    """Take MODE out of use; its file stays."""
    from casefiles.loop import mode as loop

    changed = loop.retire(options.workspace, mode, why=why, dry_run=options.dry_run)
    _report(options, changed, f"{mode} is retired")


def _report(options: Options, changed: Changed, said: str) -> None:
    if options.json:
        paths = [change.path for change in changed.plan.real]
        output.document(
            {"mode": changed.mode.mode, "version": changed.mode.version, "changed": paths}
        )
    elif options.dry_run:
        output.diff(changed.plan)
    else:
        output.result(said)
        output.next_step("casefiles label", "judge what is open now", quiet=options.quiet)
