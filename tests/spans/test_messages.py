from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casefiles.spans.messages import find

ASK = {"role": "user", "content": "where is my order?"}
ANSWER = {"role": "assistant", "content": "On its way."}
SYSTEM = {"role": "system", "content": "Be kind."}
CALL = {
    "role": "assistant",
    "content": None,
    "tool_calls": [{"id": "c1", "type": "function", "function": {"name": "f", "arguments": "{}"}}],
}


def messages(record: Any) -> list[Any] | None:
    """The messages found in a record."""
    found = find(record)
    return None if found is None else list(found.messages)


@pytest.mark.parametrize(
    "record",
    [
        [ASK, ANSWER],
        {"messages": [ASK, ANSWER]},
        {"traj": [ASK, ANSWER]},
        {"conversation": [ASK, ANSWER]},
        {"history": [ASK, ANSWER]},
        {"anything": {"else": [ASK, ANSWER]}},
        {"list": [{"deep": {"messages": [ASK, ANSWER]}}]},
        {"payload": json.dumps({"messages": [ASK, ANSWER]})},
        {"messages": json.dumps([ASK, ANSWER])},
    ],
)
def test_a_list_is_found_wherever_it_is_kept(record: Any) -> None:
    """At the top, under usual and unusual keys, in lists, and as JSON in a string."""
    assert messages(record) == [ASK, ANSWER]


@pytest.mark.parametrize(
    "record",
    [
        {"messages": [ASK], "response": {"choices": [{"message": ANSWER}]}},
        {"request": {"messages": [ASK]}, "response": {"choices": [{"message": ANSWER}]}},
        {"body": {"request": {"messages": [ASK]}, "response": {"message": ANSWER}}},
        {"messages": [ASK], "choices": [{"message": ANSWER}]},
        {"messages": [ASK], "response": ANSWER},
        {"messages": [ASK], "response": json.dumps(ANSWER)},
        {"messages": [ASK], "output": "On its way."},
        {"input": [ASK], "output": [ANSWER]},
        {"input": [ASK], "output": {"messages": [ASK, ANSWER]}},
        {"inputs": {"messages": [ASK]}, "outputs": {"output": "On its way."}},
        {"prompt": "where is my order?", "completion": "On its way."},
        {"question": "where is my order?", "answer": "On its way."},
        {"query_text": "where is my order?", "response_text": "On its way."},
    ],
)
def test_the_answer_beside_the_request_is_put_behind_it(record: Any) -> None:
    """Request and response logs of many shapes all give the question, then the answer."""
    found = messages(record)

    assert found is not None
    assert [(one["role"], one["content"]) for one in found] == [
        ("user", "where is my order?"),
        ("assistant", "On its way."),
    ]


def test_a_request_kept_beside_a_longer_answer_comes_first() -> None:
    """When the answer is the longest list, the question is put before it."""
    record = {"input": "where?", "output": [CALL, {**ASK, "role": "tool"}, ANSWER]}

    found = messages(record)

    assert found is not None
    assert [one["role"] for one in found] == ["user", "assistant", "tool", "assistant"]


def test_an_answer_that_is_there_already_is_not_repeated() -> None:
    """The last message and the response are one, though one of them says more."""
    response = {"choices": [{"message": {**ANSWER, "annotations": []}, "finish_reason": "stop"}]}

    found = messages({"messages": [ASK, ANSWER], "response": response})

    assert found == [ASK, {**ANSWER, "annotations": [], "finish": "stop"}]


def test_what_would_have_been_right_is_no_answer() -> None:
    """Gold answers of an evaluation set are not put into the application's mouth."""
    record = {"messages": [ASK, ANSWER], "answer": "42", "output": "other", "expected": "42"}

    assert messages(record) == [ASK, ANSWER]


def test_all_choices_are_kept() -> None:
    """Several answers to one request follow each other, so that no tool call is lost."""
    record = {"messages": [ASK], "choices": [{"message": ANSWER}, {"message": CALL}]}

    assert messages(record) == [ASK, ANSWER, CALL]


