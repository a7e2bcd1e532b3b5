"""A person talks to the application: the same conversation, the same trace file."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from casefiles.dataset.sheets import card
from casefiles.documents import round as round_file
from casefiles.documents.corpus import Corpus
from casefiles.documents.dataset import Query
from casefiles.documents.paths import QUERIES, TUPLES, round_of
from casefiles.documents.round import Round
from casefiles.errors import BadInputError, InterruptedByUserError
from casefiles.loop import desk
from casefiles.loop.application import open_application
from casefiles.loop.known_secrets import secret_patterns
from casefiles.loop.monitor import Captured, captured_of, open_monitor
from casefiles.loop.run_plan import PEOPLE, app_version, round_name, target_of, used_queries
from casefiles.loop.run_trace import About
from casefiles.loop.run_writing import begin_round, write_trace
from casefiles.targets.budget import Budget
from casefiles.targets.conversation import Ended, Exchange, Said, Step
from casefiles.targets.holding import Held, Kept, Terms, hold
from casefiles.targets.patience import Patience
from casefiles.targets.protocol import Conversation, Target
from casefiles.text.redact import Redactor
from casefiles.workspace.find import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """What a person plays next."""

    query: Query
    """The query it is made of."""
    reference: str
    """Reference of the trace to be."""
    card: str
    """What the person is told."""
    variables: Mapping[str, str]
    """Dimension to value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Booking:
    """The scenarios of one person."""

    round: str
    """The round."""
    target: str
    """The target."""
    who: str
    """The person."""
    scenarios: tuple[Scenario, ...]
    """Those to play, in order."""
    played: int
    """Those of the same choice that they played before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody at a terminal, as the conversation sees them."""

    name: str
    """Who it is."""
    listen: Callable[[], str | None]
    """Waits for what they say; None: they end the conversation."""
    show: Callable[[Exchange], None]
    """Shows them what came back."""
    ask: Callable[[str], None]
    """Shows them what the application wants a human for."""

    def next(self, before: Sequence[Exchange]) -> Step:
        """Show the last answer and wait for the next message."""
        if before:
            self.show(before[-1])
        return self._heard(None)

    def approve(self, asked: str, before: Sequence[Exchange]) -> Step:
        """Let them decide what the application asks of a human."""
        self.show(before[-1])
        self.ask(asked)
        return self._heard(asked)

    def _heard(self, asked: str | None) -> Step:
        text = self.listen()
        if text is None:
            return Ended(reason="left")
        return Said(text=text, actor=self.name, approves=asked)


def book(
    workspace: Workspace,
    name: str | None,
    who: str,
    *,
    target: str | None = None,
    only: Sequence[str] = (),
) -> Booking:
    """Choose the scenarios a person plays: the queries given (none: all used ones), unplayed first.

    A scenario that is asked for by its id and was played before is played again. Raises
    BadInputError for bad input.
    """
    corpus = desk.open_corpus(workspace)
    desk.insist(corpus, lambda path: path in (QUERIES, TUPLES) or path.endswith("/round.yaml"))
    chosen = target_of(workspace.config, target)
    name = round_name(corpus, name, chosen.name, app_version(workspace.config), kind=PEOPLE)
    queries = used_queries(corpus, only)
    done = played_by(corpus, name, who)
    again = len(only) == 1
    return Booking(
        round=name,
        target=chosen.name,
        who=who,
        scenarios=tuple(
            _scenario(corpus, query, name, who)
            for query in queries
            if again or query.id not in done
        ),
        played=sum(query.id in done for query in queries),
    )


def played_by(corpus: Corpus, name: str, who: str) -> frozenset[str]:
    """Return the ids of the queries that a person played in a round: read off the traces."""
    return frozenset(
        head.query
        for trace, head in corpus.traces.items()
        if round_of(trace) == name and head.source.get("by") == who and head.query is not None
    )


def _scenario(corpus: Corpus, query: Query, name: str, who: str) -> Scenario:
    variables = dict(corpus.dataset.values_of(query))
    stem, number = f"{name}/{query.id}.{who}", 1
    while _reference(stem, number) in corpus.traces:
        number += 1
    return Scenario(
        query=query,
        reference=_reference(stem, number),
        card=card(query, variables),
        variables=variables,
    )


def _reference(stem: str, number: int) -> str:
    return stem if number == 1 else f"{stem}.{number}"


class Recorder:
    """The application, opened for people to talk to."""

    def __init__(self, workspace: Workspace, booking: Booking) -> None:
        """Open it. Raises BadInputError if it cannot work."""
        self._workspace = workspace
        self._booking = booking
        settings = target_of(workspace.config, booking.target)
        self._secrets = secret_patterns(settings, os.environ)
        self._budget = Budget()
        self._target: Target = open_application(settings, workspace.root)
        self._monitor = open_monitor(workspace.config.run, settings, workspace.root)

    def close(self) -> None:
        """Let go of the application."""
        self._budget.stop()
        self._target.close()
        if self._monitor:
            self._monitor.close()

    def play(self, scenario: Scenario, person: Person) -> Held:
        """Let a person talk until they or the application end it; saved after every turn.

        Raises InterruptedByUserError on Ctrl-C: what was said is saved.
        """
        run = self._workspace.config.run
        redactor = Redactor({**self._workspace.config.redact, **self._secrets})
        watching = self._monitor.begin(scenario.reference, redactor) if self._monitor else None
        conversation = Conversation(
            query_id=scenario.query.id,
            session_id=scenario.reference,
            variables=scenario.variables,
            headers=watching.headers if watching else {},
            environment=watching.environment if watching else {},
        )
        terms = Terms(
            patience=Patience(
                timeout_s=run.timeout_s, conversation_timeout_s=_A_DAY_S, retries=run.retries
            ),
            budget=self._budget,
            redactor=redactor,
            history=scenario.query.plan.history if scenario.query.plan else (),
        )
        turns: list[Exchange] = []
        dialogue = self._target.open(conversation)

        def keep(kept: Kept) -> None:
            turns.append(kept.turn)
            if watching:
                watching.turn()
            self._save(scenario, Held(turns=tuple(turns), ended=Ended(reason="left")))

        try:
            held = hold(dialogue, conversation, person, terms, keep=keep)
        except KeyboardInterrupt:
            message = f"stopped; turns saved: {len(turns)}"
            raise InterruptedByUserError(message) from None
        finally:
            dialogue.close()
        if not held.reached:
            error = held.turns[-1].outcome.error
            remedy = "start it, or mend its target"
            raise BadInputError(f"the application cannot be reached ({error})", remedy=remedy)
        if held.turns:
            captured = captured_of(watching, held, scenario.reference)
            self._save(scenario, held, captured)
        return held

    def _save(self, scenario: Scenario, held: Held, captured: Captured | None = None) -> None:
        booking, version = self._booking, app_version(self._workspace.config)
        record = Round(
            source=PEOPLE.source, drawn="synthetic", target=booking.target, app_version=version
        )
        begin_round(self._workspace, booking.round, round_file.render(record))
        about = About(
            reference=scenario.reference,
            query=scenario.query.id,
            target=booking.target,
            source={"kind": "human", "by": booking.who},
            dimensions=scenario.variables,
            app_version=version,
        )
        write_trace(self._workspace, about, held, captured)


_A_DAY_S = 86_400.0
"""People think, and go for lunch: only the application's own answers have a limit of time."""
