"""Dimensions, tuples and queries as people write them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casefiles.documents.dataset import (
    Constraint,
    Dataset,
    Dimension,
    PersonaPlan,
    Query,
    Tuple,
    Value,
)
from casefiles.documents.dataset_reader import parse_dimensions, parse_queries, parse_tuples
from casefiles.text import emit
from casefiles.text.names import safe_file_name
from hostile import PIECES, texts, utf8_texts

PARSERS = (parse_dimensions, parse_tuples, parse_queries)
DIMENSIONS = """\
# the users we know of
dimensions:
- name: persona
  description: who writes
  values:
  - {name: non-native, description: writes English as a second language, weight: 2}
  - {name: child}
- name: feature
  values: [return, pay-invoice]
constraints:
- {when: {persona: child}, never: {feature: pay-invoice}, why: children have no invoices}
"""
QUERIES = """\
queries:
- {id: q001, tuple: t01, text: "hello", origin: {by: human}}
- id: q002
  text: |
    two
    lines
  doubt: no user talks so
- {id: q003, text: x, doubt: odd, keep: yes, why: it happened}
- {id: q004, text: x, keep: no, why: twice}
- {id: q005, text: x, mood: {now: bad, then: ["a", "b"]}}
"""
PLAN = """\
queries:
- id: q001
  tuple: t01
  text: hello my train was cancel, i want money back
  plan:   # ours
    goal: get the 84 EUR back; would take a voucher if asked
    facts:
    - booking QX4, bought on 2 November
    - does not know the order number
    never_says: [the booking reference]
    approver: approves refunds under 50 EUR
    max_turns: 5
    history:
    - {role: user, content: hi}
    - {role: assistant, content: "Hello, how can I help?"}
