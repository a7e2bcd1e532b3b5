from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from casefiles.documents.question import Question
from casefiles.errors import BadInputError, LimitReachedError
from casefiles.loop.model_service import FolderCache
from casefiles.models.provider import litellm
from casefiles.models.service import Answered, Service
from casefiles.models.spending import Limits
from casefiles.text.json_reply import parse
from model_server import Sent, model_server

MODEL = "openai/test-model"
SCHEMA = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}


def question(number: int) -> Question:
    """Ask for the double of a number."""
    return Question(instructions="Double n.", data={"n": number}, schema=SCHEMA)


def service(folder: Path, **options: Any) -> Service:
    """Open the model with its cache in a folder."""
    return Service(MODEL, cache=FolderCache(folder=folder), timeout_s=5, **options)


def read(question: Question, reply: str) -> int:
    """Read the number of a reply, which must not be smaller than the one asked about."""
    try:
        found = int(parse(reply)["n"])
    except (TypeError, KeyError, ValueError) as error:
        raise ValueError(f"n must be a whole number: {error}") from error
    if found < question.data["n"]:
        raise ValueError(f"{found} is less than the double of {question.data['n']}")
    return found


def doubled(body: Mapping[str, Any], _: int) -> str:
    """Answer as a good model would."""
    return json.dumps({"n": 2 * json.loads(body["messages"][1]["content"])["n"]})


def values(answers: list[Answered[int]]) -> dict[int, int | None]:
    """Number asked to number answered."""
    return {answer.question.data["n"]: answer.value for answer in answers}


def test_questions_are_asked_with_data_apart_from_instructions(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every question gets its own answer; data stands in the user's message and nowhere else."""
    with model_server(doubled, monkeypatch) as server:
        found = list(service(tmp_path).answers([question(n) for n in range(20)], read))
    assert values(found) == {n: 2 * n for n in range(20)}
    for request in server.requests:
        system, user = request["messages"]
        assert system["content"].startswith("Double n.")
        assert set(json.loads(user["content"])) == {"n"}


def test_a_finished_answer_is_never_paid_for_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second service on the same folder asks only what the first has not answered."""
    with model_server(doubled, monkeypatch) as server:
        list(service(tmp_path).answers([question(n) for n in range(5)], read))
        again = service(tmp_path)
        assert again.estimate([question(n) for n in range(7)]).calls == 2
        found = list(again.answers([question(n) for n in range(7)], read))
    assert values(found)[6] == 12
    assert len(server.requests) == 7
    assert (again.spent.calls, again.spent.kept) == (2, 5)


def test_an_answer_taken_is_kept_even_if_nobody_reads_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Dropping the iterator after one answer loses none that had arrived."""
    with model_server(doubled, monkeypatch) as server:
        one = service(tmp_path, concurrency=1)
        first = next(one.answers([question(1), question(2)], read))
        assert first.value == 2
        list(service(tmp_path).answers([question(1)], read))
    assert [q["n"] for q in server.questions()].count(1) == 1


@pytest.mark.parametrize(
    "bad",
    [
        Sent(text="sorry?", status=500),
        Sent(text="slow down", status=429, headers={"Retry-After": "0.05"}),
        Sent(text='{"n": 2}', cut_after=30),
        Sent(text="overloaded", status=503),
    ],
    ids=["500", "429", "cut off", "503"],
)
def test_what_may_pass_is_sent_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bad: Sent
) -> None:
    """A server's failure, a rate limit and a cut connection are retried, not counted as calls."""
    with model_server(lambda body, n: bad if n == 1 else doubled(body, n), monkeypatch) as server:
        asked = service(tmp_path)
        assert values(list(asked.answers([question(4)], read))) == {4: 8}
    assert len(server.requests) == 2
    assert (asked.spent.calls, asked.spent.retries) == (1, 1)


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        ('{"n": "two"}', "n must be a whole number"),
        ("I would say four.", "no complete JSON object"),
        (Sent(text='{"n": ', finish="length"), "cut off"),
        ('{"n": 3}', "3 is less than the double of 4"),
    ],
)
def test_a_bad_reply_is_asked_again_with_what_was_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bad: Sent | str, said: str
) -> None:
    """The model sees its own reply and why it was rejected, and may mend it."""
    with model_server(lambda body, n: bad if n == 1 else doubled(body, n), monkeypatch) as server:
        assert values(list(service(tmp_path).answers([question(4)], read))) == {4: 8}
    assert said in server.requests[1]["messages"][-1]["content"]


