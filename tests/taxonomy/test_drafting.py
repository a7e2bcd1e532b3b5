"""From groups to a proposal that reads back as it was meant."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from casefiles.documents import proposal as proposal_file
from casefiles.documents.mode import Definition, Mode
from casefiles.documents.references import ObservationRef
from casefiles.taxonomy.drafting import (
    Lines,
    Sorted,
    Suggestion,
    basis,
    draft,
    free_name,
    sort_out,
)
from casefiles.taxonomy.guard import Reading
from casefiles.taxonomy.observations import Seen
from casefiles.taxonomy.working_copy import mode_id
from casefiles.text.names import fold

MODE = Mode(name="Too long", definition=Definition(text="Yes if a.\nNo if b."))
REF = ObservationRef(annotator="ana", trace="r/t1", index=1, text="it rambles")
LINES = Lines(sure=(REF,))
BASIS = {"observations": "40", "uncoded": "30", "reviewed": "50"}

# Text without what no file can hold (surrogates), as notes are decoded from UTF-8.
texts = st.text(st.characters(codec="utf-8"), max_size=40)
refs = st.builds(
    ObservationRef,
    annotator=st.sampled_from(["ana", "ben"]),
    trace=st.sampled_from(["r/t1", "r-2/q001.2"]),
    index=st.integers(1, 99),
    text=texts.map(fold).filter(bool),
)
suggestions = st.builds(
    Suggestion,
    title=texts,
    terms=st.lists(texts, max_size=3).map(tuple),
    lines=st.builds(
        Lines,
        sure=st.lists(refs, min_size=1, max_size=3).map(tuple),
        unsure=st.lists(refs, max_size=2).map(tuple),
    ),
)


def test_a_group_becomes_a_new_mode_to_be_defined() -> None:
    """Ticked lines, a definition that is an error until completed, the group's words as help."""
    found = Sorted(
        method="embedded/lexical",
        suggestions=(Suggestion(title="It rambles", terms=("rambles", "long"), lines=LINES),),
        known={"too-long": Lines(unsure=(REF,))},
        left_over=(REF,),
    )
    made = draft("p", found, modes={"too-long": MODE}, basis=BASIS)

    assert proposal_file.render(made).endswith("""\
## new: It rambles
Yes if … (often: rambles, long …)
No if …

- [x] ana:r/t1#1 "it rambles"

## add: too-long
- [ ] ana:r/t1#1 "it rambles"

## left over
- ana:r/t1#1 "it rambles"
""")
    assert not made.sections[0].definition.is_complete


def test_a_definition_and_what_made_it_are_written_down() -> None:
    """The model, its prompts' hash, and what else the result rests on."""
    found = Sorted(
        method="model",
        model="openai/m",
        prompt_sha256="ab12",
        suggestions=(Suggestion(title="It lies", lines=LINES, definition=MODE.definition),),
        basis={"batch": "40"},
    )
    made = draft("p", found, modes={}, basis=BASIS)

    assert made.sections[0].definition == MODE.definition
    assert (made.method, made.model, made.prompt_sha256) == ("model", "openai/m", "ab12")
    assert dict(made.basis) == {**BASIS, "batch": "40"}


def test_a_definition_with_the_help_left_in_is_not_complete() -> None:
    """Else the group's words would pass for a definition."""
    suggestion = Suggestion(title="It rambles", terms=("rambles",), lines=LINES)
    made = draft("p", Sorted(method="m", suggestions=(suggestion,)), modes={}, basis=BASIS)
    stub = made.sections[0].definition.text
    typed = stub.replace("Yes if …", "Yes if it rambles").replace("No if …", "No if not")

    assert not Definition(text=typed).is_complete


@given(made=st.lists(suggestions, max_size=6), left=st.lists(refs, max_size=3))
def test_any_group_reads_back_as_it_was_drafted(
    made: list[Suggestion], left: list[ObservationRef]
) -> None:
    """Whatever stands in titles, words and notes: arrows, quotes, marks, any script."""
    found = Sorted(
        method="embedded/lexical",
        suggestions=tuple(made),
        known={"too-long": Lines(sure=tuple(left))} if left else {},
        left_over=tuple(left),
    )
    drafted = draft("p", found, modes={"too-long": MODE}, basis=BASIS)

    again, problems = proposal_file.parse(proposal_file.render(drafted), "p.md")

    assert problems == ()
    assert again == drafted


@given(made=st.lists(suggestions, max_size=8))
def test_no_two_new_modes_have_one_id_and_none_takes_an_old_name(made: list[Suggestion]) -> None:
    """Tombstones and aliases count as taken."""
    modes = {
        "too-long": MODE,
        "gone": Mode(name="Gone", status="retired", aliases=("group",), definition=MODE.definition),
    }

    named = Suggestion(title="Too long!", lines=LINES)
    found = Sorted(method="embedded/lexical", suggestions=(*made, named, *made))
    drafted = draft("p", found, modes=modes, basis=BASIS)

    ids = [section.mode for section in drafted.sections]
    assert len(set(ids)) == len(ids)
    assert not {"too-long", "gone", "group"} & set(ids)


def test_a_taken_name_gets_the_groups_own_words_then_a_number() -> None:
    """A name that differs in meaning is better than one that differs in a number."""
    assert free_name("Too long", ["lists"], {"too-long"}) == "Too long: lists"
    assert free_name("Too long", [], {"too-long"}) == "Too long 2"
    assert mode_id(free_name("x" * 200, [], {"x" * 60})) == f"{'x' * 30}-2"


def test_the_basis_says_what_was_read_and_whether_it_was_forced() -> None:
    """A reader of the file sees what it rests on."""
    found = Reading(observations=40, reviewed=50, traces=90)
    counts = {"observations": "40", "uncoded": "2", "reviewed": "50"}

    assert basis(found, uncoded=2, forced=False) == counts
    assert basis(found, uncoded=2, forced=True) == {**counts, "forced": "yes"}


def test_what_was_worded_before_is_sorted_to_its_modes() -> None:
    """Whatever its case; what was coded for two modes is proposed for both."""
    loud = Seen(ref=ObservationRef(annotator="b", trace="r/t", index=1, text="IT LIES"), turn=None)
    other = Seen(ref=REF, turn=None)

    known, others = sort_out([loud, other], {"it lies": ("one", "two")})

    assert known == {"one": [loud.ref], "two": [loud.ref]}
    assert others == [REF]