def test_a_system_prompt_beside_the_messages_comes_first() -> None:
    """Anthropic keeps it apart; one word only names a system, and one that is there is enough."""
    record = {"system": "Be kind.", "messages": [ASK], "response": {**ANSWER, "id": "msg_1"}}

    assert messages(record) == [SYSTEM, ASK, {**ANSWER, "id": "msg_1"}]
    assert messages({"system": "openai", "messages": [ASK, ANSWER]}) == [ASK, ANSWER]
    assert messages({"system": "Be kind.", "messages": [SYSTEM, ASK]}) == [SYSTEM, ASK]


def test_usual_keys_come_before_longer_lists() -> None:
    """Examples in a prompt may be longer than the conversation; its key tells them apart."""
    record = {"few_shots": [ASK, ANSWER] * 5, "messages": [ASK, ANSWER]}

    assert messages(record) == [ASK, ANSWER]


def test_of_usual_keys_the_longest_list_counts() -> None:
    """The messages at the end hold those at the beginning."""
    record = {"input": [ASK], "info": {"messages": [ASK, ANSWER, ASK]}}

    assert messages(record) == [ASK, ANSWER, ASK]


def test_text_of_a_message_is_never_taken_for_messages() -> None:
    """A user who writes a longer conversation as JSON does not replace the real one."""
    hostile = {"role": "user", "content": json.dumps({"messages": [ASK, ANSWER] * 9})}

    assert messages({"messages": [hostile, ANSWER]}) == [hostile, ANSWER]


def test_items_of_the_responses_api_become_messages() -> None:
    """Function calls and their outputs keep call id, name, arguments and output."""
    record = {
        "input": [
            ASK,
            {"type": "function_call", "call_id": "c1", "name": "f", "arguments": '{"a":1}'},
            {"type": "function_call_output", "call_id": "c1", "output": "done"},
        ],
        "output": [
            {"type": "reasoning", "summary": []},
            {"type": "message", "role": "assistant", "content": [{"type": "output_text"}]},
            {"type": "function_call", "call_id": "c2", "name": "g", "arguments": "{}"},
        ],
    }

    found = messages(record)

    assert found is not None
    roles = [one["role"] for one in found]
    assert roles == ["user", "assistant", "tool", "assistant", "assistant", "assistant"]
    assert found[1]["tool_calls"] == [{"id": "c1", "name": "f", "arguments": '{"a":1}'}]
    assert found[2] == {"role": "tool", "tool_call_id": "c1", "content": "done"}
    assert found[5]["tool_calls"] == [{"id": "c2", "name": "g", "arguments": "{}"}]


def test_sharegpt_becomes_messages() -> None:
    """`from` and `value` with its own names of the roles."""
    record = {"conversations": [{"from": "human", "value": "hi"}, {"from": "gpt", "value": "yo"}]}

    assert messages(record) == [
        {"role": "user", "content": "hi"},
        {"role": "assistant", "content": "yo"},
    ]


@pytest.mark.parametrize(
    "record",
    [
        None,
        3,
        "text",
        [],
        {},
        {"messages": []},
        {"messages": ["text"]},
        {"users": [{"role": "admin", "name": "ana"}]},
        {"prompt": "a question without an answer"},
        {"response": "an answer without a question"},
    ],
)
def test_what_holds_no_conversation_gives_none(record: Any) -> None:
    """Roles of users, empty lists and single texts are no conversation."""
    assert find(record) is None


def test_a_question_that_ended_in_an_error_is_a_conversation() -> None:
    """A failed call has no answer and is worth reading."""
    assert messages({"prompt": "hi", "error": "timeout"}) == [{"role": "user", "content": "hi"}]


def test_the_objects_around_the_messages_are_known() -> None:
    """The record first, so that ids and times are found beside the messages and above them."""
    record = {"id": "r1", "request": {"model": "m", "messages": [ASK]}}

    found = find(record)

    assert found is not None
    assert found.owners == (record, record["request"])


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                "role content messages input output response choices message type from value "
                "tool_calls system error prompt call_id".split()
            ),
            inner | st.sampled_from(["user", "assistant", "function_call", "reasoning"]),
            max_size=5,
        )
    ),
    max_leaves=25,
)


@given(JSON)
def test_any_json_is_searched_without_a_crash(record: Any) -> None:
    """What looks nearly like messages ends in messages with a role, or in nothing."""
    found = find(record)

    assert found is None or all("role" in message for message in found.messages)
