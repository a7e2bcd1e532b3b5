"""The answer as a target gives it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from casefiles.demo import APP_VERSION
from casefiles.demo.app import answer
from casefiles.demo.lexicon import lexicon

Answer = dict[str, Any]
Talk = Callable[..., list[Answer]]

CHATTER = st.lists(
    st.sampled_from(sorted(lexicon().things))
    | st.sampled_from(
        "cancel return LF-10241 10271 yes no the second one in blue size M under 50 refund "
        "where is my order ? . human bramble@example.com tarn compare all broken SPRING10".split()
    )
    | st.text(max_size=6),
    max_size=12,
).map(" ".join)


def test_an_answer_has_the_parts_of_the_contract() -> None:
    """Words, new messages, session, end, person and what it was taken for; no token counts."""
    found = answer("hi", [], "s7")
    assert found.keys() == {
        "output", "messages", "session_id", "done", "needs_human", "metadata",
    }  # fmt: skip
    assert found["session_id"] == "s7"
    assert found["metadata"] == {"intent": "greet", "app_version": APP_VERSION}


def test_the_rules_come_first_and_once(talk: Talk) -> None:
    """The first turn starts with a system message; later turns have none."""
    first, second = talk("hi", "bye")
    assert first["messages"][0]["role"] == "system"
    assert "ask for a yes" in first["messages"][0]["content"]
    assert [m["role"] for m in second["messages"]] == ["assistant"]


def test_call_ids_are_unique_in_a_conversation(talk: Talk) -> None:
    """They count on from turn to turn, and each result names its call."""
    messages = [m for reply in talk("return 10241", "hoodie", "yes") for m in reply["messages"]]
    asked = [call["id"] for m in messages for call in m.get("tool_calls") or []]
    told = [m["tool_call_id"] for m in messages if m["role"] == "tool"]
    assert asked == told == [f"call_{n}" for n in range(1, len(asked) + 1)]


def test_the_query_may_be_in_the_history_already() -> None:
    """Both ways of calling give the same answer."""
    with_query = answer("hello", [{"role": "user", "content": "hello"}])
    assert with_query == answer("hello", [])


def test_the_output_is_the_last_message() -> None:
    """Words and messages say the same."""
    found = answer("how much is the Tarn jacket")
    assert found["messages"][-1] == {"role": "assistant", "content": found["output"]}


def test_processes_agree(tmp_path: Path) -> None:
    """The same conversation gets the same answer whatever the seed of string hashing."""
    code = (
        "import json; from casefiles.demo.app import answer;"
        "print(json.dumps([answer(q) for q in ('do you have a warm jacket', 'return 10241 all',"
        " 'blue boots and tent', 'speak to a human', 'bicycle bell and winter hat')]))"
    )
    told = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={"PYTHONHASHSEED": seed, "PYTHONUTF8": "1"},
            cwd=tmp_path,
            capture_output=True,
            check=True,
            timeout=30,
        ).stdout
        for seed in ("0", "1", "2")
    }
    assert len(told) == 1


@given(st.text() | CHATTER)
def test_any_text_gets_an_answer(text: str) -> None:
    """Nobody can write anything that makes it fail, and the answer is JSON."""
    found = answer(text)
    assert found["output"]
    json.dumps(found)


@settings(max_examples=60)
@given(st.lists(CHATTER, min_size=2, max_size=5))
def test_any_conversation_goes_on(said: list[str]) -> None:
    """Whatever was said before, the next message gets an answer."""
    history: list[Answer] = []
    for query in said:
        found = answer(query, history)
        assert found["output"]
        history += [{"role": "user", "content": query}, *found["messages"]]


def test_a_very_long_message_is_answered() -> None:
    """Only its beginning is looked at."""
    assert answer("where is my order LF-10258 " + "x" * 200_000)["metadata"]["intent"] == (
        "order_status"
    )
