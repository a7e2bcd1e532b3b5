"""The workspace a command was started in."""

from __future__ import annotations

from pathlib import Path

import pytest

from casefiles.errors import BadInputError
from casefiles.workspace.find import find, is_workspace_file, read_config


@pytest.mark.parametrize("below", ["", "traces", "notes/ana/round-1"])
def test_the_nearest_folder_upward_is_found(tmp_path: Path, below: str) -> None:
    """From anywhere inside."""
    (tmp_path / "casefiles.toml").write_text('[app]\nname = "outer"\n')
    inner = tmp_path / "inner"
    (inner / below).mkdir(parents=True)
    (inner / "casefiles.toml").write_text('[app]\nname = "inner"\n')

    found = find(inner / below)

    assert found.root == inner
    assert found.config.app.name == "inner"
    assert found.private == inner / ".casefiles"


@pytest.mark.parametrize(
    "text",
    [
        '[tool.casefiles.app]\nname = "x"\n',
        '[tool.casefiles]\napp = {name = "x"}\n',
        '[tool]\ncasefiles = {app = {name = "x"}}\n',
        'tool.casefiles.app.name = "x"\n',
        '[ tool . "casefiles" . app ]\r\nname = "x"\r\n',
        '\ufeff[tool.casefiles.app]\nname = "x"\n',
    ],
)
def test_a_pyproject_with_our_table_is_a_workspace(tmp_path: Path, text: str) -> None:
    """However the table is written."""
    (tmp_path / "pyproject.toml").write_bytes(text.encode())

    found = find(tmp_path)

    assert (found.root, found.config.path) == (tmp_path, "pyproject.toml")
    assert found.config.app.name == "x"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b'[project]\nname = "casefiles"\n',
        b"[tool.casefiles-other]\nx = 1\n",
        b"# casefiles\ntool = 1\n",
        b"# casefiles\n[[tool]]\nx = 1\n",
        b"casefiles, but no TOML",
        b"[tool.casefiles]\n\xff",
    ],
)
def test_a_pyproject_without_our_table_is_none(tmp_path: Path, content: bytes) -> None:
    """It is passed by on the way up, whatever is wrong in it."""
    (tmp_path / "casefiles.toml").write_text("")
    inner = tmp_path / "inner"
    inner.mkdir()
    (inner / "pyproject.toml").write_bytes(content)

    assert not is_workspace_file(inner / "pyproject.toml")
    assert find(inner).root == tmp_path


def test_our_own_file_comes_before_pyproject(tmp_path: Path) -> None:
    """Where a folder has both."""
    (tmp_path / "casefiles.toml").write_text("")
    (tmp_path / "pyproject.toml").write_text("[tool.casefiles]\n")

    assert find(tmp_path).config.path == "casefiles.toml"


def test_a_link_to_the_workspace_leads_to_it(tmp_path: Path) -> None:
    """The root is a real path."""
    real = tmp_path / "real"
    real.mkdir()
    (real / "casefiles.toml").write_text("")
    (tmp_path / "link").symlink_to(real)

    assert find(tmp_path / "link").root == real


def test_outside_of_a_workspace_it_is_said_how_to_make_one(tmp_path: Path) -> None:
    """Not a traceback."""
    with pytest.raises(BadInputError, match="no workspace here") as caught:
        find(tmp_path)

    assert "casefiles init" in str(caught.value)


@pytest.mark.parametrize("name", ["missing", "file.txt", "file.txt/below"])
def test_a_folder_that_is_none_is_said(tmp_path: Path, name: str) -> None:
    """With its path."""
    (tmp_path / "casefiles.toml").write_text("")
    (tmp_path / "file.txt").write_text("")

    with pytest.raises(BadInputError, match="no such folder") as caught:
        find(tmp_path / name)

    assert caught.value.where == str(tmp_path / name)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("casefiles.toml", b"[app]\nnmae = 1\n", "casefiles.toml:2: unknown key 'nmae' in [app]"),
        ("casefiles.toml", b"[app\n", "casefiles.toml:1: not valid TOML"),
        ("casefiles.toml", b"\xff", "casefiles.toml: not UTF-8; save the file as UTF-8"),
        ("pyproject.toml", b"[tool.casefiles]\nx = 1\n", "pyproject.toml:2: unknown key 'x'"),
        ("pyproject.toml", b"[tool.casefiles]\nx = \n", "pyproject.toml:2: not valid TOML"),
    ],
)
def test_a_broken_configuration_stops_with_its_line(
    tmp_path: Path, name: str, content: bytes, said: str
) -> None:
    """Every command relies on it."""
    (tmp_path / name).write_bytes(content)

    with pytest.raises(BadInputError) as caught:
        find(tmp_path)

    assert str(caught.value).startswith(said)


def test_a_byte_order_mark_is_no_mistake(tmp_path: Path) -> None:
    """Windows editors write one."""
    (tmp_path / "casefiles.toml").write_bytes(b'\xef\xbb\xbf[app]\r\nname = "x"\r\n')

    assert read_config(tmp_path, "casefiles.toml").app.name == "x"


def test_a_folder_of_that_name_is_no_workspace(tmp_path: Path) -> None:
    """Only a file is."""
    (tmp_path / "casefiles.toml").mkdir()

    assert not is_workspace_file(tmp_path / "casefiles.toml")
