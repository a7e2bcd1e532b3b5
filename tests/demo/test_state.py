"""What a conversation is about, from its messages alone."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from casefiles.demo.catalogue import catalogue
from casefiles.demo.messages import history_before
from casefiles.demo.questions import ask
from casefiles.demo.state import State, recover

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)
CALLS = st.lists(
    st.fixed_dictionaries(
        {
            "id": JSON,
            "function": st.fixed_dictionaries(
                {
                    "name": st.sampled_from(["search_products", "start_return", "find_order"]),
                    "arguments": JSON | JSON.map(json.dumps),
                }
            ),
        }
    )
    | JSON,
    max_size=2,
)
MESSAGES = st.lists(
    st.fixed_dictionaries(
        {"role": st.sampled_from(["user", "assistant", "tool", "system"]) | JSON},
        optional={"content": JSON, "tool_calls": CALLS | JSON, "tool_call_id": JSON},
    ),
    max_size=5,
)


def said(role: str, content: str) -> dict[str, Any]:
    """A message of text."""
    return {"role": role, "content": content}


def used(name: str, arguments: dict[str, Any], result: dict[str, Any]) -> list[dict[str, Any]]:
    """A tool call with its result."""
    function = {"name": name, "arguments": json.dumps(arguments)}
    return [
        {"role": "assistant", "content": None, "tool_calls": [{"id": "c", "function": function}]},
        {"role": "tool", "tool_call_id": "c", "content": json.dumps(result)},
    ]


def after(*history: dict[str, Any]) -> State:
    """The state after a history."""
    return recover(history, catalogue=catalogue())


def test_a_new_conversation_is_about_nothing() -> None:
    """Without messages there is no order, product or question, and it is the first turn."""
    state = after()
    assert (state.first, state.order, state.product, state.question) == (True, None, None, None)


def test_the_order_last_talked_about_is_remembered() -> None:
    """From a tool call, and from the words alone where calls were not kept."""
    assert after(*used("find_order", {"order": "LF-10258"}, {})).order == "LF-10258"
    words = after(said("assistant", "Order LF-10234 is on its way."))
    assert words.order == "LF-10234"


def test_an_order_that_the_shop_does_not_have_is_not_remembered() -> None:
    """A mistyped number does not stick."""
    assert after(*used("find_order", {"order": "LF-99999"}, {})).order is None


def test_a_list_of_products_is_remembered_in_its_order() -> None:
    """The second one is the second one of the words shown."""
    reply = "I found these:\n1. Fastnet 4 Tent, EUR 399.00\n2. Fastnet 2 Tent, EUR 249.00"
    state = after(said("assistant", reply))
    assert state.shown == ("P140", "P139")
    assert state.product is None


def test_the_product_of_the_last_reply_is_remembered() -> None:
    """A reply that names one product alone is about it."""
    assert after(said("assistant", "The Teal Compass costs EUR 24.00.")).product == "P164"


def test_changes_are_those_that_the_tools_confirmed() -> None:
    """A failed call changes nothing."""
    done = used("cancel_order", {"order": "LF-10271"}, {"cancelled": "LF-10271"})
    failed = used("cancel_order", {"order": "LF-10258"}, {"error": "not_cancellable"})
    assert after(*done, *failed).changes.cancelled == {"LF-10271"}
    back = {"return": "RT-1", "order": "LF-10241", "products": ["P113"]}
    assert after(*used("start_return", {}, back)).changes.sent_back == {"LF-10241": ("P113",)}


def test_only_the_last_reply_leaves_a_question_open() -> None:
    """A question that was not answered at once is not open any more."""
    question = said("assistant", ask("human"))
    assert after(question).question is not None
    assert after(question, said("assistant", "Hello!")).question is None


def test_a_history_may_hold_the_query_already() -> None:
    """The last user message is dropped only if it is the query."""
    history = [said("assistant", "Hello!"), said("user", "hi ")]
    assert history_before("hi", history) == history[:1]
    assert history_before("bye", history) == history


@given(MESSAGES)
def test_any_history_gives_a_state(history: list[dict[str, Any]]) -> None:
    """A history from elsewhere, whatever is in it, makes nothing fail."""
    assert after(*history).calls >= 0
