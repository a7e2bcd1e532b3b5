"""What a run writes: the round's record once, a trace for every conversation."""

from __future__ import annotations

from collections.abc import Iterable

from casefiles.documents.paths import round_of, round_path, trace_path
from casefiles.documents.plan import Change, Plan
from casefiles.documents.trace import TraceHead, render
from casefiles.errors import BadInputError
from casefiles.loop import desk
from casefiles.loop.monitor import Captured, packed, raw_path
from casefiles.loop.run_trace import About, trace_of
from casefiles.targets.holding import Held
from casefiles.workspace.find import Workspace
from casefiles.workspace.write import write_bytes


def begin_round(workspace: Workspace, name: str, record: str) -> None:
    """Write round.yaml if it is not there; another shard may write the same bytes just now."""
    path = round_path(name)
    if (workspace.root / path).exists():
        return
    try:
        plan = Plan(changes=(Change(path=path, before=None, after=record),))
        desk.carry_out(workspace, plan, durable=False)
    except BadInputError:
        if desk.read_text(workspace, path) != record:
            raise


def tidy_up(workspace: Workspace, references: Iterable[str]) -> None:
    """Remove what a killed run left half-written of the very traces that come now."""
    names = {trace_path(reference).rpartition("/")[2] for reference in references}
    folders = {workspace.root / "traces" / round_of(reference) for reference in references}
    for folder in folders:
        for left_over in folder.glob(".*.tmp"):
            if left_over.name[1:].rsplit(".", 2)[0] in names:
                left_over.unlink(missing_ok=True)


def write_trace(
    workspace: Workspace, about: About, held: Held, captured: Captured | None = None
) -> TraceHead:
    """Write a trace, its attachments and what it was made of first; return its head."""
    trace, attachments = trace_of(about, held, captured)
    if captured is not None and captured.documents:
        write_bytes(workspace.root / raw_path(about.reference), packed(captured.documents))
    for path, text in attachments.items():
        write_bytes(workspace.root / path, text.encode())
    write_bytes(workspace.root / trace_path(about.reference), render(trace).encode())
    folder = workspace.root / "traces" / about.reference
    for old in folder.glob("*") if folder.is_dir() else ():  # of a trace that was made before
        if desk.relative(workspace, old) not in attachments:
            old.unlink()
    return trace.head
