"""`casefiles mode`: failure modes by hand."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from casefiles.commands import output
from casefiles.commands.git_words import keep_and_undo
from casefiles.commands.options import Options, common
from casefiles.errors import BadInputError

if TYPE_CHECKING:
    from casefiles.loop.mode import Changed, Meaning, Opened

_why = click.option("--why", default="", help="The reason; it is kept in the memo.")


@click.group("mode", epilog="Example: casefiles mode rename too-long 'Three screens of text'")
def command() -> None:
    """Add, rename, merge, split, redefine, group or retire failure modes.

    Old names stay readable: a renamed mode keeps them as aliases, a merged, split or retired one
    stays as a file that says where it went. Notes are never touched.
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
        options.workspace,
        name,
        yes_if=yes_if,
        no_if=no_if,
        why=_memo(options, why),
        dry_run=options.dry_run,
    )
    _report(options, changed, f"{changed.path} is new", judge=True)


@command.command("rename", epilog="Example: casefiles mode rename too-long 'Rambles'")
@click.argument("mode")
@click.argument("name")
@_why
@common(writes=True)
def rename(options: Options, mode: str, name: str, why: str) -> None:
    """Give MODE another NAME; labels under the old one stay readable."""
    from casefiles.loop import mode as loop

    changed = loop.rename(
        options.workspace, mode, name, why=_memo(options, why), dry_run=options.dry_run
    )
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
        why=_memo(options, why),
        dry_run=options.dry_run,
    )
    _report(options, changed, f"{', '.join(modes)} merged into {changed.mode}", judge=True)


@command.command(
    "split", epilog="Example: casefiles mode split tone --into 'Too casual' --into 'Lectures'"
)
@click.argument("mode")
@click.option("--into", "parts", multiple=True, required=True, help="A part; give two or more.")
@click.option("--name", default=None, help="Name of the proposal [default: split-MODE].")
@_why
@common(writes=True)
def split(options: Options, mode: str, parts: tuple[str, ...], name: str | None, why: str) -> None:
    """Split MODE: open a proposal to sort it.

    All that shows MODE stands in it, under each part, to be ticked. Nothing changes until you
    complete the definitions and accept it. Then no for MODE is no for each part, and a yes that
    you sorted nowhere is asked about by `label`.
    """
    from casefiles.loop import mode as loop

    opened = loop.split(
        options.workspace,
        mode,
        parts,
        name=name,
        why=_memo(options, why),
        dry_run=options.dry_run,
    )
    _report_split(options, opened)


@command.command(
    "redefine",
    epilog="Example: casefiles mode redefine too-long --meaning "
    "--yes-if 'it takes more than two screens'",
)
@click.argument("mode")
@click.option("--yes-if", default="", help="The new first half [default: as it is].")
@click.option("--no-if", default="", help="The new second half [default: as it is].")
@click.option(
    "--meaning/--wording",
    "new_meaning",
    default=None,
    help="It means something else now, so that older judgements are stale; or it says the same.",
)
@_why
@common(writes=True)
def redefine(
    options: Options, mode: str, yes_if: str, no_if: str, *, new_meaning: bool | None, why: str
) -> None:
    """Define MODE anew, or say what an edit of its file by hand meant.

    Without a new half and without such an edit, the editor opens. A new meaning raises the
    version: judgements made before it are stale, and `label` asks for them again.
    """
    from casefiles.loop import mode as loop

    found = loop.meaning(options.workspace, mode, yes_if=yes_if, no_if=no_if)
    if not found.is_new:
        found = _edited(options, found)
    if new_meaning is None:
        new_meaning = _means_something_else(options, found)
    changed = loop.redefine(
        options.workspace,
        mode,
        found.definition,
        new_meaning=new_meaning,
        why=_memo(options, why),
        dry_run=options.dry_run,
    )
    said = "has a new meaning" if new_meaning else "is reworded, its judgements stay"
    _report(options, changed, f"{changed.mode} {said}", judge=new_meaning)


