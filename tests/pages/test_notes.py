from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from casefiles.documents.note import parse
from casefiles.documents.prose import scan
from casefiles.pages.notes import Reading, remarks, segments

LINES = st.sampled_from(
    ("## at 2", "## at 7", "# Other", "words", "- item", "> quote", "```", "~~~", "", "### small")
)


@given(st.lists(LINES, max_size=14).map("\n".join))
def test_no_word_of_a_note_is_lost_and_each_stands_by_its_turn(body: str) -> None:
    """Segments hold every observation the note has, under the turn it is anchored to."""
    cut = [(seen.text, turn) for turn, text in segments(body) for seen in scan(text)[0]]
    assert cut == [(seen.text, seen.turn) for seen in scan(body)[0]]


def test_a_remark_on_a_turn_that_is_not_there_stands_with_the_whole() -> None:
    """A note on turn 9 of a trace with two turns is still shown."""
    note, _ = parse("Too long.\n\n## at 2\nThree screens.\n\n## at 9\nWhere?\n", "n.md")
    assert note is not None
    whole, beside = remarks((Reading(who="ana", kind="human", note=note),), {1, 2})
    assert [one.text for one in whole] == ["Too long.", "Where?"]
    assert [one.text for one in beside[2]] == ["Three screens."]
