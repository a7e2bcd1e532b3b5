"""A repository of 2,000 commits and 10,000 files: a long review, written by `git fast-import`."""

from __future__ import annotations

import random
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

from repositories import IDENTITY
from workspaces import CONFIG, mode_text, trace_text

COMMITS = 2_000
TRACES = 4_960
MODES = 60
VERSIONS = 1_057
"""Of all mode files together."""
LABELS = 12
"""Labels of a note."""


def build(folder: Path) -> Path:
    """Write the repository; the same one every time."""
    folder.mkdir(parents=True)
    run(folder, "init", "--quiet", "--initial-branch=main")
    stream = b"".join(_commits(random.Random(7)))
    run(folder, "fast-import", "--quiet", given=stream)
    run(folder, "checkout", "--quiet", "--force", "main")
    run(folder, "repack", "-a", "-d", "--quiet")
    return folder


def run(folder: Path, *arguments: str, given: bytes | None = None) -> bytes:
    """Run git; return its output."""
    done = subprocess.run(
        ["git", *arguments], cwd=folder, input=given, env=None, capture_output=True, check=True
    )
    return done.stdout


def _commits(rng: random.Random) -> Iterator[bytes]:
    references = [f"round-{1 + 10 * n // TRACES}/q{n:04}" for n in range(TRACES)]
    modes = [f"mode-{n:02}" for n in range(MODES)]
    versions = dict.fromkeys(modes, 1)
    first = {"casefiles.toml": CONFIG, **{f"taxonomy/{m}.md": mode_text(m) for m in modes}}
    padding = "The answer goes on and on, as answers do. " * 80
    first |= {f"traces/{r}.md": trace_text(answer=padding, query=r[-5:]) for r in references}
    yield _commit(0, first)
    notes: dict[str, dict[str, str]] = {}
    for number in range(1, COMMITS):
        files: dict[str, str] = {}
        due = TRACES * number // (COMMITS - 1)
        for reference in references[len(notes) : due]:
            notes[reference] = {
                mode: f"{rng.choice(('no', 'no', 'yes'))}@{versions[mode]}"
                for mode in rng.sample(modes, LABELS)
            }
            files[f"notes/ana/{reference}.md"] = _note(reference, notes[reference], number)
        if rng.random() < (VERSIONS - MODES) / COMMITS:
            mode = rng.choice(modes)
            versions[mode] += 1
            text = mode_text(mode, version=versions[mode])
            files[f"taxonomy/{mode}.md"] = f"{text}In the sense of {number}.\n"
        if rng.random() < 0.5 and notes:
            reference, mode = rng.choice(list(notes)), rng.choice(modes)
            notes[reference][mode] = f"yes@{versions[mode]}"
            files[f"notes/ana/{reference}.md"] = _note(reference, notes[reference], number)
        yield _commit(number, files)


def _note(reference: str, labels: Mapping[str, str], number: int) -> str:
    day = 1 + 27 * number // COMMITS
    lines = "".join(f"  {mode}: {value}\n" for mode, value in labels.items())
    return (
        f"---\nverdict: fail\nfirst_failure: 2\nreviewed: 2026-01-{day:02}T10:00:00Z\n"
        f"seconds: 41\ndrawn: random\nblind: yes\nlabels:\n{lines}---\n"
        f"The reply to {reference} goes wrong.\n\n## at 2\n> It is on its way.\n\n"
        "It acts before the user confirms.\n"
    )


def _commit(number: int, files: Mapping[str, str]) -> bytes:
    person = f"{IDENTITY['GIT_AUTHOR_NAME']} <{IDENTITY['GIT_AUTHOR_EMAIL']}>"
    when = 1_767_225_600 + 600 * number
    head = f"commit refs/heads/main\ncommitter {person} {when} +0000\n".encode()
    changes = (f"M 100644 inline {path}\n".encode() + _data(text) for path, text in files.items())
    return head + _data(f"step {number}") + b"".join(changes)


def _data(text: str) -> bytes:
    content = text.encode()
    return f"data {len(content)}\n".encode() + content + b"\n"
