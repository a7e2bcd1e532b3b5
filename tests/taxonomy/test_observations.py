"""What people observed, and what of it is coded."""

from __future__ import annotations

from casefiles.documents.config import Annotator, Config
from casefiles.taxonomy.observations import (
    coded,
    modes_by_label,
    modes_by_wording,
    observations,
    uncoded,
)
from corpora import corpus, files
from workspaces import mode_text

TRACES = ("r/t1", "r/t2")
PROPOSAL = """\
---
kind: proposal/1
status: accepted
applied: {add one: one@1}
---
## add: one
- [x] ana:r/t1#9 "it rambles"
- [ ] ana:r/t2#1 "it is late"
"""


def given(**more: str) -> dict[str, str]:
    """Two notes of two people, a mode and an accepted proposal."""
    return files(
        {
            "notes/ana/r/t1.md": "it rambles\n\n## at 2\nand it\n  lies\n",
            "notes/ana/r/t2.md": "it is late\n",
            "notes/ben/r/t1.md": "it rambles\n",
            "taxonomy/one.md": mode_text("One"),
            "taxonomy/proposals/p.md": PROPOSAL,
            **{path.replace("__", "/") + ".md": text for path, text in more.items()},
        },
        traces=TRACES,
    )


def cited(seen: object) -> list[str]:
    """Write observations as a proposal cites them."""
    return [str(one.ref) for one in seen]  # type: ignore[attr-defined]


def test_every_paragraph_of_every_person_is_cited_in_path_order() -> None:
    """With its turn, its place in the note and its text on one line."""
    found = observations(corpus(given()))

    assert cited(found) == [
        'ana:r/t1#1 "it rambles"',
        'ana:r/t1#2 "and it lies"',
        'ana:r/t2#1 "it is late"',
        'ben:r/t1#1 "it rambles"',
    ]
    assert [one.turn for one in found] == [None, 2, None, None]


def test_what_a_note_says_twice_is_one_observation() -> None:
    """The text identifies; a proposal could not tell the two apart."""
    found = observations(corpus(given(notes__ben__r__t2="slow\n\nrude\n\nslow\n")))

    assert cited(found)[-2:] == ['ben:r/t2#1 "slow"', 'ben:r/t2#2 "rude"']


def test_notes_of_models_of_the_adjudicator_and_on_lost_traces_are_left_out() -> None:
    """Only what a person saw in a trace that can be looked at."""
    config = Config(annotators={"bot": Annotator(name="bot", kind="model")})
    more = given(
        notes__bot__r__t1="made up\n",
        notes__adjudicated__r__t1="settled\n",
        notes__ben__r__gone="who knows\n",
    )

    assert cited(observations(corpus(more, config=config))) == cited(observations(corpus(given())))


def test_a_trace_whose_simulated_user_broke_is_out_for_everyone() -> None:
    """Whoever of the annotators noticed it."""
    found = observations(corpus(given(notes__ben__r__t2="---\nsim_fault: yes\n---\nbroken user\n")))

    assert not any("r/t2" in text for text in cited(found))


def test_a_ticked_line_holds_its_observation_whatever_its_number() -> None:
    """The same words of another person are another observation."""
    found = uncoded(corpus(given()))

    assert cited(found) == [
        'ana:r/t1#2 "and it lies"',
        'ana:r/t2#1 "it is late"',
        'ben:r/t1#1 "it rambles"',
    ]


def test_open_and_rejected_proposals_hold_nothing() -> None:
    """Only accept makes a code."""
    for status in ("open", "rejected"):
        more = given()
        more["taxonomy/proposals/p.md"] = PROPOSAL.replace("accepted", status)
        assert len(uncoded(corpus(more))) == 4


def test_a_code_follows_its_mode_through_rename_merge_and_split() -> None:
    """And is no more when the mode was retired for good: nothing in use covers it."""
    identity = ("ana", "r/t1", "it rambles")
    renamed = given(taxonomy__two=mode_text("Two", aliases="[one]"))
    del renamed["taxonomy/one.md"]
    merged = given(
        taxonomy__one=mode_text("One", status="retired", merged_into="two@1"),
        taxonomy__two=mode_text("Two", merged_from="[one@1]"),
    )
    split = given(
        taxonomy__one=mode_text("One", status="retired", split_into="[two@1, three@1]"),
        taxonomy__two=mode_text("Two", split_from="one@1"),
        taxonomy__three=mode_text("Three", split_from="one@1"),
    )
    retired = given(taxonomy__one=mode_text("One", status="retired"))

    assert coded(corpus(renamed)) == {identity: frozenset({"two"})}
    assert coded(corpus(merged)) == {identity: frozenset({"two"})}
    assert coded(corpus(split)) == {identity: frozenset({"two", "three"})}
    assert coded(corpus(retired)) == {}


def test_wordings_lead_to_the_mode_they_were_coded_for() -> None:
    """In any case; but not to the parts of a split, which is for a person to say."""
    loud = given(notes__ben__r__t2="IT RAMBLES\n")
    split = given(
        taxonomy__one=mode_text("One", status="retired", split_into="[two@1, three@1]"),
        taxonomy__two=mode_text("Two", split_from="one@1"),
        taxonomy__three=mode_text("Three", split_from="one@1"),
    )

    assert modes_by_wording(corpus(loud)) == {"it rambles": ("one",)}
    assert modes_by_wording(corpus(split)) == {}


def test_a_label_tells_what_the_only_observation_of_a_note_shows() -> None:
    """One observation and one yes: nothing else could be meant."""
    labelled = given(notes__ana__r__t2="---\nlabels:\n  one: no@1, yes@1\n---\nIt is late\n")
    assert modes_by_label(corpus(labelled)) == {"it is late": ("one",)}


def test_a_label_tells_nothing_where_there_are_several_of_either() -> None:
    """Two observations, two modes, a no, or a mode that is gone."""
    two = {"taxonomy__two": mode_text("Two")}
    for labels, body in (
        ("one: yes@1", "slow\n\nrude"),
        ("one: no@1", "slow"),
        ("gone: yes@1", "slow"),
        ("one: yes@1\n  two: yes@1", "slow"),
    ):
        text = f"---\nlabels:\n  {labels}\n---\n{body}\n"
        assert modes_by_label(corpus(given(**two, notes__ana__r__t2=text))) == {}
