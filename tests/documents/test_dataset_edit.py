"""Rows added to dataset files."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casefiles.documents.dataset import Dimension, PersonaPlan, Query, Value
from casefiles.documents.dataset_edit import (
    add_values,
    append_rows,
    change_rows,
    dimension_row,
    query_row,
)
from casefiles.documents.dataset_reader import parse_dimensions, parse_queries
from hostile import utf8_texts

said = utf8_texts.filter(lambda text: bool(text.strip()))
messages = st.builds(
    lambda role, content: {"role": role, "content": content},
    st.sampled_from(["user", "assistant"]),
    said,
)
plans = st.builds(
    PersonaPlan,
    goal=said,
    facts=st.lists(said, max_size=3).map(tuple),
    never_says=st.lists(said, max_size=3).map(tuple),
    approver=utf8_texts,
    max_turns=st.integers(1, 50),
    history=st.lists(messages, max_size=3).map(tuple),
)
queries = st.builds(
    Query,
    id=st.just("q"),
    tuple_id=st.none() | st.just("t01"),
    text=said,
    origin=st.dictionaries(st.sampled_from(["by", "model"]), said),
    plan=st.none() | plans,
)
FILES = (
    None,
    "",
    "# mine\n",
    "queries: []\n",
    "queries:   # all\n",
    "# top\nqueries: [{id: a1, text: a}]  # end\n",
    "queries:\n  - id: a1\n    text: |\n      a\n      b\n# end\n",
    "queries:\n- {id: a1, text: a}",
    "other: 1\n",
    "queries:",
    "queries:  # all\nother: 1\n",
    "{queries: [], other: 1}\n",
    "{queries: [{id: a1, text: a}], other: 1}  # end\n",
    "{}\n",
    "queries:\r\n- {id: a1, text: a}\r\n# end\r\n",
    "queries: [\n  {id: a1, text: a},  # mine\n]\n",
)


@given(st.sampled_from(FILES), st.lists(queries, min_size=1, max_size=4))
def test_any_query_is_read_as_it_was_added(text: str | None, added: list[Query]) -> None:
    """Whatever the file looks like, its comments stay and its rows come first."""
    named = [replace(query, id=f"q{number}") for number, query in enumerate(added)]

    after = append_rows(text, "queries", [query_row(query) for query in named])

    found, problems = parse_queries(after, "queries.yaml")
    assert problems == ()
    assert found is not None
    assert list(found[-len(named) :]) == named
    for line in ("# mine", "# all", "# top", "# end", "id: a1"):
        assert (line in after) or line not in (text or "")


def test_a_plan_is_written_for_people_to_edit() -> None:
    """A line for each fact; what is not said is not written."""
    plan = PersonaPlan(goal="get the money back", facts=("booking QX4", "paid by card"))
    query = Query(id="q001", text="hello", origin={"by": "human"}, plan=plan)

    assert append_rows("queries:\n  - {id: q000, text: x}\n", "queries", [query_row(query)]) == (
        "queries:\n"
        "  - {id: q000, text: x}\n"
        "  - id: q001\n"
        "    text: hello\n"
        "    plan:\n"
        "      goal: get the money back\n"
        "      facts:\n"
        "      - booking QX4\n"
        "      - paid by card\n"
        "      max_turns: 8\n"
        "    origin:\n"
        "      by: human\n"
    )


def test_rows_join_a_list_in_its_own_style() -> None:
    """Brackets stay brackets, and an empty pair of them makes room."""
    row = query_row(Query(id="q1", text="x"))

    for before, after in (
        ("queries: []  # all\n", "queries:  # all\n- {id: q1, text: x}\n"),
        (
            "queries: [{id: a, text: y}]  # b\n",
            "queries: [{id: a, text: y}, {id: q1, text: x}]  # b\n",
        ),
        ("queries:\r\n- {id: a}\r\n", "queries:\r\n- {id: a}\r\n- {id: q1, text: x}\r\n"),
        ("a: 1\n", "a: 1\n\nqueries:\n- {id: q1, text: x}\n"),
    ):
        assert append_rows(before, "queries", [row]) == after


@pytest.mark.parametrize(
    ("text", "said"),
    [("- x\n", "must hold `queries:`"), ("queries: x\n", "must be a list"), ("a: [", "not valid")],
)
def test_a_file_of_another_shape_is_refused(text: str, said: str) -> None:
    """Nothing is written on top of it."""
    with pytest.raises(ValueError, match=said):
        append_rows(text, "queries", [query_row(Query(id="q1", text="x"))])


def test_a_suggested_dimension_is_written_for_people_to_edit() -> None:
    """A line for each value, and the mark in sight."""
    values = (Value(name="calm", description="takes it easy"), Value(name="cross"))
    origin = {"by": "model", "model": "openai/m"}
    mood = Dimension(
        name="mood", description="how they feel", values=values, suggested=True, origin=origin
    )

    after = append_rows(
        "dimensions:\n- {name: a, values: [b]}\n\nconstraints: []\n",
        "dimensions",
        [dimension_row(mood)],
    )

    assert (
        after
        == """\
dimensions:
- {name: a, values: [b]}
- name: mood
  description: how they feel
  values:
  - {name: calm, description: takes it easy}
  - {name: cross}
  suggested: yes
  origin:
    by: model
    model: openai/m

constraints: []
"""
    )
    found, problems = parse_dimensions(after, "x.yaml")
    assert problems == ()
    assert found is not None
    assert found[0][1] == mood
    assert not found[0][1].used


def test_rows_are_changed_by_their_names() -> None:
    """A decision is put into the row it is about."""
    text = "queries:\n- {id: q1, text: a}\n- {id: q2, text: b, keep: no, why: c}\n"

    after = change_rows(text, "queries", "id", {"q2": {("keep",): True, ("why",): None}})

    assert after == text.replace("keep: no, why: c", "keep: yes")
    assert change_rows(text, "queries", "id", {}) == text


def test_values_are_added_as_those_there_are_written() -> None:
    """Words to words, rows to rows; comments stay."""
    text = """\
dimensions:
- name: a   # ours
  values:
  - {name: x, description: y}   # first
- {name: b, values: [z]}
- {name: c}
constraints: []
"""

    after = add_values(text, {"a": ["x2"], "b": ["no", "z: 3"], "c": ["w"]})

    assert after == text.replace("# first\n", "# first\n  - {name: x2}\n").replace(
        "[z]", '[z, "no", "z: 3"]'
    ).replace("{name: c}", "{name: c, values: [w]}")
    assert add_values(text, {}) == text
