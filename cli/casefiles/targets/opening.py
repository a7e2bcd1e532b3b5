"""From a target's settings to a target."""

from __future__ import annotations

from pathlib import Path

from casefiles.documents import targets as settings
from casefiles.errors import BadInputError
from casefiles.targets.command import CommandTarget
from casefiles.targets.protocol import Target
from casefiles.targets.python import PythonTarget


def open_target(target: settings.Target, root: Path) -> Target:
    """Open a target below a workspace. Raises BadInputError if it cannot work."""
    match target:
        case settings.Command():
            return CommandTarget(target, root)
        case settings.Python():
            return PythonTarget(target, root)
        case settings.Http():
            from casefiles.targets.http import HttpTarget

            return HttpTarget(target)
    raise BadInputError(
        f"[targets.{target.name}] {settings.kind_of(target)} targets are not in this version",
        remedy="use command or python; a small script can send the request",
    )
