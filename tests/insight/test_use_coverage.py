"""Which kinds of use were asked about, run and read."""

from __future__ import annotations

from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from casefiles.insight.use_coverage import MOST_VALUES, Coverage, Tally, coverage
from corpora import corpus
from workspaces import trace_text

DATASET = {
    "traces/dataset/dimensions.yaml": """\
dimensions:
- name: feature
  description: what is asked for
  values:
  - {name: pay, description: pays an invoice}
  - {name: return}
- name: persona
  values: [adult, child]
constraints:
- {when: {persona: child}, never: {feature: pay}, why: children have no invoices}
""",
    "traces/dataset/tuples.yaml": """\
tuples:
- {id: t1, values: {feature: pay, persona: adult}}
- {id: t2, values: {feature: return, persona: child}}
""",
    "traces/dataset/queries.yaml": """\
queries:
- {id: q1, tuple: t1, text: how do I pay}
- {id: q2, tuple: t1, text: odd, doubt: nobody says so}
- {id: q3, tuple: t2, text: mum says no, keep: no}
- {id: q4, text: of no tuple}
""",
}
RULED_OUT = {(("feature", "pay"), ("persona", "child"))}


def counted(files: Mapping[str, str]) -> Coverage:
    """Count what the files hold, all traces in the frame."""
    found = corpus(files)
    assert not found.problems
    return coverage(found, tuple(found.traces), infeasible=RULED_OUT)


def cells(found: Coverage) -> dict[tuple[str, str], tuple[int, int, int, int]]:
    """(row, column) of the first crossing to its counts."""
    return {
        (cell.row, cell.column): counts(cell.tally)
        for row in found.crossings[0].cells
        for cell in row
    }


def counts(tally: Tally) -> tuple[int, int, int, int]:
    """Return the counts in the order of the fields."""
    return tally.queries, tally.traces, tally.reviewed, tally.failing


def test_each_pair_says_what_was_asked_run_and_read() -> None:
    """Doubted and dropped queries are not in use; a model's notes are no review."""
    both = {"feature": "pay", "persona": "adult"}
    found = counted(
        {
            **DATASET,
            "traces/r/a.md": trace_text(query="q1", dimensions=both),
            "traces/r/b.md": trace_text("hello", dimensions=both),
            "traces/r/c.md": trace_text("hey", dimensions=both),
            "notes/ana/r/a.md": "---\nverdict: fail\n---\nShouts back.\n",
            "notes/ana/r/b.md": "---\nverdict: pass\n---\n",
        }
    )

    assert (found.crossings[0].rows, found.crossings[0].columns) == ("feature", "persona")
    assert cells(found) == {
        ("pay", "adult"): (1, 3, 2, 1),
        ("pay", "child"): (0, 0, 0, 0),
        ("return", "adult"): (0, 0, 0, 0),
        ("return", "child"): (0, 0, 0, 0),
    }


def test_what_is_missing_is_named_but_not_what_cannot_be() -> None:
    """A pair that a constraint rules out is no gap."""
    found = counted(DATASET)

    assert (found.expected, found.filled("queries"), found.filled("traces")) == (3, 1, 0)
    assert found.gaps("queries") == (
        (("feature", "return"), ("persona", "adult")),
        (("feature", "return"), ("persona", "child")),
    )
    assert len(found.gaps("reviewed")) == 3


def test_along_one_dimension_values_of_the_file_come_first() -> None:
    """Then those that only traces have; what is empty shows too."""
    found = counted({**DATASET, "traces/r/x.md": trace_text(dimensions={"feature": "exchange"})})

    feature = found.dimensions[0]
    assert (feature.name, feature.description) == ("feature", "what is asked for")
    assert [(item.value, item.description, counts(item.tally)) for item in feature.values] == [
        ("pay", "pays an invoice", (1, 0, 0, 0)),
        ("return", "", (0, 0, 0, 0)),
        ("exchange", "", (0, 1, 0, 0)),
    ]
    assert found.expected == 3


def test_a_dimension_that_only_traces_have_shows_no_gaps() -> None:
    """Nobody planned it; one with a value for nearly each trace is crossed with nothing."""
    files = {
        f"traces/r/t{number}.md": trace_text(
            f"say {number}", dimensions={"plan": "free", "tenant": f"n{number}"}
        )
        for number in range(MOST_VALUES + 1)
    }

    found = counted({**DATASET, **files})

    assert [dimension.name for dimension in found.dimensions] == [
        "feature", "persona", "plan", "tenant",
    ]  # fmt: skip
    assert {crossing.columns for crossing in found.crossings} == {"persona", "plan"}
    assert found.expected == 3


def test_nothing_counted_is_nothing_covered() -> None:
    """An empty workspace has no dimension and no pair."""
    found = counted({})

    assert (found.dimensions, found.crossings, found.expected) == ((), (), 0)


values = st.fixed_dictionaries(
    {},
    optional={
        "feature": st.sampled_from(["pay", "return", "new"]),
        "persona": st.sampled_from(["adult", "child"]),
    },
)


@given(st.lists(values, max_size=12), st.sets(st.integers(0, 11)))
def test_every_cell_holds_the_traces_with_both_values(
    drawn: list[dict[str, str]], read: set[int]
) -> None:
    """Counted one by one it is the same."""
    traces = {
        f"traces/r/t{number}.md": trace_text(f"say {number}", dimensions=found)
        for number, found in enumerate(drawn)
    }
    notes = {f"notes/ana/r/t{n}.md": "Shouts.\n" for n in read if n < len(drawn)}

    found = counted({**DATASET, **traces, **notes})

    for (row, column), (_, ran, reviewed, failing) in cells(found).items():
        members = [
            number
            for number, given in enumerate(drawn)
            if (given.get("feature"), given.get("persona")) == (row, column)
        ]
        assert (ran, reviewed) == (len(members), len(set(members) & read))
        assert failing == reviewed
