"""An application behind HTTP: a real server on 127.0.0.1."""

from __future__ import annotations

import gzip
import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any
from urllib.parse import parse_qs

import pytest

from app_server import AppServer, Asked, Said, Script, app_server
from casefiles.documents.targets import Http
from casefiles.errors import BadInputError
from casefiles.targets.http import HttpTarget
from casefiles.targets.processes import Limits
from casefiles.targets.protocol import Conversation, Outcome, Request
from processes import eventually

SMALL = Limits(output_bytes=100_000)
BEGUN = Conversation(query_id="q1", session_id="r/q1", variables={"persona": "né"})


@contextmanager
def serving(script: Script, path: str = "/chat", **given: Any) -> Iterator[tuple[AppServer, Any]]:
    """Run a server and open a target on it."""
    with app_server(script) as server:
        target = HttpTarget(Http(name="web", url=server.url + path, **given))
        with closing(target):
            yield server, target


def ask(target: HttpTarget, query: str = "hi", **given: Any) -> Outcome:
    """Hold a conversation of one turn."""
    request = Request(conversation=BEGUN, query=query, **{"timeout_s": 10, **given})
    with closing(target.open(BEGUN)) as dialogue:
        return dialogue.ask(request)


def outcome(sent: Any, **given: Any) -> Outcome:
    """Return what becomes of one answer."""
    with serving(lambda *_: sent, **given) as (_, target):
        return ask(target)


def test_without_a_template_our_own_object_is_sent_and_read() -> None:
    """The same as a command gets on stdin and prints."""
    answer = {
        "output": "hello",
        "messages": [{"role": "assistant", "content": "hello"}],
        "session_id": 7,
        "usage": {"prompt_tokens": 3, "out": 4},
        "cost_usd": 0.5,
        "done": True,
        "needs_human": {"why": "refund"},
        "metadata": {"intent": "greet"},
    }
    with serving(lambda *_: answer) as (server, target):
        found = ask(target, "hä\ud800")

    asked = server.asked[0]
    assert asked.json == Request(conversation=BEGUN, query="hä\ud800").document()
    assert (asked.method, asked.headers["content-type"]) == ("POST", "application/json")
    assert asked.headers["user-agent"].startswith("casefiles/")
    assert found.status == "ok"
    assert found.answer
    assert (found.answer.output, found.answer.session_id) == ("hello", "7")
    assert found.answer.usage == {"in": 3, "out": 4, "cost_usd": 0.5}
    assert (found.answer.done, found.answer.needs_human) == (True, '{"why": "refund"}')
    assert found.answer.metadata == {"intent": "greet"}


def test_a_template_draws_the_request(monkeypatch: pytest.MonkeyPatch) -> None:
    """A placeholder that is all of a value becomes JSON; what is filled in is never drawn again."""
    monkeypatch.setenv("SHOP_KEY", "s3cret")
    template = {
        "message": "{query}",
        "all": "{messages}",
        "chat": "{session_id}",
        "theirs": "{app_session}",
        "turn": "{turn}",
        "note": "turn {turn} of {query_id} for {vars.persona}, {vars.none}{unknown}",
        "vars": "{vars}",
        "list": ["{query}", 1, True, 0.5, {"key": "${SHOP_KEY}"}],
    }
    headers = {"Authorization": "Bearer $SHOP_KEY", "X-Query": "{query}"}
    query = "{messages} $SHOP_KEY\nX-Forged: 1"
    with serving(lambda *_: "fine", body=template, headers=headers) as (server, target):
        assert ask(target, query).status == "ok"
        said = ({"role": "user", "content": "a"},)
        ask(target, "b", turn=2, history=said, app_session="s9")

    first, second = (asked.json for asked in server.asked)
    assert first == {
        "message": query,
        "all": [{"role": "user", "content": query}],
        "chat": "r/q1",
        "theirs": None,
        "turn": 1,
        "note": "turn 1 of q1 for né, {unknown}",
        "vars": {"persona": "né"},
        "list": [query, 1, True, 0.5, {"key": "s3cret"}],
    }
    assert second["all"] == [*said, {"role": "user", "content": "b"}]
    assert (second["chat"], second["theirs"], second["turn"]) == ("s9", "s9", 2)
    assert server.asked[0].headers["authorization"] == "Bearer s3cret"
    assert server.asked[0].headers["x-query"] == "{messages} $SHOP_KEY X-Forged: 1"


