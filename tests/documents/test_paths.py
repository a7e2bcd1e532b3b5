"""A reference is a path."""

from __future__ import annotations

import pytest
from hypothesis import given

from casefiles.documents import paths
from casefiles.documents.paths import Place, place_of
from casefiles.text.names import safe_file_name
from hostile import texts


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("traces/round-1/q001.md", Place(kind="trace", reference="round-1/q001")),
        ("traces/round-1/q001.2.md", Place(kind="trace", reference="round-1/q001.2")),
        ("traces/round-1/x.md.md", Place(kind="trace", reference="round-1/x.md")),
        ("traces/round-1/round.yaml", Place(kind="round", reference="round-1")),
        ("traces/dataset/dimensions.yaml", Place(kind="dimensions")),
        ("traces/dataset/tuples.yaml", Place(kind="tuples")),
        ("traces/dataset/queries.yaml", Place(kind="queries")),
        (
            "notes/ana/round-1/q001.md",
            Place(kind="note", reference="round-1/q001", annotator="ana"),
        ),
        (
            "notes/adjudicated/round-1/q001.md",
            Place(kind="note", reference="round-1/q001", annotator="adjudicated"),
        ),
        ("taxonomy/too-long.md", Place(kind="mode", reference="too-long")),
        ("taxonomy/proposals.md", Place(kind="mode", reference="proposals")),
        ("taxonomy/proposals/2026-11-24.md", Place(kind="proposal", reference="2026-11-24")),
    ],
)
def test_each_kind_has_its_place(path: str, place: Place) -> None:
    """And gets its reference from there."""
    assert place_of(path) == place


@pytest.mark.parametrize(
    "path",
    [
        "",
        "README.md",
        "casefiles.toml",
        "traces/q001.md",
        "traces/dataset/round.yaml",
        "traces/dataset/q001.md",
        "traces/dataset/sub/queries.yaml",
        "traces/round-1/q001/4-1.txt",
        "traces/round-1/q001/4-1.md",
        "traces/round-1/q001.txt",
        "traces/round-1/q001.MD",
        "traces/round-1/.q001.md.1a2b.tmp",
        "traces/round-1/.q001.md",
        "traces/round-1/README.md",
        "traces/.hidden/q001.md",
        "notes/ana/q001.md",
        "notes/ana/round-1/sub/q001.md",
        "notes/dataset/round-1/q001.md",
        "notes/.git/round-1/q001.md",
        "taxonomy/README.md",
        "taxonomy/.draft.md",
        "taxonomy/proposals/old/x.md",
        "taxonomy/too-long.yaml",
        "site/docs/index.md",
        "/traces/round-1/q001.md",
        "Traces/round-1/q001.md",
    ],
)
def test_other_files_are_none_of_ours(path: str) -> None:
    """Attachments, hidden files, what a team writes about a folder, and what lies elsewhere."""
    assert place_of(path) == Place(kind="other")


@given(texts.map(safe_file_name), texts.map(safe_file_name), texts.map(safe_file_name))
def test_a_path_leads_back_to_its_reference(round_name: str, name: str, who: str) -> None:
    """Every kind, under any safe name."""
    reference = f"{round_name}/{name}"

    assert place_of(paths.mode_path(name)) == Place(kind="mode", reference=name)
    assert place_of(paths.proposal_path(name)) == Place(kind="proposal", reference=name)
    assert paths.round_of(reference) == round_name
    if "dataset" not in (round_name, who):
        assert place_of(paths.trace_path(reference)) == Place(kind="trace", reference=reference)
        assert place_of(paths.round_path(round_name)) == Place(kind="round", reference=round_name)
        note = Place(kind="note", reference=reference, annotator=who)
        assert place_of(paths.note_path(who, reference)) == note


@given(texts)
def test_any_path_has_a_place(path: str) -> None:
    """File names hold anything."""
    assert place_of(path).kind == "other" or path.startswith(("traces/", "notes/", "taxonomy/"))
    place_of(f"traces/{path}/x.md")
    place_of(f"notes/ana/r/{path}.md")
