from __future__ import annotations

from textwrap import dedent

from hypothesis import given
from hypothesis import strategies as st

from casefiles.documents import note as note_file
from casefiles.documents.note import Note, Verdict
from casefiles.review.bodies import trim
from casefiles.review.reading import Reading
from casefiles.review.saving import Stamp, saved_text

STAMP = Stamp(reviewed="2026-11-24T01:20:00Z", seconds=41, drawn=True)
OLDER = dedent("""\
    ---
    # my own remark
    verdict:   fail   # sure
    first_failure: 5
    reviewed: 2026-11-01T08:00:00Z
    seconds: 10
    mood: tired
    labels:
      too-long: no@1, yes@3   # hm
    ---

    Refunds without asking.
    """)


def _parsed(text: str) -> Note:
    note, problems = note_file.parse(text, "notes/ana/round-1/q042.md")
    assert note is not None, problems
    return note


def _saved(
    before: str | None,
    verdict: Verdict | None,
    turn: int | None,
    body: str,
    stamp: Stamp = STAMP,
) -> str:
    note = _parsed(before) if before is not None else None
    reading = Reading(verdict=verdict, first_failure=turn, body=body)
    return saved_text(before, note, reading, stamp)


def test_a_new_note_says_how_it_came_about() -> None:
    """Verdict, turn, moment, seconds, draw and blindness stand in its front matter."""
    assert _saved(None, "fail", 5, "Refunds.\n\n## at 5\nHere.") == dedent("""\
        ---
        verdict: fail
        first_failure: 5
        reviewed: 2026-11-24T01:20:00Z
        seconds: 41
        drawn: random
        blind: yes
        ---
        Refunds.

        ## at 5
        Here.
        """)


def test_a_note_picked_by_hand_is_not_drawn() -> None:
    """Who picks a trace by hand makes no random draw."""
    text = _saved(None, "pass", None, "", Stamp(reviewed="2026-11-24T01:20:00Z"))
    assert text == "---\nverdict: pass\nreviewed: 2026-11-24T01:20:00Z\nblind: yes\n---\n"


def test_an_older_note_keeps_every_byte_that_is_not_changed() -> None:
    """Comments, spacing, unknown keys, labels and the first review's moment stay."""
    after = _saved(OLDER, "fail", 3, "Refunds without asking.\n\n## at 3\nHere.")
    expected = OLDER.replace("first_failure: 5", "first_failure: 3")
    expected = expected.replace("seconds: 10", "seconds: 51")
    expected = expected.replace("yes@3   # hm\n", "yes@3   # hm\nblind: yes\n")
    assert after == expected + "\n## at 3\nHere.\n"


def test_another_verdict_takes_the_turn_with_it() -> None:
    """A passing trace has no first failure."""
    note = _parsed(_saved(OLDER, "pass", None, "Refunds without asking."))
    assert (note.verdict, note.first_failure) == ("pass", None)
    assert note.labels.keys() == {"too-long"}


def test_a_deferred_note_is_reviewed_when_it_is_decided() -> None:
    """Its first date was no review."""
    before = "---\nverdict: defer\nreviewed: 2026-11-01T08:00:00Z\nseconds: 9\n---\n"
    note = _parsed(_saved(before, "pass", None, ""))
    assert (note.reviewed, note.seconds) == ("2026-11-24T01:20:00Z", 50)


def test_one_sentence_becomes_a_note_with_front_matter() -> None:
    """A note by hand without front matter keeps its sentence."""
    assert _saved("Rude.\n", "fail", None, "Rude.") == (
        "---\nverdict: fail\nreviewed: 2026-11-24T01:20:00Z\nseconds: 41\nblind: yes\n---\nRude.\n"
    )


bodies = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\0"), max_size=40)


@given(bodies, bodies, st.sampled_from(["pass", "fail", "defer", None]))
def test_any_text_is_in_the_note_it_is_saved_to(
    old: str, new: str, verdict: Verdict | None
) -> None:
    """New or over an older note, rules of front matter or not: the text reads back."""
    for before in (None, f"---\nmine: 1\n---\n{old}"):
        note = _parsed(_saved(before, verdict, None, trim(new)))
        assert trim(note.body) == trim(new)
        assert note.verdict == verdict
        assert note.extra == ({} if before is None else {"mine": "1"})
