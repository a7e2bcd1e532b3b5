"""Run the command line inside the test's process."""

from __future__ import annotations

import contextlib
import io
import os
from dataclasses import dataclass
from pathlib import Path

from casefiles.commands.main import main


@dataclass(frozen=True, kw_only=True)
class Result:
    """What a command left behind."""

    code: int
    out: str
    err: str


def run_cli(*arguments: str | Path, cwd: Path | None = None) -> Result:
    """Run ``casefiles ARGUMENTS`` in a folder; return exit code, stdout and stderr."""
    out, err = io.StringIO(), io.StringIO()
    code = 0
    before = Path.cwd()
    os.chdir(cwd or before)
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            main([str(argument) for argument in arguments])
    except SystemExit as stop:
        code = stop.code if isinstance(stop.code, int) else 1
    finally:
        os.chdir(before)
    return Result(code=code, out=out.getvalue(), err=err.getvalue())
