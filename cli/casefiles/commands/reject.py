"""`casefiles reject`."""

from __future__ import annotations

import click

from casefiles.commands import output
from casefiles.commands.options import Options, common


@click.command("reject", epilog='Example: casefiles reject 2026-11-24 --why "groups by product"')
@click.argument("proposal", required=False)
@click.option("--why", required=True, help="The reason; it is kept in the file.")
@common(writes=True)
def command(options: Options, proposal: str | None, why: str) -> None:
    """Reject a proposal, and say why.

    PROPOSAL is a name or a path; without it the only open one is meant. The file stays.
    """
    from casefiles.loop import reject

    found = reject.reject(options.workspace, proposal, why=why, dry_run=options.dry_run)
    if options.json:
        output.document({"proposal": found.name, "status": "rejected", "why": why})
        return
    if options.dry_run:
        output.diff(found.plan)
        return
    output.result(f"{found.name} rejected")
    output.next_step(
        "casefiles propose", "its observations may be grouped anew", quiet=options.quiet
    )
