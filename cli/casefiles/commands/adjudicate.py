"""`casefiles adjudicate`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from casefiles.commands import output
from casefiles.commands.answers import conversation
from casefiles.commands.options import Options, common
from casefiles.documents.judgements import Answer
from casefiles.errors import BadInputError

if TYPE_CHECKING:
    from casefiles.loop.adjudicate import Disputes

_WHY = "why: "


@click.command("adjudicate", epilog="Example: casefiles adjudicate too-long")
@click.argument("words", metavar="[MODE…] [TRACE]", nargs=-1)
@click.option("--as", "name", help="Who you are, if git does not know.")
@click.option("--trace", help="Only this trace (a TRACE with a / may also stand as an argument).")
@click.option("--set", "value", type=click.Choice(["yes", "no"]), help="Settle without asking.")
@click.option("--why", help="The reason, with --set.")
@common(writes=True)
def command(
    options: Options,
    words: tuple[str, ...],
    name: str | None,
    *,
    trace: str | None,
    value: Answer | None,
    why: str | None,
) -> None:
    """Settle what annotators disagree about.

    Walks the traces on which their judgements of a MODE (all active ones if none is given)
    contradict each other, and shows both sides: labels, notes, and on demand the turns they speak
    of. y or n settles it, then a line says why; s leaves it open, q quits.

    The settled label, with who and why, goes into notes/adjudicated/ and outweighs the others;
    nobody's own note changes. Where a definition turns out to be at fault, redefine it instead
    (`casefiles mode redefine`), and label again.

    Answers can also come from a pipe: a line y or n, then a line with the reason.
    """
    from casefiles.loop import adjudicate, identity, pick

    modes = tuple(word for word in words if "/" not in word)
    traces = [word for word in words if "/" in word] + ([trace] if trace else [])
    if len(traces) > 1:
        raise BadInputError("only one TRACE can be given", remedy="leave the others out")
    who = identity.annotator(options.workspace, name)
    reference = pick.find_trace(options.workspace, traces[0]) if traces else None
    if value is not None:
        _set(options, who, modes, reference, value, why)
        return
    found = adjudicate.open_disputes(options.workspace, modes, trace=reference)
    settled = _talk(options, who, found) if found.open and not options.dry_run else 0
    left = len(found.open) - settled
    if options.json:
        disputes = [{"mode": one.mode, "trace": one.trace} for one in found.open]
        output.document({"settled": settled, "open": left, "disputes": disputes})
        return
    _print(options, found, settled, left)


def _print(options: Options, found: Disputes, settled: int, left: int) -> None:
    if not found.open:
        output.result("nobody disagrees about what was judged, or all of it is settled")
    elif options.dry_run:
        for one in found.open:
            said = ", ".join(f"{who} {standing.value}" for who, standing in one.said.items())
            output.result(f"{one.mode}  {one.trace}  {said}")
    else:
        output.result(f"{output.plural(settled, 'disagreement')} settled, {left} open")
    if left:
        why = f"{output.plural(left, 'disagreement')} open"
        output.next_step("casefiles adjudicate", why, quiet=options.quiet)
    else:
        output.next_step("casefiles status", "see how common each mode is", quiet=options.quiet)


def _talk(options: Options, who: str, found: Disputes) -> int:
    from casefiles.loop import adjudicating

    words: dict[str, str] = {value: key for key, value in adjudicating.VALUES.items()}
    with conversation(adjudicating.KEYS, words) as talk:
        hearing = adjudicating.Hearing(
            workspace=options.workspace,
            who=who,
            disputes=found,
            ask=talk.key,
            ask_why=lambda: talk.line(_WHY),
            show=output.story,
        )
        try:
            return hearing.run()
        except BadInputError as error:
            saved = f"{output.plural(hearing.settled, 'decision')} before it saved"
            raise BadInputError(f"{error} ({saved})") from error


def _set(
    options: Options,
    who: str,
    modes: tuple[str, ...],
    trace: str | None,
    value: Answer,
    why: str | None,
) -> None:
    from casefiles.loop import adjudicate

    if len(modes) != 1 or trace is None:
        example = "adjudicate too-long round-1/q042 --set no --why 'asked for a list'"
        raise BadInputError("--set needs one MODE and a TRACE", remedy=f"for example: {example}")
    plan = adjudicate.settle(
        options.workspace, who, modes[0], trace, value, why or "", dry_run=options.dry_run
    )
    if options.json:
        output.document({"written": [change.path for change in plan.real]})
    elif options.dry_run:
        output.diff(plan)
    else:
        output.result(", ".join(change.path for change in plan.real))
