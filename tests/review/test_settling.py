from __future__ import annotations

from textwrap import dedent

from hypothesis import given
from hypothesis import strategies as st

from casefiles.documents import note as note_file
from casefiles.documents.judgements import Answer
from casefiles.review.settling import settled_text
from hostile import texts

PATH = "notes/adjudicated/r/q.md"


def _settled(before: str | None, mode: str, value: Answer, why: str, *, who: str = "ana") -> str:
    return settled_text(before, mode, value, 2, who=who, when="2026-11-24T01:20:00Z", why=why)


def test_a_decision_says_what_who_when_and_why() -> None:
    """The label for machines, the reason for people."""
    assert _settled(None, "too-long", "yes", "Three screens\nfor a yes-or-no question.") == dedent(
        """\
        ---
        labels:
          too-long: yes@2
        settled:
          too-long: "ana 2026-11-24T01:20:00Z"
        ---
        ## too-long
        yes, says ana: Three screens for a yes-or-no question.
        """
    )


def test_decisions_on_other_modes_stand_beside_it() -> None:
    """Each below its own heading."""
    text = _settled(_settled(None, "too-long", "yes", "One."), "rude", "no", "Two.")
    assert text.endswith("## too-long\nyes, says ana: One.\n\n## rude\nno, says ana: Two.\n")
    note, problems = note_file.parse(text, PATH)
    assert note is not None
    assert problems == ()
    assert {mode: str(said[-1]) for mode, said in note.labels.items()} == {
        "too-long": "yes@2",
        "rude": "no@2",
    }


def test_a_later_decision_is_appended_and_counts() -> None:
    """The earlier one and its reason stay readable; what people added stays too."""
    first = _settled(None, "a", "yes", "One.") + "\nA remark by hand.\n\n## other\nText.\n"
    text = _settled(first, "a", "no", "Two.", who="ben")
    assert "  a: yes@2, no@2\n" in text
    assert '  a: "ben 2026-11-24T01:20:00Z"\n' in text
    assert text.endswith(
        "## a\nyes, says ana: One.\n\nA remark by hand.\n\nno, says ben: Two.\n\n## other\nText.\n"
    )


@given(texts, st.sampled_from(["a", "rude"]))
def test_a_reason_of_any_wording_leaves_the_label_what_it_is(why: str, mode: str) -> None:
    """It is one line of prose behind who says it, never a heading or front matter."""
    text = _settled(_settled(None, "a", "yes", "One."), mode, "no", why)
    note, problems = note_file.parse(text, PATH)
    assert note is not None
    assert not [problem for problem in problems if problem.level == "error"]
    assert str(note.labels[mode][-1]) == "no@2"
