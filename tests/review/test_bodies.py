from __future__ import annotations

from hypothesis import assume, given
from hypothesis import strategies as st

from casefiles.review.bodies import add_general, assemble, body_of, trim, with_body

lines = st.text(alphabet="ab #>|-\t", max_size=8)
texts = st.lists(lines, max_size=6).map("\n".join)
fronts = st.sampled_from(["", "---\nverdict: fail  # sure\n---\n", "---\r\nmine: 1\r\n---\r\n"])


@given(fronts, texts, texts)
def test_a_replaced_body_is_what_was_given_and_the_front_matter_stays(
    front: str, old: str, new: str
) -> None:
    """Whatever stood there, the note then says the new text and keeps every byte above it."""
    assume(front or not trim(new).startswith("---"))
    after = with_body((front or "text") + old, trim(new))
    assert body_of(after) == trim(new)
    assert after.startswith(front)


@given(fronts, texts)
def test_replacing_a_body_by_itself_changes_nothing(front: str, body: str) -> None:
    """Saving without a change of text leaves every byte of the prose."""
    text = front + body + ("\r\n" if "\r" in front else "\n")
    if trim(body):
        assert with_body(text, body_of(text)) == text


def test_lines_that_stay_keep_their_line_ends() -> None:
    """A file with Windows line ends gets new lines of its kind, and no other line changes."""
    text = "---\r\nverdict: fail\r\n---\r\n\r\nfirst\r\nsecond  \r\n\r\nlast\r\n"
    assert with_body(text, "first\nchanged\n\nlast") == text.replace("second  ", "changed")


def test_text_about_the_whole_goes_in_front_of_the_turns() -> None:
    """Behind `## at N` it would be about that turn."""
    body = "First.\n\n## at 5\n> quote\n\nAbout five."
    assert (
        add_general(body, "Also this.") == "First.\n\nAlso this.\n\n## at 5\n> quote\n\nAbout five."
    )
    assert add_general("First.", "Also this.") == "First.\n\nAlso this."


def test_what_was_said_about_one_turn_stands_together() -> None:
    """Turns come in order, paragraphs of one turn in the order they were typed."""
    assert assemble(["whole"], [(9, "a"), (2, "b"), (9, "c")]) == (
        "whole\n\n## at 2\nb\n\n## at 9\na\n\nc"
    )
