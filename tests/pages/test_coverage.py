from __future__ import annotations

from casefiles.documents.judgements import judge
from casefiles.insight.figures import figures
from casefiles.pages.coverage import tables
from corpora import corpus
from workspaces import trace_text


def test_each_value_says_what_was_tried_read_and_failed() -> None:
    """Values of the file come first, then those that only traces have; what is empty shows."""
    found = corpus(
        {
            "traces/dataset/dimensions.yaml": (
                "dimensions:\n- name: tone\n  values:\n  - {name: angry}\n  - {name: calm}\n"
            ),
            "traces/dataset/tuples.yaml": "tuples:\n- {id: t1, values: {tone: angry}}\n",
            "traces/dataset/queries.yaml": "queries:\n- {id: q1, tuple: t1, text: hey}\n",
            "traces/r/q1.md": trace_text(query="q1", dimensions={"tone": "angry"}),
            "traces/r/x.md": trace_text(source_id="x", dimensions={"tone": "shy"}),
            "notes/ana/r/q1.md": "---\nverdict: fail\n---\nShouts back.\n",
        }
    )
    (tone,) = tables(found, figures(found, judge(found)))
    rows = {row.value: (row.queries, row.traces, row.read, row.failing) for row in tone.rows}
    assert list(rows.items()) == [
        ("angry", (1, 1, 1, 1)),
        ("calm", (0, 0, 0, 0)),
        ("shy", (0, 1, 0, 0)),
    ]
