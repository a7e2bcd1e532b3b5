"""`casefiles note`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from casefiles.commands import output
from casefiles.commands.options import Options, common
from casefiles.documents.config import Order
from casefiles.documents.note import VERDICTS, Verdict
from casefiles.errors import BadInputError

if TYPE_CHECKING:
    from casefiles.loop.note import Undone
    from casefiles.loop.own_note import Saved
    from casefiles.loop.pile import Pile
    from casefiles.review.mode_keys import KeyedMode


@click.command("note", epilog="Example: casefiles note q042 fail 5 -m 'refunds without asking'")
@click.argument("trace", required=False)
@click.argument("verdict", metavar="[pass|fail|defer]", required=False)
@click.argument("turn", required=False)
@click.option("-m", "texts", multiple=True, metavar="TEXT", help="What you saw; a paragraph each.")
@click.option("--as", "name", help="Who you are, if git does not know.")
@click.option(
    "--order",
    type=click.Choice(["random", "path", "newest"]),
    help="Which trace comes next; random is the same for all annotators.",
)
@click.option("--final", is_flag=True, help="Show the query and the final answer, the rest folded.")
@click.option("--batch", type=click.IntRange(min=1), help="So many traces in one buffer, then end.")
@click.option("--back", is_flag=True, help="Open the note you wrote last again, then go on.")
@click.option("--undo", is_flag=True, help="Take your last save back: a note, labels, a decision.")
@click.option("--with-modes", is_flag=True, help="Judge failure modes too, below the verdict.")
@click.option(
    "--others", is_flag=True, help="Show colleagues' notes on TRACE, once yours is written."
)
@click.option("--all", "everything", is_flag=True, help="Also what is shared out to others.")
@common(writes=True)
def command(options: Options, trace: str | None, name: str | None, **given: Any) -> None:
    """Read the next trace and write down what goes wrong.

    Opens the next trace you have no note on in your editor: the verdict on top (p pass, f fail,
    f 5 goes wrong first in turn 5, d decide later), your text below it or under a turn. Save and
    close, and the next one opens; an empty or untouched file ends it. In place of a verdict, b
    goes back to the trace before, s skips this one, u undoes the last save. What you typed is
    never lost: after a crash the next `note` goes on with the draft.

    With a TRACE (q042 is enough if only one is called so) that one is opened, also again. With a
    verdict or -m the note is written at once; an older note gets the text as a new paragraph.

    Nobody sees another's notes before their own is written. With --others they stand beside yours;
    what you change then no longer says `blind: yes`.

    The first reading knows no failure modes: what you see comes first, its name later. Once there
    is a taxonomy, --with-modes lists it above the verdict.
    """
    from casefiles.loop import identity, pick

    asked = _Asked(trace=trace, **given)
    me = identity.annotator(options.workspace, name)
    if asked.undo:
        _undo(options, me)
        return
    reference = pick.find_trace(options.workspace, trace) if trace else None
    if reference and (asked.verdict or asked.texts):
        _one_line(options, me, reference, asked)
    elif asked.texts or (asked.others and not reference):
        option = "-m" if asked.texts else "--others"
        raise BadInputError(
            f"{option} needs a TRACE", remedy="for example: casefiles note q042 fail -m 'what'"
        )
    else:
        _in_editor(options, me, reference, asked)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """What the command line says."""

    trace: str | None
    verdict: str | None
    turn: str | None
    texts: tuple[str, ...]
    order: Order | None
    final: bool
    batch: int | None
    back: bool
    undo: bool
    with_modes: bool
    others: bool
    everything: bool


def _undo(options: Options, me: str) -> None:
    from casefiles.loop import undo

    last = undo.take_back(options.workspace, me, dry_run=options.dry_run)
    paths = [change.path for change in last.plan.changes] if last else []
    if options.json:
        output.document({"undone": paths})
    elif last and options.dry_run:
        output.diff(last.plan.inverse)
    else:
        for path in paths or ["nothing was saved that could be undone"]:
            output.result(f"{path}  undone" if last else path)


def _one_line(options: Options, me: str, reference: str, asked: _Asked) -> None:
    from casefiles.loop import note_line

    verdict, turn = _verdict(asked.verdict), _turn(asked.turn, asked.verdict)
    said = [_utf8(text) for text in asked.texts if text.strip()]
    if verdict is None and not said:
        raise BadInputError("there is nothing to note", remedy="give a verdict, or a text with -m")
    saved = note_line.write_note(
        options.workspace,
        me,
        reference,
        verdict=verdict,
        turn=turn,
        texts=said,
        dry_run=options.dry_run,
    )
    if saved.added and said:
        output.story("you have a note on it: the text was added to it", quiet=options.quiet)
    if not options.json and not options.dry_run:
        _say(options, saved)
    _report(options, me, [saved])


def _in_editor(options: Options, me: str, reference: str | None, asked: _Asked) -> None:
    from casefiles.loop.note import Undone
    from casefiles.loop.pile import Pile

    workspace = options.workspace
    pile = Pile(workspace, me, order=asked.order, everything=asked.everything)
    saved: list[Saved] = []
    for event in _events(options, me, reference, asked, pile):
        if isinstance(event, Undone):
            saved = [one for one in saved if one.path not in event.paths]
            continue
        saved.append(event)
        if not options.json and not options.dry_run:
            _say(options, event)
    _report(options, me, saved, pile=pile)


def _events(
    options: Options, me: str, reference: str | None, asked: _Asked, pile: Pile
) -> Iterator[Saved | Undone]:
    from casefiles.loop import drafts, note
    from casefiles.loop.sitting import ATTEMPTS, Sitting
    from casefiles.workspace import editor

    workspace = options.workspace
    modes = _modes(options) if asked.with_modes else ()
    tell = partial(output.story, quiet=options.quiet)
    sitting = Sitting(
        workspace=workspace,
        me=me,
        edit=partial(editor.edit, command=editor.editor_of(workspace.root), tell=tell),
        final_first=asked.final,
        modes=modes,
        others=asked.others,
        attempts=ATTEMPTS if sys.stdin.isatty() else 1,
        dry_run=options.dry_run,
        tell=tell,
    )
    if reference:
        yield from note.sit(sitting, pile, first=note.by_hand(reference), alone=True)
        return
    if asked.batch:
        for step in pile.drafts():
            yield from note.sit(sitting, pile, first=step, alone=True)
    if asked.batch or drafts.resume(workspace, me, drafts.BATCH):
        from casefiles.loop import note_batch

        yield from note_batch.sit_batch(sitting, pile, asked.batch or 1)
    if not asked.batch:
        first = note.last_noted(sitting) if asked.back else None
        yield from note.sit(sitting, pile, first=first)


def _modes(options: Options) -> tuple[KeyedMode, ...]:
    from casefiles.loop.label import open_modes

    return open_modes(options.workspace)


def _say(options: Options, saved: Saved) -> None:
    """Say that a note was written, and softly what it could do better."""
    output.result(f"{saved.path}  {saved.verdict or 'no verdict'}")
    for advice in saved.advice:
        output.story(f"  {advice.message}; {advice.remedy}", quiet=options.quiet)


def _report(options: Options, me: str, saved: list[Saved], *, pile: Pile | None = None) -> None:
    """Print what was written, how far it is, and what comes next."""
    from casefiles.loop.pile import Pile

    pile = pile or Pile(options.workspace, me)
    if options.json:
        notes = [{"trace": s.reference, "path": s.path, "verdict": s.verdict} for s in saved]
        output.document({"notes": notes, "noted": len(pile.noted), "traces": pile.total})
        return
    for written in saved if options.dry_run else ():
        output.diff(written.plan)
    said = f"{me} has notes on {pile.progress} traces"
    if not saved:
        said = f"{'nothing was written' if pile.left else 'nothing is left to read'}; {said}"
    output.story(said, quiet=options.quiet)
    if pace := _pace(saved):
        output.story(pace, quiet=options.quiet)
    if pile.left:
        output.next_step("casefiles note", f"{pile.left} to read", quiet=options.quiet)
    elif pile.others:
        why = f"your share is read; {pile.others} more are others' to read"
        output.next_step("casefiles note --all", why, quiet=options.quiet)
    else:
        output.next_step("casefiles propose", "group what you saw", quiet=options.quiet)


def _pace(saved: list[Saved]) -> str:
    """Say how long it took, to the person who spent the time."""
    spent = [one.seconds for one in saved if one.seconds is not None]
    if not any(spent):
        return ""
    from casefiles.commands.people_text import pace_text
    from casefiles.insight.pace import pace

    found = pace(spent)
    assert found is not None
    return pace_text(found)


def _verdict(word: str | None) -> Verdict | None:
    if word is None:
        return None
    known = {verdict[0]: verdict for verdict in VERDICTS} | {v: v for v in VERDICTS}
    if word.lower() not in known:
        from casefiles.text.names import nearest

        near = nearest(word.lower(), VERDICTS)
        remedy = f"did you mean {near!r}?" if near else "give pass, fail or defer"
        raise BadInputError(f"{word!r} is no verdict", remedy=remedy)
    return known[word.lower()]


def _turn(number: str | None, verdict: str | None) -> int | None:
    if number is None:
        return None
    if _verdict(verdict) != "fail":
        message = f"only fail takes a turn, not {verdict}"
        raise BadInputError(message, remedy="leave the turn out")
    if not (number.isascii() and number.isdigit() and len(number) < 7):
        message = f"{number!r} is no number of a turn"
        raise BadInputError(message, remedy="for example: casefiles note q042 fail 5")
    return int(number)


def _utf8(text: str) -> str:
    """Refuse bytes of another encoding than UTF-8, which arrive as lone surrogates."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise BadInputError("the text of -m is not UTF-8") from None
    return text
