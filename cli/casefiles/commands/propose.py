"""`casefiles propose`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, TextIO

import click

from casefiles.commands import output
from casefiles.commands.asking import Allowed, limits, service_for
from casefiles.commands.options import Options, common
from casefiles.errors import BadInputError

if TYPE_CHECKING:
    from casefiles.documents.proposal import Section
    from casefiles.loop.pasting import WaitingError
    from casefiles.loop.propose import Proposed

    Make = Callable[..., Proposed]


@click.command("propose", epilog="Example: casefiles propose")
@click.option(
    "--method",
    type=click.Choice(["embedded", "model", "prompt"]),
    default=None,
    help="embedded (the default) needs no model and no network; model asks the one that [models] "
    "cluster names; prompt writes the questions for your own chat or coding agent.",
)
@click.option(
    "--answers",
    type=click.File(encoding="utf-8", errors="replace"),
    default=None,
    help="With --method prompt: the file with the chat's reply (- reads it from a pipe).",
)
@click.option("--name", default=None, help="Name of the proposal [default: the day].")
@click.option(
    "--on-branch",
    is_flag=True,
    help="Commit it on a branch of its own, for a pull request; the working tree stays as it is.",
)
@click.option(
    "--force",
    is_flag=True,
    help="Propose although too little was read, or one waits; the file says so.",
)
@limits
@common(writes=True)
def command(
    options: Options,
    method: str | None,
    answers: TextIO | None,
    allowed: Allowed,
    name: str | None,
    *,
    on_branch: bool,
    force: bool,
) -> None:
    """Group similar observations into proposed failure modes.

    Writes a file in taxonomy/proposals/ and nothing else. Edit it: name the modes, complete
    their definitions, move or untick lines. Then accept it. What people accepted, merged or
    rejected before stays so.
    """
    from casefiles.loop import propose

    if answers is not None and method not in (None, "prompt"):
        raise BadInputError("--answers goes with --method prompt")
    if (allowed.max_cost, allowed.max_calls) != (None, None) and method != "model":
        raise BadInputError("--max-cost and --max-calls go with --method model")
    make = partial(
        propose.propose,
        options.workspace,
        name=name,
        force=force,
        dry_run=options.dry_run,
        on_branch=on_branch,
    )
    if method == "model":
        _report(options, _by_model(options, make, allowed))
    elif method == "prompt" or answers is not None:
        _by_person(options, make, answers.read() if answers is not None else None)
    else:
        _report(options, _without_model(options, make))


def _without_model(options: Options, make: Make) -> Proposed:
    from casefiles.loop.embedded import embedded

    with _bar(options) as progress:
        return make(partial(embedded, workspace=options.workspace, progress=progress))


@contextmanager
def _bar(options: Options) -> Iterator[Callable[[int, int], None]]:
    """How many observations are embedded, on a terminal; nothing where there is nothing to wait."""
    if options.quiet or options.json or not sys.stderr.isatty():
        yield lambda _done, _total: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("embedding"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=output.console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None, visible=False)

        def show(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total, visible=True)

        yield show


def _by_model(options: Options, make: Make, allowed: Allowed) -> Proposed:
    from casefiles.commands.model_talk import conversation
    from casefiles.loop.model_route import by_model

    service = partial(service_for, "cluster", allowed, options)
    with conversation(options) as talk:
        return make(partial(by_model, workspace=options.workspace, service=service, talk=talk))


def _by_person(options: Options, make: Make, reply: str | None) -> None:
    """Go on with what a person's chat replied, as far as it goes."""
    from casefiles.loop.model_route import by_person
    from casefiles.loop.pasting import WaitingError

    try:
        found = make(partial(by_person, workspace=options.workspace, reply=reply))
    except WaitingError as waiting:
        _hand_over(options, waiting)
    else:
        _report(options, found)


