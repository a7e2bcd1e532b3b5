"""Definitions from their halves, and what lacks in one."""

from __future__ import annotations

import pytest
from hypothesis import given

from casefiles.documents.mode import Definition
from casefiles.taxonomy.definitions import amended, defined, insist_complete, tidy
from casefiles.taxonomy.working_copy import RefusedError
from hostile import utf8_texts

OLD = Definition(text="Two lines\nYes if it rambles\nfor long.\nNo if it is short.\n\nNo if asked.")


@pytest.mark.parametrize(
    ("yes_if", "no_if", "text"),
    [
        ("it rambles", "it is short", "Yes if it rambles.\nNo if it is short."),
        ("Yes if it rambles.", "no if short!", "Yes if it rambles.\nNo if short!"),
        ("it\nrambles", "otherwise", "Yes if it rambles.\nNo otherwise."),
        ("it rambles", "", "Yes if it rambles."),
    ],
)
def test_a_definition_is_written_from_its_halves(yes_if: str, no_if: str, text: str) -> None:
    """With or without the words that open them; an empty half is left out."""
    assert defined(yes_if, no_if).text == text


@pytest.mark.parametrize(
    ("yes_if", "no_if", "text"),
    [
        ("", "", OLD.text),
        ("it repeats", "", "Two lines\nYes if it repeats.\nNo if it is short.\n\nNo if asked."),
        ("", "otherwise", "Two lines\nYes if it rambles\nfor long.\nNo otherwise."),
        ("a", "b", "Two lines\nYes if a.\nNo if b."),
    ],
)
def test_only_the_halves_that_are_given_are_replaced(yes_if: str, no_if: str, text: str) -> None:
    """A half runs to the start of the other one."""
    assert amended(OLD, yes_if, no_if).text == text


@given(text=utf8_texts)
def test_a_definition_that_nothing_replaces_means_the_same(text: str) -> None:
    """White space aside, nothing is lost and nothing moves."""
    given_, kept = Definition(text=text), amended(Definition(text=text), "", "")

    assert sorted(kept.text.split()) == sorted(text.split())
    assert kept.is_complete == given_.is_complete or not given_.is_complete


def test_blank_lines_are_kept_one_at_a_time() -> None:
    """And none at the ends."""
    assert tidy(Definition(text="\n\nYes if a.\n\n \n\nNo if b.\n")).text == "Yes if a.\n\nNo if b."


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "there is no definition"),
        ("Yes if …\nNo if …", "still holds"),
        ("Yes if it rambles.", "lacks a half"),
        ("Yes if a.\nNo if b.\n## Memo", "holds no headings"),
    ],
)
def test_what_lacks_is_said(text: str, said: str) -> None:
    """With what to write."""
    with pytest.raises(RefusedError, match=said) as refused:
        insist_complete(Definition(text=text))

    assert "`Yes if`" in (refused.value.remedy or "")
