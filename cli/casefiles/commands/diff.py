"""`casefiles diff`."""

from __future__ import annotations

import click

from casefiles.commands import output
from casefiles.commands.options import Options, common


@click.command("diff", epilog="Example: casefiles diff main --format markdown")
@click.argument("base", required=False)
@click.argument("head", required=False)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "markdown"]),
    default="text",
    help="Text for the terminal, or Markdown for a comment on a pull request.",
)
@common()
def command(options: Options, base: str | None, head: str | None, form: str) -> None:
    """Tell what changed between BASE and HEAD: modes, labels, prevalence, saturation.

    BASE is the main branch unless said otherwise, HEAD the files as they are now, committed or not.
    As on a pull request, HEAD is compared with the commit at which it left BASE.
    """
    from casefiles.commands.diff_text import markdown, text
    from casefiles.loop.difference import difference
    from casefiles.loop.difference_document import document

    found = difference(options.workspace, base, head)
    if options.json:
        output.document(document(found))
    else:
        output.result(markdown(found) if form == "markdown" else text(found))
