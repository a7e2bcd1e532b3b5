"""`python -m casefiles.demo` as a target runs it."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable

import pytest

from casefiles.demo import DESCRIPTION

Run = Callable[..., subprocess.CompletedProcess[str]]


def test_one_request_in_one_answer_out(run: Run, request_json: Callable[..., str]) -> None:
    """Stdout holds the answer on one line, and nothing else is said."""
    done = run(stdin=request_json("is the Tarn jacket waterproof?"))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("\n") == 1
    found = json.loads(done.stdout)
    assert "20,000 mm" in found["output"]
    assert found["session_id"] == "s1"


def test_a_conversation_goes_on_in_another_process(
    run: Run, request_json: Callable[..., str]
) -> None:
    """All state is in the messages."""
    offer = json.loads(run(stdin=request_json("cancel LF-10271")).stdout)
    history = [{"role": "user", "content": "cancel LF-10271"}, *offer["messages"]]
    done = run(stdin=request_json("yes", messages=history, turn=2))
    assert "is cancelled" in json.loads(done.stdout)["output"]


@pytest.mark.parametrize(
    ("stdin", "said"),
    [
        ("", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("[]", "not a JSON object"),
        ("{}", "“query” is missing"),
        ('{"query": 1}', "“query” must be a text"),
        ('{"query": "hi", "messages": "no"}', "“messages” must be a list"),
        ('{"query": "hi", "messages": [1]}', "“messages” must be a list of objects"),
        ('{"query": "hi", "session_id": 7}', "“session_id” must be a text"),
    ],
)
def test_a_bad_request_is_refused_in_one_line(run: Run, stdin: str, said: str) -> None:
    """Exit 2, nothing on stdout, one line on stderr that says what is wrong."""
    done = run(stdin=stdin)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("arguments", [["nope"], ["serve", "--port"], ["serve", "--port", "x"]])
def test_unknown_arguments_are_refused(run: Run, arguments: list[str]) -> None:
    """Exit 2 and a hint at the help."""
    done = run(*arguments)
    assert done.returncode == 2
    assert "--help" in done.stderr


def test_help_says_what_it_is(run: Run) -> None:
    """The first line is the description."""
    assert run("--help").stdout.startswith(DESCRIPTION)
