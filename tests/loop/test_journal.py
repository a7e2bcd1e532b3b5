"""Answers that are in no trace yet."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from casefiles.loop.journal import Journal
from casefiles.targets.conversation import Exchange, Said
from casefiles.targets.holding import Kept
from casefiles.targets.protocol import Answer, Outcome
from hostile import json_values, texts

messages = st.lists(st.dictionaries(texts, json_values, max_size=2), max_size=2).map(tuple)
answers = st.builds(
    Answer,
    output=st.none() | texts,
    messages=messages,
    session_id=st.none() | texts,
    usage=st.dictionaries(st.sampled_from(["in", "cost_usd"]), st.integers(0, 9), max_size=2),
    error=st.none() | texts,
    done=st.booleans(),
    needs_human=st.none() | texts,
    metadata=st.dictionaries(texts, json_values, max_size=2),
)
outcomes = st.builds(
    Outcome,
    status=st.sampled_from(["ok", "error", "timeout"]),
    answer=st.none() | answers,
    error=st.none() | texts,
)
turns = st.builds(
    Exchange,
    said=st.builds(Said, text=texts, actor=st.none() | texts, approves=st.none() | texts),
    outcome=outcomes,
    started=st.just("2026-11-24T01:20:00Z"),
    ms=st.integers(0, 9),
    tries=st.integers(1, 3),
)
kept = st.builds(Kept, turn=turns, is_whole=st.booleans())
PLAIN = Kept(
    turn=Exchange(
        said=Said(text="hi"), outcome=Outcome(status="ok", answer=Answer()), started="", ms=1
    ),
    is_whole=True,
)


@settings(max_examples=50)
@given(found=st.lists(kept, max_size=3))
def test_turns_come_back_as_they_were(found: list[Kept]) -> None:
    """Whatever an application said."""
    with tempfile.TemporaryDirectory() as folder:
        journal = Journal(folder=Path(folder))
        for one in found:
            journal.add("r/q1", "key", one)

        assert plain(journal.read("r/q1", "key")) == plain(found)


def plain(found: Sequence[Kept]) -> object:
    """Return turns as JSON: two halves of a character side by side are that character there."""
    return json.loads(json.dumps([asdict(one) for one in found]))


def test_turns_of_another_conversation_do_not_count(tmp_path: Path) -> None:
    """The query or the target has changed since."""
    journal = Journal(folder=tmp_path)
    journal.add("r/q1", "key", PLAIN)

    assert journal.read("r/q1", "other") == ()
    assert journal.read("r/q2", "key") == ()
    journal.forget("r/q1")
    journal.add("r/q1", "other", PLAIN)
    assert journal.read("r/q1", "other") == (PLAIN,)


def test_a_line_that_was_cut_off_is_left_out(tmp_path: Path) -> None:
    """At every place a kill may cut it."""
    journal = Journal(folder=tmp_path)
    for _ in range(2):
        journal.add("r/q1", "key", PLAIN)
    path = tmp_path / "r/q1.jsonl"
    whole = path.read_bytes()
    ends = [whole.index(b"\n", whole.index(b"\n") + 1), len(whole)]  # of the two turns

    for cut in range(len(whole) + 1):
        path.write_bytes(whole[:cut])
        before = journal.read("r/q1", "key")
        assert len(before) == sum(cut >= end for end in ends), cut
        if cut > len(whole) // 2:  # and the next run goes on behind it
            journal.add("r/q1", "key", PLAIN)
            assert len(journal.read("r/q1", "key")) == len(before) + 1, cut


def test_what_is_forgotten_is_gone(tmp_path: Path) -> None:
    """Forgetting twice does no harm."""
    journal = Journal(folder=tmp_path)
    journal.add("r/q1", "key", PLAIN)

    journal.forget("r/q1")
    journal.forget("r/q1")

    assert list(tmp_path.rglob("*.jsonl")) == []
