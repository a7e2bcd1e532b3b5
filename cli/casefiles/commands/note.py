"""`casefiles note`."""

from __future__ import annotations

import sys
from functools import partial
from typing import TYPE_CHECKING

import click

from casefiles.commands import output
from casefiles.commands.options import Options, common
from casefiles.documents.config import Order
from casefiles.documents.note import VERDICTS, Verdict
from casefiles.errors import BadInputError

if TYPE_CHECKING:
    from casefiles.loop.own_note import Saved


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
@click.option("--final", is_flag=True, help="Show the query and the final answer first.")
@click.option("--batch", type=click.IntRange(min=1), help="Stop after so many notes.")
@common(writes=True)
def command(  # noqa: PLR0913, PLR0917  one parameter an option
    options: Options,
    trace: str | None,
    verdict: str | None,
    turn: str | None,
    texts: tuple[str, ...],
    name: str | None,
    order: Order | None,
    final: bool,  # noqa: FBT001  click hands it over by name
    batch: int | None,
) -> None:
    """Read the next trace and write down what goes wrong.

    Opens the next trace you have no note on in your editor: the verdict on top (p pass, f fail,
    f 5 goes wrong first in turn 5, d decide later), your text below it or under a turn. Save and
    close, and the next one opens; an empty or untouched file ends it. What you typed is never
    lost: after a crash the next `note` goes on with the draft.

    With a TRACE (q042 is enough if only one is called so) that one is opened, also again. With a
    verdict or -m the note is written at once; an older note gets the text as a new paragraph.
    """
    from casefiles.loop import identity, pick

    workspace = options.workspace
    me = identity.annotator(workspace, name)
    reference = pick.find_trace(workspace, trace) if trace else None
    if reference and (verdict or texts):
        _one_line(options, me, reference, _verdict(verdict), _turn(turn, verdict), texts)
    elif texts:
        message = "-m needs a TRACE"
        raise BadInputError(message, remedy="for example: casefiles note q042 fail -m 'what'")
    else:
        _in_editor(options, me, reference, order=order, final=final, batch=batch)


def _one_line(
    options: Options,
    me: str,
    reference: str,
    verdict: Verdict | None,
    turn: int | None,
    texts: tuple[str, ...],
) -> None:
    from casefiles.loop import note

    said = [_utf8(text) for text in texts if text.strip()]
    if verdict is None and not said:
        raise BadInputError("there is nothing to note", remedy="give a verdict, or a text with -m")
    saved = note.write_note(
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
    _report(options, me, [saved])


def _in_editor(
    options: Options,
    me: str,
    reference: str | None,
    *,
    order: Order | None,
    final: bool,
    batch: int | None,
) -> None:
    from casefiles.loop import note
    from casefiles.workspace import editor

    workspace = options.workspace
    tell = partial(output.story, quiet=options.quiet)
    sitting = note.Sitting(
        workspace=workspace,
        me=me,
        edit=partial(editor.edit, command=editor.editor_of(workspace.root), tell=tell),
        order=order,
        final_first=final,
        attempts=note.ATTEMPTS if sys.stdin.isatty() else 1,
        dry_run=options.dry_run,
        tell=tell,
    )
    if reference:
        one = note.open_note(sitting, note.Next(reference=reference, position="picked by hand"))
        saved = [one] if one else []
    else:
        saved = []
        for written in note.sit(sitting, batch=batch):
            saved.append(written)
            if not options.json and not options.dry_run:
                output.result(_line(written))
    _report(options, me, saved, said=reference is None)


def _report(options: Options, me: str, saved: list[Saved], *, said: bool = False) -> None:
    """Print what was written, how far it is, and what comes next."""
    from casefiles.loop.pick import shelf

    traces = shelf(options.workspace, me)
    if options.json:
        notes = [{"trace": s.reference, "path": s.path, "verdict": s.verdict} for s in saved]
        noted, total = len(traces.noted), len(traces.traces)
        output.document({"notes": notes, "noted": noted, "traces": total})
        return
    for written in saved:
        if options.dry_run:
            output.diff(written.plan)
        elif not said:
            output.result(_line(written))
    left = len(traces.traces) - len(traces.noted)
    if not saved:
        ended = "nothing was written" if left else "nothing is left to read"
        output.story(f"{ended}; {me} has notes on {traces.progress} traces", quiet=options.quiet)
    else:
        output.story(f"{me} has notes on {traces.progress} traces", quiet=options.quiet)
    if left:
        output.next_step("casefiles note", f"{left} to read", quiet=options.quiet)
    else:
        output.next_step("casefiles propose", "group what you saw", quiet=options.quiet)


def _line(saved: Saved) -> str:
    return f"{saved.path}  {saved.verdict or 'no verdict'}"


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
