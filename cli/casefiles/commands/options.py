"""Options that many commands share."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from casefiles.workspace.find import Workspace, find


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What the common options say."""

    folder: Path
    """Where to look for the workspace (``-C``)."""
    json: bool
    """Print one JSON document on stdout instead of text."""
    quiet: bool
    """Print results and errors only."""
    yes: bool
    """Answer every question with yes."""
    dry_run: bool
    """Show what would be written and write nothing."""

    @property
    def workspace(self) -> Workspace:
        """Find the workspace. Raises BadInputError if there is none."""
        return find(self.folder)


def common(*, writes: bool = False) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a command the common options, handed over as one ``options`` argument."""

    def decorate(function: Callable[..., None]) -> Callable[..., None]:
        @functools.wraps(function)
        @click.pass_context
        def wrapper(ctx: click.Context, /, **given: Any) -> None:
            folder = given.pop("folder_", None) or ctx.find_root().obj or Path()
            options = Options(
                folder=folder,
                json=given.pop("json_", False),
                quiet=given.pop("quiet_", False),
                yes=given.pop("yes_", False),
                dry_run=given.pop("dry_run_", False),
            )
            function(options=options, **given)

        decorated: Callable[..., None] = wrapper
        for option in reversed(_OPTIONS if writes else _OPTIONS[:3]):
            decorated = option(decorated)
        return decorated

    return decorate


_OPTIONS = (
    click.option(
        "-C",
        "folder_",
        type=click.Path(path_type=Path, file_okay=False),
        default=None,
        help="Work in this folder instead of the current one.",
    ),
    click.option("--json", "json_", is_flag=True, help="Print one JSON document on stdout."),
    click.option("--quiet", "-q", "quiet_", is_flag=True, help="Print results and errors only."),
    click.option("--yes", "-y", "yes_", is_flag=True, help="Answer every question with yes."),
    click.option(
        "--dry-run", "dry_run_", is_flag=True, help="Show what would be written; write nothing."
    ),
)
