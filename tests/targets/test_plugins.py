"""Targets of other packages, installed on disk as pip would."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

from casefiles.documents.targets import Plugin
from casefiles.errors import BadInputError
from casefiles.targets.plugins import open_plugin
from casefiles.targets.protocol import Conversation, Outcome, Request
from plugins import install

CODE = """\
from casefiles.errors import BadInputError
from casefiles.targets.protocol import Answer, Outcome

class Dialogue:
    continues = True

    def __init__(self, target):
        self.target = target

    def ask(self, request):
        if request.query == "crash":
            raise KeyError("no such order")
        said = f"{self.target.greeting} {request.query} {request.turn}"
        return Outcome(status="ok", answer=Answer(output=said))

    def close(self):
        self.target.closed.append("dialogue")

class Parrot:
    def __init__(self, *, name, settings, root):
        if "greeting" not in settings:
            raise ValueError("greeting is missing")
        if settings["greeting"] == "":
            raise BadInputError(f"[targets.{name}] greeting is empty", remedy="say hello")
        self.greeting, self.root, self.closed = settings["greeting"], root, []

    def open(self, conversation):
        if conversation.query_id == "refused":
            raise RuntimeError("no conversation today")
        return Dialogue(self)

    def close(self):
        self.closed.append("target")
"""
POINTS = "parrot = parrot_target:Parrot\nbroken = parrot_target:Nothing\n"


@pytest.fixture(autouse=True)
def _installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path, module="parrot_target", code=CODE, points=POINTS)
    monkeypatch.syspath_prepend(str(tmp_path))
    importlib.invalidate_caches()


def ask(query: str, query_id: str = "q1") -> Outcome:
    """Hold a conversation of one turn with the parrot."""
    target = open_plugin(
        Plugin(name="bird", plugin="parrot", settings={"greeting": "hello"}), Path()
    )
    begun = Conversation(query_id=query_id, session_id="r/q1")
    dialogue = target.open(begun)
    found = dialogue.ask(Request(conversation=begun, query=query))
    dialogue.close()
    target.close()
    return found


def test_a_package_can_bring_a_target() -> None:
    """Found by its entry point, given its settings."""
    found = ask("polly")

    assert found.answer
    assert (found.status, found.answer.output) == ("ok", "hello polly 1")


@pytest.mark.parametrize(
    ("query", "query_id", "said"),
    [
        ("crash", "q1", "KeyError: 'no such order'"),
        ("polly", "refused", "RuntimeError: no conversation today"),
    ],
)
def test_a_plugin_that_raises_is_an_error_of_its_turn(query: str, query_id: str, said: str) -> None:
    """The run goes on; the end of the traceback says why."""
    found = ask(query, query_id)

    assert (found.status, found.temporary) == ("error", False)
    assert (found.error or "").endswith(said)


@pytest.mark.parametrize(
    ("plugin", "settings", "said"),
    [
        ("parot", {}, "there is no plugin 'parot'; did you mean 'parrot'?"),
        ("zebra", {}, "install the package that brings it (installed: broken, parrot)"),
        ("broken", {}, "the plugin 'broken' cannot be loaded (AttributeError:"),
        ("parrot", {}, "cannot be opened (ValueError: greeting is missing)"),
        ("parrot", {"greeting": ""}, "[targets.bird] greeting is empty; say hello"),
    ],
)
def test_what_cannot_work_is_bad_input(plugin: str, settings: dict[str, str], said: str) -> None:
    """Said before any query is sent."""
    with pytest.raises(BadInputError) as raised:
        open_plugin(Plugin(name="bird", plugin=plugin, settings=settings), Path())

    assert said in str(raised.value)
