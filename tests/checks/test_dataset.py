"""What `check` says of dimensions, tuples and queries."""

from __future__ import annotations

from collections.abc import Mapping

from casefiles.checks import dataset
from casefiles.checks.evidence import Check, Evidence
from corpora import corpus
from workspaces import trace_text

DIMENSIONS = """\
dimensions:
- name: feature
  values:
  - {name: pay}
  - {name: return}
- {name: persona, values: [adult, child]}
- {name: scenario, values: [clear, vague]}
constraints:
- {when: {persona: child}, never: {feature: pay}, why: children have no invoices}
"""
TUPLES = """\
tuples:
- {id: t1, values: {feature: pay, persona: adult, scenario: clear}}
- {id: t2, values: {feature: return, persona: child, scenario: vague}}
"""
QUERIES = """\
queries:
- {id: q1, tuple: t1, text: how do I pay}
- {id: q2, tuple: t2, text: mum wants to send it back}
"""


def said(
    check: Check, dimensions: str, tuples: str = "", queries: str = "", **more: str
) -> set[str]:
    """Run one check: ``level line code: message``."""
    files = {
        "traces/dataset/dimensions.yaml": dimensions,
        "traces/dataset/tuples.yaml": tuples,
        "traces/dataset/queries.yaml": queries,
        **{f"traces/r/{name}.md": text for name, text in more.items()},
    }
    found = corpus(files)
    assert not found.problems
    problems = check(Evidence(corpus=found))
    return {f"{p.level} {p.line} {p.code}: {p.message}" for p in problems}


def ran(values: Mapping[str, int]) -> dict[str, str]:
    """Traces: value of the dimension feature to how many."""
    each = [value for value, count in values.items() for _ in range(count)]
    return {f"x{n}": trace_text(f"say {n}", dimensions={"feature": v}) for n, v in enumerate(each)}


def test_a_sound_dataset_has_no_problem() -> None:
    """Three dimensions, every value in use, no two queries alike."""
    for check in (
        dataset.dimensions,
        dataset.likeness,
        dataset.constraints,
        dataset.values,
        dataset.tuples,
        dataset.queries,
    ):
        assert said(check, DIMENSIONS, TUPLES, QUERIES) == set()
    assert said(dataset.repeats, DIMENSIONS, TUPLES, QUERIES) == set()


def test_fewer_than_three_dimensions_are_a_warning() -> None:
    """As soon as one is written; an empty workspace is no problem."""
    two = "dimensions:\n- {name: a, values: [b, c]}\n- {name: d, values: [e, f]}\n"
    message = "warning 1 few-dimensions: 2 dimensions; fewer than 3 miss kinds of use"

    assert said(dataset.dimensions, two) == {message}
    assert said(dataset.dimensions, "") == set()


def test_a_dimension_of_one_value_tells_nothing_apart() -> None:
    """Nor does one of none."""
    text = DIMENSIONS.replace("[adult, child]", "[adult]").replace("[clear, vague]", "[]")
    text = text[: text.index("constraints:")]

    assert said(dataset.dimensions, text) == {
        "warning 6 few-values: the dimension 'persona' tells nothing apart: it has one value",
        "warning 7 few-values: 'scenario' has no values yet",
    }


def test_a_suggested_dimension_waits_and_counts_for_nothing() -> None:
    """Until a person decides; a dropped one is silent."""
    text = DIMENSIONS.replace("vague]}", "vague], suggested: yes}")
    waits = "advice 7 undecided-dimension: the suggested dimension 'scenario' waits for a decision"
    few = "warning 1 few-dimensions: 2 dimensions; fewer than 3 miss kinds of use"

    assert said(dataset.dimensions, text) == {waits, few}
    assert said(dataset.dimensions, text.replace("suggested: yes", "suggested: yes, keep: no")) == {
        few
    }
    assert (
        said(dataset.dimensions, text.replace("suggested: yes", "suggested: yes, keep: yes"))
        == set()
    )
    unknown = "no dimension in use has scenario: clear"
    assert f"warning 2 unknown-value: t1: {unknown}" in said(dataset.tuples, text, TUPLES)


