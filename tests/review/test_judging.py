from __future__ import annotations

from collections.abc import Mapping

import pytest

from casefiles.documents import note as note_file
from casefiles.documents import proposal as proposal_file
from casefiles.documents.config import Annotator, Config
from casefiles.documents.corpus import Corpus
from casefiles.documents.mode import Definition, Mode
from casefiles.documents.note import Judgement, Note
from casefiles.documents.references import VersionedMode
from casefiles.documents.trace import TraceHead
from casefiles.review.judging import label_queue

DEFINITION = Definition(text="Yes if it is.\nNo otherwise.")


def _note(text: str) -> Note:
    note, problems = note_file.parse(text, "notes/ana/r/q.md")
    assert note is not None, problems
    return note


def _corpus(notes: Mapping[tuple[str, str], str], *, proposal: str = "", **modes: Mode) -> Corpus:
    proposals = {}
    if proposal:
        found, problems = proposal_file.parse(proposal, "taxonomy/proposals/p.md")
        assert found is not None, problems
        proposals["p"] = found
    return Corpus(
        config=Config(annotators={"bot": Annotator(name="bot", kind="model")}),
        traces={trace: TraceHead() for _, trace in notes},
        notes={key: _note(text) for key, text in notes.items()},
        modes={name.replace("_", "-"): mode for name, mode in modes.items()},
        proposals=proposals,
    )


def _mode(version: int = 1, **keys: object) -> Mode:
    return Mode(name="A mode", version=version, definition=DEFINITION, **keys)  # type: ignore[arg-type]


def _asked(corpus: Corpus, *modes: str, unsure: bool = False) -> list[tuple[str, str, str]]:
    cases = label_queue(corpus, "ana", modes or corpus.active_modes, unsure=unsure)
    return [(case.trace, q.mode, q.why) for case in cases for q in case.questions]


# ---------------------------------------------------------------- the queue


def test_only_what_i_reviewed_and_did_not_judge_is_asked() -> None:
    """Deferred traces, colleagues' traces and judged modes are not."""
    corpus = _corpus(
        {
            ("ana", "r/q1"): "---\nverdict: fail\nlabels:\n  a: yes@1\n---\n",
            ("ana", "r/q2"): "---\nverdict: pass\n---\n",
            ("ana", "r/q3"): "---\nverdict: defer\n---\nhm",
            ("ana", "r/q4"): "Only a sentence.\n",
            ("ben", "r/q5"): "---\nverdict: fail\n---\n",
        },
        a=_mode(),
        b=_mode(),
    )
    assert _asked(corpus) == [
        ("r/q1", "b", "new"),
        ("r/q2", "a", "new"),
        ("r/q2", "b", "new"),
        ("r/q4", "a", "new"),
        ("r/q4", "b", "new"),
    ]
    assert _asked(corpus, "b")[0] == ("r/q1", "b", "new")
    assert all(mode == "b" for _, mode, _ in _asked(corpus, "b"))


@pytest.mark.parametrize(
    ("label", "why"),
    [
        ("yes@1", "stale"),
        ("yes", "stale"),
        ("no@1, yes@2", None),
        ("unsure@1", "new"),
        ("unsure@2", None),
    ],
)
def test_a_judgement_under_an_older_definition_is_asked_again(label: str, why: str | None) -> None:
    """An unstamped one counts as made under version 1; unsure under the present one stands."""
    text = f"---\nverdict: fail\nlabels:\n  a: {label}\n---\n"
    asked = _asked(_corpus({("ana", "r/q1"): text}, a=_mode(2)))
    assert asked == ([("r/q1", "a", why)] if why else [])


def test_unsure_is_asked_again_on_demand() -> None:
    """It counts as not judged, but nobody is asked the same thing every day."""
    corpus = _corpus(
        {("ana", "r/q1"): "---\nverdict: fail\nlabels: {a: unsure@1}\n---\n"}, a=_mode()
    )
    assert _asked(corpus) == []
    assert _asked(corpus, unsure=True) == [("r/q1", "a", "unsure")]


def test_old_names_count() -> None:
    """A label under a former id of the mode is a label of the mode, also an unsure one."""
    corpus = _corpus(
        {
            ("ana", "r/q1"): "---\nverdict: fail\nlabels: {old: yes@1}\n---\n",
            ("ana", "r/q2"): "---\nverdict: fail\nlabels: {old: unsure@1}\n---\n",
        },
        a=_mode(aliases=("old",)),
    )
    assert _asked(corpus) == []


def test_a_child_of_a_split_is_asked_where_the_parent_was_yes() -> None:
    """A no for the parent is a no for each child; a yes is open."""
    parent = VersionedMode(mode="tone", version=1)
    child = VersionedMode(mode="lectures", version=1)
    corpus = _corpus(
        {
            ("ana", "r/q1"): "---\nverdict: fail\nlabels: {tone: yes@1}\n---\n",
            ("ana", "r/q2"): "---\nverdict: fail\nlabels: {tone: no@1}\n---\n",
        },
        tone=_mode(status="retired", split_into=(child,)),
        lectures=_mode(split_from=parent),
    )
    assert _asked(corpus) == [("r/q1", "lectures", "split")]


PROPOSAL = """\
---
kind: proposal/1
status: accepted
applied: {new a: a@1}
---
## new: A
Yes if it is.
No otherwise.

- [x] ana:r/q1#1 "seen"
- [x] ana:r/q2#1 "seen"
"""


def test_a_code_whose_observation_was_edited_is_asked() -> None:
    """While the observation is there the code stands; when it is gone somebody must look."""
    notes = {("ana", "r/q1"): "seen\n", ("ana", "r/q2"): "something else\n"}
    assert _asked(_corpus(notes, proposal=PROPOSAL, a=_mode())) == [("r/q2", "a", "edited")]
    notes["ana", "r/q2"] = "---\nlabels: {a: no@1}\n---\nsomething else\n"
    assert _asked(_corpus(notes, proposal=PROPOSAL, a=_mode())) == []


def test_a_question_carries_what_i_said_before_and_the_version_it_stamps() -> None:
    """The reviewer sees their older answer; the stamp is that of the definition shown."""
    corpus = _corpus({("ana", "r/q1"): "---\nverdict: fail\nlabels: {a: no@1}\n---\n"}, a=_mode(3))
    (case,) = label_queue(corpus, "ana", ("a",))
    (question,) = case.questions
    assert (question.version, question.why) == (3, "stale")
    assert question.before == (Judgement(value="no", version=1),)


def test_a_single_trace_can_be_asked_about() -> None:
    """Other traces wait."""
    notes = {("ana", f"r/q{n}"): "seen\n" for n in range(3)}
    cases = label_queue(_corpus(notes, a=_mode()), "ana", ("a",), trace="r/q1")
    assert [case.trace for case in cases] == ["r/q1"]
