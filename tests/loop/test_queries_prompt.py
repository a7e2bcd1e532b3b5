"""Queries without a key: a prompt for any chat, and whatever the chat replies."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from casefiles.documents.dataset import Query
from casefiles.documents.dataset_reader import parse_queries
from cli import run_cli
from query_model import shop

QUERIES = """\
queries:
- {id: q001, tuple: t01, text: where is it}   # mine
- {id: q002, tuple: t02, text: As a user I would like}
"""


def on_file(folder: Path) -> tuple[Query, ...]:
    """The queries of the workspace."""
    found, problems = parse_queries((folder / "traces/dataset/queries.yaml").read_text(), "x.yaml")
    assert not problems
    return found or ()


def data_in(prompt: str) -> Any:
    """The JSON document in the last fence of a prompt."""
    return json.loads(re.findall(r"```json\n(.*?)\n```", prompt, re.DOTALL)[-1])


def reply(folder: Path, text: str) -> str:
    """Save what a chat replied."""
    path = folder / "reply.txt"
    path.write_text(text)
    return str(path)


def test_the_prompt_holds_everything_and_the_reply_is_taken(tmp_path: Path) -> None:
    """Instructions, schema and all tuples that want queries; JSON inside prose and fences."""
    folder = shop(tmp_path, queries=QUERIES)
    said = run_cli("queries", "--method", "prompt", "--count", "5", cwd=folder)
    prompt = (folder / ".casefiles/questions/write-queries.md").read_text()

    assert ".casefiles/questions/write-queries.md asks for 3 queries" in said.out
    assert "casefiles queries --answers FILE" in said.out
    assert '"$defs"' in prompt
    wanted = {item["id"]: item["queries_wanted"] for item in data_in(prompt)["tuples"]}
    assert wanted == {"t01": 1, "t02": 1, "t03": 1}

    answer = [
        {"id": name, "queries": [{"text": f"{word}, {name}"}]}
        for name, word in (("t01", "socks"), ("t03", "my tent leaks"), ("t99", "what"))
    ]
    name = re.findall(r"^# (q-\w+)$", prompt, re.MULTILINE)[0]
    replied = json.dumps({name: {"tuples": answer}}, indent=1)
    chat = f"Here you go!\n\n```json\n{replied}\n```\nMore?"
    taken = run_cli("queries", "--answers", reply(folder, chat), cwd=folder)

    assert taken.out == "2 queries added\n"
    assert "an answer for 't99', which was not asked" in taken.err
    third, fourth = on_file(folder)[2:]
    assert (third.tuple_id, third.text, fourth.tuple_id) == ("t01", "socks, t01", "t03")
    assert (third.origin["by"], third.origin["model"]) == ("model", "chat")
    assert len(str(third.origin["prompt"])) == 12


def test_near_duplicates_in_a_reply_are_refused(tmp_path: Path) -> None:
    """Nothing that was typed is touched."""
    folder = shop(tmp_path, queries=QUERIES)
    answer = {"id": "t01", "queries": [{"text": "Where is it?"}, {"text": "ropes"}]}

    result = run_cli("queries", "--answers", reply(folder, json.dumps(answer)), cwd=folder)

    assert result.out == "1 query added; 1 near-duplicate refused\n"
    assert "refused, like 'where is it': 'Where is it?'" in result.err
    assert (folder / "traces/dataset/queries.yaml").read_text().startswith(QUERIES)


def test_plans_come_by_chat_too(tmp_path: Path) -> None:
    """The prompt asks for them; a reply that has them keeps them."""
    folder = shop(tmp_path)
    run_cli("queries", "--method", "prompt", "--multi-turn", "--count", "3", cwd=folder)
    assert "simulated user" in (folder / ".casefiles/questions/write-queries.md").read_text()
    planned = {"text": "hello", "plan": {"goal": "have it back", "facts": ["paid by card"]}}
    answer = json.dumps({"id": "t01", "queries": [planned]})

    result = run_cli("queries", "--answers", reply(folder, answer), "--json", cwd=folder)

    assert json.loads(result.out)["new"][0]["plan"] is True
    (query,) = on_file(folder)
    assert query.plan is not None
    assert query.plan.goal == "have it back"


def test_the_filter_goes_by_chat_too(tmp_path: Path) -> None:
    """Queries are named by their ids, so a late reply still fits."""
    folder = shop(tmp_path, queries=QUERIES)
    said = run_cli("queries", "--filter", "--method", "prompt", cwd=folder)
    prompt = (folder / ".casefiles/questions/check-queries.md").read_text()
    assert "asks about 2 queries" in said.out
    assert "casefiles queries --filter --answers FILE" in said.out
    assert data_in(prompt)["tuples"][1]["queries"] == [
        {"id": "q002", "text": "As a user I would like"}
    ]

    verdicts = [
        {"id": "q001", "realistic": True, "why": ""},
        {"id": "q002", "realistic": False, "why": "nobody types this"},
    ]
    answer = json.dumps({"verdicts": verdicts})
    taken = run_cli("queries", "--filter", "--answers", reply(folder, answer), cwd=folder)

    assert taken.out == "1 of 2 checked are doubted\n"
    assert [query.doubt for query in on_file(folder)] == [None, "nobody types this"]
    assert all("checked" in query.origin and query.keep is None for query in on_file(folder))
    assert run_cli("queries", "--filter", "--method", "prompt", cwd=folder).code == 2


def test_a_reply_without_an_answer_is_one_clear_error(tmp_path: Path) -> None:
    """Nothing is written."""
    folder = shop(tmp_path, queries=QUERIES)
    for text in ("I cannot help with that.", '{"tuples": []}', '{"id": "t01", "queries": [{}]}'):
        result = run_cli("queries", "--answers", reply(folder, text), cwd=folder)
        assert result.code == 2
        assert result.err.startswith("no answer could be used: ")
        assert "ask the chat to reply once more" in result.err
    assert (folder / "traces/dataset/queries.yaml").read_text() == QUERIES


def test_a_dry_run_writes_neither_prompt_nor_queries(tmp_path: Path) -> None:
    """It says what would be."""
    folder = shop(tmp_path, queries=QUERIES)
    said = run_cli("queries", "--method", "prompt", "--dry-run", cwd=folder)
    answer = json.dumps({"id": "t01", "queries": [{"text": "ropes"}]})
    shown = run_cli("queries", "--answers", reply(folder, answer), "--dry-run", cwd=folder)

    assert "a prompt for a chat would be written" in said.out
    assert not (folder / ".casefiles/questions").exists()
    assert "+- {id: q003, tuple: t01, text: ropes, " in shown.out
    assert (folder / "traces/dataset/queries.yaml").read_text() == QUERIES


def test_enough_queries_need_no_prompt(tmp_path: Path) -> None:
    """What to do is said."""
    result = run_cli(
        "queries", "--method", "prompt", "--count", "2", cwd=shop(tmp_path, queries=QUERIES)
    )
    assert (result.code, result.err) == (
        2, "there are 2 queries in use already; ask for more with --count\n",
    )  # fmt: skip