def test_one_value_written_in_two_ways_is_named() -> None:
    """Imported tables are full of them; they split what belongs together."""
    text = DIMENSIONS.replace("[adult, child]", "[adult, child, Adult, grown-up]")
    assert said(dataset.likeness, text) == {
        "advice 6 same-value: persona: 'Adult' and 'adult' look like one value"
    }


def test_a_constraint_gives_its_reason() -> None:
    """Or whoever comes next cannot tell whether it still holds."""
    bare = DIMENSIONS.replace(", why: children have no invoices", "")
    assert said(dataset.constraints, bare) == {"advice 9 no-reason: a constraint gives no reason"}


def test_a_value_that_nothing_uses_is_named_with_its_line() -> None:
    """By no tuple; or by tuples, but by no query in use."""
    only_one = TUPLES.replace("vague}}", "clear}}")

    assert said(dataset.values, DIMENSIONS, only_one, QUERIES) == {
        "warning 7 unused-value: no tuple has scenario: vague"
    }
    assert said(
        dataset.values, DIMENSIONS, TUPLES, QUERIES.replace("back}", "back, doubt: odd}")
    ) == {
        "warning 5 unused-value: no query in use has feature: return",
        "warning 6 unused-value: no query in use has persona: child",
        "warning 7 unused-value: no query in use has scenario: vague",
    }
    assert said(dataset.values, DIMENSIONS) == set()


def test_a_value_that_nearly_all_traces_share_is_a_warning() -> None:
    """From twenty traces on, nine of ten."""
    message = "warning 2 one-sided: 18 of 20 traces have feature: pay"

    assert said(dataset.values, DIMENSIONS, **ran({"pay": 18, "return": 2})) == {message}
    assert said(dataset.values, DIMENSIONS, **ran({"pay": 17, "return": 3})) == set()
    assert said(dataset.values, DIMENSIONS, **ran({"pay": 19})) == set()


def test_tuples_keep_to_values_and_constraints() -> None:
    """What a person dropped is left alone."""
    tuples = """\
tuples:
- {id: t1, values: {feature: pay, persona: child, scenario: clear}}
- {id: t2, values: {feature: fly, persona: adult, scenario: clear}}
- {id: t3, values: {feature: fly}, keep: no}
"""
    assert said(dataset.tuples, DIMENSIONS, tuples) == {
        "warning 2 constraint: t1 breaks a constraint (children have no invoices)",
        "warning 3 unknown-value: t2: no dimension in use has feature: fly",
    }


def test_a_query_needs_a_tuple_that_is_in_use() -> None:
    """One of no tuple is fine."""
    queries = """\
queries:
- {id: q1, tuple: t9, text: hello}
- {id: q2, tuple: t2, text: mum says no}
- {id: q3, tuple: t2, text: odd, keep: no}
- {id: q4, text: free}
"""
    assert said(
        dataset.queries, DIMENSIONS, TUPLES.replace("vague}}", "vague}, keep: no}"), queries
    ) == {
        "error 2 unknown-tuple: q1: there is no tuple 't9'",
        "warning 3 dropped-tuple: q2 is in use, but its tuple t2 is dropped",
    }


def test_queries_that_say_nearly_the_same_are_named() -> None:
    """Those that are not used repeat nothing."""
    queries = """\
queries:
- {id: q1, text: Where is my order?}
- {id: q2, text: "where is my order", keep: no}
- {id: q3, text: "where IS my order??"}
- {id: q4, text: pay with card}
"""
    assert said(dataset.repeats, DIMENSIONS, "", queries) == {
        "advice 4 same-query: q3 says nearly the same as q1"
    }
