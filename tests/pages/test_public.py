from __future__ import annotations

from pathlib import Path

import pytest

from casefiles.loop import site
from casefiles.loop.site import Options
from casefiles.workspace.find import find
from cli import run_cli
from site_files import site_files, site_pages
from workspaces import trace_text, workspace

SECRET = "zanzibar"
"""Stands in everything that must stay inside."""
FILES = {
    "casefiles.toml": '[app]\nname = "Shop"\n[review]\nannotators = ["anabel", "benedikt"]\n',
    "traces/dataset/dimensions.yaml": "dimensions:\n- {name: tone, values: [calm, loud]}\n",
    "traces/dataset/tuples.yaml": "tuples:\n- {id: t1, values: {tone: calm}}\n",
    "traces/dataset/queries.yaml": f"queries:\n- {{id: q1, tuple: t1, text: {SECRET} query}}\n",
    "traces/r1/round.yaml": f"drawn: random\nsource: {SECRET}.json\n",
    "traces/r1/q1.md": trace_text(
        f"{SECRET} asks", f"shared words, then {SECRET}", query="q1", dimensions={"tone": "calm"}
    ),
    "traces/r1/q2.md": trace_text(f"{SECRET} too", f"secret words {SECRET}", query="q2"),
    "traces/r2/q1.md": trace_text(f"{SECRET} asks", SECRET, query="q1"),
    "notes/anabel/r1/q1.md": (
        "---\nverdict: fail\nshare: yes\nblind: yes\nlabels:\n  too-long: yes@1\n---\n"
        f"The {SECRET} note.\n\n## at 2\n> quoted in a shared note\n\nGoes on and on.\n"
    ),
    "notes/anabel/r1/q2.md": (
        "---\nverdict: fail\nblind: yes\nlabels:\n  too-long: yes@1\n---\n"
        f"> quoted in a private note\n\nThe {SECRET} note.\n"
    ),
    "notes/benedikt/r1/q1.md": "---\nverdict: pass\nblind: yes\nlabels:\n  too-long: no@1\n---\n",
    "notes/anabel/r2/q1.md": "---\nverdict: pass\nlabels:\n  too-long: no@1\n---\n",
    "taxonomy/too-long.md": (
        "---\nname: Too long\n---\nYes if the reply rambles.\nNo if it does not.\n\n"
        '## Yes examples\n- r1/q1 at 2: "shared words"\n- r1/q2 at 2: "secret words"\n'
        f"\n## Borderline\n- r1/q1 at 1: {SECRET}, said anabel\n\n## Memo\nanabel: {SECRET}\n"
    ),
}


@pytest.fixture
def shared(tmp_path: Path) -> Path:
    """A workspace in which one trace of three may be shared."""
    return workspace(tmp_path, FILES)


def test_a_public_copy_has_neither_trace_text_nor_annotators(shared: Path) -> None:
    """In no page, picture, table of numbers or file name."""
    files = site_files(shared, Options(public=True))
    assert SECRET in "".join(site_pages(shared).values())
    for path, content in files.items():
        text = content.decode("latin-1") if isinstance(content, bytes) else content
        for word in (SECRET, "anabel", "benedikt", "private note", "secret words", "The note"):
            assert word not in text, path
            assert word not in path


def test_a_public_copy_keeps_definitions_counts_and_shared_quotes(shared: Path) -> None:
    """A quote is shared where a person said so of its trace: in examples, and in their note."""
    pages = site_pages(shared, Options(public=True))
    mode = pages["taxonomy/too-long.md"]
    assert "Yes if the reply rambles" in mode
    assert "shared words" in mode
    assert "Goes on and on" not in mode
    inside = site_pages(shared)
    numbers = "_casefiles/charts/failure-modes.html"
    assert pages[numbers] == inside[numbers]
    assert not [path for path in pages if path.startswith("traces/r")]
    assert "2 people" in pages["method.md"]


def test_a_disputed_trace_of_a_shared_quote_is_not_told(tmp_path: Path) -> None:
    """What a shared note quotes stands with the modes its trace shows for sure."""
    labelled = FILES["notes/benedikt/r1/q1.md"].replace("no@1", "yes@1")
    root = workspace(tmp_path, FILES | {"notes/benedikt/r1/q1.md": labelled})
    page = site_pages(root, Options(public=True))["taxonomy/too-long.md"]
    assert "quoted in a shared note" in page


def test_the_built_public_site_holds_nothing_of_the_private_one(shared: Path) -> None:
    """Built over a private one, not a word of it is left, the search included; and back again."""
    private = run_cli("-C", shared, "site", "build")
    assert "it holds trace text and notes" in private.err
    done = run_cli("-C", shared, "site", "build", "--public")
    assert "no trace text and no annotators" in done.err
    for folder in ("site/public", "site/docs"):
        for path in (shared / folder).rglob("*"):
            if path.is_file():
                assert SECRET.encode() not in path.read_bytes(), path
    assert not (shared / "site/public/traces/r1").exists()
    site.build(find(shared))
    assert (shared / "site/public/traces/r1/q1.html").is_file()
