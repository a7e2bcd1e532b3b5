"""`casefiles init`."""

from __future__ import annotations

from pathlib import Path

import click

from casefiles.commands import output
from casefiles.commands.options import Options, common


@click.command("init", epilog="Example: casefiles init --demo my-analysis")
@click.argument("folder", type=click.Path(path_type=Path), required=False)
@click.option("--demo", is_flag=True, help="Bring the worked example on the demo application.")
@common(writes=True)
def command(options: Options, folder: Path | None, *, demo: bool) -> None:
    """Make a workspace in FOLDER (default: here), or complete one; no file is overwritten."""
    from casefiles.loop import init

    made = init.init(options.folder / (folder or Path()), demo=demo, dry_run=options.dry_run)
    written = [change.path for change in made.plan.real]
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
