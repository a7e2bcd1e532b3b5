"""The last things a person saved, so that they can be taken back, also by a later command.

Kept in ``.casefiles/undo/<annotator>.jsonl``, a line a save, the last one at the end. It holds
whole files before and after, so that taking back restores bytes; a file that changed since is
never touched.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from casefiles.documents.plan import Change, Plan
from casefiles.loop import desk
from casefiles.workspace.find import Workspace
from casefiles.workspace.write import write_bytes

MOST = 50
"""Saves that can be taken back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Save:
    """Something that was saved."""

    traces: tuple[str, ...]
    """References of the traces it was about."""
    plan: Plan
    """What it wrote."""


def remember(workspace: Workspace, me: str, traces: Sequence[str], plan: Plan) -> None:
    """Keep what was just written; nothing if nothing was."""
    if plan.real:
        kept = [*_lines(workspace, me), _line(Save(traces=tuple(traces), plan=plan))]
        _write(workspace, me, kept[-MOST:])


def take_back(
    workspace: Workspace, me: str, *, only: Plan | None = None, dry_run: bool = False
) -> Save | None:
    """Make what I saved last what it was before, and return it; None if nothing is left.

    With ``only`` nothing else than this very plan is taken back. Raises BadInputError if a file
    changed since; it can be taken back once that is undone.
    """
    lines = _lines(workspace, me)
    last = _read(lines[-1]) if lines else None
    if last is None or (only is not None and last.plan != only):
        return None
    desk.carry_out(workspace, last.plan.inverse, dry_run=dry_run)
    if not dry_run:
        _write(workspace, me, lines[:-1])
    return last


def _path(workspace: Workspace, me: str) -> Path:
    return workspace.private / "undo" / f"{me}.jsonl"


def _lines(workspace: Workspace, me: str) -> list[str]:
    path = _path(workspace, me)
    if not path.is_file():
        return []
    return [line for line in path.read_text("utf-8", "replace").split("\n") if line]


def _write(workspace: Workspace, me: str, lines: Sequence[str]) -> None:
    write_bytes(_path(workspace, me), "".join(f"{line}\n" for line in lines).encode())


def _line(save: Save) -> str:
    changes = [asdict(change) for change in save.plan.real]
    return json.dumps({"traces": save.traces, "changes": changes})


def _read(line: str) -> Save | None:
    """Read one line; None for one that was cut off or is not ours."""
    try:
        found = json.loads(line)
        changes = tuple(Change(**change) for change in found["changes"])
        return Save(traces=tuple(found["traces"]), plan=Plan(changes=changes))
    except (ValueError, TypeError, KeyError):
        return None
