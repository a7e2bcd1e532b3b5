"""A user played by a model after a plan."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from casefiles.documents.dataset import PersonaPlan
from casefiles.targets.conversation import Ended, Exchange, Said, Step
from casefiles.targets.protocol import Answer, Outcome
from casefiles.targets.simulated import NoUserError, Roles, SimulatedUser

ROLES = Roles(user="play the user", approver="approve")
PLAN = PersonaPlan(
    goal="get 84 EUR back",
    facts=("booking QX4",),
    never_says=("the card number",),
    approver="refunds under 50 EUR only",
    max_turns=4,
)


def turn(said: str, reply: str, *, actor: str | None = None) -> Exchange:
    """Return one turn."""
    outcome = Outcome(status="ok", answer=Answer(output=reply))
    return Exchange(said=Said(text=said, actor=actor), outcome=outcome, started="", ms=1)


@dataclass
class Model:
    """What plays: it writes what it is told to, and keeps what it read."""

    says: str
    read: list[Sequence[Mapping[str, str]]] = field(default_factory=list)

    def __call__(self, messages: Sequence[Mapping[str, str]]) -> str:
        self.read.append(messages)
        return self.says


def user(model: Any, plan: PersonaPlan = PLAN, **given: Any) -> SimulatedUser:
    """Make a simulated user."""
    return SimulatedUser(
        text="my train was cancel",
        plan=plan,
        chat=model,
        roles=ROLES,
        variables={"persona": "non-native"},
        **given,
    )


def test_the_query_is_said_first_and_costs_nothing() -> None:
    """As it stands in the dataset."""
    model = Model("never")

    assert user(model).next([]) == Said(text="my train was cancel")
    assert model.read == []


def test_the_roles_are_swapped_and_the_plan_is_data() -> None:
    """To the model that plays, the application is the one who writes to it."""
    model = Model("  booking QX4 ")

    said = user(model).next([turn("my train was cancel", "Which booking?")])

    assert said == Said(text="booking QX4", actor="simulated")
    messages = model.read[0]
    assert [(m["role"], m["content"]) for m in messages[1:]] == [
        ("user", "The conversation begins. Write your first message."),
        ("assistant", "my train was cancel"),
        ("user", "Which booking?"),
    ]
    instructions, _, data = messages[0]["content"].partition("\n\n")
    assert (messages[0]["role"], instructions) == ("system", "play the user")
    assert json.loads(data) == {
        "who_you_are": {"persona": "non-native"},
        "goal": "get 84 EUR back",
        "facts": ["booking QX4"],
        "never_say": ["the card number"],
    }


def test_a_replayed_history_comes_before_the_query() -> None:
    """In its own order; messages in a row that have one role become one."""
    history = (
        {"role": "assistant", "content": "Hello!"},
        {"role": "tool", "content": "{}"},
        {"role": "user", "content": "hi"},
        {"role": "user", "content": "there"},
        {"role": "assistant", "content": ""},
    )
    plan = PersonaPlan(goal="x", history=history)
    model = Model("ok")

    user(model, plan).next([turn("q", "a"), turn("yes", "b", actor="approver")])

    assert [(m["role"], m["content"]) for m in model.read[0][1:]] == [
        ("user", "Hello!"),
        ("assistant", "hi\n\nthere"),
        ("user", "(the assistant said nothing)"),
        ("assistant", "q"),
        ("user", "a\n\nb"),
    ]


@pytest.mark.parametrize(
    ("written", "step"),
    [
        ("###STOP###", Ended(reason="goal")),
        ("Thanks, bye! ###STOP###", Ended(reason="goal")),
        ("###OUT-OF-SCOPE###\n", Ended(reason="out_of_scope")),
        (" \n", Ended(reason="no_user", error="the simulated user wrote nothing")),
        ("no ###", Said(text="no ###", actor="simulated")),
    ],
)
def test_a_word_that_ends_is_never_sent(written: str, step: Step) -> None:
    """Whatever stands beside it."""
    assert user(Model(written)).next([turn("a", "b")]) == step


def test_what_the_application_says_ends_nothing() -> None:
    """Only the user's own words count."""
    said = user(Model("go on")).next([turn("a", "###STOP### says the assistant")])

    assert said == Said(text="go on", actor="simulated")


def test_it_sends_so_many_messages_and_no_more() -> None:
    """The query included; the model is not asked in vain."""
    model = Model("more")

    assert user(model).next([turn("a", "b")] * 4) == Ended(reason="max_turns")
    assert model.read == []


def test_a_model_that_will_not_go_on_ends_it() -> None:
    """With what it said."""

    def refuse(_: object) -> str:
        raise NoUserError("I cannot play this")

    ended = user(refuse).next([turn("a", "b")])

    assert isinstance(ended, Ended)
    assert ended.reason == "no_user"
    assert "I cannot play this" in (ended.error or "")
    assert isinstance(user(refuse).approve("refund?", [turn("a", "b")]), Ended)


def test_the_approver_is_a_persona_of_its_own() -> None:
    """It reads the case and answers once; the user's plan is none of its business."""
    model = Model("No, 84 is too much.")

    said = user(model).approve("refund 84 EUR?", [turn("money back", "One moment.")])

    assert said == Said(text="No, 84 is too much.", actor="approver", approves="refund 84 EUR?")
    system, asked = model.read[0]
    assert (system["content"], asked["role"]) == ("approve", "user")
    assert json.loads(asked["content"]) == {
        "how_you_decide": "refunds under 50 EUR only",
        "asked": "refund 84 EUR?",
        "conversation": [{"user": "money back", "assistant": "One moment."}],
    }


def test_without_a_persona_a_fixed_answer_is_given() -> None:
    """And without that nobody approves."""
    plan = PersonaPlan(goal="x", max_turns=2)
    model = Model("never")

    said = user(model, plan, approver="Approved.").approve("refund?", [turn("a", "b")])

    assert said == Said(text="Approved.", actor="approver", approves="refund?")
    assert user(model, plan).approve("refund?", []) == Ended(reason="needs_human")
    for one in (user(model, plan, approver="x"), user(model)):
        assert one.approve("refund?", [turn("a", "b")] * 4) == Ended(reason="max_turns")
    assert model.read == []
