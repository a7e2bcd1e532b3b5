"""`history` and `diff` beside the two bare git commands they rest on, in one run.

The plain alternative is `git log --raw` of notes/ and taxonomy/ and one `git cat-file --batch` of
every version of their files: what anybody would have to run. Start-up is left out on both sides
of ours: each measurement is a process of its own that imports first.
"""

from __future__ import annotations

import re
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

import pytest

import big_repository

ROUNDS = 5
COLD, WARM = 15, 4
_PROGRAM = """
import sys, time
from pathlib import Path
import pydantic
from casefiles.documents import dataset, mode, note, proposal, round, trace
from casefiles.loop import difference, history
from casefiles.workspace.find import find
workspace = find(Path(sys.argv[1]))
began = time.perf_counter()
if sys.argv[2] == "history":
    history.history(workspace)
else:
    difference.difference(workspace, "HEAD~400", "HEAD")
print(time.perf_counter() - began)
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the repository once."""
    return big_repository.build(tmp_path_factory.mktemp("bench") / "big")


def bare(folder: Path) -> float:
    """Return the seconds of the two git commands."""
    log = ("log", "--raw", "-z", "--no-abbrev", "--no-renames", "HEAD", "--", "notes", "taxonomy")
    began = time.perf_counter()
    raw = big_repository.run(folder, *log)
    first = time.perf_counter() - began
    ids = b"\n".join(dict.fromkeys(re.findall(rb":\d+ \d+ \w+ (\w*[1-9a-f]\w*) ", raw)))
    began = time.perf_counter()
    contents = big_repository.run(folder, "cat-file", "--batch", given=ids + b"\n")
    assert len(contents) > 1_000_000
    return first + time.perf_counter() - began


def ours(folder: Path, command: str) -> float:
    """Return the seconds of one of our commands, without start-up."""
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM, str(folder), command], capture_output=True, check=True
    )
    return float(done.stdout)


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("command", ["history", "diff"])
def test_history_and_diff_beside_bare_git(
    folder: Path, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """At most 15 times the two git commands cold, and 4 times warm: medians of ratios."""
    cold, warm = [], []
    for _ in range(ROUNDS):
        shutil.rmtree(folder / ".casefiles", ignore_errors=True)
        cold.append(ours(folder, command) / bare(folder))
        warm.append(ours(folder, command) / bare(folder))

    found = statistics.median(cold), statistics.median(warm)
    with capsys.disabled():
        print(f"\ncasefiles {command}: {found[0]:.1f} × bare git cold, {found[1]:.2f} × warm")
    assert found[0] <= COLD
    assert found[1] <= WARM
