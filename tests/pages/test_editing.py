from __future__ import annotations

from dataclasses import replace
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from casefiles.pages.editing import ANYBODY, Desk, links

HERE = Desk(folder="/home/ana/my work", annotator="ana")
HUB = Desk(repository="https://github.com/shop/bot/", branch="main", annotators=("ana", "ben"))


def test_at_this_machine_the_note_opens_in_vs_code() -> None:
    """The path is absolute and survives blanks; an existing note is said to be one."""
    (new,) = links(HERE, "round-1/q1", written=())
    assert new.words == "Write a note in VS Code"
    assert new.address == "vscode://file/home/ana/my%20work/notes/ana/round-1/q1.md"
    (own,) = links(HERE, "round-1/q1", written={"ana"})
    assert own.words == "Open your note in VS Code"


def test_windows_paths_lead_there_too() -> None:
    """A drive letter follows the slash."""
    (link,) = links(replace(HERE, folder="C:/work"), "r/q", written=())
    assert unquote(link.address) == "vscode://file/C:/work/notes/ana/r/q.md"


def test_a_forge_opens_its_editor_on_the_right_file() -> None:
    """New files get their name and a first line to fill in, written ones are edited."""
    new, own = links(HUB, "round-1/q1", written={"ben"})
    assert new.words == "Write a note as ana on GitHub"
    parts = urlsplit(new.address)
    assert f"{parts.scheme}://{parts.netloc}{parts.path}" == "https://github.com/shop/bot/new/main"
    assert parse_qs(parts.query)["filename"] == ["notes/ana/round-1/q1.md"]
    assert parse_qs(parts.query)["value"][0].startswith("---\nverdict:")
    assert own.address == "https://github.com/shop/bot/edit/main/notes/ben/round-1/q1.md"


@pytest.mark.parametrize(
    ("repository", "address"),
    [
        ("https://gitlab.example.com/a/b", "https://gitlab.example.com/a/b/-/edit/main/w/notes/"),
        ("https://codeberg.org/a/b", "https://codeberg.org/a/b/_edit/main/w/notes/"),
        ("https://github.example.com/a/b", "https://github.example.com/a/b/edit/main/w/notes/"),
    ],
)
def test_other_forges_have_their_own_addresses(repository: str, address: str) -> None:
    """The workspace may be a folder of the repository."""
    desk = Desk(repository=repository, prefix="w/")
    (link,) = links(desk, "r/q", written={"ana"})
    assert link.address == f"{address}ana/r/q.md"


def test_who_reviews_is_said_or_left_open() -> None:
    """Without annotators in the settings the path holds a word to replace."""
    (link,) = links(replace(HUB, annotators=()), "r/q", written=())
    assert ANYBODY in unquote(link.address)


@pytest.mark.parametrize("repository", ["", "git@github.com:a/b", "https://example.com/a", "x:y"])
def test_a_place_nobody_knows_has_no_link(repository: str) -> None:
    """No guess is made about a forge's addresses, and no script becomes one."""
    assert list(links(Desk(repository=repository), "r/q", written=())) == []
