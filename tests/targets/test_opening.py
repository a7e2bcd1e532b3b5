"""From settings to a target."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from casefiles.documents import config
from casefiles.errors import BadInputError
from casefiles.targets.command import CommandTarget
from casefiles.targets.opening import open_target
from casefiles.targets.python import PythonTarget


def test_a_command_and_a_function_are_opened(tmp_path: Path) -> None:
    """Each by its own class."""
    (tmp_path / "app.py").write_text("def answer(query):\n    return query\n")
    command = config.Target(name="a", kind="command", command=(sys.executable,))
    function = config.Target(name="b", kind="python", python="app:answer")

    opened = [open_target(target, tmp_path) for target in (command, function)]

    assert [type(target) for target in opened] == [CommandTarget, PythonTarget]
    for target in opened:
        target.close()


@pytest.mark.parametrize("kind", ["http", "model"])
def test_a_kind_that_is_not_there_yet_says_so(kind: config.TargetKind, tmp_path: Path) -> None:
    """And what to do instead."""
    with pytest.raises(BadInputError, match="use command or python"):
        open_target(config.Target(name="a", kind=kind), tmp_path)


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    """For both kinds."""
    command = config.Target(name="a", kind="command", command=("true",), cwd="gone")
    function = config.Target(name="a", kind="python", python="app:answer", cwd="gone")

    for target in (command, function):
        with pytest.raises(BadInputError, match="'gone' is no folder"):
            open_target(target, tmp_path)
