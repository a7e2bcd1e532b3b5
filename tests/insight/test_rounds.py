from __future__ import annotations

from casefiles.documents.corpus import Corpus
from casefiles.documents.judgements import judge
from casefiles.insight.figures import Figures, figures
from casefiles.insight.rounds import changes, in_order, new_in
from corpora import corpus
from workspaces import mode_text, trace_text


def _two_rounds() -> Corpus:
    files = {"taxonomy/a.md": mode_text("A"), "taxonomy/b.md": mode_text("B")}
    for name, labels in {"r1/x": "a: yes@1", "r1/y": "a: no@1", "r2/x": "a: no@1, b"}.items():
        files[f"traces/{name}.md"] = trace_text(query=name.replace("/", "-"))
        both = "  a: no@1\n  b: yes@1\n" if labels.endswith("b") else f"  {labels}\n  b: no@1\n"
        files[f"notes/ana/{name}.md"] = f"---\nverdict: fail\nlabels:\n{both}---\nWrong.\n"
    return corpus(files)


def _alone(found: Corpus) -> dict[str, Figures]:
    return {name: figures(found, judge(found), [name]) for name in in_order(found)}


def test_a_mode_is_new_in_the_first_round_that_shows_it() -> None:
    """What an earlier round showed is not new."""
    alone = _alone(_two_rounds())
    assert new_in(alone, "r1") == {"a"}
    assert new_in(alone, "r2") == {"b"}
    assert new_in(alone, "gone") == frozenset()


def test_the_modes_of_two_rounds_are_paired() -> None:
    """The commonest of the later round comes first."""
    alone = _alone(_two_rounds())
    found = [(c.mode, c.before.yes, c.now.yes) for c in changes(alone["r1"], alone["r2"])]
    assert found == [("b", 0, 1), ("a", 1, 0)]


def test_rounds_stand_in_the_order_they_were_made() -> None:
    """By the start of their first trace; where none is known, by name, numbers as numbers."""
    unknown = corpus({f"traces/round-{n}/q.md": trace_text(query=str(n)) for n in (10, 2, 1)})
    assert in_order(unknown) == ("round-1", "round-2", "round-10")
    days = {"z": "2026-11-01", "a": "2026-11-02"}
    known = corpus(
        {
            f"traces/{name}/q.md": trace_text(query=name, started=f"{day}T01:00:00Z")
            for name, day in days.items()
        }
    )
    assert in_order(known) == ("z", "a")
