"""Rows added to dataset files."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from casefiles.documents.dataset import PersonaPlan, Query
from casefiles.documents.dataset_edit import append_rows, query_row
from casefiles.documents.dataset_reader import parse_queries
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
)


@given(st.sampled_from(FILES), st.lists(queries, min_size=1, max_size=4))
def test_any_query_is_read_as_it_was_added(text: str | None, added: list[Query]) -> None:
    """Whatever the file looks like, its comments stay and its rows come first."""
    from dataclasses import replace

    named = [replace(query, id=f"q{number}") for number, query in enumerate(added)]

    after = append_rows(text, "queries", [query_row(query) for query in named])

    found, problems = parse_queries(after, "queries.yaml")
    assert problems == ()
    assert found is not None
    assert list(found[-len(named) :]) == named
    for line in ("# mine", "# top", "# end", "id: a1"):
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
