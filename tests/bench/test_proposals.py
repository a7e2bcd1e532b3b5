"""From the command to the proposal file, cold: 100, 1,000 and 5,000 observations.

What counts is processor time, beside the start of the command alone in the same run: other work
on the machine slows both. The limits in seconds are those for two free cores.
"""

from __future__ import annotations

import json
import random
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from casefiles.models.embedding import has_minilm
from corpora import TRACE
from require import require
from workspaces import workspace

NOTES = [
    json.loads(line)["text"]
    for name in ("travel", "coding")
    for line in (Path(__file__).parents[1] / "clusters" / "data" / f"{name}.jsonl")
    .read_text("utf-8")
    .splitlines()
]
LIMITS = {("lexical", 100): 1, ("lexical", 1000): 3, ("minilm", 100): 4, ("minilm", 1000): 20}


def shop(folder: Path, count: int, embed: str) -> Path:
    """A workspace with so many different observations of two sentences each."""
    numbers = random.Random(5)
    files = {"casefiles.toml": f'[models]\nembed = "{embed}"\n'}
    for number in range(count):
        first, second = numbers.sample(NOTES, 2)
        text = f"{first.rstrip('.')}, case {number}; {second}"
        files[f"traces/round-1/q{number:04}.md"] = TRACE
        files[f"notes/ana/round-1/q{number:04}.md"] = f"---\nverdict: fail\n---\n{text}\n"
    return workspace(folder, files)


def seconds(root: Path, *arguments: str) -> float:
    """Processor time of one command."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [str(Path(sys.executable).with_name("casefiles")), *arguments]
    subprocess.run(command, cwd=root, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


@pytest.mark.parametrize(("embed", "count"), [*LIMITS, ("lexical", 5000)])
def test_a_proposal_is_soon_there(tmp_path: Path, embed: str, count: int) -> None:
    """Loading, comparing, grouping, naming and writing."""
    if embed == "minilm":
        require("minilm", "installed" if has_minilm() else None)
    root = shop(tmp_path, count, embed)
    start, whole = seconds(root, "--version"), seconds(root, "propose")
    print(f"\n{embed}, {count} observations: {whole:.2f} s, of which starting {start:.2f} s")
    assert whole <= LIMITS.get((embed, count), 300)