def test_a_body_of_text_is_quoted_for_its_type() -> None:
    """So what a user says cannot break out of it."""
    query = 'a "b" & c=d'
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    cases: list[tuple[dict[str, Any], Any]] = [
        ({"body": "say {query}"}, lambda body: body == f"say {query}"),
        (
            {"body": '{"q": "{query}"}', "headers": {"content-type": "application/json"}},
            lambda body: json.loads(body) == {"q": query},
        ),
        ({"body": "q={query}&x=1", "headers": form}, lambda body: _form(body) == query),
        ({"body": {"q": "{query}", "x": "1"}, "headers": form}, lambda body: _form(body) == query),
    ]
    for given, is_right in cases:
        with serving(lambda *_: "fine", **given) as (server, target):
            ask(target, query)
        assert is_right(server.asked[0].body.decode()), given


def _form(body: str) -> str:
    found = parse_qs(body)
    assert found["x"] == ["1"]
    return found["q"][0]


def test_a_get_request_has_the_query_in_its_address() -> None:
    """Percent-encoded, and no body."""
    with serving(lambda *_: "fine", path="/ask?q={query}&n={turn}", method="GET") as (
        server,
        target,
    ):
        ask(target, "a b&c/é?")

    asked = server.asked[0]
    assert (asked.method, asked.body) == ("GET", b"")
    assert parse_qs(asked.path.partition("?")[2]) == {"q": ["a b&c/é?"], "n": ["1"]}


def test_expressions_find_what_is_in_the_answer() -> None:
    """Wherever the application keeps it."""
    answer = {
        "choices": [{"message": {"role": "assistant", "content": "hello"}}],
        "thread": {"id": "t-1"},
        "state": {"pending": [{"tool": "refund"}], "over": 1},
        "tokens": {"prompt_tokens": 5, "completion_tokens": 6},
        "price": 0.25,
    }
    found = outcome(
        answer,
        output="choices[0].message.content",
        messages="choices[].message",
        session="thread.id",
        needs_human="state.pending[0].tool",
        done="state.over",
        usage="tokens",
        cost="price",
    ).answer

    assert found
    assert (found.output, found.session_id, found.needs_human) == ("hello", "t-1", "refund")
    assert (found.messages, found.done) == (({"role": "assistant", "content": "hello"},), True)
    assert found.usage == {"in": 5, "out": 6, "cost_usd": 0.25}
    part = outcome({"output": "hello", "chat": 3, "done": True}, session="chat").answer
    assert part
    assert (part.output, part.session_id, part.done) == ("hello", "3", True)


@pytest.mark.parametrize(
    ("sent", "given", "said"),
    [
        (Said(status=404, body="no such page"), {}, "HTTP 404: no such page"),
        (Said(status=400), {}, "HTTP 400"),
        (
            Said(status=302, headers={"Location": "/login"}),
            {},
            "HTTP 302: it redirects to /login; set that as url",
        ),
        (Said(body=" \n"), {}, "it sent nothing"),
        ("<html>", {"output": "reply"}, "'<html>'"),
        (Said(body="<html>"), {"output": "reply"}, "it sent no JSON: <html>"),
        ({"answer": "x"}, {"output": "reply"}, "there is nothing at 'reply' in its answer"),
        ({"answer": "x"}, {}, 'say where: output = "path.to.reply"'),
        ({"a": 1}, {"output": "length(a)"}, "'length(a)' cannot be applied to its answer"),
        ({"m": [1]}, {"messages": "m"}, "messages must be a list of objects with a role"),
        ({"error": "overloaded"}, {}, "overloaded"),
    ],
)
def test_a_bad_answer_is_data(sent: Any, given: dict[str, Any], said: str) -> None:
    """An error with its reason, and never sent again."""
    found = outcome(sent, **given)

    assert (found.status, found.temporary, found.reached) == ("error", False, True)
    assert said.strip("'") in (found.error or "")


def test_text_is_an_answer() -> None:
    """Where nothing says that JSON is expected."""
    found = outcome(Said(body="hellö\n".encode("latin-1"), headers={"Content-Type": LATIN}))

    assert found.answer
    assert found.answer.output == "hellö"


@pytest.mark.parametrize("kind", ["application/json", "text/plain; charset=none-such"])
def test_odd_spellings_of_text_are_read(kind: str) -> None:
    """A byte order mark before JSON, a charset that nobody knows."""
    body = b'\xef\xbb\xbf{"output": "h\xc3\xa4"}'
    found = outcome(Said(body=body, headers={"Content-Type": kind}))

    assert found.answer
    assert found.answer.output == "hä"


LATIN = "text/plain; charset=latin-1"


