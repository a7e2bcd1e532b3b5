"""A script of the test as the user's editor."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest


def editor(folder: Path, monkeypatch: pytest.MonkeyPatch, body: str) -> None:
    """Make a Python script the editor; ``text`` is the buffer, ``path`` its file."""
    script = folder / "editor.py"
    script.write_text(
        "import pathlib, sys\n"
        "path = pathlib.Path(sys.argv[1])\n"
        "text = path.read_text()\n"
        f"{body}\n"
        "path.write_text(text)\n"
    )
    monkeypatch.setenv("VISUAL", f'"{sys.executable}" "{script}"')
