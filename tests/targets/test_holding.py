"""Conversations held to their end: turn by turn, with patience, within limits."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from casefiles.targets.budget import Budget
from casefiles.targets.conversation import Ended, Exchange, Question, Said, Step
from casefiles.targets.holding import Held, Kept, StoppedError, Terms, hold
from casefiles.targets.patience import LONGEST_WAIT_S, Patience
from casefiles.targets.protocol import Answer, Conversation, Message, Outcome, Request
from casefiles.text.redact import Redactor

BEGUN = Conversation(query_id="q1", session_id="r/q1")
SECRET = "ghp_" + "a1B2c3" * 6


@dataclass(kw_only=True)
class App:
    """An application in the test itself: request -> outcome; it keeps what it was asked."""

    script: Callable[[Request], Outcome]
    continues: bool = True
    asked: list[Request] = field(default_factory=list)

    def ask(self, request: Request) -> Outcome:
        """Answer as the script says."""
        self.asked.append(request)
        return self.script(request)

    def close(self) -> None:
        """Hold nothing."""


@dataclass(frozen=True, kw_only=True)
class Lines:
    """A user who says a few lines, whatever comes back."""

    lines: tuple[str, ...]

    def next(self, before: Sequence[Exchange]) -> Step:
        """Say the next line."""
        left = self.lines[len(before) :]
        return Said(text=left[0], actor="ana") if left else Ended(reason="left")

    def approve(self, asked: str, before: Sequence[Exchange]) -> Step:
        """Say no."""
        del before
        return Said(text="no", actor="approver", approves=asked)


def fine(output: str = "ok", **given: Any) -> Outcome:
    """Return an outcome without fault."""
    return Outcome(status="ok", answer=Answer(output=output, **given))


def always(outcome: Outcome) -> App:
    """Make an application that has one answer."""
    return App(script=lambda _: outcome)


def held(app: App, user: Any = None, **given: Any) -> Held:
    """Hold a conversation."""
    terms = Terms(
        patience=given.pop("patience", Patience(retries=2)),
        budget=given.pop("budget", Budget()),
        redactor=Redactor(),
        history=given.pop("history", ()),
    )
    return hold(app, BEGUN, user or Question(text="hi"), terms, **given)


def test_a_question_is_asked_once() -> None:
    """The answer ends it."""
    app = App(script=lambda _: fine(usage={"cost_usd": 0.5}))
    budget = Budget()

    found = held(app, budget=budget)

    assert [request.query for request in app.asked] == ["hi"]
    assert (found.ended.reason, found.turns[0].outcome, found.turns[0].tries) == (
        "answered",
        fine(usage={"cost_usd": 0.5}),
        1,
    )
    assert (budget.calls, budget.cost_usd) == (1, 0.5)


def test_each_turn_carries_what_was_said_and_the_applications_own_session() -> None:
    """History first, then every turn once, whatever of it the application repeats."""

    def script(request: Request) -> Outcome:
        new: list[Message] = [
            {"role": "system", "content": "be kind"},
            {"role": "user", "content": request.query},
            {"role": "assistant", "content": f"re {request.query}"},
        ]
        if request.turn == 2:  # all it knows, not only what is new
            new = [*request.messages, {"role": "assistant", "content": "re b"}]
        return Outcome(
            status="ok",
            answer=Answer(messages=tuple(new), output=f"re {request.query}", session_id="s7"),
        )

    app = App(script=script)
    history = ({"role": "user", "content": "before"}, {"role": "assistant", "content": "yes?"})

    found = held(app, Lines(lines=("a", "b", "c")), history=history)

    assert [(r.turn, r.query, r.session_id) for r in app.asked] == [
        (1, "a", "r/q1"),
        (2, "b", "s7"),
        (3, "c", "s7"),
    ]
    assert list(app.asked[0].history) == list(history)
    assert [(m["role"], m["content"]) for m in app.asked[2].messages] == [
        ("system", "be kind"),
        ("user", "before"),
        ("assistant", "yes?"),
        ("user", "a"),
        ("assistant", "re a"),
        ("user", "b"),
        ("assistant", "re b"),
        ("user", "c"),
    ]
    assert (found.ended.reason, len(found.turns), found.history) == ("left", 3, history)


@pytest.mark.parametrize(
    ("outcome", "reason"),
    [
        (fine(done=True), "app_done"),
        (Outcome(status="error", error="down"), "error"),
        (Outcome(status="timeout", error="late"), "error"),
    ],
)
def test_the_application_can_end_it(outcome: Outcome, reason: str) -> None:
    """By taking it to be over, or by failing."""
    found = held(App(script=lambda _: outcome), Lines(lines=("a", "b")))

    assert (found.ended.reason, len(found.turns)) == (reason, 1)


def test_what_it_asks_of_a_human_is_answered() -> None:
    """The answer says what it answers; with nobody to ask, the conversation ends."""
    app = App(script=lambda r: fine(needs_human="refund 84?") if r.turn == 1 else fine())

    found = held(app, Question(text="hi", approver="yes, go on"))

    assert [(r.query, r.approves) for r in app.asked] == [
        ("hi", None),
        ("yes, go on", "refund 84?"),
    ]
    assert (found.turns[1].said.actor, found.ended.reason) == ("approver", "answered")
    endless = App(script=lambda _: fine(needs_human="again?"))
    assert held(endless, Question(text="hi", approver="yes")).ended.reason == "max_turns"
    assert len(endless.asked) == 8
    assert held(endless, Question(text="hi")).ended.reason == "needs_human"


def test_only_what_may_go_through_later_is_sent_again() -> None:
    """A bad answer is data."""
    busy = Outcome(status="error", error="HTTP 503", temporary=True, wait_s=0)
    answers = [busy, busy, fine()]
    app = App(script=lambda _: answers.pop(0))
    budget = Budget()

    found = held(app, budget=budget)

    assert (found.turns[0].outcome, found.turns[0].tries, budget.calls) == (fine(), 3, 3)
    assert [request.turn for request in app.asked] == [1, 1, 1]
    for outcome, tries in ((busy, 3), (Outcome(status="error", error="HTTP 400"), 1)):
        again = always(outcome)
        assert (held(again).turns[0].tries, len(again.asked)) == (tries, tries)
    forever = Outcome(status="error", temporary=True, wait_s=LONGEST_WAIT_S + 1)
    assert held(App(script=lambda _: forever)).turns[0].tries == 1


def test_waits_double_without_being_asked_to() -> None:
    """Half of each is drawn at random."""
    waits: list[float] = []

    class Hasty(Budget):
        def pause(self, seconds: float) -> bool:
            waits.append(seconds)
            return True

    broken = Outcome(status="error", temporary=True)
    held(App(script=lambda _: broken), budget=Hasty(), patience=Patience(retries=3))

    assert [low <= wait <= 2 * low for wait, low in zip(waits, (0.25, 0.5, 1), strict=True)] == [
        True,
        True,
        True,
    ]


def test_a_limit_of_calls_holds_in_the_middle_too() -> None:
    """Retries count: somebody may have to pay for them."""
    app = App(script=lambda _: fine())

    found = held(app, Lines(lines=("a", "b", "c")), budget=Budget(max_calls=2))

    assert (len(app.asked), len(found.turns)) == (2, 2)
    assert found.ended == Ended(reason="limit", error="the limit of calls was reached")
    busy = App(script=lambda _: Outcome(status="error", temporary=True, wait_s=0))
    none = held(busy, budget=Budget(max_calls=1))
    assert (len(busy.asked), none.turns, none.ended.reason) == (1, (), "limit")


def test_a_conversation_has_a_limit_of_time() -> None:
    """A turn gets what is left of it; between two turns it ends."""

    def slow(request: Request) -> Outcome:
        time.sleep(0.06)
        return fine(str(request.timeout_s))

    app = App(script=slow)
    patience = Patience(timeout_s=10, conversation_timeout_s=0.1)

    found = held(app, Lines(lines=("a", "b", "c", "d")), patience=patience)

    assert [request.timeout_s <= 0.1 for request in app.asked] == [True, True]
    assert found.ended.reason == "limit"
    assert found.ended.error == "the conversation took longer than 0.1 s"


def test_a_stopped_run_keeps_an_answer_and_drops_the_rest() -> None:
    """What an interrupted application says is no answer of it."""
    budget = Budget()

    def script(request: Request) -> Outcome:
        if request.turn == 2:
            budget.stop()
            return Outcome(status="error", error="it was stopped")
        return fine()

    kept: list[Kept] = []
    with pytest.raises(StoppedError):
        held(App(script=script), Lines(lines=("a", "b")), budget=budget, keep=kept.append)
    assert [one.turn.said.text for one in kept] == ["a"]
    app = App(script=script)
    with pytest.raises(StoppedError):
        held(app, budget=budget)
    assert app.asked == []


def test_nothing_that_is_kept_holds_a_secret() -> None:
    """But the application gets back what it said; and such a conversation cannot go on later."""
    metadata = {"k": [SECRET]}
    app = App(
        script=lambda r: (
            fine(SECRET, session_id=SECRET, needs_human=None, metadata=metadata)
            if r.turn == 1
            else Outcome(status="error", error=f"lost {SECRET}")
        )
    )
    kept: list[Kept] = []

    found = held(app, Lines(lines=(f"my key is {SECRET}", "b")), keep=kept.append)

    assert SECRET not in repr((found, kept))
    assert [one.is_whole for one in kept] == [False, False]
    assert app.asked[1].session_id == SECRET
    assert app.asked[1].messages[1]["content"] == SECRET


def test_a_turn_is_kept_as_soon_as_it_is_there() -> None:
    """With whether one could go on from it; not, if the application was not reached."""
    kept: list[Kept] = []
    held(App(script=lambda _: fine()), keep=kept.append)
    held(App(script=lambda _: fine(), continues=False), keep=kept.append)
    gone = Outcome(status="error", reached=False)
    assert not held(App(script=lambda _: gone), keep=kept.append).reached

    assert [one.is_whole for one in kept] == [True, False]


def test_a_conversation_goes_on_where_it_was_cut_off() -> None:
    """No turn is sent twice."""
    first = held(App(script=lambda r: fine(f"re {r.query}")), Lines(lines=("a", "b")))
    app = App(script=lambda _: fine("end"))

    found = held(app, Lines(lines=("a", "b", "c")), before=first.turns)

    assert [(r.turn, r.query) for r in app.asked] == [(3, "c")]
    assert [m["content"] for m in app.asked[0].history] == ["a", "re a", "b", "re b"]
    assert [turn.said.text for turn in found.turns] == ["a", "b", "c"]
