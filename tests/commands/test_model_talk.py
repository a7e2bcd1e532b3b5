"""At a terminal: what a model will take is said and agreed to before the first call."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pexpect
import pytest

from coder import Coder
from corpora import TRACE
from model_server import ModelServer, model_server
from workspaces import CONFIG, workspace

CASEFILES = str(Path(sys.executable).with_name("casefiles"))
SAID = ("refunds without asking", "answers in english", "writes three screens")


def shop(folder: Path) -> Path:
    """A workspace with a model and enough notes."""
    files = {"casefiles.toml": f'{CONFIG}[models]\ncluster = "openai/gpt-4o"\n'}
    for number in range(30):
        files[f"traces/r/q{number:03}.md"] = TRACE
        files[f"notes/ana/r/q{number:03}.md"] = f"{SAID[number % 3]}, case {number}\n"
    return workspace(folder, files)


def talk(root: Path, server: ModelServer) -> pexpect.spawn[str]:
    """Start the command in a real terminal."""
    environment = {
        **os.environ,
        "OPENAI_API_BASE": server.url,
        "OPENAI_API_KEY": "test",
        "TERM": "xterm",
        "COLUMNS": "100",
    }
    words = ["propose", "--method", "model", "--name", "p"]
    return pexpect.spawn(
        CASEFILES, words, cwd=str(root), env=environment, encoding="utf-8", timeout=50
    )


@pytest.mark.parametrize(("answer", "calls"), [("n", 0), ("y", 5)])
def test_nothing_is_sent_before_a_person_agrees(tmp_path: Path, answer: str, calls: int) -> None:
    """No leaves everything as it is; yes shows how far it is and what it took."""
    root = shop(tmp_path)
    with model_server(Coder()) as server:
        terminal = talk(root, server)
        terminal.expect(r"about 5 calls, [\d,]+ tokens, 0\.\d\d USD")
        terminal.expect("Send it.*:")
        assert server.requests == []
        terminal.sendline(answer)
        terminal.expect("3 new modes" if calls else "nothing was sent")
        terminal.expect(pexpect.EOF)
        terminal.close()

    assert terminal.exitstatus == (0 if calls else 2)
    assert len(server.requests) == calls
    assert (root / "taxonomy/proposals/p.md").exists() == bool(calls)
