"""Which trace comes next."""

from __future__ import annotations

from pathlib import Path

from casefiles.loop.pile import Pile
from casefiles.workspace.find import find
from cli import run_cli
from reading import (
    names,
    note_text,
    one_after_another,
    sat,
    three,
    typed,
)
from workspaces import trace_text, workspace


def test_the_queue_gives_each_trace_once_then_ends(tmp_path: Path) -> None:
    """Random order is the same every day; all notes bear that they were drawn."""
    root = three(tmp_path)
    saved = sat(root, typed("p"))
    assert sorted(s.reference for s in saved) == [f"round-1/q00{n}" for n in (1, 2, 3)]
    assert all("drawn: random\n" in note_text(root, f"q00{n}") for n in (1, 2, 3))
    assert Pile(find(root), "ana").next() is None
    other = Pile(find(root), "ben").next()
    assert other is not None
    assert other.reference == saved[0].reference


def test_path_order_is_no_random_draw(tmp_path: Path) -> None:
    """Who goes by the path gets the traces by the path, and says nothing of a draw."""
    root = three(tmp_path)
    saved = sat(root, one_after_another("p", "p"), order="path")
    assert names(saved) == ["q001", "q002"]
    assert "drawn" not in note_text(root)


def test_the_queue_looks_at_names_only(tmp_path: Path) -> None:
    """Broken traces, notes and rounds do not matter while another trace is next."""
    root = three(
        tmp_path,
        **{
            "traces/round-1/q002.md": "no trace at all",
            "traces/round-1/round.yaml": "{{{",
            "notes/ben/round-1/q001.md": "---\nverdict: maybe\n---\n",
            "notes/ana/round-1/q003.md": "---\nverdict: maybe\n---\n",
        },
    )
    step = Pile(find(root), "ana", order="path").next()
    assert step is not None
    assert step.reference == "round-1/q001"


def test_a_broken_trace_is_named_and_the_next_one_comes(tmp_path: Path) -> None:
    """Nobody's reading stops at a file they did not write; asked for by name it is an error."""
    root = three(tmp_path, **{"traces/round-1/q002.md": "no trace at all"})
    told: list[str] = []
    saved = sat(root, typed("p"), order="path", tell=told.append)
    assert names(saved) == ["q001", "q003"]
    assert "traces/round-1/q002.md:1: " in told[0]
    assert run_cli("note", "q002", "--as", "ana", cwd=root).code == 2


def test_put_off_traces_come_last_and_once_a_sitting(tmp_path: Path) -> None:
    """`d` brings a trace back when nothing else is left, and not again and again."""
    root = three(tmp_path)
    assert run_cli("note", "q001", "defer", "--as", "ana", cwd=root).code == 0
    saved = sat(root, typed("d"), order="path")
    assert [s.reference[-1] for s in saved] == ["2", "3", "1"]
    again = Pile(find(root), "ana").next()
    assert again is not None


def test_a_superseded_round_is_not_given(tmp_path: Path) -> None:
    """A later round repeats its queries; it has left the figures."""
    root = workspace(
        tmp_path,
        {
            "traces/round-1/q001.md": trace_text(),
            "traces/round-2/q001.md": trace_text(),
            "traces/round-2/round.yaml": "supersedes: [round-1]\n",
        },
    )
    assert [s.reference for s in sat(root, typed("p"))] == ["round-2/q001"]


def test_without_traces_it_says_what_to_do_first(tmp_path: Path) -> None:
    """An empty workspace has nothing to read."""
    result = run_cli("note", "--as", "ana", cwd=workspace(tmp_path))
    assert result.code == 2