- {id: q002, text: x, plan: {goal: be heard, mood: sour}}
"""


def _planned(*lines: str) -> str:
    """A query with a plan of these lines, which start on line 4 of the file."""
    return "".join(
        [
            "queries:\n",
            "- id: q1\n",
            "  plan:\n",
            *(f"    {line}\n" for line in lines),
            "  text: x\n",
        ]
    )


def read(parse: Any, text: str) -> Any:
    """Read a file that must be sound."""
    found, problems = parse(text, "traces/dataset/x.yaml")
    assert problems == ()
    return found


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_dimensions_and_constraints_are_read(mark: str, end: str) -> None:
    """Values as words or with a description and a weight."""
    dimensions, constraints = read(parse_dimensions, mark + DIMENSIONS.replace("\n", end))

    assert dimensions == (
        Dimension(
            name="persona",
            description="who writes",
            values=(
                Value(
                    name="non-native",
                    description="writes English as a second language",
                    weight=2,
                ),
                Value(name="child"),
            ),
        ),
        Dimension(name="feature", values=(Value(name="return"), Value(name="pay-invoice"))),
    )
    assert constraints == (
        Constraint(
            when={"persona": "child"},
            never={"feature": "pay-invoice"},
            why="children have no invoices",
        ),
    )


def test_queries_are_read_with_their_lines() -> None:
    """Unknown keys are kept."""
    queries = read(parse_queries, QUERIES)

    assert [query.id for query in queries] == ["q001", "q002", "q003", "q004", "q005"]
    assert queries[0] == Query(id="q001", tuple_id="t01", text="hello", origin={"by": "human"})
    assert queries[1].text == "two\nlines\n"
    assert queries[4].extra == {"mood": {"now": "bad", "then": ["a", "b"]}}
    assert [query.line for query in queries] == [2, 3, 8, 9, 10]


def test_a_persona_plan_is_read() -> None:
    """All but the goal may be left out, and keys of other versions are kept."""
    queries = read(parse_queries, PLAN)

    assert queries[0].plan == PersonaPlan(
        goal="get the 84 EUR back; would take a voucher if asked",
        facts=("booking QX4, bought on 2 November", "does not know the order number"),
        never_says=("the booking reference",),
        approver="approves refunds under 50 EUR",
        max_turns=5,
        history=(
            {"role": "user", "content": "hi"},
            {"role": "assistant", "content": "Hello, how can I help?"},
        ),
    )
    assert queries[1].plan == PersonaPlan(goal="be heard", extra={"mood": "sour"})
    assert queries[1].plan.max_turns == 8


def test_a_mistyped_key_of_a_plan_is_a_warning_that_names_the_right_one() -> None:
    """A fact that nobody reads would be missed by the simulated user only."""
    text = "queries:\n- id: q1\n  text: x\n  plan:\n    goal: y\n    fact: [z]\n"

    queries, problems = parse_queries(text, "traces/dataset/queries.yaml")

    assert [str(problem) for problem in problems] == [
        "traces/dataset/queries.yaml:6: a persona plan has no 'fact'; did you mean 'facts'?"
    ]
    assert queries is not None
    assert queries[0].plan == PersonaPlan(goal="y", extra={"fact": ["z"]})


def test_a_decision_of_a_person_outweighs_a_doubt() -> None:
    """What is neither dropped nor doubted is used."""
    assert [query.used for query in read(parse_queries, QUERIES)] == [
        True,
        False,
        True,
        False,
        True,
    ]


def test_the_values_of_a_query_are_those_of_its_tuple() -> None:
    """A query of no tuple has none."""
    tuples = read(
        parse_tuples, "tuples:\n- {id: t01, values: {feature: return}, keep: no, mood: x}\n"
    )
    known = Dataset(tuples=tuples)

    assert tuples == (
        Tuple(id="t01", values={"feature": "return"}, keep=False, extra={"mood": "x"}),
    )
    assert known.values_of(Query(id="q1", text="x", tuple_id="t01")) == {"feature": "return"}
    assert known.values_of(Query(id="q1", text="x", tuple_id="t02")) == {}
    assert known.values_of(Query(id="q1", text="x")) == {}


@pytest.mark.parametrize("text", ["", "# only a comment\n", "dimensions:\ntuples:\nqueries: []\n"])
def test_an_empty_file_holds_nothing(text: str) -> None:
    """A fresh workspace is valid."""
    assert read(parse_dimensions, text) == ((), ())
    assert read(parse_tuples, text) == ()
    assert read(parse_queries, text) == ()


@pytest.mark.parametrize(
    ("parse", "text", "line", "code"),
    [
        (parse_dimensions, "dimensions: x\n", 1, "schema"),
        (parse_dimensions, "- x\n", 1, "schema"),
        (parse_dimensions, "dimensions:\n- x\n", 2, "schema"),
        (parse_dimensions, "dimensions:\n- values: [a]\n", 2, "missing-key"),
        (parse_dimensions, "dimensions:\n- name: a\n- name: b\n- name: a\n", 4, "duplicate"),
        (parse_dimensions, "dimensions:\n- name: a\n  values: [x, x]\n", 3, "duplicate"),
        (
            parse_dimensions,
            "dimensions:\n- name: a\n  values:\n  - name: x\n  - name: x\n",
            5,
            "duplicate",
        ),
        (parse_dimensions, "dimensions:\n- name: a\n  values: [x, {name: y}]\n", 3, "schema"),
        (
            parse_dimensions,
            "dimensions:\n- name: a\n  values:\n  - {name: x, weight: -1}\n",
            4,
            "schema",
        ),
        (parse_dimensions, "constraints:\n- {when: {a: b}, never: {}}\n", 2, "constraint"),
        (parse_dimensions, "constraints:\n- {when: {}, never: {}}\n", 2, "constraint"),
        (parse_dimensions, f"{DIMENSIONS}- {{never: {{feature: return}}}}\n", 12, "constraint"),
        (
            parse_dimensions,
            f"{DIMENSIONS}- {{when: {{feature: retrun}}, never: {{persona: child}}}}\n",
            12,
            "constraint",
        ),
        (parse_tuples, "tuples:\n- {values: {a: b}}\n", 2, "missing-key"),
        (parse_tuples, "tuples:\n- {id: T 1}\n", 2, "schema"),
        (parse_tuples, "tuples:\n- {id: t1}\n- {id: t2}\n- {id: t1}\n", 4, "duplicate"),
        (parse_tuples, "tuples:\n- {id: t1, values: [a]}\n", 2, "schema"),
        (parse_queries, "queries:\n- {id: q1}\n", 2, "missing-key"),
        (parse_queries, "queries:\n- {id: q1, text: ' '}\n", 2, "missing-key"),
        (parse_queries, "queries:\n- {id: ../q1, text: x}\n", 2, "schema"),
        (parse_queries, "queries:\n- {id: q1, text: x}\n- {id: q1, text: y}\n", 3, "duplicate"),
        (parse_queries, "queries:\n- {id: q1, text: x, keep: maybe}\n", 2, "schema"),
        (parse_queries, "queries:\n- {id: q1, text: x, text: y}\n", 2, "duplicate-key"),
        (parse_queries, "queries:\n- {id: q1, text: x, plan: talk}\n", 2, "schema"),
        (parse_queries, _planned("facts: [x]"), 4, "missing-key"),
        (parse_queries, _planned("goal: y", "max_turns: 0"), 5, "schema"),
        (parse_queries, _planned("goal: y", "facts: {a: b}"), 5, "schema"),
        (parse_queries, _planned("goal: y", "history:", "- {role: bot, content: z}"), 6, "schema"),
        (parse_queries, _planned("goal: y", "history:", "- {content: z}"), 6, "missing-key"),
        (parse_queries, _planned("goal: y", "history:", "- {role: user}"), 6, "missing-key"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(parse: Any, text: str, line: int, code: str) -> None:
    """And the file is relied on by nobody."""
    found, problems = parse(text, "traces/dataset/x.yaml")

    assert found is None
    assert [(p.line, p.code, p.level) for p in problems] == [(line, code, "error")]


@given(
    st.lists(
        st.tuples(texts.map(safe_file_name), utf8_texts.filter(lambda text: bool(text.strip()))),
        unique_by=lambda pair: pair[0],
        max_size=5,
    )
)
def test_any_query_text_is_read_as_it_was_written(pairs: list[tuple[str, str]]) -> None:
    """Users say anything."""
    rows = "".join(f"- {emit.flow({'id': id_, 'text': text})}\n" for id_, text in pairs)

    queries = read(parse_queries, f"queries:\n{rows}" if rows else "")

    assert [(query.id, query.text) for query in queries] == pairs
    assert [query.line for query in queries] == list(range(2, len(pairs) + 2))


@given(texts)
def test_any_text_is_read_or_reported(text: str) -> None:
    """Nothing raises."""
    for body in (text, *(f"{key}:\n- {text}\n" for key in ("dimensions", "tuples", "queries"))):
        for parse in PARSERS:
            found, problems = parse(body, "x.yaml")
            assert (found is None) == any(problem.level == "error" for problem in problems)


@pytest.mark.parametrize("piece", PIECES)
def test_each_hostile_piece_is_a_name_and_a_value(piece: str) -> None:
    """Dimension and value names are people's words."""
    kept = piece.encode("utf-8", "replace").decode()
    name = kept if kept.strip() else "x"
    text = emit.block(
        {
            "dimensions": [{"name": name, "values": [{"name": name, "description": kept}]}],
            "constraints": [{"when": {name: name}, "never": {name: name}}],
        }
    )

    dimensions, constraints = read(parse_dimensions, text)

    assert dimensions == (Dimension(name=name, values=(Value(name=name, description=kept),)),)
    assert constraints == (Constraint(when={name: name}, never={name: name}),)


def test_ten_thousand_queries_are_read_in_a_moment() -> None:
    """The time grows with the file, not with its square."""
    rows = "".join(f"- {{id: q{number:05}, text: say {number}}}\n" for number in range(10_000))

    queries = parse_queries(f"queries:\n{rows}", "x.yaml")[0]

    assert queries is not None
    assert queries[-1].line == 10_001
