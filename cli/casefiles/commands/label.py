"""`casefiles label`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from casefiles.commands import output
from casefiles.commands.answers import answers
from casefiles.commands.options import Options, common
from casefiles.documents.note import VALUES, Value
from casefiles.errors import BadInputError

if TYPE_CHECKING:
    from casefiles.loop.label import Work


@click.command("label", epilog="Example: casefiles label acts-without-asking too-long")
@click.argument("words", metavar="[MODE…] [TRACE]", nargs=-1)
@click.option("--as", "name", help="Who you are, if git does not know.")
@click.option("--trace", help="Only this trace (a TRACE with a / may also stand as an argument).")
@click.option("--unsure", is_flag=True, help="Ask again about what you were unsure of.")
@click.option(
    "--repeats/--no-repeats",
    default=None,
    help="Ask some questions twice, unmarked; the default once two annotators share the traces.",
)
@click.option(
    "--set", "value", type=click.Choice(VALUES), help="Judge TRACE for each MODE, without asking."
)
@click.option(
    "--audit",
    "audited",
    type=click.IntRange(min=1),
    metavar="N",
    help="Judge N stale judgements again, drawn at random and blind: how many are wrong?",
)
@common(writes=True)
def command(
    options: Options,
    words: tuple[str, ...],
    name: str | None,
    trace: str | None,
    unsure: bool,  # noqa: FBT001  click hands it over by name
    repeats: bool | None,  # noqa: FBT001  the same
    value: Value | None,
    audited: int | None,
) -> None:
    """Judge reviewed traces for the failure modes.

    Goes through the traces you reviewed and asks, for every MODE (all active ones if none is
    given) that you did not judge or whose definition changed since: y yes, n no, u unsure, - no
    to all the rest of this trace, s skip, b back, e evidence, t the whole trace, q quit. Every
    answer is saved at once. The traces likeliest to show what is asked come first.

    Where two annotators share the traces, about one question in fourteen is one you have answered
    before, and does not say so: how often people judge alike twice says how clear a definition is.

    With --audit, N of your judgements that an older definition was given to are asked for again,
    in a random order and without what you said. The share that changed tells how many of all of
    them are wrong, with exact limits, and corrects the prevalence in `casefiles status`.

    Answers can also come from a pipe, one a line, as keys or as yes, no, unsure.
    """
    from casefiles.loop import identity, label, pick

    modes = tuple(word for word in words if "/" not in word)
    traces = [word for word in words if "/" in word] + ([trace] if trace else [])
    if len(traces) > 1:
        raise BadInputError("only one TRACE can be given", remedy="leave the others out")
    workspace = options.workspace
    me = identity.annotator(workspace, name)
    reference = pick.find_trace(workspace, traces[0]) if traces else None
    if value is not None:
        _set(options, me, modes, reference, value)
        return
    if audited is not None:
        _insist_alone(trace=reference, unsure=unsure)
        _audit(options, me, modes, audited)
        return
    work = label.open_work(workspace, me, modes, trace=reference, unsure=unsure, repeats=repeats)
    judged = _talk(options, me, work) if work.cases and not options.dry_run else 0
    left = work.questions - judged
    if options.json:
        output.document({"judged": judged, "open": left, "modes": list(work.modes)})
        return
    if options.dry_run:
        output.result(f"would ask {_questions(left)} about {_traces(len(work.cases))}")
    elif not work.cases:
        output.result(f"{me} has judged every reviewed trace for {_modes(work)}")
    else:
        output.result(f"{output.plural(judged, 'judgement')} saved, {_questions(left)} open")
    if left:
        output.next_step("casefiles label", f"{_questions(left)} open", quiet=options.quiet)
    else:
        output.next_step("casefiles status", "see how common each mode is", quiet=options.quiet)


def _insist_alone(*, trace: str | None, unsure: bool) -> None:
    if trace is not None or unsure:
        message = "--audit draws from all your stale judgements"
        raise BadInputError(message, remedy="leave TRACE and --unsure out; a MODE may be given")


def _audit(options: Options, me: str, modes: tuple[str, ...], count: int) -> None:
    from casefiles.commands.saturation_text import audit_line
    from casefiles.loop import audit, more_numbers

    work = audit.open_audit(options.workspace, me, modes, count)
    judged = _talk(options, me, work) if work.cases and not options.dry_run else 0
    found = audit.found_by(options.workspace, me, modes)
    if options.json:
        audits = [more_numbers.audit(one) for one in found]
        output.document({"judged": judged, "open": work.questions - judged, "audits": audits})
        return
    if options.dry_run:
        output.result(f"would ask {_questions(work.questions)}")
    elif not found:
        output.result(f"no judgement of {me} is stale")
    else:
        output.result(f"{output.plural(judged, 'judgement')} saved")
    for one in found:
        if one.drawn:
            output.result(audit_line(one))
    if found:
        step = ("casefiles status", "prevalence, corrected by what the audit found")
        output.next_step(*step, quiet=options.quiet)


def _talk(options: Options, me: str, work: Work) -> int:
    from casefiles.loop import labelling

    words: dict[str, str] = {value: key for key, value in labelling.VALUES.items()}
    with answers(labelling.KEYS, words) as ask:
        talk = labelling.Talk(
            workspace=options.workspace, me=me, work=work, ask=ask, show=output.story
        )
        try:
            return talk.run()
        except BadInputError as error:
            saved = f"{output.plural(talk.judged, 'judgement')} before it saved"
            raise BadInputError(f"{error} ({saved})") from error


def _set(
    options: Options, me: str, modes: tuple[str, ...], trace: str | None, value: Value
) -> None:
    from casefiles.loop import label

    if not modes or trace is None:
        message = "--set needs a MODE and a TRACE"
        raise BadInputError(message, remedy="for example: label too-long round-1/q042 --set no")
    plan = label.set_label(options.workspace, me, modes, trace, value, dry_run=options.dry_run)
    if options.json:
        output.document({"written": [change.path for change in plan.real]})
    elif options.dry_run:
        output.diff(plan)
    else:
        done = ", ".join(c.path for c in plan.real) or "nothing to do: it is judged so already"
        output.result(done)


def _questions(count: int) -> str:
    return output.plural(count, "question")


def _traces(count: int) -> str:
    return output.plural(count, "trace")


def _modes(work: Work) -> str:
    return output.plural(len(work.modes), "mode")
