"""What it costs `run` to receive, redact and read an application's telemetry.

Beside the plain alternative, the same run without, in turn and by whole runs.
"""

from __future__ import annotations

import json
import shutil
import statistics
import sys
import time
from pathlib import Path

import pytest

from casefiles.loop import run
from casefiles.workspace.find import find

QUERIES = 100
WIDTH = 4
ROUNDS = 3
APP = Path(__file__).with_name("sending_app.py")


def seconds(folder: Path, capture: str) -> float:
    """Run all queries; return how long it took."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "traces/dataset").mkdir(parents=True)
    command = json.dumps([sys.executable, "-S", "-E", str(APP)])
    (folder / "casefiles.toml").write_text(
        f'[run]\ncapture = "{capture}"\n[targets.app]\ncommand = {command}\n'
    )
    rows = (f"- {{id: q{n:05}, text: 'say {n}'}}\n" for n in range(QUERIES))
    (folder / "traces/dataset/queries.yaml").write_text("queries:\n" + "".join(rows))
    workspace = find(folder)
    began = time.perf_counter()
    report = run.run(workspace, how=run.How(concurrency=WIDTH))
    took = time.perf_counter() - began
    assert report.statuses == {"ok": QUERIES}
    return took


@pytest.mark.timeout(900)
def test_receiving_telemetry_costs_little_beside_the_application(tmp_path: Path) -> None:
    """100 programs, four at once, each with eight calls of a model: 40 kB of messages."""
    seconds(tmp_path / "warm", "otlp")
    pairs = [
        (seconds(tmp_path / "with", "otlp"), seconds(tmp_path / "without", "output"))
        for _ in range(ROUNDS)
    ]
    ratio = statistics.median(a / b for a, b in pairs)
    each = statistics.median((a - b) / QUERIES for a, b in pairs)
    print(f"\nwith telemetry {ratio:.2f} x without; {1000 * each:.0f} ms more for a query")
    for a, b in pairs:
        print(f"  {a:.2f} s, {b:.2f} s")
    assert ratio < 2.5
