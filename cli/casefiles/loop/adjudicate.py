"""Settling what annotators disagree about, with who and why; their own notes stay as they are."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from casefiles.documents.corpus import Corpus
from casefiles.documents.judgements import Answer, Standing
from casefiles.documents.judgements import judge as judgements_of
from casefiles.documents.note import Note
from casefiles.documents.paths import ADJUDICATED, note_path, place_of
from casefiles.documents.plan import Change, Plan
from casefiles.errors import BadInputError
from casefiles.loop import desk, undo
from casefiles.loop.own_note import moment
from casefiles.loop.sitting import utc_now
from casefiles.review.settling import settled_text
from casefiles.taxonomy.working_copy import WorkingCopy
from casefiles.workspace.find import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispute:
    """One mode on one trace, about which annotators contradict each other."""

    mode: str
    """Id of the mode."""
    trace: str
    """Reference of the trace."""
    said: Mapping[str, Standing]
    """Annotator to what they said; from a label, or from a code of a proposal."""
    notes: Mapping[str, Note]
    """Annotator to their note on the trace."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Disputes:
    """What is to be settled."""

    corpus: Corpus
    """What the workspace holds."""
    open: tuple[Dispute, ...]
    """By mode, then trace."""


def open_disputes(
    workspace: Workspace, modes: Sequence[str] = (), *, trace: str | None = None
) -> Disputes:
    """Find the disagreements nobody settled, on the modes given (none: all active ones).

    Raises BadInputError for an unknown or retired mode, or if a note, mode or proposal is broken.
    """
    corpus = desk.open_corpus(workspace)
    desk.insist(corpus, lambda path: place_of(path).kind in ("mode", "note", "proposal"))
    wanted = _modes(workspace, corpus, modes)
    settled = judgements_of(corpus).settled
    return Disputes(
        corpus=corpus,
        open=tuple(
            _dispute(corpus, mode, reference, found.by)
            for mode in wanted
            for (reference, about), found in sorted(settled.items())
            if about == mode and found.disputed and trace in (None, reference)
        ),
    )


def _dispute(corpus: Corpus, mode: str, trace: str, by: Mapping[str, Standing]) -> Dispute:
    said = {who: standing for who, standing in sorted(by.items()) if standing.value is not None}
    notes = {who: note for who in said if (note := corpus.notes.get((who, trace))) is not None}
    return Dispute(mode=mode, trace=trace, said=said, notes=notes)


def settle(
    workspace: Workspace,
    who: str,
    mode: str,
    trace: str,
    value: Answer,
    why: str,
    *,
    dry_run: bool = False,
    now: Callable[[], datetime] = utc_now,
) -> Plan:
    """Write what is settled about a mode on a trace, with who settled it and why.

    A later decision is appended; the earlier one and its reason stay readable. Raises
    BadInputError without a reason, for an unknown or retired mode, or if the file that holds
    settled labels is broken or changed meanwhile.
    """
    if not why.strip():
        raise BadInputError("a decision needs its reason", remedy="say in a sentence why")
    corpus = desk.open_corpus(workspace)
    (mode,) = _modes(workspace, corpus, (mode,))
    path = note_path(ADJUDICATED, trace)
    if trace not in corpus.traces:
        raise BadInputError(f"there is no trace {trace}")
    if path in corpus.broken:
        problems = [str(problem) for problem in corpus.problems if problem.path == path]
        raise BadInputError("\n".join([*problems, "nothing was written; mend the file first"]))
    before = desk.read_text(workspace, path)
    version = corpus.modes[mode].version
    try:
        after = settled_text(
            before, mode, value, version, who=who, when=moment(now()), why=why.strip()
        )
    except ValueError as error:
        raise BadInputError(str(error), where=path, remedy="edit the file by hand") from error
    plan = Plan(changes=(Change(path=path, before=before, after=after),))
    desk.carry_out(workspace, plan, dry_run=dry_run)
    if not dry_run:
        undo.remember(workspace, who, [trace], plan)
    return plan


def _modes(workspace: Workspace, corpus: Corpus, words: Sequence[str]) -> tuple[str, ...]:
    known = WorkingCopy(modes=corpus.modes, read=partial(desk.read_text, workspace))
    return tuple(dict.fromkeys(map(known.active, words))) or corpus.active_modes
