"""`casefiles site`: build the report as a static site, and look at it."""

from __future__ import annotations

import click

from casefiles.commands import options, output
from casefiles.commands.options import Options


@click.group(name="site", epilog="Example: casefiles site build")
def command() -> None:
    """Build the report as a static site."""


@command.command(name="build", epilog="Example: casefiles site build --json")
@options.common(writes=True)
def build(options: Options) -> None:
    """Write the report's pages and build the site in site/public.

    Pages that are not generated are left alone, so your own can stand beside them.
    """
    from casefiles.loop import site

    done = site.build(options.workspace, dry_run=options.dry_run)
    corpus = done.corpus
    output.left_out(corpus.problems, len(corpus.broken), quiet=options.quiet)
    for path in done.kept:
        output.story(f"{path}: left alone, it was not generated", quiet=options.quiet)
    if options.json:
        output.document(
            {
                "pages": done.pages,
                "written": done.written,
                "unchanged": done.unchanged,
                "removed": done.removed,
                "kept": list(done.kept),
                "output": str(done.output),
            }
        )
    elif options.dry_run:
        for change in done.plan.changes:
            output.result(f"would {'remove' if change.after is None else 'write'} {change.path}")
    else:
        changed = (
            f"{done.written:,} written, {done.removed:,} removed, {done.unchanged:,} unchanged"
        )
        output.story(f"{output.plural(done.pages, 'page')}: {changed}", quiet=options.quiet)
        output.result(str(done.output))


@command.command(name="serve", epilog="Example: casefiles site serve --port 8001")
@click.option("--port", default=8000, show_default=True, help="Port on this machine; 0: any.")
@options.common()
def serve(options: Options, port: int) -> None:
    """Build the site and show it on this machine, until Ctrl-C."""
    from casefiles.loop import site

    workspace = options.workspace
    built = site.build(workspace)
    output.left_out(built.corpus.problems, len(built.corpus.broken), quiet=options.quiet)
    with site.server(built.output.parent, port=port) as server:
        output.result(f"http://127.0.0.1:{server.server_port}/index.html")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            output.story("stopped", quiet=options.quiet)
