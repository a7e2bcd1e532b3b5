"""Covering tuples: exact about what is feasible, complete, small, and the same every time."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from itertools import combinations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casefiles.dataset.feasible import Pair, feasible_pairs
from casefiles.dataset.space import Assignment
from casefiles.dataset.tuples import cover
from casefiles.documents.dataset import Constraint, Dimension, Value
from casefiles.errors import BadInputError


def _dimensions(*sizes: int) -> list[Dimension]:
    return [
        _dimension(f"d{number}", {f"v{value}": 1.0 for value in range(size)})
        for number, size in enumerate(sizes)
    ]


def _dimension(name: str, weights: dict[str, float]) -> Dimension:
    values = (Value(name=value, weight=weight) for value, weight in weights.items())
    return Dimension(name=name, values=tuple(values))


# What is expected is found by listing every assignment there is.


def _all(dimensions: Sequence[Dimension], constraints: Sequence[Constraint]) -> list[Assignment]:
    names = [dimension.name for dimension in dimensions]
    rows = product(*([value.name for value in dimension.values] for dimension in dimensions))
    assignments = [dict(zip(names, row, strict=True)) for row in rows]
    return [row for row in assignments if not any(_holds(c, row) for c in constraints)]


def _holds(constraint: Constraint, row: Assignment) -> bool:
    return {*constraint.when.items(), *constraint.never.items()} <= set(row.items())


def _pairs(dimensions: Sequence[Dimension], rows: Iterable[Assignment]) -> set[Pair]:
    names = [dimension.name for dimension in dimensions]
    both = list(combinations(names, 2)) or [(names[0], names[0])]
    return {((a, row[a]), (b, row[b])) for row in rows for a, b in both if a in row and b in row}


@st.composite
def _problems(draw: st.DrawFn) -> tuple[list[Dimension], list[Constraint]]:
    sizes = draw(st.lists(st.integers(1, 4), min_size=1, max_size=5))
    weight = st.sampled_from([0.0, 0.5, 1.0, 3.0])
    dimensions = [
        _dimension(f"d{number}", {f"v{value}": draw(weight) for value in range(size)})
        for number, size in enumerate(sizes)
    ]
    item = st.sampled_from([(d.name, value.name) for d in dimensions for value in d.values])
    part = st.lists(item, max_size=2).map(dict)
    both = st.tuples(part, part).filter(any)
    constraint = both.map(lambda parts: Constraint(when=parts[0], never=parts[1]))
    return dimensions, draw(st.lists(constraint, max_size=8))


@given(_problems())
def test_a_pair_is_feasible_exactly_if_some_allowed_assignment_has_it(
    problem: tuple[list[Dimension], list[Constraint]],
) -> None:
    """The solver agrees with listing every assignment, on any constraints."""
    dimensions, constraints = problem
    found = feasible_pairs(dimensions, constraints)
    assert found.feasible == _pairs(dimensions, _all(dimensions, constraints))
    assert found.feasible | found.infeasible == _pairs(dimensions, _all(dimensions, []))
    assert not found.feasible & found.infeasible


@given(_problems(), st.integers(0, 30), st.integers(0, 3), st.data())
def test_every_feasible_pair_is_covered_by_allowed_different_tuples(
    problem: tuple[list[Dimension], list[Constraint]], count: int, seed: int, data: st.DataObject
) -> None:
    """Whatever exists already and however few are asked for, nothing feasible is left out."""
    dimensions, constraints = problem
    anything = st.sampled_from(_all(dimensions, []))
    existing = data.draw(st.lists(anything, max_size=4))
    made = cover(dimensions, constraints, existing=existing, count=count, seed=seed)

    allowed = _all(dimensions, constraints)
    valid = [row for row in [*existing, *made.tuples] if row in allowed]
    assert _pairs(dimensions, valid) == _pairs(dimensions, allowed)
    assert made.covered == made.feasible == len(_pairs(dimensions, allowed))
    assert made.feasible + made.infeasible == len(_pairs(dimensions, _all(dimensions, [])))
    assert all(row in allowed and row not in existing for row in made.tuples)
    assert len({tuple(row.items()) for row in made.tuples}) == len(made.tuples)


@given(_problems(), st.integers(0, 10), st.data())
def test_what_a_person_dropped_never_comes_back_and_its_pairs_are_covered_otherwise(
    problem: tuple[list[Dimension], list[Constraint]], count: int, data: st.DataObject
) -> None:
    """A pair is lost only if every allowed assignment that has it was dropped; it is named."""
    dimensions, constraints = problem
    anything = st.sampled_from(_all(dimensions, []))
    existing = data.draw(st.lists(anything, max_size=3))
    dropped = [row for row in data.draw(st.lists(anything, max_size=4)) if row not in existing]
    made = cover(dimensions, constraints, existing=existing, dropped=dropped, count=count)

    allowed = _all(dimensions, constraints)
    valid = [row for row in existing if row in allowed]
    left = [row for row in allowed if row not in dropped]
    shown = _pairs(dimensions, [*valid, *left])
    assert not any(row in dropped for row in made.tuples)
    assert _pairs(dimensions, [*valid, *made.tuples]) == shown
    assert made.lost == _pairs(dimensions, allowed) - shown
    assert made.covered == made.feasible - len(made.lost)
    open_pairs = _pairs(dimensions, allowed) - _pairs(dimensions, valid)
    assert list(made.uncovered) == [_pairs(dimensions, [row]) & open_pairs for row in dropped]


def test_a_dropped_tuple_of_an_older_file_rules_out_what_it_says() -> None:
    """With a dimension more, every tuple that holds it; with an unknown value, none."""
    dimensions = _dimensions(2, 2, 2)
    made = cover(dimensions, dropped=[{"d0": "v0", "d1": "v0"}, {"d0": "v1", "gone": "x"}])

    assert len(made.tuples) == 6
    assert made.lost == {(("d0", "v0"), ("d1", "v0"))}
    assert (made.covered, made.feasible, made.infeasible) == (11, 12, 0)


@given(_problems(), st.integers(0, 30))
def test_the_rest_is_filled_until_nothing_of_weight_is_left(
    problem: tuple[list[Dimension], list[Constraint]], count: int
) -> None:
    """There are `count` tuples; more if covering takes more, fewer if no others have weight."""
    dimensions, constraints = problem
    covering = len(cover(dimensions, constraints, count=0).tuples)
    made = cover(dimensions, constraints, count=count).tuples
    weighty = {(d.name, value.name) for d in dimensions for value in d.values if value.weight}
    unused = [row for row in _all(dimensions, constraints) if row not in made]
    assert len(made) == max(covering, count) or (
        len(made) < count and not any(weighty.issuperset(row.items()) for row in unused)
    )
    assert all(weighty.issuperset(row.items()) for row in made[covering:])


@given(_problems(), st.integers(0, 20), st.integers(0, 20))
def test_a_larger_count_only_appends(
    problem: tuple[list[Dimension], list[Constraint]], count: int, more: int
) -> None:
    """The same arguments give the same tuples, and those of a smaller count come first."""
    dimensions, constraints = problem
    few = cover(dimensions, constraints, count=count, seed=7)
    assert cover(dimensions, constraints, count=count, seed=7) == few
    many = cover(dimensions, constraints, count=count + more, seed=7)
    assert many.tuples[: len(few.tuples)] == few.tuples


@pytest.mark.parametrize(
    ("sizes", "rows"),
    [
        ((4, 3, 5), 20),
        ((6, 8, 3), 48),
        ((3, 3, 3, 3), 9),
        ((5, 4, 4, 3), 21),
        ((6, 5, 4, 3, 2), 30),
        ((2, 4, 2, 4, 5), 20),
        ((3,) * 13, 19),
        ((2,) * 10, 8),
        ((7,), 7),
        ((1, 1, 1), 1),
    ],
)
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_coverings_are_as_small_as_good_tools_make_them(
    sizes: tuple[int, ...], rows: int, seed: int
) -> None:
    """On sizes people use, the covering is the smallest known one or within a few rows of it."""
    made = cover(_dimensions(*sizes), count=0, seed=seed)
    assert len(made.tuples) <= rows
    assert made.covered == made.feasible == len(_pairs(_dimensions(*sizes), made.tuples))


def test_ten_dimensions_of_ten_values_take_less_than_two_seconds() -> None:
    """A space of ten thousand million assignments is covered while one waits."""
    start = time.process_time()
    made = cover(_dimensions(*[10] * 10), count=0)
    assert time.process_time() - start < 2
    assert made.covered == 4500
    assert len(made.tuples) < 170


BRANDS = [
    _dimension("brand", {"x": 1, "y": 1}),
    _dimension("system", {"98": 1, "nt": 1, "2000": 1, "xp": 1}),
    _dimension("network", {"internal": 1, "modem": 1}),
    _dimension("employee", {"salaried": 1, "hourly": 1, "part-time": 1, "contractor": 1}),
    _dimension("minutes", {"6": 1, "10": 1, "15": 1, "30": 1, "60": 1}),
]
RULES = [
    Constraint(when={"brand": "y"}, never={"system": "98"}),
    Constraint(when={"brand": "x"}, never={"system": "xp"}),
    *(Constraint(when={"employee": "contractor"}, never={"minutes": m}) for m in ("6", "10", "15")),
]


def test_constraints_cost_few_rows_and_no_pair() -> None:
    """The example that allpairspy documents has 107 feasible pairs, 5 infeasible; none is lost."""
    made = cover(BRANDS, RULES, count=0)
    assert (made.covered, made.feasible, made.infeasible) == (107, 107, 5)
    assert len(made.tuples) <= 22


def test_a_pair_can_be_infeasible_without_a_constraint_that_names_it() -> None:
    """Two constraints together can rule out what neither says: then it is not asked for."""
    dimensions = _dimensions(2, 2, 2)
    rules = [
        Constraint(when={"d0": "v0"}, never={"d1": "v0"}),
        Constraint(when={"d1": "v1"}, never={"d2": "v0"}),
    ]
    assert (("d0", "v0"), ("d2", "v0")) in feasible_pairs(dimensions, rules).infeasible


def test_values_without_any_place_are_left_out() -> None:
    """A constraint of one value removes it; when nothing is left, there are no tuples."""
    dimensions = _dimensions(2, 2)
    gone = Constraint(when={}, never={"d0": "v0"})
    assert {row["d0"] for row in cover(dimensions, [gone]).tuples} == {"v1"}
    nothing = cover(dimensions, [gone, Constraint(when={"d0": "v1"}, never={})])
    assert (nothing.tuples, nothing.covered, nothing.feasible, nothing.infeasible) == ((), 0, 0, 4)


def test_a_constraint_that_contradicts_itself_rules_nothing_out() -> None:
    """Two values of one dimension never hold together, so nothing is forbidden."""
    rule = Constraint(when={"d0": "v0"}, never={"d0": "v1"})
    assert feasible_pairs(_dimensions(2, 2), [rule]) == feasible_pairs(_dimensions(2, 2))


def test_existing_tuples_are_kept_and_completed() -> None:
    """A new value adds only the tuples it needs; what exists is neither repeated nor changed."""
    before = cover(_dimensions(4, 3), count=0).tuples
    after = cover(_dimensions(4, 4), existing=before, count=0)
    assert len(after.tuples) == 4
    assert {row["d1"] for row in after.tuples} == {"v3"}
    assert cover(_dimensions(4, 3), existing=before, count=12).tuples == ()


def test_existing_tuples_may_be_out_of_date() -> None:
    """Unknown or missing values cover nothing; a tuple that breaks a constraint covers nothing."""
    dimensions = _dimensions(2, 2)
    rule = Constraint(when={"d0": "v0"}, never={"d1": "v0"})
    old = [{"d0": "v1", "gone": "v9"}, {"d0": "v0", "d1": "gone"}, {"d0": "v0", "d1": "v0"}]
    made = cover(dimensions, [rule], existing=old, count=0)
    assert made.covered == made.feasible == 3
    assert len(made.tuples) == 3


def test_the_seed_changes_the_tuples() -> None:
    """Another seed gives another covering and other draws of the same quality."""
    one, two = (cover(_dimensions(4, 3, 5), count=40, seed=seed) for seed in (1, 2))
    assert one.tuples != two.tuples
    assert len(one.tuples) == len(two.tuples) == 40


def test_tuples_drawn_over_the_covering_follow_the_weights() -> None:
    """A value of nine times the weight is drawn about nine times as often."""
    dimensions = [_dimension("a", {"often": 9, "rare": 1}), *_dimensions(6, 6, 6, 6)]
    covering = len(cover(dimensions, count=0).tuples)
    drawn = cover(dimensions, count=covering + 500).tuples[covering:]
    assert 0.86 < sum(row["a"] == "often" for row in drawn) / 500 < 0.94


def test_every_tuple_is_found_when_all_are_asked_for() -> None:
    """However unlikely, the last tuple is drawn before the generator gives up."""
    dimensions = [_dimension(f"d{n}", {"often": 1000, "rare": 0.001}) for n in range(6)]
    assert len(cover(dimensions, count=1000).tuples) == 64


GOOD = _dimension("a", {"x": 1})


@pytest.mark.parametrize(
    ("dimensions", "constraints", "message"),
    [
        ([], [], "no dimensions"),
        ([Dimension(name="a", values=())], [], "'a' has no values"),
        ([GOOD, GOOD], [], "dimension 'a' is there twice"),
        (
            [Dimension(name="a", values=(Value(name="x"), Value(name="x")))],
            [],
            "value of 'a' 'x' is there twice",
        ),
        ([_dimension("a", {"x": -1})], [], "weight -1"),
        ([_dimension("a", {"x": float("nan")})], [], "weight nan"),
        ([GOOD], [Constraint(when={}, never={})], "names no value"),
        ([GOOD], [Constraint(when={"b": "x"}, never={})], "'x' of dimension 'b'"),
        ([GOOD], [Constraint(when={}, never={"a": "y"})], "'y' of dimension 'a'"),
    ],
)
def test_what_makes_no_sense_is_refused_by_name(
    dimensions: list[Dimension], constraints: list[Constraint], message: str
) -> None:
    """No or empty dimensions, a name twice, a bad weight, an unknown value stop the command."""
    with pytest.raises(BadInputError, match=message):
        cover(dimensions, constraints)
    with pytest.raises(BadInputError, match=message):
        feasible_pairs(dimensions, constraints)


@pytest.mark.parametrize(
    ("sizes", "smallest", "above"),
    [
        # CAN(2, k, 2), the least N with C(N-1, ceil(N/2)) >= k: Kleitman & Spencer 1973, Discrete
        # Math. 6:255-262; Katona 1973, Period. Math. Hung. 3:19-26.
        ((2,) * 3, 4, 0),
        ((2,) * 4, 5, 1),
        ((2,) * 10, 6, 2),
        ((2,) * 15, 7, 3),
        ((2,) * 35, 8, 5),
        # Orthogonal arrays (Bush 1952), and Izquierdo-Marquez & Torres-Jimenez, "New optimal
        # covering arrays using an orderly algorithm", for seven of 4, five of 6, eleven of 3.
        ((3,) * 4, 9, 0),
        ((4,) * 5, 16, 6),
        ((5,) * 6, 25, 15),
        ((4,) * 7, 21, 6),
        ((6,) * 5, 39, 11),
        ((3,) * 11, 15, 5),
        # The best size that Colbourn's tables give.
        ((3,) * 5, 11, 3),
    ],
)
def test_no_covering_is_smaller_than_can_be(
    sizes: tuple[int, ...], smallest: int, above: int
) -> None:
    """Proven minima are met or stayed a few rows above, never beaten: no pair was forgotten."""
    assert smallest <= len(cover(_dimensions(*sizes), count=0).tuples) <= smallest + above
