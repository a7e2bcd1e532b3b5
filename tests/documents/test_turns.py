"""The turns of a trace: no text can break out of its place, and all of it reads back."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from casefiles.documents import turns as grammar
from casefiles.documents.fields import Source
from casefiles.documents.problem import Problem
from casefiles.documents.turns import LONG, MAX_DEPTH, Part, Turn, digest
from hostile import LONG_LINES, PIECES, json_objects, texts

TYPES = ("text", "reasoning", "refusal", "tool_call", "tool_result", "retrieval", "image", "event")
ODD_TYPES = (
    "turn",
    "part",
    "",
    "a b",
    "--",
    "a--b",
    "-",
    "x>",
    "é",
    "\ud800",
    "{}",
    "a\nb",
    "A.b-c_1",
)

parts = st.builds(
    Part,
    type=st.one_of(st.sampled_from(TYPES), st.sampled_from(ODD_TYPES), texts),
    text=st.one_of(st.none(), texts),
    data=json_objects,
)
roles = st.one_of(st.sampled_from(["user", "assistant", "tool", "system", "My Agent", ""]), texts)
turn_lists = st.lists(
    st.builds(Turn, role=roles, parts=st.lists(parts, max_size=3).map(tuple), data=json_objects),
    max_size=3,
).map(tuple)


def read(text: str) -> tuple[tuple[Turn, ...], list[Problem]]:
    """Read turns and what is wrong with them."""
    source = Source("traces/r/t.md", text)
    return grammar.parse(source, 0), source.problems


def same(one: Any, other: Any) -> bool:
    """Compare with NaN equal to itself, and 1 different from True and 1.0."""
    return repr(one) == repr(other)


def sorted_keys(turns: tuple[Turn, ...]) -> Any:
    """Turns as plain values, keys sorted: their order in JSON data says nothing."""
    return json.dumps(
        [[t.role, dict(t.data), [[p.type, p.text, dict(p.data)] for p in t.parts]] for t in turns],
        sort_keys=True,
    )


def top_level_headings(markdown: str) -> int:
    """Count the headings that a CommonMark reader sees outside quotes and lists."""
    tokens = MarkdownIt("commonmark").parse(markdown)
    return sum(token.type == "heading_open" and token.level == 0 for token in tokens)


@given(turn_lists)
@settings(max_examples=200)
@example((Turn(role="user", parts=(Part(type="image"), Part(text="x"))),))
@example((Turn(role="user", data={"role": "x", "=role": 1, "==role": 2}),))
@example((Turn(role="Ü", data={"role": "x"}, parts=(Part(type="turn", data={"type": 1}),)),))
@example((Turn(role="a", parts=(Part(text=""), Part(text="\n"), Part(text=" "), Part(text="> "))),))
def test_any_turns_read_back_as_they_were(turns: tuple[Turn, ...]) -> None:
    """Whatever their roles, types, texts and data hold."""
    text = grammar.render(turns)

    found, problems = read(text)

    assert problems == []
    assert sorted_keys(found) == sorted_keys(turns)
    assert same(
        tuple(p.text for t in found for p in t.parts), tuple(p.text for t in turns for p in t.parts)
    )
    assert digest(found) == digest(turns)
    text.encode()
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\ufeff]", text)


@given(turn_lists)
def test_a_markdown_reader_sees_one_heading_a_turn(turns: tuple[Turn, ...]) -> None:
    """No content escapes its quote, fence or comment."""
    assert top_level_headings(grammar.render(turns)) == len(turns)


@given(turn_lists)
def test_data_cannot_leave_its_comment(turns: tuple[Turn, ...]) -> None:
    """Nothing in it ends a comment early or opens a tag, for any reader of HTML."""
    comments = [
        line for _, line in grammar.outside_fences(grammar.render(turns)) if line.startswith("<!--")
    ]

    for line in comments:
        inside = line.removeprefix("<!--").removesuffix("-->")
        assert len(inside) == len(line) - len("<!---->")
        assert not re.search("--|[<>]", inside)


@pytest.mark.parametrize("piece", PIECES)
@pytest.mark.parametrize("kind", ["text", "tool_result"])
def test_each_hostile_piece_stays_inside(piece: str, kind: str) -> None:
    """Alone, at the start, at the end, twice, and as a name."""
    for text in (piece, f"{piece}\nx", f"x\n{piece}", f"{piece}{piece}", f"\n{piece}\n\n{piece}\n"):
        data = {"name": piece, piece: piece}
        turn = Turn(role=piece, parts=(Part(type=kind, text=text, data=data), Part(text="end")))
        written = grammar.render((turn, turn))

        found, problems = read(written)

        assert problems == []
        assert found == (turn, turn)
        assert top_level_headings(written) == 2


@pytest.mark.parametrize("line", LONG_LINES)
def test_lines_of_a_megabyte_are_read_at_once(line: str) -> None:
    """No expression of the grammar goes back and forth over them."""
    turn = Turn(role="user", parts=(Part(text=line), Part(type="tool_result", text=line)))

    assert read(grammar.render((turn,))) == ((turn,), [])


@pytest.mark.parametrize(
    "line",
    [
        "<!-- " + "x" * 1_000_000,
        "<!-- x {" + "} --" * 200_000,
        "## 1" + "1" * 1_000_000,
        "`" * 1_000_000,
        "## 1. " + " x" * 300_000,
    ],
)
def test_lines_that_only_look_like_the_grammar_are_read_at_once(line: str) -> None:
    """A hostile file costs no more than its length."""
    assert read(line)[0] == ()


class TestWriting:
    def test_it_reads_like_a_conversation(self) -> None:
        """Prose as quotes, tools as fences, data in comments."""
        turns = (
            Turn(role="user", parts=(Part(text="hello\n\n**you**"),)),
            Turn(
                role="assistant",
                data={"ms": 12},
                parts=(
                    Part(type="reasoning", text="hm"),
                    Part(
                        type="tool_call",
                        text='{"a": 1}',
                        data={"name": "find_order", "lang": "json"},
                    ),
                ),
            ),
        )

        assert grammar.render(turns) == (
            "## 1. user\n\n> hello\n>\n> **you**\n\n"
            '## 2. assistant\n\n<!-- turn {"ms":12} -->\n\n'
            "<!-- reasoning {} -->\n*reasoning*\n\n> hm\n\n"
            '<!-- tool_call {"lang":"json","name":"find_order"} -->\n**calls** find\\_order\n\n'
            '```json\n{"a": 1}\n```\n'
        )

    @pytest.mark.parametrize("length", [0, 1, 2, 3, 4, 50])
    def test_a_fence_is_longer_than_any_inside(self, length: int) -> None:
        """The commonest fault of transcripts in Markdown."""
        written = grammar.render(
            (Turn(role="tool", parts=(Part(type="tool_result", text=f"a\n{'`' * length}\nb"),)),)
        )

        assert f"\n{'`' * max(3, length + 1)}text\n" in written

    def test_long_tool_text_is_folded(self) -> None:
        """Its size is said; the text is whole."""
        turn = Turn(role="tool", parts=(Part(type="tool_result", text="x\n" * LONG),))
        written = grammar.render((turn,))

        assert '<details markdown="1"><summary>8,000 characters, 4,001 lines</summary>' in written
        assert read(written) == ((turn,), [])

    def test_a_role_of_several_words_gets_a_heading_of_one(self) -> None:
        """The anchor is the same for every Markdown reader; the role is kept in the data."""
        written = grammar.render((Turn(role="Billing Agent"),))

        assert written == '## 1. billing-agent\n\n<!-- turn {"role":"Billing Agent"} -->\n'

    def test_who_played_a_user_is_said(self) -> None:
        """A reader must be able to blame the simulator; an aside says whose it is."""
        spoken = Turn(role="user", data={"actor": "simulated"})
        aside = Turn(role="user", data={"actor": "simulated", "thread": 2, "agent": "planner"})

        assert (spoken.speaker, Turn(role="user").speaker) == ("user (simulated)", "user")
        assert aside.speaker == "user (planner, thread 2)"

    def test_a_type_of_several_words_is_kept_in_the_data(self) -> None:
        """Importers meet any type."""
        written = grammar.render((Turn(role="user", parts=(Part(type="my part", text="x"),)),))

        assert '<!-- part {"type":"my part"} -->\n*my part*\n\n```text\nx\n```' in written

    def test_a_pair_of_surrogates_is_one_character(self) -> None:
        """JSON knows no two lone surrogates side by side; the hash does not tell them apart."""
        halves = (Turn(role="user", parts=(Part(text="\ud83d\ude00"),)),)
        whole = (Turn(role="user", parts=(Part(text="\U0001f600"),)),)

        assert read(grammar.render(halves))[0] == whole
        assert digest(halves) == digest(whole)


class TestData:
    @pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf"), 10**400, -0.0])
    def test_numbers_beyond_json_read_back(self, value: float) -> None:
        """Applications write them."""
        turns = (Turn(role="user", data={"x": value}),)

        found, problems = read(grammar.render(turns))

        assert problems == []
        assert same(found[0].data["x"], value)

    def test_nesting_up_to_the_limit_reads_back(self) -> None:
        """Deep data are rare but real."""
        value: Any = "x"
        for _ in range(MAX_DEPTH - 2):
            value = [value]
        turns = (Turn(role="user", data={"x": value}),)

        assert read(grammar.render(turns)) == (turns, [])

    @pytest.mark.parametrize("depth", [MAX_DEPTH, 5_000])
    def test_deeper_nesting_is_refused_on_writing(self, depth: int) -> None:
        """With one error that says so, however deep."""
        value: Any = "x"
        for _ in range(depth):
            value = {"a": [value]}
        for turns in (
            (Turn(role="user", data=value),),
            (Turn(role="user", parts=(Part(data=value),)),),
        ):
            with pytest.raises(ValueError, match="nested"):
                digest(turns)
            with pytest.raises(ValueError, match="nested"):
                grammar.render(turns)

    @pytest.mark.parametrize("depth", [MAX_DEPTH, 100_000])
    def test_deeper_nesting_is_a_problem_on_reading(self, depth: int) -> None:
        """A hostile file ends no command."""
        nested = "[" * depth + "]" * depth
        _, problems = read(f'## 1. user\n\n<!-- turn {{"x":{nested}}} -->\n')

        assert [problem.line for problem in problems] == [3]


class TestProblems:
    @pytest.mark.parametrize(
        ("text", "line", "said"),
        [
            ("> hello\n", 1, "before the first turn"),
            ("## 2. user\n", 1, "turn 1 is expected"),
            ("## 1. user\n\n## 1. user\n", 3, "turn 2 is expected"),
            ("## 1. user\n\n```text\nx\n", 3, "never closed"),
            ("## 1. user\n\n````text\nx\n```\n", 3, "never closed"),
            ("## 1. user\n\n<!-- turn {x} -->\n", 3, "cannot be read"),
            ("## 1. user\n\n> x\n\n<!-- turn {} -->\n", 5, "outside the head"),
            ("<!-- turn {} -->\n", 1, "outside the head"),
            ('## 1. user\n<!-- turn {"a":1} -->\n<!-- turn {} -->\n', 3, "outside the head"),
            ('## 1. user\n\n<!-- turn {"role":1} -->\n', 3, "must be a word"),
            ("## 1. user\n\n<!-- part {} -->\n", 3, "needs a type"),
            ("## 1. user\n\n```json-string\nx\n```\n", 3, "one JSON string"),
            ("## 1. user\n\n```json-string\n[1]\n```\n", 3, "one JSON string"),
        ],
    )
    def test_what_does_not_fit_is_a_problem_with_its_line(
        self, text: str, line: int, said: str
    ) -> None:
        """A damaged trace is said, and the rest of it is read."""
        _, problems = read(text)

        assert [(problem.line, problem.code) for problem in problems] == [(line, "trace-grammar")]
        assert said in problems[0].message
        assert problems[0].remedy is not None

    @given(st.lists(st.one_of(texts, st.sampled_from(PIECES)), max_size=20).map("\n".join))
    def test_any_text_reads_without_an_exception(self, text: str) -> None:
        """Problems stand on lines of the file."""
        for body in (text, f"## 1. user\n\n{text}"):
            found, problems = read(body)

            assert all(1 <= problem.line <= body.count("\n") + 1 for problem in problems)
            assert all(isinstance(turn.role, str) for turn in found)
