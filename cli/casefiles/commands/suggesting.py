"""`casefiles dimensions --suggest`: over a model's API, or through any chat."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casefiles.commands import output
from casefiles.commands.asking import Allowed, carried_out, service_for, spent_document
from casefiles.commands.options import Options
from casefiles.errors import ProblemsFoundError

if TYPE_CHECKING:
    from casefiles.loop.suggest import Suggested


def ask(options: Options, allowed: Allowed) -> None:
    """Say what it will take, ask the model, and say what it suggests."""
    from casefiles.loop.suggest import SuggestJob

    service = service_for("generate", allowed, options)
    found = carried_out(SuggestJob(options.workspace, service), service, options)
    if found is None:
        return
    if found.stopped is not None:
        raise found.stopped
    if found.fault is not None:
        raise ProblemsFoundError(f"nothing was suggested: {found.fault}")
    _show(found, options)


def prompt(options: Options) -> None:
    """Write the prompt for a chat."""
    from casefiles.loop.suggest import write_prompt

    if options.dry_run:
        output.result("a prompt for a chat would be written below .casefiles/questions/")
        return
    path = write_prompt(options.workspace)
    if options.json:
        output.document({"path": path})
        return
    output.result(f"{path} asks for dimensions")
    output.result(
        "Next: paste it into any chat, save the whole reply in a file, then\n"
        "  casefiles dimensions --answers FILE"
    )


def take(options: Options, reply: str) -> None:
    """Read what a chat replied."""
    from casefiles.loop.suggest import take_answers

    _show(take_answers(options.workspace, reply, dry_run=options.dry_run), options)


def _show(found: Suggested, options: Options) -> None:
    from casefiles.commands import dimensions

    if options.json:
        rows = [dimensions.suggestion(dimension) for dimension in found.new]
        bill = {"spent": spent_document(found.spent)} if found.spent else {}
        output.document({"suggested": rows, **bill})
        return
    if options.dry_run:
        output.diff(found.plan)
    for dimension in found.new:
        output.result(dimensions.said(dimension))
    number = output.plural(len(found.new), "dimension")
    output.result(
        f"{number} suggested in traces/dataset/dimensions.yaml, in use nowhere yet:\n"
        "write `keep: yes` below one to keep it, or delete it"
    )
