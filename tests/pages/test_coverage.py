from __future__ import annotations

from pathlib import Path

from casefiles.loop.site import make_report
from casefiles.pages.coverage import coverage
from casefiles.workspace.find import find
from workspaces import trace_text, workspace


def page(folder: Path) -> str:
    """The coverage page of a workspace with two dimensions, one trace and a constraint."""
    files = {
        "traces/dataset/dimensions.yaml": (
            "dimensions:\n- {name: tone, values: [angry, calm]}\n- {name: who, values: [a, b]}\n"
            "constraints:\n- {when: {tone: calm}, never: {who: b}, why: never seen}\n"
        ),
        "traces/dataset/tuples.yaml": "tuples:\n- {id: t1, values: {tone: angry, who: a}}\n",
        "traces/dataset/queries.yaml": "queries:\n- {id: q1, tuple: t1, text: hey}\n",
        "traces/r/q1.md": trace_text(query="q1", dimensions={"tone": "angry", "who": "a"}),
        "notes/ana/r/q1.md": "---\nverdict: fail\n---\nShouts back.\n",
    }
    return coverage(make_report(find(workspace(folder, files))))


def test_each_value_says_what_was_tried_read_and_failed(tmp_path: Path) -> None:
    """A value with no trace stands out."""
    text = page(tmp_path)

    assert text.count('class="cf-missing"') == 2
    assert '<td data-label="Went wrong" class="cf-number">1 of 1</td>' in text


def test_each_pair_of_values_has_a_cell_and_gaps_are_named(tmp_path: Path) -> None:
    """What cannot be is a dash and no gap."""
    text = page(tmp_path)

    assert '<td class="cf-number">1 · 1 · 1</td>' in text
    assert text.count('<td class="cf-number">–</td>') == 1
    assert "2 of 3 pairs of values" in text
    assert "<li>tone angry with who b</li>" in text
    assert "tone calm with who b" not in text
