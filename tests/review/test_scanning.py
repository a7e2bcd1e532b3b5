from __future__ import annotations

from collections.abc import Sequence

from casefiles.documents import note as note_file
from casefiles.documents import proposal as proposal_file
from casefiles.documents.corpus import Corpus
from casefiles.documents.mode import Definition, Mode
from casefiles.documents.references import Example
from casefiles.documents.trace import TraceHead
from casefiles.review.judging import Case, Question
from casefiles.review.scanning import examples_of, likeliest_first

DEFINITION = Definition(text="Yes if it shouts.\nNo if it whispers.")
PROPOSAL = """\
---
kind: proposal/1
status: accepted
method: embedded
applied: {1: rude@1}
---
## new: Rude
Yes if it shouts.
No if it whispers.

- [x] ana:r/q1#1 "shouts at the customer"
- [ ] ana:r/q2#1 "unticked"
"""


def _case(trace: str, body: str, *modes: str) -> Case:
    note, _ = note_file.parse(f"---\nverdict: fail\n---\n{body}\n", f"notes/ana/{trace}.md")
    assert note is not None
    questions = tuple(Question(mode=mode, version=1, why="new") for mode in modes)
    return Case(trace=trace, note=note, questions=questions)


def _corpus(*cases: Case) -> Corpus:
    quote = Example(trace="r/q9", turn=2, quote="WHAT NOW", remark="")
    modes = {
        "rude": Mode(name="Rude", definition=DEFINITION, yes_examples=(quote,)),
        "slow": Mode(name="Slow", definition=Definition(text="Yes if slow.\nNo otherwise.")),
    }
    proposal, problems = proposal_file.parse(PROPOSAL, "taxonomy/proposals/p.md")
    assert proposal is not None, problems
    traces = {case.trace: TraceHead(title=f"title of {case.trace}") for case in cases}
    return Corpus(modes=modes, proposals={"p": proposal}, traces=traces)


def _shared_words(texts: Sequence[str], examples: Sequence[str]) -> list[float]:
    words = {word for example in examples for word in example.lower().split()}
    return [float(len(words & set(text.lower().split()))) for text in texts]


def test_traces_come_by_their_likeliest_mode() -> None:
    """Each is compared with the modes it is asked about only; equals keep their order."""
    cases = (
        _case("r/q1", "polite", "rude"),
        _case("r/q2", "shouts at somebody", "rude"),
        _case("r/q3", "shouts at somebody", "slow"),
        _case("r/q4", "polite", "rude", "slow"),
        _case("r/q5", "slow and shouts", "rude", "slow"),
    )
    ordered = likeliest_first(cases, _corpus(*cases), _shared_words)
    assert [case.trace for case in ordered] == ["r/q2", "r/q5", "r/q1", "r/q3", "r/q4"]


def test_a_mode_is_known_by_its_name_its_definition_its_codes_and_its_quotes() -> None:
    """The half that says no would lead astray, and so would what nobody accepted."""
    assert examples_of(_corpus(), "rude") == (
        "Rude",
        "Yes if it shouts.",
        "WHAT NOW",
        "shouts at the customer",
    )


def test_the_text_of_a_trace_is_what_i_wrote_and_its_title() -> None:
    """A passing trace has only that."""
    seen: list[str] = []

    def likeness(texts: Sequence[str], examples: Sequence[str]) -> list[float]:
        del examples
        seen.extend(texts)
        return [0.0] * len(texts)

    case = _case("r/q1", "Shouts.\n\n> quoted", "rude")
    likeliest_first((case,), _corpus(case), likeness)
    assert seen == ["Shouts.\ntitle of r/q1"]
