"""`casefiles site`: build the report as a static site, and look at it."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import click

from casefiles.commands import options, output
from casefiles.commands.options import Options

if TYPE_CHECKING:
    from casefiles.loop.site import SiteReport

_BUILDERS = ("mkdocs", "zensical")


@click.group(name="site", epilog="Example: casefiles site build")
def command() -> None:
    """Build the report as a static site."""


@command.command(name="build", epilog="Example: casefiles site build --public")
@click.option(
    "--public", is_flag=True, help="For people outside: no trace text, no notes, no annotators."
)
@click.option("--base-url", default="", metavar="URL", help="Where the site will be read.")
@click.option(
    "--builder",
    type=click.Choice(_BUILDERS),
    default=_BUILDERS[0],
    show_default=True,
    help="The program that renders the pages.",
)
@options.common(writes=True)
def build(options: Options, **given: Any) -> None:
    """Write the report's pages and build the site in site/public.

    Pages that are not generated are left alone, so your own can stand beside them; a page that
    did not change is not written again, and a link that leads nowhere stops the build. `--public`
    keeps definitions, counts, and what is quoted from traces whose note says `share: yes`.
    """
    from casefiles.loop import site

    wanted = site.Options(**given)
    done = site.build(options.workspace, wanted, dry_run=options.dry_run)
    _tell(done, options)
    if options.json:
        output.document(_document(done))
    elif options.dry_run:
        for verb, paths in (("write", done.writing.written), ("remove", done.writing.removed)):
            for path in paths:
                output.result(f"would {verb} {path}")
    else:
        holds = "no trace text and no annotators" if wanted.public else "trace text and notes"
        output.story(f"{_counted(done)}; it holds {holds}", quiet=options.quiet)
        output.result(str(done.output))


@command.command(name="serve", epilog="Example: casefiles site serve --port 8001")
@click.option("--port", default=8000, show_default=True, help="Port on this machine; 0: any.")
@click.option("--public", is_flag=True, help="Show what `site build --public` would publish.")
@options.common()
def serve(options: Options, port: int, *, public: bool) -> None:
    """Build the site and show it on this machine, until Ctrl-C.

    What is saved meanwhile shows by itself: a note on its trace at once, figures and search as
    soon as the whole site is built again.
    """
    from casefiles.loop import preview, site, site_server

    def tell(said: str) -> None:
        output.story(said, quiet=options.quiet)

    shown = preview.Preview(options.workspace, site.Options(public=public), tell)
    _tell(shown.built, options)
    with site_server.server(shown.folder, port=port, wait=shown.wait) as server:
        output.result(f"http://127.0.0.1:{server.server_port}/index.html")
        threading.Thread(target=shown.follow, daemon=True).start()
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            shown.stop()
            output.story("stopped", quiet=options.quiet)


def _tell(done: SiteReport, options: Options) -> None:
    """Say what was left out or left alone."""
    corpus = done.corpus
    output.left_out(corpus.problems, len(corpus.broken), quiet=options.quiet)
    for path in done.writing.kept:
        output.story(f"{path}: left alone, it was not generated", quiet=options.quiet)


def _counted(done: SiteReport) -> str:
    changed = done.writing
    counts = (
        f"{len(changed.written):,} written",
        f"{len(changed.removed):,} removed",
        f"{changed.unchanged:,} unchanged",
    )
    return f"{output.plural(done.pages, 'file')}: {', '.join(counts)}"


def _document(done: SiteReport) -> dict[str, Any]:
    return {
        "pages": done.pages,
        "written": len(done.writing.written),
        "unchanged": done.writing.unchanged,
        "removed": len(done.writing.removed),
        "kept": done.writing.kept,
        "output": str(done.output),
    }
