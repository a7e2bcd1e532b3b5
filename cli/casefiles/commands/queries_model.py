"""`casefiles queries` where a model writes or doubts: over its API, or through any chat."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casefiles.commands import output
from casefiles.commands.asking import Allowed, carried_out, service_for, spent_document
from casefiles.commands.options import Options
from casefiles.errors import ProblemsFoundError

if TYPE_CHECKING:
    from casefiles.loop.queries_model import Generated

_MOST = 10
"""Lines of one kind that are printed; --json has them all."""
_LONGEST = 200
"""Characters of such a line."""


def ask(
    options: Options, allowed: Allowed, *, count: int, plans: bool, batch: int, only_filter: bool
) -> None:
    """Say what it will take, ask the model, and say what came of it."""
    from casefiles.loop.queries_model import QueryJob

    service = service_for("generate", allowed, options)
    job = QueryJob(
        options.workspace, service, count=count, plans=plans, batch=batch, only_filter=only_filter
    )
    if not job.wanted and not job.open:
        _nothing_to_do(options, count, only_filter=only_filter)
        return
    found = carried_out(job, service, options)
    if found is None:
        return
    _show(found, options)
    if found.stopped is not None:
        raise found.stopped
    if found.faults and not found.new and not found.checked:
        raise ProblemsFoundError("no reply could be used", remedy="see the lines above")


def _nothing_to_do(options: Options, count: int, *, only_filter: bool) -> None:
    if options.json:
        output.document({"new": [], "doubted": [], "refused": [], "missing": {}, "faults": []})
    elif only_filter:
        output.result("every query is checked, doubted or decided on already")
    else:
        output.result(f"there are {count} queries in use already; ask for more with --count")


def prompt(options: Options, *, count: int, plans: bool, only_filter: bool) -> None:
    """Write the prompt for a chat."""
    from casefiles.loop.queries_prompt import write_prompt

    if options.dry_run:
        output.result("a prompt for a chat would be written below .casefiles/questions/")
        return
    path, asks = write_prompt(options.workspace, count=count, plans=plans, only_filter=only_filter)
    if options.json:
        output.document({"path": path, "queries": asks})
        return
    about = "about" if only_filter else "for"
    output.result(f"{path} asks {about} {output.plural(asks, 'query', 'queries')}")
    rest = " --filter" if only_filter else ""
    output.result(
        "Next: paste it into any chat, save the whole reply in a file, then\n"
        f"  casefiles queries{rest} --answers FILE"
    )


def take(options: Options, reply: str, *, only_filter: bool) -> None:
    """Read what a chat replied."""
    from casefiles.loop.queries_prompt import take_doubts, take_queries

    read = take_doubts if only_filter else take_queries
    _show(read(options.workspace, reply, dry_run=options.dry_run), options)


def _show(found: Generated, options: Options) -> None:
    if options.json:
        output.document(_document(found))
        return
    if options.dry_run:
        output.diff(found.plan)
    _lines([f"{names}: {why}" for names, why in found.faults])
    _lines(list(found.remarks))
    _lines([f"refused, like {r.like!r}: {r.text!r}" for r in found.refused])
    _lines([f"{name} still lacks {count}" for name, count in found.missing.items()])
    output.result(_summary(found))
    output.next_step(
        "casefiles queries --review",
        "keep, drop or edit them; the doubted ones come first",
        quiet=options.quiet,
    )


def _summary(found: Generated) -> str:
    parts = []
    if found.new or not found.checked:
        parts.append(f"{output.plural(len(found.new), 'query', 'queries')} added")
    if found.refused:
        parts.append(f"{output.plural(len(found.refused), 'near-duplicate')} refused")
    if found.checked:
        parts.append(f"{len(found.doubted)} of {found.checked} checked are doubted")
    if found.missing:
        lacking = sum(found.missing.values())
        parts.append(f"{lacking} still missing in {output.plural(len(found.missing), 'tuple')}")
    return "; ".join(parts)


def _lines(lines: list[str]) -> None:
    """Print lines on stderr, each on one line and not too many."""
    from casefiles.text.names import shorten

    for line in lines[:_MOST]:
        output.story(shorten(line, _LONGEST))
    if len(lines) > _MOST:
        output.story(f"… and {len(lines) - _MOST} more like the last (--json lists them all)")


def _document(found: Generated) -> dict[str, object]:
    from casefiles.commands.queries import document

    return {
        "new": [document(query) for query in found.new],
        "checked": found.checked,
        "doubted": list(found.doubted),
        "refused": [{"tuple": r.tuple_id, "text": r.text, "like": r.like} for r in found.refused],
        "missing": dict(found.missing),
        "faults": [{"about": names, "why": why} for names, why in found.faults],
        "remarks": list(found.remarks),
        "spent": spent_document(found.spent),
    }
