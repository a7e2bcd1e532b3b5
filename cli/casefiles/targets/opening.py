"""From a target's settings to a target."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from casefiles.documents import targets as settings
from casefiles.targets.protocol import Target

if TYPE_CHECKING:
    from casefiles.targets.model import Complete


def open_target(target: settings.Target, root: Path, complete: Complete) -> Target:
    """Open a target below a workspace; ``complete`` calls a model, for a model target.

    Raises BadInputError if it cannot work.
    """
    # Each imports what it needs only where it is used.
    match target:
        case settings.Command():
            from casefiles.targets.command import CommandTarget

            return CommandTarget(target, root)
        case settings.Python():
            from casefiles.targets.python import PythonTarget

            return PythonTarget(target, root)
        case settings.Http():
            from casefiles.targets.http import HttpTarget

            return HttpTarget(target)
        case settings.Model():
            from casefiles.targets.model import ModelTarget

            return ModelTarget(target, root, complete)
        case settings.Plugin():
            from casefiles.targets.plugins import open_plugin

            return open_plugin(target, root)