def test_a_reply_that_could_not_be_used_is_asked_for_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second try is worth its price; the good reply that comes is kept, however many it took."""
    with model_server(lambda *_: "four", monkeypatch):
        assert values(list(service(tmp_path).answers([question(4)], read))) == {4: None}
    with model_server(lambda body, n: "4" if n == 1 else doubled(body, n), monkeypatch) as server:
        assert values(list(service(tmp_path).answers([question(4)], read))) == {4: 8}
        again = service(tmp_path)
        assert again.estimate([question(4)]).calls == 0
        assert values(list(again.answers([question(4)], read))) == {4: 8}
    assert len(server.requests) == 2


def test_a_model_that_never_replies_well_is_asked_a_bounded_number_of_times(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After three tries the question is given back with its fault; others are not touched."""

    def script(body: Mapping[str, Any], number: int) -> str:
        n = json.loads(body["messages"][1]["content"])["n"]
        return "no" if n == 3 else doubled(body, number)

    with model_server(script, monkeypatch) as server:
        found = list(service(tmp_path).answers([question(n) for n in (1, 2, 3)], read))
    assert values(found) == {1: 2, 2: 4, 3: None}
    assert [q["n"] for q in server.questions()].count(3) == 3
    (fault,) = (answer.fault for answer in found if answer.value is None)
    assert fault is not None
    assert fault.startswith("no usable reply in 3 tries")


