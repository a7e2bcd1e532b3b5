"""What people decided before: names that are gone, and groups that were rejected."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casefiles.documents.references import ObservationRef
from casefiles.taxonomy.decided import (
    Rejection,
    declined,
    gone,
    rejections,
    without_declined,
    without_rejected,
)
from casefiles.taxonomy.drafting import Lines, Sorted, Suggestion
from corpora import corpus, files
from workspaces import mode_text

REJECTED = """\
---
kind: proposal/1
status: rejected
why: by topic
---
## new: Slow
Yes if …
No if …

- [x] ana:r/t1#1 "is slow"
- [ ] ana:r/t1#2 "is late"

## add: one
- [x] ana:r/t1#2 "is late"
"""


def ref(number: int) -> ObservationRef:
    """An observation."""
    return ObservationRef(annotator="ana", trace="r/t1", index=number, text=f"text {number}")


def suggestion(title: str, *sure: int, unsure: tuple[int, ...] = ()) -> Suggestion:
    """A new mode with observations."""
    lines = Lines(sure=tuple(map(ref, sure)), unsure=tuple(map(ref, unsure)))
    return Suggestion(title=title, lines=lines)


def rejection(title: str, *held: int) -> Rejection:
    """A rejected mode."""
    identities = frozenset(ref(number).identity for number in held)
    return Rejection(proposal="p", title=title, why="by topic", held=identities)


def test_new_modes_of_rejected_proposals_are_rejected_with_the_reason() -> None:
    """Their ticked observations; lines for modes there are reject no mode."""
    found = files({"taxonomy/one.md": mode_text("One"), "taxonomy/proposals/p.md": REJECTED})

    (one,) = rejections(corpus(found))

    assert (one.title, one.held) == ("Slow", frozenset({("ana", "r/t1", "is slow")}))
    assert str(one) == "was rejected in p (by topic)"


def test_names_that_are_gone_are_told_with_what_became_of_them() -> None:
    """A rejected name that somebody gave to a mode by hand is in use."""
    loaded = corpus(
        files(
            {
                "taxonomy/one.md": mode_text("One"),
                "taxonomy/old.md": mode_text("Old", status="retired", merged_into="one@1"),
                "taxonomy/out.md": mode_text("Out", status="retired"),
            }
        )
    )

    found = gone(loaded.modes, [rejection("Slow", 1), rejection("ONE", 2)])

    assert [(one.name, one.became) for one in found] == [
        ("Old", "was merged into one"),
        ("Out", "was retired"),
        ("Slow", "was rejected in p (by topic)"),
    ]


@pytest.mark.parametrize(
    ("title", "held", "is_refused"),
    [
        ("Slow!", (7, 8), True),  # the same name, whatever it holds
        ("Late", (1, 2, 3, 4), True),  # four of five
        ("Late", (1, 2, 3, 4, 5, 6), True),  # five of six
        ("Late", (1, 2, 3), False),
        ("Late", (1, 2, 3, 4, 5, 6, 7), False),  # it has grown
        ("Late", (7, 8), False),
    ],
)
def test_a_rejected_mode_is_known_by_its_name_or_its_observations(
    title: str, held: tuple[int, ...], *, is_refused: bool
) -> None:
    """A group that has grown may be looked at again."""
    found = Sorted(method="m", suggestions=(suggestion(title, *held),))

    left, out = without_rejected(found, [rejection("Slow", 1, 2, 3, 4, 5)])

    assert bool(out) is is_refused
    assert left.suggestions == (() if is_refused else found.suggestions)
    assert len(left.left_over) == (len(held) if is_refused else 0)


ACCEPTED = """\
---
kind: proposal/1
status: accepted
applied: {add one: one@1, new two: two@1, split three: three@1}
---
## new: Two
- [ ] ana:r/t1#1 "is slow"

## add: one
- [x] ana:r/t1#2 "is late"
- [ ] ana:r/t1#3 "is rude"

## left over
- ana:r/t1#4 "is odd"
"""


def test_a_line_left_without_a_tick_is_declined_for_its_mode() -> None:
    """Under the mode's name of today; what was rejected with its proposal is declined, too."""
    found = files(
        {
            "taxonomy/uno.md": mode_text("Uno", aliases="[one]"),
            "taxonomy/two.md": mode_text("Two", status="retired", merged_into="uno@2"),
            "taxonomy/proposals/a.md": ACCEPTED,
            "taxonomy/proposals/p.md": REJECTED,
            "taxonomy/proposals/o.md": REJECTED.replace("rejected", "open").replace("late", "new"),
        }
    )

    assert declined(corpus(found)) == {
        (("ana", "r/t1", "is slow"), "uno"),
        (("ana", "r/t1", "is rude"), "uno"),
        (("ana", "r/t1", "is late"), "uno"),
    }


def test_what_was_declined_is_not_offered_again() -> None:
    """It is left over, unless it has another place."""
    found = Sorted(
        method="m",
        suggestions=(suggestion("New", 3),),
        known={
            "one": Lines(sure=(ref(1), ref(2)), unsure=(ref(3), ref(4))),
            "two": Lines(unsure=(ref(2),)),
        },
    )
    said_no = {(ref(number).identity, "one") for number in (2, 3, 4)}

    left = without_declined(found, said_no | {(ref(2).identity, "two")})

    assert dict(left.known) == {"one": Lines(sure=(ref(1),))}
    assert left.suggestions == found.suggestions
    assert left.left_over == (ref(2), ref(4))


numbers = st.lists(st.integers(1, 9), max_size=5, unique=True).map(tuple)


@given(groups=st.lists(st.tuples(st.sampled_from("abc"), numbers), max_size=4), known=numbers)
def test_no_observation_is_lost_with_a_rejected_mode(
    groups: list[tuple[str, tuple[int, ...]]], known: tuple[int, ...]
) -> None:
    """What no other mode holds is left over, once."""
    found = Sorted(
        method="m",
        suggestions=tuple(suggestion(title, *held, unsure=held[:1]) for title, held in groups),
        known={"one": Lines(sure=tuple(map(ref, known)))},
        left_over=(ref(10),),
    )

    left, out = without_rejected(found, [rejection("a", 1, 2)])

    def held(sorted_: Sorted) -> set[ObservationRef]:
        lines = [one.lines for one in sorted_.suggestions] + list(sorted_.known.values())
        return {one for part in lines for one in (*part.sure, *part.unsure)}

    assert held(left) | set(left.left_over) == held(found) | {ref(10)}
    assert not held(left) & (set(left.left_over) - {ref(10)})
    assert len(left.left_over) == len(set(left.left_over))
    assert len(left.suggestions) + len(out) == len(groups)
