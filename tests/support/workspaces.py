"""Workspaces written as text in the test that needs them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent

from casefiles.documents.trace import TraceHead, render, seal
from casefiles.documents.turns import Part, Turn

CONFIG = """\
[app]
name = "Shop assistant"
description = "Answers questions about orders, returns and products."

[review]
seed = 7
"""


def workspace(folder: Path, files: Mapping[str, str] | None = None) -> Path:
    """Write a workspace: casefiles.toml unless given, and the files, each text dedented."""
    files = {"casefiles.toml": CONFIG, **(files or {})}
    for path, text in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(dedent(text).encode())
    return folder


def trace_text(
    question: str = "where is my order?",
    answer: str = "It is on its way.",
    *,
    title: str | None = None,
    query: str | None = None,
    source_id: str | None = None,
    dimensions: Mapping[str, str] | None = None,
    **head: str,
) -> str:
    """Write a small trace: one question, one answer."""
    source = {"kind": "synthetic"} if source_id is None else {"kind": "production", "id": source_id}
    turns = (
        Turn(role="user", parts=(Part(text=question),)),
        Turn(role="assistant", parts=(Part(text=answer),)),
    )
    known = TraceHead(
        title=title if title is not None else question,
        query=query,
        source=source,
        dimensions=dimensions or {},
        **head,  # type: ignore[arg-type]
    )
    return render(seal(known, turns))


def mode_text(name: str = "Too long", **keys: str | int) -> str:
    """Write a mode file with a complete definition; ``keys`` are further front matter."""
    front = {"name": name, "status": "active", "version": 1, **keys}
    lines = "".join(f"{key}: {value}\n" for key, value in front.items())
    return f"---\n{lines}---\nYes if the reply shows {name.lower()}.\nNo if it does not.\n"
