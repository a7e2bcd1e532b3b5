"""`casefiles status`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import click

from casefiles.commands import output
from casefiles.commands.options import Options, common
from casefiles.commands.saturation_text import criteria, saturation
from casefiles.documents.paths import note_path

if TYPE_CHECKING:
    from casefiles.insight.figures import Prevalence
    from casefiles.loop.status import Status


@click.command("status", epilog="Example: casefiles status --round round-2")
@click.option("--round", "rounds", multiple=True, help="Only this round (may be given again).")
@click.option("--coverage", is_flag=True, help="Only show which kinds of use were tried and read.")
@click.option("--time", "all_times", is_flag=True, help="Also how long reading takes the others.")
@click.option("--stale", is_flag=True, help="Only list judgements under an older definition.")
@common()
def command(
    options: Options, rounds: tuple[str, ...], *, coverage: bool, all_times: bool, stale: bool
) -> None:
    """Show where the loop stands, how common each failure mode is, and what comes next.

    With --coverage: for each two dimensions, the number of queries in use, traces and reviewed
    traces of each pair of values, and the pairs that lack them.

    How long reading takes is shown to oneself, whom CASEFILES_ANNOTATOR names; with --time,
    everybody's.

    With two --round: also what became of each query from the first round to the second.
    """
    from casefiles.loop import status

    found = status.status(options.workspace, rounds=rounds)
    output.left_out(found.corpus.problems, len(found.corpus.broken), quiet=options.quiet)
    times = _times(found, everybody=all_times)
    if stale:
        _print_stale(options, found)
        return
    if options.json:
        output.document(status.document(found, times=times))
        return
    if coverage:
        from casefiles.commands.coverage_text import print_coverage

        print_coverage(found.coverage)
        return
    _print(found, times)
    step = found.next_step
    output.result(f"\nNext: {step.command}  ({step.why})")


def _print_stale(options: Options, found: Status) -> None:
    from casefiles.loop import more_numbers

    judgements = found.criteria.judgements if found.criteria else ()
    if options.json:
        output.document({"stale": [more_numbers.stale(item) for item in judgements]})
        return
    for item in judgements:
        path = note_path(item.annotator, item.trace)
        said = f"{item.before.value}{' (by a code)' if item.before.coded else ''}"
        output.result(f"{path}: {item.mode} {said}, now at version {item.version}")
    if not judgements:
        output.result("no judgement is stale")


def _times(found: Status, *, everybody: bool) -> frozenset[str]:
    """The annotators whose times are told: oneself, the others only if asked for."""
    timed = {who for who, _, note in found.corpus.human_notes() if note.seconds is not None}
    if everybody or not timed:
        return frozenset(timed)
    from casefiles.loop import identity

    me = identity.said_outright()  # `status` runs no git
    return frozenset({me} & timed) if me else frozenset()


def _print(found: Status, times: frozenset[str]) -> None:
    figures = found.figures
    units = figures.frame.units
    # Plain lines, not a table: an empty workspace must not pay for one.
    for name, count, remark in (
        ("traces", len(found.corpus.traces), _rounds(figures.frame.rounds)),
        ("reviewed", len(figures.frame.reviewed), f"of {output.plural(len(units), 'unit')}"),
        ("observations", figures.observations, _people(figures.annotators)),
        ("failure modes", figures.active, _modes(found)),
        *_dataset(found),
    ):
        output.result(f"{name:<14}{count:>7,}  {remark}".rstrip())
    if figures.annotators or found.corpus.config.review.annotators:
        from casefiles.commands.people_text import print_people

        print_people(found.people, times=times)
    if figures.prevalence:
        _print_prevalence(found)
    for line in (*saturation(figures), *_criteria(found)):
        output.result(line)
    if found.comparison:
        from casefiles.commands.comparison_text import print_comparison

        names = {mode: found.corpus.modes[mode].name for mode in found.comparison.modes}
        print_comparison(found.comparison, names)
    for pitfall in found.pitfalls:
        output.result(f"! {pitfall.text}")


def _dataset(found: Status) -> Iterator[tuple[str, int, str]]:
    """How many queries there are, and how many pairs of values they ask about."""
    queries = found.corpus.dataset.queries
    if queries:
        waiting = sum(query.waits for query in queries)
        remark = f"{waiting} more wait for a decision" if waiting else ""
        yield "queries", sum(query.used for query in queries), remark
    if len(found.corpus.dataset.dimensions) > 1:
        pairs = found.coverage
        rest = f"{pairs.filled('traces')} run, {pairs.filled('reviewed')} read"
        remark = f"of {pairs.expected} that can occur; {rest} (--coverage)"
        yield "pairs asked", pairs.filled("queries"), remark


def _criteria(found: Status) -> Iterator[str]:
    return criteria(found.corpus, found.criteria) if found.criteria else iter(())


def _rounds(rounds: tuple[str, ...]) -> str:
    return f"in {', '.join(rounds[:4])}{' …' if len(rounds) > 4 else ''}" if rounds else ""


def _people(annotators: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in annotators.items())


def _modes(found: Status) -> str:
    retired = f"{found.figures.retired} retired" if found.figures.retired else ""
    stale = f"{found.figures.stale} stale judgements" if found.figures.stale else ""
    return ", ".join(part for part in (retired, stale) if part)


def _print_prevalence(found: Status) -> None:
    rows = [
        (found.corpus.modes[item.mode].name, str(item.yes), str(item.judged), _rate(item))
        for item in found.figures.prevalence
    ]
    output.table(
        [("failure mode", "left"), ("yes", "right"), ("judged", "right"), ("rate", "left")], rows
    )


def _rate(item: Prevalence) -> str:
    interval = item.interval
    disputed = f"; {item.disputed} disputed" if item.disputed else ""
    if interval is None:
        reviewed = item.judged + item.unjudged + item.disputed
        return f"seen in {item.yes} of {reviewed}; {item.unjudged} not judged{disputed}"
    low, high = output.percent(interval.low), output.percent(interval.high)
    return f"{output.percent(interval.rate)}  [{low} to {high}]{disputed}"
