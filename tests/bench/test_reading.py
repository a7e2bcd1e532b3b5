"""How long `note` takes on ten thousand traces and notes, beside a plain read of all their files.

There is no index: what is unread follows from file names. The plain read opens and reads every
file once, in a process that runs already; `note` is timed as a whole process, start-up included.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from casefiles.loop.note import open_note
from casefiles.loop.own_note import Saved
from casefiles.loop.pile import Next, Pile
from casefiles.loop.sitting import Sitting
from casefiles.workspace.find import find
from reading import CASEFILES
from workspaces import trace_text, workspace

TRACES = 10_000
ROUNDS = 7
NOTE = """\
---
verdict: fail
first_failure: 2
reviewed: 2026-11-24T01:20:00Z
seconds: 41
drawn: random
blind: yes
labels:
  acts-without-asking: no@1, yes@3
  too-long: no@1
---
Refunds without asking, though told to ask first.

## at 2
> It is on its way

Acts before the user confirms.
"""


@pytest.fixture(scope="module", params=["mine", "shared by four", "others'"])
def written(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the traces, of 4 kB each, and as many notes: mine, a quarter mine, or none of mine."""
    names = {"mine": ["ana"], "shared by four": ["ana", "ben", "cy", "dee"], "others'": ["ben"]}
    root = workspace(tmp_path_factory.mktemp("bench"))
    trace = trace_text("where is it?\n" * 40, "It is on its way.\n" * 180)
    for number in range(TRACES):
        reference = f"round-{number % 10}/q{number:05}"
        who = names[request.param][number % len(names[request.param])]
        for path, text in (
            (f"traces/{reference}.md", trace),
            (f"notes/{who}/{reference}.md", NOTE),
        ):
            file = root / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
    extra = root / "traces/round-0/q99999.md"  # so that there is always something to read
    extra.write_text(trace)
    return root


def plain(root: Path) -> float:
    """Read every trace and note; return the seconds."""
    paths = [path for folder in ("traces", "notes") for path in (root / folder).rglob("*.md")]
    began = time.perf_counter()
    for path in paths:
        with path.open("rb") as file:
            file.read()
    return time.perf_counter() - began


def whole_process(root: Path) -> float:
    """Run `note` with an editor that does nothing; return the seconds.

    With cached bytecode, as after the first run of an installed program.
    """
    variables = {**os.environ, "EDITOR": "true"}
    variables.pop("PYTHONDONTWRITEBYTECODE", None)
    began = time.perf_counter()
    subprocess.run(
        [CASEFILES, "note", "--as", "ana"],
        cwd=root,
        env=variables,
        check=True,
        capture_output=True,
    )
    return time.perf_counter() - began


def next_trace(root: Path) -> Callable[[], float]:
    """Sit down; return a function that opens the next trace and saves it, and says how long."""
    pile = Pile(find(root), "ana")
    typing = [0.0]

    def edit(path: Path) -> None:
        began = time.perf_counter()
        path.write_text(path.read_text().replace("your note.\n", "your note.\np\n", 1))
        typing[0] = time.perf_counter() - began

    sitting = Sitting(workspace=find(root), me="ana", edit=edit)

    def once() -> float:
        began = time.perf_counter()
        outcome = open_note(sitting, pile.next() or Next(reference="round-0/q99999"))
        assert isinstance(outcome, Saved)
        pile.wrote(outcome.reference)
        return time.perf_counter() - began - typing[0]

    return once


def test_note_opens_as_fast_as_its_files_can_be_read(
    written: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The whole process takes at most 1.0 × a plain read of all traces and notes."""
    whole_process(written), plain(written)
    found = statistics.median(whole_process(written) / plain(written) for _ in range(ROUNDS))
    with capsys.disabled():
        print(f"\nnote, the whole process: {found:.2f} × a plain read of all files (at most 1.0)")
    assert found <= 1.0


def test_the_next_trace_comes_at_once(written: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """From saving one to the editor on the next: at most 0.2 × a plain read."""
    once = next_trace(written)
    once()
    found = statistics.median(once() / plain(written) for _ in range(ROUNDS))
    with capsys.disabled():
        print(f"\nthe next trace: {found:.3f} × a plain read of all files (at most 0.2)")
    assert found <= 0.2
