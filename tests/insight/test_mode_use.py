from __future__ import annotations

from casefiles.documents.corpus import Corpus
from casefiles.documents.judgements import judge
from casefiles.insight.frame import frame
from casefiles.insight.mode_use import ENOUGH, ModeUse, mode_uses
from corpora import corpus
from workspaces import mode_text, trace_text


def _uses(found: Corpus, *values: str) -> dict[str, ModeUse]:
    units = frame(found).reviewed
    uses = mode_uses(found, judge(found), units, {"tone": values})["tone"]
    return {use.value: use for use in uses}


def _files(count: int, *, tone: str, label: str) -> dict[str, str]:
    files = {}
    for n in range(count):
        name = f"r/{tone}{label[:1]}{n}"
        files[f"traces/{name}.md"] = trace_text(query=name, dimensions={"tone": tone})
        labels = f"labels:\n  a: {label}@1\n" if label else ""
        files[f"notes/ana/{name}.md"] = f"---\nverdict: fail\n{labels}---\nWrong.\n"
    return files


def test_each_value_has_its_own_share() -> None:
    """Counts, an interval once all is judged, and whether it rests on too little."""
    files = {
        "taxonomy/a.md": mode_text("A"),
        **_files(3, tone="calm", label="yes"),
        **_files(ENOUGH - 3, tone="calm", label="no"),
        **_files(2, tone="angry", label="yes"),
        **_files(1, tone="angry", label=""),
    }
    found = _uses(corpus(files), "calm", "angry", "shy")
    calm, angry, shy = found["calm"], found["angry"], found["shy"]
    assert (calm.yes, calm.judged, calm.thin) == (3, ENOUGH, False)
    assert calm.interval is not None
    assert calm.interval.rate == 3 / ENOUGH
    assert (angry.yes, angry.judged, angry.unjudged, angry.interval) == (2, 2, 1, None)
    assert (shy.judged, shy.interval, shy.thin) == (0, None, True)


def test_a_unit_counts_for_every_value_its_traces_have() -> None:
    """Two runs of one query under other dimensions are one unit in both columns."""
    files = {"taxonomy/a.md": mode_text("A")}
    for tone in ("calm", "angry"):
        name = f"r/{tone}"
        files[f"traces/{name}.md"] = trace_text(query="q", dimensions={"tone": tone})
        files[f"notes/ana/{name}.md"] = "---\nverdict: fail\nlabels:\n  a: yes@1\n---\nWrong.\n"
    found = _uses(corpus(files), "calm", "angry")
    assert [(use.yes, use.judged) for use in found.values()] == [(1, 1), (1, 1)]
