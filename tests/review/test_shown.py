from __future__ import annotations

from casefiles.documents.config import View
from casefiles.documents.trace import Trace, TraceHead, seal
from casefiles.documents.turns import Part, Turn
from casefiles.review.shown import WIDTH, facts_of, lines_of

CALL = Part(type="tool_call", text='{"id": 7}', data={"name": "find_order", "lang": "json"})


def _result(text: str) -> Turn:
    return Turn(
        role="tool", parts=(Part(type="tool_result", text=text, data={"name": "find_order"}),)
    )


def _trace(*turns: Turn) -> Trace:
    return seal(TraceHead(), turns)


def _said(role: str, *texts: str) -> Turn:
    return Turn(role=role, parts=tuple(Part(text=text) for text in texts))


TALK = _trace(
    _said("system", "You are a shop assistant.\nBe kind.\nBe short.\nNever refund.\nAsk."),
    _said("user", "where is it?"),
    Turn(role="assistant", parts=(Part(text="Let me see."), CALL)),
    _result("on its way"),
    _said("assistant", "It is on its way."),
)


def _shown(trace: Trace, *, system_known: bool = False, **view: object) -> list[str]:
    return list(lines_of(trace, View(**view), system_known=system_known))  # type: ignore[arg-type]


def _heads(lines: list[str]) -> list[str]:
    return [line.strip("|= ") for line in lines if line.startswith("|==")]


def test_turns_stand_in_order_with_calls_and_results_marked() -> None:
    """A reader sees who said what, and which tool was called with what."""
    assert [line.rstrip("=") for line in _shown(TALK)] == [
        "",
        "|== 1 system ",
        "| You are a shop assistant.",
        "| Be kind.",
        "| Be short.",
        "| Never refund.",
        "| Ask.",
        "",
        "|== 2 user ",
        "| where is it?",
        "",
        "|== 3 assistant ",
        "| Let me see.",
        "|-- calls find_order",
        '| {"id": 7}',
        "",
        "|== 4 tool ",
        "|-- result of find_order",
        "| on its way",
        "",
        "|== 5 assistant ",
        "| It is on its way.",
    ]


def test_a_known_system_prompt_is_folded() -> None:
    """Reading the same prompt a hundred times is no review."""
    lines = _shown(TALK, system_known=True)
    assert lines[2:6] == [
        "| You are a shop assistant.",
        "| Be kind.",
        "| Be short.",
        "|… 2 lines more",
    ]


def test_long_tool_output_is_folded_to_its_ends() -> None:
    """The begin and the end of what a tool said are shown, with the number of lines between."""
    lines = _shown(_trace(_result("\n".join(f"row {n}" for n in range(237)))))[3:]
    assert lines[0] == "| row 0"
    assert lines[-1] == "| row 236"
    assert "|… 212 lines more" in lines
    assert len(lines) == 26


def test_long_prose_of_the_assistant_is_whole() -> None:
    """What the user saw is never folded by itself."""
    text = "\n".join(f"line {n}" for n in range(500))
    assert _shown(_trace(_said("assistant", text)))[2:] == [f"| line {n}" for n in range(500)]


def test_a_megabyte_on_one_line_is_cut_visibly() -> None:
    """Editors stumble over it; the reader sees how much is missing."""
    lines = _shown(_trace(_said("assistant", "x" * 1_000_000)))
    assert len(lines[2]) == WIDTH + 2
    assert lines[3] == "|… 990,000 characters more"
    folded = _shown(_trace(_result("y" * 1_000_000)))
    assert folded[-1] == "|… 996,000 characters more"


def test_empty_and_broken_answers_are_visible() -> None:
    """An empty reply, arguments that are no JSON and errors are failures a reader must see."""
    bad = Part(type="tool_call", text="{", data={"name": "pay", "invalid_json": True})
    failed = Part(type="tool_result", text="", data={"name": "pay", "error": "time\nout"})
    trace = _trace(
        _said("assistant", ""),
        Turn(role="assistant", data={"error": "429\x1b"}),
        Turn(role="tool", parts=(bad, failed)),
    )
    lines = [line for line in _shown(trace) if line.startswith("|-- ")]
    assert lines == [
        "|-- text, empty",
        "|-- nothing",
        "|-- error: 429\\x1b",
        "|-- calls pay, arguments are not valid JSON",
        "|-- result of pay, empty, error: time out",
    ]


def test_view_hides_and_folds_by_role_tool_and_kind() -> None:
    """A hidden turn leaves its number out; a folded one keeps its head and first lines."""
    assert _heads(_shown(TALK, hide=("system", "find_order"))) == [
        "2 user",
        "3 assistant",
        "5 assistant",
    ]
    assert "|-- calls find_order" not in _shown(TALK, hide=("tool_call",))
    folded = _shown(TALK, fold=("system",))
    assert "| Never refund." not in folded
    assert "|… 2 lines more" in folded


def test_final_first_shows_question_and_answer_on_top() -> None:
    """Then the whole trace follows in order, these two included."""
    assert _heads(_shown(TALK, final_first=True)) == [
        "2 user",
        "5 assistant",
        "from the start",
        "1 system",
        "2 user",
        "3 assistant",
        "4 tool",
        "5 assistant",
    ]


def test_facts_can_be_hidden_and_folded() -> None:
    """Dimensions, session and a status other than ok are named above the turns."""
    head = TraceHead(dimensions={"persona": "child", "mood": "sad"}, status="timeout", error="a\nb")
    assert list(facts_of(head, View(hide=("mood",), fold=("error",)))) == [
        "| persona: child",
        "| status: timeout",
        "| error: …",
    ]
