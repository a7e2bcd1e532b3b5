"""The command group, and the one place that turns errors into messages and exit codes."""

from __future__ import annotations

import gc
import importlib
import io
import sys
from pathlib import Path

import click

from casefiles import __version__
from casefiles.errors import CasefilesError

COMMANDS: dict[str, tuple[str, str, str]] = {
    # name: (section, module, one line); modules load only when their command runs
    "init": ("Start", "init", "Make a new workspace."),
    "dimensions": ("Start", "dimensions", "Show and check the dimensions of use."),
    "tuples": ("Start", "tuples", "Combine the dimensions' values, covering every feasible pair."),
    "queries": ("Start", "queries", "Write realistic queries for the tuples."),
    "run": ("Traces", "run", "Send the queries through the application; keep full traces."),
    "record": ("Traces", "record", "Talk to the application yourself; it becomes a trace."),
    "doctor": ("Traces", "doctor", "Send one query; say what comes back and what is missing."),
    "import": ("Traces", "imports", "Bring production logs in as traces."),
    "note": ("Read", "note", "Read the next trace and write down what goes wrong."),
    "label": ("Read", "label", "Judge reviewed traces for the failure modes."),
    "assign": ("Read", "assign", "Share the traces out to several annotators."),
    "agreement": ("Read", "agreement", "How far annotators judge alike, per failure mode."),
    "adjudicate": ("Read", "adjudicate", "Settle what annotators disagree about."),
    "propose": ("Taxonomy", "propose", "Group similar observations into proposed failure modes."),
    "accept": ("Taxonomy", "accept", "Accept an edited proposal into the taxonomy."),
    "reject": ("Taxonomy", "reject", "Reject a proposal, and say why."),
    "mode": ("Taxonomy", "mode", "Add, rename, merge, split, redefine or retire failure modes."),
    "status": ("Report", "status", "Where the loop stands, and what comes next."),
    "history": ("Report", "history", "How the review and the taxonomy grew, from git."),
    "diff": ("Report", "diff", "What a branch does to the taxonomy and its figures."),
    "check": ("Report", "check", "Everything that is wrong, with file and line."),
    "export": ("Report", "export", "Labelled data for building a judge and measuring it."),
    "site": ("Report", "site", "Build the report as a static site."),
}


class LazyGroup(click.Group):
    """A group that imports a command's module only to run it or to show its own help."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name the commands in the order of the loop."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """Import a command; None for an unknown name."""
        del ctx
        if name not in COMMANDS:
            return None
        module = importlib.import_module(f"casefiles.commands.{COMMANDS[name][1]}")
        command = module.command
        assert isinstance(command, click.Command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; offer the nearest name for an unknown one."""
        if args and not args[0].startswith("-") and args[0] not in COMMANDS:
            from casefiles.text.names import nearest

            near = nearest(args[0], tuple(COMMANDS))
            hint = f" Did you mean `casefiles {near}`?" if near else ""
            raise click.UsageError(f"No such command {args[0]!r}.{hint}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands by step of the method, without importing one."""
        del ctx
        for section in dict.fromkeys(section for section, _, _ in COMMANDS.values()):
            with formatter.section(section):
                rows = [(n, line) for n, (s, _, line) in COMMANDS.items() if s == section]
                formatter.write_dl(rows)


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Start with `casefiles init --demo my-analysis`, then `casefiles status`.",
)
@click.version_option(__version__, "--version", prog_name="casefiles")
@click.option(
    "-C",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=None,
    help="Work in this folder instead of the current one.",
)
@click.pass_context
def group(ctx: click.Context, folder: Path | None) -> None:
    """Error analysis of LLM applications, kept as plain files in git.

    Read traces, note what goes wrong, group the notes into failure modes, label, and see
    whether anything new is still being learned.
    """
    ctx.obj = folder


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit with the documented code.

    0 fine; 1 errors found; 2 bad input or usage; 3 stopped by a limit the user set;
    130 interrupted.
    """
    # What a command makes lives until it ends: looking for garbage all the time finds none.
    gc.set_threshold(50_000)
    for stream in (sys.stdout, sys.stderr):  # a terminal that is not UTF-8 is no reason to crash
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        result = group.main(arguments, prog_name="casefiles", standalone_mode=False)
        code = result if isinstance(result, int) else 0  # ctx.exit(3) comes back as 3
    except CasefilesError as error:
        if str(error):
            _say(str(error))
        code = error.exit_code
    except click.ClickException as error:
        error.show()
        code = 2
    except (click.Abort, KeyboardInterrupt):
        _say("interrupted; what was finished is kept")
        code = 130
    except SystemExit:  # click's and rich's answer to a reader that went away (head, less)
        code = 0
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        _say(f"{where}{error.strerror or error}")
        code = 2
    sys.exit(code)


def _say(text: str) -> None:
    from casefiles.text.odd import inert

    click.echo(inert(text), err=True)
