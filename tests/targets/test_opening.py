"""From settings to a target."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from casefiles.documents.targets import Command, Http, Model, Python
from casefiles.errors import BadInputError
from casefiles.targets.command import CommandTarget
from casefiles.targets.http import HttpTarget
from casefiles.targets.model import ModelTarget
from casefiles.targets.opening import open_target
from casefiles.targets.protocol import Outcome
from casefiles.targets.python import PythonTarget


def silent(*_: object) -> Outcome:
    """Be a model that is never asked."""
    raise AssertionError


def test_each_kind_is_opened_by_its_own_class(tmp_path: Path) -> None:
    """And closes again, though nobody talked to it."""
    (tmp_path / "app.py").write_text("def answer(query):\n    return query\n")
    targets = (
        Command(name="a", command=(sys.executable,)),
        Python(name="b", python="app:answer"),
        Http(name="c", url="http://127.0.0.1:1"),
        Model(name="d", model="x/y"),
    )

    opened = [open_target(target, tmp_path, silent) for target in targets]

    assert [type(target) for target in opened] == [
        CommandTarget,
        PythonTarget,
        HttpTarget,
        ModelTarget,
    ]
    for target in opened:
        target.close()


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    """For both kinds that run in one."""
    command = Command(name="a", command=("true",), cwd="gone")
    function = Python(name="a", python="app:answer", cwd="gone")

    for target in (command, function):
        with pytest.raises(BadInputError, match="'gone' is no folder"):
            open_target(target, tmp_path, silent)
