"""`assign`: three settings, and everything else follows."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from casefiles.loop.pile import Pile
from casefiles.workspace.find import find
from cli import run_cli
from workspaces import trace_text, workspace

CONFIG = '# ours\n[app]\nname = "Shop"\n\n[review]\nseed = 7  # drawn in May\n'


def filled(folder: Path, count: int = 30, **files: str) -> Path:
    """Write a workspace with traces."""
    traces = {f"traces/r/q{n:02}.md": trace_text(f"question {n}") for n in range(count)}
    return workspace(folder, {"casefiles.toml": CONFIG, **traces, **files})


def pile(root: Path, who: str, *, everything: bool = False) -> list[str]:
    """Return the traces one annotator is given, in order."""
    found = Pile(find(root), who, everything=everything)
    return [step.reference for step in iter(found.next, None)]


def test_only_the_settings_are_written(tmp_path: Path) -> None:
    """Comments and all other keys stay."""
    root = filled(tmp_path)
    result = run_cli("assign", "ana", "ben", "--overlap", "10", cwd=root)
    assert result.code == 0, result.err
    assert (root / "casefiles.toml").read_text() == (
        f'{CONFIG}annotators = ["ana", "ben"]\noverlap = 10\n'
    )
    assert {path.name for path in root.iterdir()} == {"casefiles.toml", "traces", ".casefiles"}


def test_everybody_is_given_their_share_the_common_ones_first(tmp_path: Path) -> None:
    """Ten that both read, in the same order; the rest once."""
    root = filled(tmp_path)
    run_cli("assign", "ana", "ben", "--overlap", "10", cwd=root)
    ana, ben = pile(root, "ana"), pile(root, "ben")
    assert ana[:10] == ben[:10]
    assert set(ana[10:]) | set(ben[10:]) | set(ana[:10]) == set(pile(root, "zoe"))
    assert not set(ana[10:]) & set(ben[10:])
    assert len(pile(root, "ana", everything=True)) == 30


def test_the_table_shows_who_reads_how_much(tmp_path: Path) -> None:
    """And how far they are."""
    root = filled(tmp_path)
    run_cli("assign", "ana", "ben", "--overlap", "10", cwd=root)
    first = pile(root, "ana")[0]
    run_cli("note", first, "pass", "--as", "ana", cwd=root)
    out = run_cli("assign", cwd=root).out
    rows = [line.split() for line in out.split("\n")]
    ana, ben = [row for row in rows if row and row[0] in ("ana", "ben")]
    assert (ana[0], ana[2], ana[3], ben[2], ben[3]) == ("ana", "10", "1", "10", "0")
    assert int(ana[1]) + int(ben[1]) == 40
    assert f"{first}  ana, ben\n" in run_cli("assign", "--list", cwd=root).out


def test_json_names_readers_and_what_was_written(tmp_path: Path) -> None:
    """For scripts that hand the work out."""
    root = filled(tmp_path, 4)
    document = json.loads(run_cli("assign", "ana", "ben", "--overlap", "4", "--json", cwd=root).out)
    assert document["readers"] == {f"r/q{n:02}": ["ana", "ben"] for n in range(4)}
    assert document["written"] == ["casefiles.toml"]
    assert document["shares"][0] == {"annotator": "ana", "traces": 4, "shared": 4, "noted": 0}
    again = json.loads(run_cli("assign", "--json", cwd=root).out)
    assert again == {**document, "written": []}


def test_what_is_not_given_stays(tmp_path: Path) -> None:
    """One setting at a time; the same again writes nothing."""
    root = filled(tmp_path)
    run_cli("assign", "ana", "ben", "--overlap", "10", cwd=root)
    text = (root / "casefiles.toml").read_text()
    run_cli("assign", "--overlap", "5", cwd=root)
    assert (root / "casefiles.toml").read_text() == text.replace("overlap = 10", "overlap = 5")
    run_cli("assign", "--seed", "9", "--order", "path", cwd=root)
    assert "seed = 9  # drawn in May\n" in (root / "casefiles.toml").read_text()
    assert find(root).config.review.order == "path"


def test_dry_run_shows_the_change_and_writes_nothing(tmp_path: Path) -> None:
    """A diff of the configuration."""
    root = filled(tmp_path)
    out = run_cli("assign", "ana", "ben", "--dry-run", cwd=root).out
    assert '+annotators = ["ana", "ben"]' in out
    assert (root / "casefiles.toml").read_text() == CONFIG


@pytest.mark.parametrize(
    ("config", "words", "said"),
    [
        (CONFIG, (), "nobody is named who could share the traces"),
        (CONFIG, ("Ana B",), "cannot name a folder"),
        (CONFIG, ("adjudicated",), "reserved"),
        ("review = {seed = 1}\n", ("ana", "ben"), "set annotators by hand"),
        (CONFIG, ("ana", "--overlap", "-1"), "-1"),
    ],
)
def test_what_cannot_be_is_refused(
    tmp_path: Path, config: str, words: tuple[str, ...], said: str
) -> None:
    """Exit 2; the configuration stays as it is."""
    root = filled(tmp_path, 2, **{"casefiles.toml": config})
    result = run_cli("assign", *words, cwd=root)
    assert result.code == 2
    assert said in result.err
    assert (root / "casefiles.toml").read_text() == config


def test_a_workspace_of_pyproject_toml_is_set_there(tmp_path: Path) -> None:
    """Below [tool.casefiles]."""
    text = '[project]\nname = "x"\n\n[tool.casefiles.app]\nname = "Shop"\n'
    root = tmp_path / "p"
    workspace(root, {"pyproject.toml": text, "traces/r/q.md": trace_text()})
    (root / "casefiles.toml").unlink()
    assert run_cli("assign", "ana", "ben", cwd=root).code == 0
    assert (root / "pyproject.toml").read_text() == (
        f'{text}\n[tool.casefiles.review]\nannotators = ["ana", "ben"]\n'
    )


def test_who_read_their_share_is_told_what_is_left(tmp_path: Path) -> None:
    """The rest is others' to read; --all goes on."""
    root = filled(tmp_path, 6)
    run_cli("assign", "ana", "ben", cwd=root)
    for trace in pile(root, "ana"):
        run_cli("note", trace, "pass", "--as", "ana", cwd=root)
    assert Pile(find(root), "ana").left == 0
    assert Pile(find(root), "ana").others == len(pile(root, "ben"))
