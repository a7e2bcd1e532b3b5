"""From settings to a target."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from casefiles.documents.targets import Command, Model, Python
from casefiles.errors import BadInputError
from casefiles.targets.command import CommandTarget
from casefiles.targets.opening import open_target
from casefiles.targets.python import PythonTarget


def test_a_command_and_a_function_are_opened(tmp_path: Path) -> None:
    """Each by its own class."""
    (tmp_path / "app.py").write_text("def answer(query):\n    return query\n")
    command = Command(name="a", command=(sys.executable,))
    function = Python(name="b", python="app:answer")

    opened = [open_target(target, tmp_path) for target in (command, function)]

    assert [type(target) for target in opened] == [CommandTarget, PythonTarget]
    for target in opened:
        target.close()


def test_a_kind_that_is_not_there_yet_says_so(tmp_path: Path) -> None:
    """And what to do instead."""
    with pytest.raises(BadInputError, match="use command or python"):
        open_target(Model(name="a", model="x/y"), tmp_path)


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    """For both kinds."""
    command = Command(name="a", command=("true",), cwd="gone")
    function = Python(name="a", python="app:answer", cwd="gone")

    for target in (command, function):
        with pytest.raises(BadInputError, match="'gone' is no folder"):
            open_target(target, tmp_path)
