"""`casefiles propose`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from casefiles.commands import output
from casefiles.commands.options import Options, common
from casefiles.errors import BadInputError

if TYPE_CHECKING:
    from casefiles.documents.proposal import Section
    from casefiles.loop.propose import Proposed


@click.command("propose", epilog="Example: casefiles propose")
@click.option(
    "--method",
    type=click.Choice(["embedded", "model", "prompt"]),
    default="embedded",
    show_default=True,
    help="How to group: embedded needs no model and no network.",
)
@click.option("--name", default=None, help="Name of the proposal [default: the day].")
@click.option(
    "--force",
    is_flag=True,
    help="Propose although too little was read, or one waits; the file says so.",
)
@common(writes=True)
def command(options: Options, method: str, name: str | None, *, force: bool) -> None:
    """Group similar observations into proposed failure modes.

    Writes a file in taxonomy/proposals/ and nothing else. Edit it: name the modes, complete
    their definitions, move or untick lines. Then accept it.
    """
    if method != "embedded":
        raise BadInputError(
            f"--method {method} is not in this version", remedy="use --method embedded"
        )
    from casefiles.loop import propose

    found = propose.propose(options.workspace, name=name, force=force, dry_run=options.dry_run)
    if options.json:
        output.document(_document(found))
        return
    if options.dry_run:
        output.diff(found.plan)
    _print(found)
    if options.dry_run:
        return
    output.result(f"{found.path} is written")
    output.result(f"Next: edit it, then casefiles accept {found.name}")


def _document(found: Proposed) -> dict[str, object]:
    def sections(verb: str) -> list[Section]:
        return [section for section in found.proposal.sections if section.verb == verb]

    return {
        "path": found.path,
        "method": found.proposal.method,
        "groups": [
            {"name": section.names[0], "observations": len(section.items)}
            for section in sections("new")
        ],
        "known": [
            {"mode": section.names[0], "observations": len(section.items)}
            for section in sections("add")
        ],
        "left_over": sum(len(section.items) for section in sections("left over")),
        "observations": found.observations,
    }


def _print(found: Proposed) -> None:
    sections = found.proposal.sections
    rows = [
        (section.verb, section.names[0], str(len(section.items)))
        for section in sections
        if section.verb != "left over"
    ]
    if rows:
        output.table([("", "left"), ("failure mode", "left"), ("observations", "right")], rows)
    counts = {verb: _distinct(sections, verb) for verb in ("new", "add", "left over")}
    groups = sum(section.verb == "new" for section in sections)
    known = f" + {counts['add']} worded as ones of known modes" if counts["add"] else ""
    output.result(
        f"{output.plural(found.observations, 'observation')} = {counts['new']} in "
        f"{output.plural(groups, 'group')}{known} + {counts['left over']} left over"
    )


def _distinct(sections: tuple[Section, ...], verb: str) -> int:
    found = (section for section in sections if section.verb == verb)
    return len({item.reference for section in found for item in section.items})
