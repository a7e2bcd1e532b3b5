from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casefiles.documents import note as note_file
from casefiles.documents.note import Judgement, Note, Value
from casefiles.review.splicing import set_verdict, with_judgement


def _note(text: str) -> Note:
    note, problems = note_file.parse(text, "notes/ana/r/q.md")
    assert note is not None, problems
    return note


FRONT = """\
---
# mine
verdict: fail   # sure
labels:                  # oldest first
  acts-without-asking: no@1, yes@3   # twice
  too-long: no
extra: [a, b]
---

Prose, with  spaces.  \n"""


def test_a_judgement_is_appended_and_nothing_else_changes() -> None:
    """Comments, spacing, the older judgements and the prose keep their bytes."""
    after = with_judgement(FRONT, "acts-without-asking", "no", 4)
    assert after == FRONT.replace("yes@3", "yes@3, no@4")
    again = with_judgement(after, "too-long", "yes", 2)
    assert again == after.replace("too-long: no", "too-long: no, yes@2")
    new = with_judgement(FRONT, "rude", "unsure", 1)
    assert new == FRONT.replace("too-long: no\n", "too-long: no\n  rude: unsure@1\n")


def test_without_a_note_a_new_one_holds_the_label_only() -> None:
    """Nothing else is claimed: no verdict, no review."""
    assert with_judgement(None, "rude", "yes", 2) == "---\nlabels:\n  rude: yes@2\n---\n"
    assert with_judgement("Prose.\n", "rude", "yes", 2) == (
        "---\nlabels:\n  rude: yes@2\n---\nProse.\n"
    )


@pytest.mark.parametrize(
    "labels",
    [
        "labels: {a: no@1}",
        "labels:\n  a: [no@1]",
        "labels:\n  a:\n  - no@1",
        'labels: {"a": "no@1"}',
    ],
)
def test_every_way_to_write_labels_can_be_extended(labels: str) -> None:
    """People write YAML as they like."""
    note = _note(with_judgement(f"---\n{labels}\nmine: 1\n---\nProse.\n", "a", "yes", 2))
    assert note.labels["a"] == (Judgement(value="no", version=1), Judgement(value="yes", version=2))
    assert note.extra == {"mine": "1"}
    assert note.body == "Prose.\n"


judgement = st.builds(
    Judgement,
    value=st.sampled_from(["yes", "no", "unsure"]),
    version=st.one_of(st.none(), st.integers(1, 20)),
)
labels = st.dictionaries(
    st.sampled_from(["a", "too-long", "yes", "no", "1.5", "null"]),
    st.lists(judgement, min_size=1, max_size=3).map(tuple),
    max_size=4,
)


@given(labels, st.sampled_from(["a", "yes", "null", "b"]), st.sampled_from(["yes", "no"]))
def test_judgements_add_up(
    before: dict[str, tuple[Judgement, ...]], mode: str, value: Value
) -> None:
    """Whatever was judged stays, and the new one is the last of its mode."""
    text = note_file.render(Note(verdict="fail", labels=before, body="Prose.\n"))
    note = _note(with_judgement(text, mode, value, 7))
    expected = before | {mode: (*before.get(mode, ()), Judgement(value=value, version=7))}
    assert dict(note.labels) == expected
    assert (note.verdict, note.body) == ("fail", "Prose.\n")


def test_setting_the_same_verdict_changes_no_byte() -> None:
    """A key that says so already is left as the person wrote it."""
    assert set_verdict(FRONT, "fail", None) == FRONT
    assert set_verdict(FRONT, "pass", None) == FRONT.replace("verdict: fail", "verdict: pass")
    assert set_verdict(FRONT, None, None) == FRONT.replace("verdict: fail   # sure\n", "")