@pytest.mark.parametrize(
    ("status", "headers", "wait_s"),
    [
        (429, {"Retry-After": "7"}, 7),
        (503, {"Retry-After": "Fri, 31 Dec 1999 23:59:59 GMT"}, 0),
        (500, {}, None),
        (502, {"Retry-After": "soon"}, None),
    ],
)
def test_a_busy_or_broken_server_may_be_asked_again(
    status: int, headers: dict[str, str], wait_s: float | None
) -> None:
    """After the wait that it asks for."""
    found = outcome(Said(status=status, headers=headers, body="busy"))

    assert (found.status, found.error) == ("error", f"HTTP {status}: busy")
    assert (found.temporary, found.wait_s, found.reached) == (True, wait_s, True)


def test_a_server_that_is_not_there_was_not_reached() -> None:
    """Nor one that hangs up before its answer is whole; both may be asked again."""
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/"
    with closing(HttpTarget(Http(name="web", url=url))) as target:
        gone = ask(target)
    cut = outcome(Said(body="half", claimed=99))

    for found in (gone, cut):
        assert (found.status, found.temporary, found.reached) == ("error", True, False)
    assert "Connect" in (gone.error or "")


def test_a_late_answer_is_a_timeout() -> None:
    """The wait has an end, and the next turn works."""
    release = threading.Event()

    def script(_: Asked, number: int) -> Any:
        if number == 1:
            release.wait(10)
        return "hello"

    with serving(script) as (_, target):
        began = time.monotonic()
        found = ask(target, timeout_s=0.3)
        assert (found.status, found.error) == ("timeout", "no answer within 0.3 s")
        assert (found.temporary, time.monotonic() - began < 5) == (False, True)
        assert ask(target).status == "ok"
        release.set()


def test_an_answer_without_end_is_stopped() -> None:
    """Before it fills the memory, packed or not."""
    packed = gzip.compress(b"x" * 10_000_000)
    for sent in (
        Said(body=b"x" * 200_000),
        Said(body=packed, headers={"Content-Encoding": "gzip"}),
    ):
        with app_server(lambda *_, sent=sent: sent) as server:
            target = HttpTarget(Http(name="web", url=server.url), limits=SMALL)
            with closing(target):
                found = ask(target)
        assert found.error == "it sent more than 100,000 bytes and was stopped"


def test_cookies_belong_to_their_conversation() -> None:
    """An application that knows its users by a cookie sees one user a conversation."""

    def script(asked: Asked, number: int) -> Any:
        cookie = asked.headers.get("cookie", "none")
        return Said(body=cookie, headers={"Set-Cookie": f"id={number}"})

    with serving(script) as (_, target):
        dialogues = [target.open(BEGUN) for _ in "ab"]
        request = Request(conversation=BEGUN, query="hi")
        said = [[d.ask(request).answer.output for d in dialogues] for _ in range(2)]
        for dialogue in dialogues:
            dialogue.close()

    assert said == [["none", "none"], ["id=1", "id=2"]]


def test_headers_of_the_conversation_are_sent() -> None:
    """They join the application's spans to its trace, whatever the settings say."""
    begun = Conversation(query_id="q", session_id="s", headers={"traceparent": "00-a-b-01"})
    with (
        serving(lambda *_: "fine", headers={"Traceparent": "mine"}) as (server, target),
        closing(target.open(begun)) as dialogue,
    ):
        dialogue.ask(Request(conversation=begun, query="hi"))

    assert server.asked[0].header_names.count("traceparent") == 1
    assert server.asked[0].headers["traceparent"] == "00-a-b-01"
    assert server.asked[0].json["traceparent"] == "00-a-b-01"


def test_close_ends_what_is_under_way() -> None:
    """And what comes afterwards is answered at once."""
    release = threading.Event()
    with serving(lambda *_: release.wait(10) and "late") as (server, target):
        found: list[Outcome] = []
        thread = threading.Thread(target=lambda: found.append(ask(target, timeout_s=60)))
        thread.start()
        assert eventually(lambda: bool(server.asked))

        target.close()

        thread.join(5)
        assert [(one.status, one.error) for one in found] == [("error", "it was stopped")]
        assert ask(target).error == "it was stopped"
        release.set()


def test_a_variable_that_is_not_set_is_bad_input() -> None:
    """Said before anything is sent; so is an address that is none."""
    with pytest.raises(BadInputError, match=r"\[targets.web\] headers.A needs .* variable NOPE"):
        HttpTarget(Http(name="web", url="http://127.0.0.1", headers={"A": "$NOPE"}))
    with pytest.raises(BadInputError, match="url needs the environment variable NOPE"):
        HttpTarget(Http(name="web", url="$NOPE/chat"))