@command.command("group", epilog="Example: casefiles mode group too-long rambles 'Wordiness'")
@click.argument("modes", nargs=-1, required=True)
@click.argument("group")
@_why
@common(writes=True)
def group(options: Options, modes: tuple[str, ...], group: str, why: str) -> None:
    """Put MODES into a GROUP of the report.

    An empty GROUP ('') takes them out of theirs. Nothing else changes.
    """
    from casefiles.loop import mode

    changed = mode.group(options.workspace, modes, group, why=why, dry_run=options.dry_run)
    where = f"are in the group {group!r}" if group.strip() else "are in no group"
    _report(options, changed, f"{', '.join(found.mode for found in changed.modes)} {where}")


@command.command("retire", epilog="Example: casefiles mode retire misc --why 'a grab bag'")
@click.argument("mode")
@click.option("--why", required=True, help="The reason; it is kept in the memo.")
@common(writes=True)
def retire(options: Options, mode: str, why: str) -> None:
    """Take MODE out of use; its file stays."""
    from casefiles.loop import mode as loop

    changed = loop.retire(options.workspace, mode, why=why, dry_run=options.dry_run)
    _report(options, changed, f"{mode} is retired")


def _memo(options: Options, why: str) -> str:
    """Ask a person for the reason where none was given: in half a year nobody knows it."""
    if why or options.yes or options.json or not sys.stdin.isatty():
        return why
    asked = "Why? (kept in the memo; Enter leaves it out)"
    return str(click.prompt(asked, default="", show_default=False, err=True))


def _means_something_else(options: Options, found: Meaning) -> bool:
    if options.yes:
        return True
    if options.json or not sys.stdin.isatty():
        raise BadInputError(
            f"does {found.mode} mean something else now?",
            remedy="say --meaning (older judgements become stale) or --wording (they stay)",
        )
    output.story(found.definition.text)
    asked = "Does it mean something else now, so that older judgements must be looked at again?"
    return click.confirm(asked, err=True)


def _edited(options: Options, found: Meaning) -> Meaning:
    """Let a person write the definition in their editor."""
    from casefiles.loop.buffers import edited

    if options.json or not sys.stdin.isatty():
        raise BadInputError(
            f"{found.mode} is defined so already",
            remedy="give --yes-if or --no-if, or edit its file first",
        )
    with edited(options.workspace, f"definition-{found.mode}.md", tell=output.story) as edit:
        lines = edit(f"{found.definition.text}\n\n{_HINT}").split("\n")
        found = found.says("\n".join(line for line in lines if not line.startswith("#")))
        if not found.is_new:
            raise BadInputError("the definition was not changed; nothing was written")
    return found


_HINT = """\
# One line that starts with `Yes if` and one that starts with `No if`.
# Behaviour that can be seen, not its cause. Lines that start with # are left out.
"""


def _report_split(options: Options, opened: Opened) -> None:
    counts = {key: int(str(value)) for key, value in opened.proposal.basis.items()}
    if options.json:
        output.document({"path": opened.path, "mode": opened.mode, **counts})
        return
    if options.dry_run:
        output.diff(opened.plan)
        return
    seen = output.plural(counts["observations"], "observation")
    judged = output.plural(counts["labels"], "judged trace")
    output.result(f"{opened.path} is written: {seen} and {judged} to sort")
    output.result(f"Next: edit it, then casefiles accept {opened.name}")


def _report(options: Options, changed: Changed, said: str, *, judge: bool = False) -> None:
    """Say what was done, how to keep it, and whether there is something to judge now."""
    if options.json:
        paths = [change.path for change in changed.plan.real]
        mode = changed.mode
        output.document(
            {"mode": mode.mode, "version": mode.version, "changed": paths, "stale": changed.stale}
        )
        return
    if options.dry_run:
        output.diff(changed.plan)
        return
    output.result(said)
    if changed.stale:
        output.result(f"stale now: {output.plural(changed.stale, 'judgement')}")
    output.story(keep_and_undo(changed.message, options.workspace.root), quiet=options.quiet)
    if judge:
        command = f"casefiles label {changed.mode.mode}"
        output.next_step(command, "judge the traces it is open for", quiet=options.quiet)