def _hand_over(options: Options, waiting: WaitingError) -> None:
    """Write the questions that wait to a file that can be pasted, and say what to do with it."""
    from casefiles.loop import pasting

    path = pasting.write(options.workspace, waiting.stage, waiting.questions)
    if options.json:
        output.document(
            {
                "waiting": [pasting.question_id(question) for question in waiting.questions],
                "stage": waiting.stage,
                "path": path,
                "faults": waiting.faults,
            }
        )
        return
    for name, fault in waiting.faults.items():
        output.result(f"{name}: {fault}")
    asked = output.plural(len(waiting.questions), "question")
    output.result(f"{path} is written: {asked} ({waiting.stage})")
    output.result(
        "Next: paste it into a chat, save the reply, then casefiles propose --answers REPLY"
    )


def _report(options: Options, found: Proposed) -> None:
    if options.json:
        output.document(_document(found))
        return
    if options.dry_run:
        output.diff(found.plan)
    _print(found)
    if options.dry_run:
        return
    if found.branch is None:
        output.result(f"{found.path} is written")
        output.result(f"Next: edit it, then casefiles accept {found.name}")
        return
    output.result(f"{found.path} is committed on {found.branch.name} ({found.branch.commit})")
    output.result("To open a pull request:")
    for step in found.branch.steps:
        output.result(f"  {step}")


def _document(found: Proposed) -> dict[str, object]:
    def sections(verb: str) -> list[Section]:
        return [section for section in found.proposal.sections if section.verb == verb]

    branch = found.branch
    return {
        "path": found.path,
        "method": found.proposal.method,
        "model": found.proposal.model,
        "groups": [
            {"name": section.names[0], "observations": len(section.items)}
            for section in sections("new")
        ],
        "known": [
            {"mode": section.names[0], "observations": len(section.items)}
            for section in sections("add")
        ],
        "left_over": sum(len(section.items) for section in sections("left over")),
        "observations": found.observations,
        "new": found.new,
        "remarks": list(found.remarks),
        "failed": found.failed,
        "branch": None if branch is None else {"name": branch.name, "commit": branch.commit},
    }


def _print(found: Proposed) -> None:
    sections = found.proposal.sections
    if found.failed:
        output.result(f"the model could not propose: {found.failed}")
        output.result("so these groups are by likeness of wording: define them yourself, or")
        output.result("delete the file, mend the cause and run it again")
    rows = [
        (section.verb, section.names[0], _ticked(section), _unticked(section))
        for section in sections
        if section.verb != "left over"
    ]
    if rows:
        output.table(_COLUMNS, rows)
    for line in (*found.remarks, _since(found), _sum(found)):
        if line:
            output.result(line)


_COLUMNS: tuple[tuple[str, output.Justify], ...] = (
    ("", "left"),
    ("failure mode", "left"),
    ("observations", "right"),
    ("unsure", "right"),
)


def _ticked(section: Section) -> str:
    return str(sum(item.ticked for item in section.items))


def _unticked(section: Section) -> str:
    return str(sum(not item.ticked for item in section.items) or "")


def _since(found: Proposed) -> str:
    """What is new since the last proposal."""
    if found.new is None:
        return ""
    held = f"{output.plural(found.held, 'observation')} stay where they were accepted"
    return f"{held}; {found.new} of the others are new since the last proposal"


def _sum(found: Proposed) -> str:
    """Observations in are observations out: each counts once, at the first of these it is in."""
    sections = found.proposal.sections
    groups = sum(section.verb == "new" for section in sections)
    said = (
        ("new", True, f"in {output.plural(groups, 'new mode')}"),
        ("add", True, "in modes there are"),
        ("", False, "unsure"),
        ("left over", False, "left over"),
    )
    counted: set[object] = set()
    parts = []
    for verb, ticked, words in said:
        here = _cited(sections, verb, ticked=ticked) - counted
        counted |= here
        if here or verb in ("new", "left over"):
            parts.append(f"{len(here)} {words}")
    return f"{output.plural(found.observations, 'observation')} = {' + '.join(parts)}"


def _cited(sections: Sequence[Section], verb: str, *, ticked: bool) -> set[object]:
    """Observations under a verb (empty: under any that makes codes), ticked or not."""
    return {
        item.reference
        for section in sections
        for item in section.items
        if item.ticked is ticked
        and (section.verb == verb or (not verb and section.verb != "left over"))
    }