def test_a_refusal_is_a_fault_of_its_question(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a model refuses is said and not asked again."""
    with model_server(lambda *_: Sent(refusal="I cannot do that"), monkeypatch) as server:
        (found,) = service(tmp_path).answers([question(1)], read)
    assert found.fault == "refused: I cannot do that"
    assert len(server.requests) == 1


def test_a_wrong_key_ends_it_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No question is sent with a key that the provider has rejected; the key is not shown."""
    key = "sk-proj-Zm9vYmFyYmF6cXV4MTIzNDU2Nzg5MGFiY2RlZg"
    with model_server(lambda *_: Sent(text=f"bad key {key}", status=401), monkeypatch) as server:
        asked = service(tmp_path, concurrency=1)
        with pytest.raises(BadInputError) as error:
            list(asked.answers([question(n) for n in range(9)], read))
    assert len(server.requests) == 1
    assert "key in the environment" in str(error.value)
    assert key not in str(error.value)


def test_a_missing_key_is_said_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is no failure that passes, and nothing is tried again."""
    for name in ("OPENAI_API_KEY", "OPENAI_ADMIN_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("OPENAI_API_BASE", "http://127.0.0.1:9/v1")
    asked = service(tmp_path)
    with pytest.raises(BadInputError, match="key in the environment") as error:
        list(asked.answers([question(1)], read))
    assert asked.spent.retries == 0
    assert str(error.value).startswith("openai/test-model: Missing credentials")


def test_a_provider_out_of_reach_is_one_clear_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When no first answer comes, it ends instead of failing question by question."""
    monkeypatch.setenv("OPENAI_API_BASE", "http://127.0.0.1:9/v1")
    monkeypatch.setenv("OPENAI_API_KEY", "test")
    with pytest.raises(BadInputError, match=r"test-model: .*try again later"):
        list(service(tmp_path, retries=0).answers([question(1)], read))


def test_the_call_limit_holds_and_keeps_what_was_answered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not one call more than allowed; what was answered is yielded before the error."""
    found: list[Answered[int]] = []
    with model_server(doubled, monkeypatch) as server:
        asked = service(tmp_path, limits=Limits(max_calls=4), concurrency=3)
        with pytest.raises(LimitReachedError, match="limit of 4 calls; questions not asked: 6"):
            found.extend(asked.answers([question(n) for n in range(10)], read))
    assert len(server.requests) == 4
    assert len(found) == 4
    with model_server(doubled, monkeypatch) as server:
        again = list(service(tmp_path).answers([question(n) for n in range(10)], read))
    assert len(again) == 10
    assert len(server.requests) == 6


def test_a_cost_limit_needs_a_known_price(tmp_path: Path) -> None:
    """A limit in dollars for a model without a price is refused before any call."""
    with pytest.raises(BadInputError, match="price of openai/test-model is not known"):
        service(tmp_path, limits=Limits(max_cost_usd=1))


def test_a_cost_limit_holds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Calls stop before the next could exceed the limit, by the provider's own usage figures."""

    def costly(body: Mapping[str, Any], number: int) -> Sent:
        return Sent(text=doubled(body, number), usage=(1000, 1000))

    with model_server(costly, monkeypatch) as server:
        asked = Service(
            "openai/gpt-4o",
            cache=FolderCache(folder=tmp_path),
            limits=Limits(max_cost_usd=0.03),
            concurrency=1,
        )
        with pytest.raises(LimitReachedError, match=r"limit of 0.03 USD"):
            list(asked.answers([question(n) for n in range(10)], read))
    assert len(server.requests) == 2
    assert 0.02 < asked.spent.cost_usd <= 0.03


def test_several_questions_are_in_flight_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With concurrency 4, four questions reach the server before any is answered."""
    gate, arrived = threading.Event(), threading.Semaphore(0)

    def script(body: Mapping[str, Any], number: int) -> Sent:
        arrived.release()
        return Sent(text=doubled(body, number), wait=gate)

    def open_when_full() -> None:
        for _ in range(4):
            assert arrived.acquire(timeout=20)
        gate.set()

    watcher = threading.Thread(target=open_when_full)
    watcher.start()
    with model_server(script, monkeypatch) as server:
        asked = service(tmp_path, concurrency=4)
        assert len(list(asked.answers([question(n) for n in range(8)], read))) == 8
    watcher.join()
    assert len(server.requests) == 8


def test_texts_are_embedded_once_each(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Vectors come in the order of the texts; a text has the same vector, from disk too."""
    with model_server(doubled, monkeypatch):
        first = service(tmp_path).embed(["one", "eleven", "one"])
    assert first[0] == first[2] != first[1]
    monkeypatch.setenv("OPENAI_API_BASE", "http://127.0.0.1:9/v1")
    assert service(tmp_path, retries=0).embed(["eleven", "one"]) == [first[1], first[0]]


def test_a_chat_of_ones_own_is_answered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`chat` sends the messages as they are; `fresh` asks again where an answer is kept."""
    with model_server(lambda _, n: f"hello {n}", monkeypatch) as server:
        asked = service(tmp_path)
        chat = [{"role": "user", "content": "hi"}]
        replies = [asked.chat(chat), asked.chat(chat), asked.chat(chat, fresh=True)]
        assert [reply.text for reply in replies] == ["hello 1", "hello 1", "hello 2"]
    assert server.requests[0]["messages"] == chat


def test_the_pinned_litellm_makes_a_tool_call(monkeypatch: pytest.MonkeyPatch) -> None:
    """Some releases cannot without a package that they do not require; this one can."""
    call = {"id": "c1", "type": "function", "function": {"name": "look_up", "arguments": "{}"}}
    tool = {"type": "function", "function": {"name": "look_up", "parameters": {"type": "object"}}}
    with model_server(lambda *_: Sent(tool_calls=(call,), finish="tool_calls"), monkeypatch):
        response = litellm().completion(
            model=MODEL, messages=[{"role": "user", "content": "hi"}], tools=[tool], timeout=10
        )
    assert response.choices[0].message.tool_calls[0].function.name == "look_up"
