"""When it is too early to propose failure modes."""

from __future__ import annotations

import pytest

from casefiles.errors import BadInputError
from casefiles.taxonomy.guard import Reading, insist_on_reading, reading
from corpora import corpus, files


@pytest.mark.parametrize(
    ("observations", "reviewed", "traces", "enough"),
    [
        (30, 50, 1000, True),
        (29, 50, 1000, False),
        (30, 49, 1000, False),
        (30, 10, 20, True),
        (30, 10, 21, False),
        (200, 49, 99, False),
        (200, 49, 98, True),
    ],
)
def test_thirty_observations_and_half_the_round_or_fifty_traces_are_enough(
    observations: int, reviewed: int, traces: int, *, enough: bool
) -> None:
    """Half of an odd number is rounded up."""
    found = Reading(observations=observations, reviewed=reviewed, traces=traces)

    assert found.is_enough is enough


def test_the_refusal_says_what_lacks_and_what_to_do() -> None:
    """Both counts, if both are short."""
    with pytest.raises(BadInputError) as refused:
        insist_on_reading(Reading(observations=12, reviewed=9, traces=80))

    assert "12 of at least 30 observations" in refused.value.message
    assert "9 of at least 40 reviewed traces" in refused.value.message
    assert "casefiles note" in str(refused.value.remedy)
    assert "--force" in str(refused.value.remedy)


def test_the_refusal_leaves_out_what_is_enough() -> None:
    """Nobody reads on for what is there."""
    with pytest.raises(BadInputError) as refused:
        insist_on_reading(Reading(observations=12, reviewed=60, traces=80))

    assert "reviewed traces" not in refused.value.message


def test_rounds_in_which_nobody_reviewed_do_not_count() -> None:
    """A new round does not make a finished one unread; deferred traces are not reviewed."""
    found = reading(
        corpus(
            files(
                {
                    "notes/ana/a/t1.md": "it rambles\n\nit lies\n",
                    "notes/ben/a/t1.md": "---\nverdict: pass\n---\n",
                    "notes/ana/b/t1.md": "---\nverdict: defer\n---\n",
                },
                traces=("a/t1", "a/t2", "a/t3", "b/t1", "c/t1"),
            )
        )
    )

    assert found == Reading(observations=2, reviewed=1, traces=3)
    assert found.needed == 2
