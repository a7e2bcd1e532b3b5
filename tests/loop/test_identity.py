"""Who is annotating: the first of five answers."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from casefiles.documents.config import Annotator, Config
from casefiles.errors import BadInputError
from casefiles.loop.identity import VARIABLE, annotator
from casefiles.text.names import is_safe_name
from casefiles.workspace.find import Workspace
from hostile import texts

CONFIG = Config(
    annotators={
        "ana@example.org": Annotator(name="ana"),
        "ben": Annotator(name="ben"),
        "bot@example.org": Annotator(name="bot", kind="model"),
    }
)


@pytest.fixture
def here(tmp_path: Path) -> Workspace:
    """A workspace in a repository."""
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    return Workspace(root=tmp_path, config=CONFIG)


def git_user(workspace: Workspace, *, name: str = "", mail: str = "") -> None:
    """Set git's user in the repository."""
    for key, value in (("user.name", name), ("user.email", mail)):
        subprocess.run(["git", "config", key, value], cwd=workspace.root, check=True)


def test_each_answer_outweighs_the_next(here: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """--as, the variable, the configuration by git's e-mail, git's name."""
    git_user(here, name="Cleo Ünal")
    assert annotator(here) == "cleo-unal"

    git_user(here, name="Cleo Ünal", mail="ana@example.org")
    assert annotator(here) == "ana"

    monkeypatch.setenv(VARIABLE, "dan")
    assert annotator(here) == "dan"

    assert annotator(here, "eve") == "eve"


@pytest.mark.parametrize("mail", ["Ana@Example.org", "ANA@EXAMPLE.ORG"])
def test_capitals_of_an_address_do_not_matter(here: Workspace, mail: str) -> None:
    """Mail does not tell them apart, nor do people."""
    git_user(here, name="Somebody", mail=mail)

    assert annotator(here) == "ana"


def test_an_address_that_is_not_configured_says_nothing(here: Workspace) -> None:
    """Git's name does; a name among the keys is no address."""
    git_user(here, name="Ben", mail="ben@example.org")

    assert annotator(here) == "ben"


@pytest.mark.parametrize("empty", [None, ""])
def test_an_empty_answer_is_none(
    here: Workspace, monkeypatch: pytest.MonkeyPatch, empty: str | None
) -> None:
    """As if it were not given."""
    monkeypatch.setenv(VARIABLE, "")
    git_user(here, name="Ana")

    assert annotator(here, empty) == "ana"


def test_who_cannot_be_known_is_told_what_to_do(here: Workspace) -> None:
    """With all three ways."""
    with pytest.raises(BadInputError, match="does not know who you are") as caught:
        annotator(here)

    assert all(way in str(caught.value) for way in ("--as", VARIABLE, "user.name"))


@pytest.mark.parametrize("name", ["adjudicated", "dataset"])
def test_reserved_names_are_refused(
    here: Workspace, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """However they are given: settled labels live in one of them."""
    with pytest.raises(BadInputError, match="reserved"):
        annotator(here, name)
    monkeypatch.setenv(VARIABLE, name)
    with pytest.raises(BadInputError, match="reserved"):
        annotator(here)
    monkeypatch.delenv(VARIABLE)
    git_user(here, name=name.title())
    with pytest.raises(BadInputError, match="reserved"):
        annotator(here)


@pytest.mark.parametrize(
    "name", ["Ana B", "../ana", "a/b", ".ana", "con", "ana@example.org", "\x1b"]
)
def test_a_name_that_is_no_folder_is_refused_with_one_that_is(here: Workspace, name: str) -> None:
    """Nothing is written under a name that a person did not choose."""
    with pytest.raises(BadInputError, match="cannot name a folder") as caught:
        annotator(here, name)

    offered = str(caught.value).rpartition("--as ")[2]
    assert annotator(here, offered) == offered


@given(texts)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_name_is_safe_or_refused(here: Workspace, name: str) -> None:
    """It becomes a folder."""
    try:
        found = annotator(here, f"x{name}")
    except BadInputError:
        return

    assert is_safe_name(found)
