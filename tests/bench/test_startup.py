"""How long the command line takes to start, beside bare click, as whole processes in turn."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROUNDS = 15


def seconds(command: list[str]) -> float:
    """Run a command once; return the wall time of the whole process."""
    began = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - began


def ratio(command: list[str], base: list[str]) -> float:
    """Return the median ratio of two commands run in turn, after one run that is not counted."""
    seconds(command), seconds(base)
    return statistics.median(seconds(command) / seconds(base) for _ in range(ROUNDS))


@pytest.mark.parametrize(("arguments", "most"), [(["--help"], 1.8), (["status"], 3.0)])
def test_startup(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], most: float
) -> None:
    """`--help` takes at most 1.8 ×, `status` on an empty workspace at most 3 × importing click."""
    (tmp_path / "casefiles.toml").write_text("")
    program = str(Path(sys.executable).with_name("casefiles"))

    bare = [sys.executable, "-c", "import click"]
    found = ratio([program, "-C", str(tmp_path), *arguments], bare)

    with capsys.disabled():
        print(f"\ncasefiles {' '.join(arguments)}: {found:.2f} × import click (at most {most})")
    assert found <= most
