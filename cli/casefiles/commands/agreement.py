"""`casefiles agreement`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from casefiles.commands import output
from casefiles.commands.options import Options, common
from casefiles.insight.agreement import ENOUGH

if TYPE_CHECKING:
    from casefiles.insight.labelled_twice import Agreement, ModeAgreement
    from casefiles.loop.agreement import Compared

_FEW = 12
"""Disagreements that are listed; --json has all."""


@click.command("agreement", epilog="Example: casefiles agreement too-long")
@click.argument("modes", metavar="[MODE…]", nargs=-1)
@click.option("--round", "rounds", multiple=True, help="Only this round (may be given again).")
@click.option("--all", "everything", is_flag=True, help="Also labels that were not made blind.")
@common()
def command(
    options: Options, modes: tuple[str, ...], rounds: tuple[str, ...], *, everything: bool
) -> None:
    """Show how far annotators judge alike, for each failure mode.

    The counts come first: both say yes, only one does, both say no. Then positive agreement (of
    all times one says yes, how often the other does), with what it might as well have been,
    Krippendorff's alpha and Gwet's AC1. Where fewer than five traces show a mode to anybody,
    counts are all there is: on so few, every coefficient is chance.

    Compared are labels under today's definition on traces that two or more labelled, made without
    seeing the others' notes; codes of a proposal never.
    """
    from casefiles.loop import agreement

    found = agreement.agreement(options.workspace, modes, rounds=rounds, blind_only=not everything)
    output.left_out(found.corpus.problems, len(found.corpus.broken), quiet=options.quiet)
    if options.json:
        output.document(agreement.document(found.agreement))
        return
    _print(found)
    _next(options, found.agreement)


def _print(found: Compared) -> None:
    seen = found.agreement
    names = ", ".join(seen.annotators)
    if seen.traces:
        drawn = f", {seen.random} of them drawn at random" if seen.random else ""
        output.result(
            f"{output.plural(seen.traces, 'trace')} labelled by two or more ({names}){drawn}"
        )
        _print_modes(found)
    for remark in _remarks(seen):
        output.result(remark)
    _print_disagreements(seen)


def _print_modes(found: Compared) -> None:
    columns = ("both", "one", "none", "agree", "95 %", "alpha", "AC1")
    modes = found.agreement.modes
    rows = [(found.corpus.modes[one.mode].name, *_counts(one), *_figures(one)) for one in modes]
    output.table([("failure mode", "left"), *((name, "right") for name in columns)], rows)
    names = found.agreement.annotators
    said = f"only {names[0]} + only {names[1]}" if len(names) == 2 else "over all pairs of them"
    output.result(f"both, one, none of two say yes (one: {said}); agree: on yes")
    if any(one.positive is None for one in modes):
        output.result(f"–: in fewer than {ENOUGH} traces somebody says yes")
    for one in modes:
        if one.spread and one.spread.undefined:
            share = max(1, round(one.spread.undefined * 100))
            output.result(f"{one.mode}: {share} % of the resamples hold no yes")


def _counts(one: ModeAgreement) -> tuple[str, str, str]:
    table = one.table
    if not one.traces:
        return "–", "–", "–"
    apart = f"{table.first} + {table.second}" if len(one.pairs) == 1 else str(table.one)
    return str(table.both), apart, str(table.neither)


def _figures(one: ModeAgreement) -> tuple[str, str, str, str]:
    if one.positive is None or one.spread is None:
        return "–", "–", "–", "–"
    low, high = round(one.spread.low * 100), round(one.spread.high * 100)
    agree = output.percent(one.positive)
    return agree, f"{low}–{high} %", _number(one.alpha), _number(one.ac1)


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


def _remarks(seen: Agreement) -> list[str]:
    remarks = []
    if not seen.traces:
        remarks.append("no trace has labels of two annotators that can be compared")
    if seen.not_blind:
        labels = output.plural(seen.not_blind, "label")
        remarks.append(f"{labels} on common traces left out: not made blind (--all counts them)")
    if not seen.blind_only:
        remarks.append("not only blind labels are counted: who saw the other's, agrees more easily")
    if seen.stale:
        labels = output.plural(seen.stale, "label")
        remarks.append(f"{labels} left out: the definition changed since (casefiles label)")
    if seen.sets_alpha is not None:
        remarks.append(
            f"whole label sets of {output.plural(seen.sets, 'trace')}: alpha {seen.sets_alpha:.2f} "
            "(MASI distance)"
        )
    return remarks


def _print_disagreements(seen: Agreement) -> None:
    if not seen.disagreements:
        return
    settled = sum(one.settled is not None for one in seen.disagreements)
    count = output.plural(len(seen.disagreements), "disagreement")
    output.result(f"\n{count}, {settled} settled:")
    for one in seen.disagreements[:_FEW]:
        said = ", ".join(f"{who} {value}" for who, value in one.said.items())
        end = f"; settled: {one.settled}" if one.settled else ""
        output.result(f"  {one.mode}  {one.trace}  {said}{end}")
    if len(seen.disagreements) > _FEW:
        output.result(f"  … {len(seen.disagreements) - _FEW} more (--json lists all)")


def _next(options: Options, seen: Agreement) -> None:
    waiting = sum(one.settled is None for one in seen.disagreements)
    if waiting:
        why = f"{output.plural(waiting, 'disagreement')} to settle"
        output.next_step("casefiles adjudicate", why, quiet=options.quiet)
    elif not seen.traces:
        why = "give two annotators traces in common"
        output.next_step("casefiles assign ana ben --overlap 20", why, quiet=options.quiet)
