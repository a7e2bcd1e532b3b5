"""Packages as pip leaves them on disk: modules and the metadata that names their entry points."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent


def install(folder: Path, *, module: str, code: str, points: str, name: str = "extra") -> Path:
    """Write a package into a folder, which is then put on the path; return the folder.

    ``points`` are the lines below ``[casefiles.targets]`` of entry_points.txt.
    """
    (folder / f"{module}.py").write_text(dedent(code))
    info = folder / f"{name}-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[casefiles.targets]\n{dedent(points)}")
    return folder
