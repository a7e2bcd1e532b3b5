"""The site beside a bare MkDocs Material build of the same visible text, whole processes in turn.

CASEFILES_BENCH_TRACES=1000,5000 make bench ARGS='-k site -s'
"""

from __future__ import annotations

import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from casefiles.documents.mode import Mode
from casefiles.documents.note import Note
from casefiles.documents.paths import trace_path
from casefiles.documents.trace import Trace, TraceHead, render, seal
from casefiles.documents.turns import PROSE, Part, Turn
from casefiles.workspace.find import find
from casefiles.workspace.load import load, load_trace
from casefiles.workspace.tree import WorkingTree

SIZES = [int(n) for n in os.environ.get("CASEFILES_BENCH_TRACES", "1000").split(",")]
"""How many traces; the first is what the others are compared with."""
TURNS = int(os.environ.get("CASEFILES_BENCH_ROUNDS", "3"))
"""How often each build is measured; the median counts."""
WORDS = (
    "order refund shoe delivery package customer agent policy late colour size card parcel day "
    "week return ask tell change cancel address number account booking ticket flight hotel price "
    "stock list answer question please thanks broken wrong missing double charged today later"
).split()
USES = {
    "feature": ("return", "order", "search", "account", "delivery"),
    "persona": ("novice", "expert", "upset", "non-native"),
    "scenario": ("clear", "vague", "long"),
}
MODES = 12
CASEFILES = str(Path(sys.executable).with_name("casefiles"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What a process took."""

    wall: float
    """Seconds."""
    processor: float
    """Seconds of all its processes, which other load disturbs less."""
    memory: int
    """Highest resident size of one of them, in MiB."""


def run(command: list[str], folder: Path) -> Cost:
    """Run a command to its end; fail with what it said if it fails."""
    code = (
        "import json, resource, subprocess, sys\n"
        "done = subprocess.run(sys.argv[1:], capture_output=True, text=True)\n"
        "used = resource.getrusage(resource.RUSAGE_CHILDREN)\n"
        "said = done.stdout + done.stderr if done.returncode else ''\n"
        "print(json.dumps([used.ru_utime + used.ru_stime, used.ru_maxrss, said]))\n"
    )
    began = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", code, *command],
        cwd=folder,
        env=os.environ | {"NO_MKDOCS_2_WARNING": "1", "GIT_CONFIG_GLOBAL": os.devnull},
        capture_output=True,
        text=True,
        check=True,
    )
    wall = time.perf_counter() - began
    processor, memory, said = json.loads(done.stdout)
    assert not said, said
    return Cost(wall=wall, processor=processor, memory=memory // 1024)


# ---------------------------------------------------------------- a workspace


def workspace(folder: Path, traces: int) -> Path:
    """Write a workspace of traces of 4 kB, each read and judged for every mode."""
    draw = random.Random(1)
    files = {"casefiles.toml": '[app]\nname = "Bench"\n'}
    lines = [f"- {{name: {name}, values: [{', '.join(v)}]}}" for name, v in USES.items()]
    files["traces/dataset/dimensions.yaml"] = "dimensions:\n" + "\n".join(lines) + "\n"
    for number in range(MODES):
        files[f"taxonomy/mode-{number}.md"] = (
            f"---\nname: Does the wrong thing {number}\ngroup: Group {number % 3}\n---\n"
            f"Yes if {_said(draw, 12)}\nNo if {_said(draw, 8)}\n"
        )
    for number in range(2):
        files[f"traces/round-{number + 1}/round.yaml"] = "drawn: random\n"
    for number in range(traces):
        name = f"round-{number % 2 + 1}/q{number // 2:05}"
        files[f"traces/{name}.md"] = _trace(draw, number // 2)
        files[f"notes/ana/{name}.md"] = _note(draw, number)
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, "utf-8")
    return folder


def _said(draw: random.Random, words: int) -> str:
    return " ".join(draw.choice(WORDS) for _ in range(words)) + "."


def _trace(draw: random.Random, query: int) -> str:
    call = Part(type="tool_call", text=json.dumps({"q": _said(draw, 6)}), data={"name": "lookup"})
    found = json.dumps({"result": _said(draw, 220)})
    told = f"**Here** is: {_said(draw, 90)}\n\n- {_said(draw, 10)}\n- {_said(draw, 10)}"
    turns = (
        Turn(role="system", parts=(Part(text=f"You are an assistant. {_said(draw, 30)}"),)),
        Turn(role="user", parts=(Part(text=_said(draw, 40)),)),
        Turn(role="assistant", parts=(call,), data={"ms": 420}),
        Turn(
            role="tool",
            parts=(Part(type="tool_result", text=found, data={"name": "lookup"}),),
        ),
        Turn(role="assistant", parts=(Part(text=told),)),
        Turn(role="user", parts=(Part(text=_said(draw, 30)),)),
        Turn(role="assistant", parts=(Part(text=_said(draw, 120)),)),
    )
    head = TraceHead(
        title=_said(draw, 9),
        query=f"q{query:05}",
        source={"kind": "synthetic"},
        dimensions={name: draw.choice(values) for name, values in USES.items()},
        started="2026-11-24T01:20:00Z",
        ms=1200,
        usage={"in": 500, "out": 90},
    )
    return render(seal(head, turns))


def _note(draw: random.Random, number: int) -> str:
    fails = draw.random() < 0.6
    labels = [
        f"  mode-{mode}: {'yes' if fails and draw.random() < 0.25 / (1 + mode * 0.6) else 'no'}@1\n"
        for mode in range(MODES)
    ]
    day = f"2026-11-{number % 28 + 1:02}"
    front = f"verdict: {'fail' if fails else 'pass'}\nreviewed: {day}T01:20:00Z\n"
    said = f"Goes wrong: {_said(draw, 10)}\n\n## at 5\n{_said(draw, 8)}\n" if fails else ""
    return f"---\n{front}labels:\n{''.join(labels)}---\n{said}"


# ---------------------------------------------------------------- the plain alternative


def bare(folder: Path, root: Path) -> Path:
    """Write what one would without this program: a Markdown page for each trace, with its notes.

    The same text as on the pages of the report, a heading for each turn and a fence for what tools
    said. The pages stand outside the menu: in it, they would take ten times as long.
    """
    found = find(root)
    tree = WorkingTree(root)
    corpus = load(tree, found.config)
    for reference in corpus.traces:
        trace, _ = load_trace(tree, trace_path(reference))
        assert trace is not None
        page = folder / "docs/traces" / f"{reference}.md"
        page.parent.mkdir(parents=True, exist_ok=True)
        note = corpus.notes["ana", reference]
        page.write_text("\n".join(_markdown(trace, note, corpus.modes)), "utf-8")
    (folder / "docs/index.md").write_text("# Start\n")
    settings = "site_name: Bare\nuse_directory_urls: false\nnav: [index.md]\n"
    (folder / "mkdocs.yml").write_text(f"{settings}theme: {{name: material}}\n")
    return folder


def _markdown(trace: Trace, note: Note, modes: Mapping[str, Mode]) -> Iterator[str]:
    facts = {**trace.head.dimensions, "query": trace.head.query, "started": trace.head.started}
    yield f"# {trace.head.title}\n"
    yield " · ".join(f"{name}: {value}" for name, value in facts.items()) + "\n"
    yield f"**{note.verdict}** ana\n"
    yield from (f"- {modes[mode].name}: {given[-1].value}" for mode, given in note.labels.items())
    for number, turn in enumerate(trace.turns, 1):
        yield f"\n## {number}. {turn.role}\n"
        for part in turn.parts:
            if part.type in PROSE:
                yield f"{part.text}\n"
            else:
                laid_out = json.dumps(json.loads(part.text or ""), indent=2)
                yield f"{part.type} `{part.data['name']}`\n\n```json\n{laid_out}\n```\n"
    yield from (f"> {line}" for line in note.body.split("\n"))


def index_ratio(built: Path) -> float:
    """Return the size of the search index in the size of what it finds: titles and texts."""
    index = built / "search/search_index.json"
    docs = json.loads(index.read_text("utf-8"))["docs"]
    meant = sum(len(f"{doc['title']}{doc['text']}".encode()) for doc in docs)
    return index.stat().st_size / meant


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workspace that the others are compared with."""
    return workspace(tmp_path_factory.mktemp("site"), SIZES[0])


def test_site(
    first: Path, tmp_path_factory: pytest.TempPathFactory, capsys: pytest.CaptureFixture[str]
) -> None:
    """Cold at most 0.5 × bare, after one note at most 0.25 ×, and linear in the traces."""
    build = [CASEFILES, "site", "build", "--quiet"]
    plain = [sys.executable, "-m", "mkdocs", "build", "--quiet"]
    site = first / "site/public"
    run(build, first)
    other = bare(tmp_path_factory.mktemp("bare"), first)
    costs: dict[str, list[Cost]] = {"bare": [], "cold": [], "note": [], "trace": []}
    note, trace = first / "notes/ana/round-1/q00007.md", first / "traces/round-2/q00008.md"
    for turn in range(TURNS):
        costs["bare"].append(run(plain, other))
        _forget(first)
        costs["cold"].append(run(build, first))
        note.write_text(f"{note.read_text()}\nOnce more {turn}, zebra{turn}.\n")
        costs["note"].append(run(build, first))
        assert f"zebra{turn}" in (site / "search/search_index.json").read_text()
        trace.write_text(trace.read_text().replace("title: ", "title: Quagga ", 1))
        costs["trace"].append(run(build, first))
    entries = len(json.loads((site / "search/search_index.json").read_text())["docs"])
    assert entries > SIZES[0], "the search lost traces"
    with capsys.disabled():
        print()
        for name, most in (("cold", 0.5), ("note", 0.25), ("trace", 0.25)):
            _report(name, costs[name], costs["bare"], most)
        print(f"search index: {index_ratio(site):.2f} × what is searched (at most 1.2)")
    wall = {name: statistics.median(cost.wall for cost in given) for name, given in costs.items()}
    assert index_ratio(site) <= 1.2
    assert wall["cold"] <= 0.5 * wall["bare"]
    assert max(wall["note"], wall["trace"]) <= 0.25 * wall["bare"]


def _forget(root: Path) -> None:
    """Leave nothing of an earlier build."""
    for name in ("site", ".casefiles"):
        shutil.rmtree(root / name, ignore_errors=True)


def _report(name: str, costs: list[Cost], base: list[Cost], most: float) -> None:
    pairs = list(zip(costs, base, strict=True))
    wall = statistics.median(one.wall / other.wall for one, other in pairs)
    processor = statistics.median(one.processor / other.processor for one, other in pairs)
    print(
        f"{SIZES[0]} traces, {name}: {wall:.2f} × bare (at most {most}), in processor time "
        f"{processor:.2f} × ({costs[0].wall:.1f} s beside {base[0].wall:.1f} s)"
    )


@pytest.mark.parametrize("traces", SIZES[1:])
def test_site_of_many(
    first: Path, tmp_path: Path, traces: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """As many times the traces take at most as many times the time, and 300 MiB."""
    build = [CASEFILES, "site", "build", "--quiet"]
    many = workspace(tmp_path, traces)
    costs: list[Cost] = []
    few: list[Cost] = []
    for _ in range(TURNS):
        for folder, found in ((many, costs), (first, few)):
            _forget(folder)
            found.append(run(build, folder))
    ratio = statistics.median(a.wall / b.wall for a, b in zip(costs, few, strict=True))
    memory = max(cost.memory for cost in costs)
    most = traces / SIZES[0]
    with capsys.disabled():
        print(f"\n{traces} traces: {ratio:.1f} × {SIZES[0]} (at most {most:.0f}), {memory} MiB")
    assert ratio <= most
    assert memory <= 300
