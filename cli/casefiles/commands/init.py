"""`casefiles init`."""

from __future__ import annotations

from os.path import relpath
from pathlib import Path
from typing import get_args

import click

from casefiles.commands import output
from casefiles.commands.options import Options, common
from casefiles.loop.ci import Host


@click.command("init", epilog="Example: casefiles init --demo my-analysis")
@click.argument("folder", type=click.Path(path_type=Path), required=False)
@click.option("--demo", is_flag=True, help="Bring the worked example on the demo application.")
@click.option(
    "--ci",
    type=click.Choice(get_args(Host)),
    default="auto",
    show_default=True,
    help="Pipelines for GitHub, GitLab, both or none; auto asks the remote of the repository.",
)
@common(writes=True)
def command(options: Options, folder: Path | None, *, demo: bool, ci: Host) -> None:
    """Make a workspace in FOLDER (default: here), or complete one; no file is overwritten.

    Pipelines check every pull request, comment what it changes in meaning, and publish the report
    from the main branch. They are written at the top of the repository.
    """
    from casefiles.loop import init

    place = options.folder / (folder or Path())
    made = init.init(place, demo=demo, host=ci, dry_run=options.dry_run)
    written = [change.path for change in made.plan.real]
    written += [relpath(made.top / change.path, made.root) for change in made.pipelines.real]
    if options.json:
        document = {"root": str(made.root), "written": written, "kept": list(made.kept)}
        output.document(document)
        return
    verb = "would be written" if options.dry_run else "written"
    output.result(f"{output.plural(len(written), 'file')} {verb} in {made.root}")
    for path in made.kept:
        output.story(f"{path} was there; left as it is", quiet=options.quiet)
    step, why = (
        ("casefiles status", "see where the example stands")
        if demo
        else ("edit traces/dataset/dimensions.yaml", "name three or more dimensions of use")
    )
    output.next_step(step, why, quiet=options.quiet)
