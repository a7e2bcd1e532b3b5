"""The page about targets shows what works."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import pytest

from casefiles.documents.config_reader import parse
from casefiles.documents.dataset_reader import parse_queries
from casefiles.documents.targets import Http, Plugin
from casefiles.targets.plugins import open_plugin
from casefiles.targets.protocol import Conversation, Request
from plugins import install

PAGE = (Path(__file__).parents[2] / "site/docs/your-application.md").read_text("utf-8")


def blocks(language: str) -> list[str]:
    """Return the fenced blocks of a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def test_every_target_that_is_shown_is_a_configuration() -> None:
    """As it stands, to be copied."""
    shown = [text for text in blocks("toml") if "[targets." in text]
    kinds = []
    for text in shown:
        found, problems = parse(text, "casefiles.toml")
        assert found is not None, problems
        kinds += [type(target).__name__ for target in found.targets.values()]

    assert kinds == ["Command", "Http", "Python", "Model", "Plugin"]


def test_the_other_way_to_write_a_server_is_one() -> None:
    """In one table."""
    found, problems = parse(
        '[targets.api]\nhttp = { url = "http://x", body = { a = "{query}" } }\n', "casefiles.toml"
    )

    assert found is not None, problems
    assert found.targets == {"api": Http(name="api", url="http://x", body={"a": "{query}"})}


def test_the_plan_that_is_shown_is_one() -> None:
    """With every key."""
    (shown,) = blocks("yaml")
    found, problems = parse_queries(f"queries:\n{shown}", "traces/dataset/queries.yaml")

    assert found is not None, problems
    plan = found[0].plan
    assert plan is not None
    assert (plan.max_turns, plan.extra) == (8, {})


def test_the_plugin_that_is_shown_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Installed as the page says."""
    (code,) = blocks("python")
    install(tmp_path, module="shown_package", code=code, points="grpc = shown_package:GrpcTarget\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    importlib.invalidate_caches()
    target = open_plugin(Plugin(name="app", plugin="grpc", settings={"address": "x"}), tmp_path)
    begun = Conversation(query_id="q1", session_id="r/q1")

    found = target.open(begun).ask(Request(conversation=begun, query="hi"))

    assert found.answer
    assert (found.status, found.answer.output) == ("ok", "…")
