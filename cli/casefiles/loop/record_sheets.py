"""Sheets of scenarios for several people, and how far each is."""

from __future__ import annotations

from dataclasses import dataclass

from casefiles.dataset.sheets import card, deal, render_sheet, scenarios_of
from casefiles.documents.corpus import Corpus
from casefiles.documents.paths import QUERIES, TUPLES, round_of
from casefiles.documents.plan import Change, Plan
from casefiles.errors import BadInputError
from casefiles.loop import desk
from casefiles.loop.record import played_by
from casefiles.loop.run_plan import PEOPLE, app_version, round_name, target_of, used_queries
from casefiles.workspace.find import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One person's scenarios."""

    path: str
    """The file."""
    scenarios: tuple[str, ...]
    """Ids of its queries."""
    played: tuple[tuple[str, int], ...]
    """Who played how many of them, the busiest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dealt:
    """All sheets of a round."""

    round: str
    """The round."""
    sheets: tuple[Sheet, ...]
    """The sheets, in order."""
    plan: Plan
    """What was, or would be, written."""


def deal_sheets(
    workspace: Workspace,
    name: str | None,
    people: int,
    each: int,
    *,
    target: str | None = None,
    dry_run: bool = False,
) -> Dealt:
    """Hand out scenarios to so many people, so many each, and write a sheet for each of them.

    Dealing the same again writes nothing and says how far everybody is. Raises BadInputError if
    other sheets are there already, or if there are too few queries.
    """
    corpus = desk.open_corpus(workspace)
    desk.insist(corpus, lambda path: path in (QUERIES, TUPLES) or path.endswith("/round.yaml"))
    chosen = target_of(workspace.config, target)
    name = round_name(corpus, name, chosen.name, app_version(workspace.config), kind=PEOPLE)
    queries = {query.id: query for query in used_queries(corpus, ())}
    try:
        hands = deal(tuple(queries), people, each, seed=name)
    except ValueError as error:
        remedy = "write more with `casefiles queries --write`, or deal fewer"
        raise BadInputError(str(error), remedy=remedy) from error
    changes = []
    for number, hand in enumerate(hands, 1):
        cards = {i: card(queries[i], corpus.dataset.values_of(queries[i])) for i in hand}
        text = render_sheet(number, cards, name, workspace.config.app.name)
        changes.append(desk.change(workspace, sheet_path(name, number), text))
    _insist_on_same(workspace, name, changes)
    plan = desk.carry_out(workspace, Plan(changes=tuple(changes)), dry_run=dry_run)
    sheets = tuple(
        Sheet(path=change.path, scenarios=hand, played=_played(corpus, name, hand))
        for change, hand in zip(changes, hands, strict=True)
    )
    return Dealt(round=name, sheets=sheets, plan=plan)


def scenarios_on(workspace: Workspace, name: str, number: int) -> tuple[str, ...]:
    """Return the ids on a sheet of a round. Raises BadInputError if there is no such sheet."""
    text = desk.read_text(workspace, sheet_path(name, number))
    if text is None:
        message = f"there is no sheet {number} in {name}"
        remedy = f"deal sheets first, for example: casefiles record {name} --sheet 5x12"
        raise BadInputError(message, remedy=remedy)
    return scenarios_of(text)


def sheet_path(name: str, number: int) -> str:
    """``people-1``, 2 → ``traces/people-1/sheets/sheet-2.md``."""
    return f"traces/{name}/sheets/sheet-{number}.md"


def _insist_on_same(workspace: Workspace, name: str, changes: list[Change]) -> None:
    """Refuse to deal anew over sheets that people may be playing from."""
    folder = workspace.root / f"traces/{name}/sheets"
    there = {f"traces/{name}/sheets/{path.name}" for path in folder.glob("sheet-*.md")}
    same = {change.path for change in changes if change.before == change.after}
    if there and there != same:
        message = f"{name} has other sheets already"
        remedy = "delete them to deal anew, or use another round"
        raise BadInputError(message, where=f"traces/{name}/sheets", remedy=remedy)


def _played(corpus: Corpus, name: str, hand: tuple[str, ...]) -> tuple[tuple[str, int], ...]:
    people = {
        head.source["by"]
        for trace, head in corpus.traces.items()
        if round_of(trace) == name and "by" in head.source
    }
    counts = [(who, len(played_by(corpus, name, who) & set(hand))) for who in sorted(people)]
    return tuple(sorted(((who, n) for who, n in counts if n), key=lambda item: -item[1]))
