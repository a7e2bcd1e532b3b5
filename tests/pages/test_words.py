from __future__ import annotations

import pytest

from casefiles.insight import wilson
from casefiles.insight.figures import Prevalence
from casefiles.pages import words


def _found(yes: int, judged: int, *, unjudged: int = 0, disputed: int = 0) -> Prevalence:
    return Prevalence(
        mode="m",
        yes=yes,
        judged=judged,
        unjudged=unjudged,
        disputed=disputed,
        stale=0,
        interval=wilson(yes, judged) if not unjudged else None,
    )


def test_a_share_is_said_with_its_n_and_its_interval() -> None:
    """Never a percentage alone."""
    said = words.share(_found(8, 100))
    assert said == "seen in 8 of 100 judged: 8\u00a0%, 95 % interval 4–15\u00a0%"


def test_an_unknown_share_says_what_is_missing() -> None:
    """In how many it was seen, and how many were not judged."""
    assert words.share(_found(8, 8, unjudged=92)) == "seen in 8 of 100 read; 92 not judged"
    assert words.share(_found(0, 0)) == "nothing read yet"


@pytest.mark.parametrize(
    ("rate", "said"), [(0, "0"), (0.004, "< 1"), (0.5, "50"), (0.997, "> 99"), (1, "100")]
)
def test_a_share_close_to_none_or_all_does_not_pose_as_it(rate: float, said: str) -> None:
    """0 % and 100 % are kept for what was counted so."""
    assert words.percent(rate) == f"{said}\u00a0%"


def test_a_caveat_without_words_of_its_own_is_said_as_it_is() -> None:
    """A code the pages do not know still reaches the reader."""
    assert words.caveat("thin-strata: fewer than 10 in eu") == "Fewer than 10 in eu."


@pytest.mark.parametrize(
    ("ms", "said"),
    [(908, "908 ms"), (1200, "1.2 s"), (59_960, "1 min 0 s"), (75_000, "1 min 15 s")],
)
def test_durations_read_like_a_clock(ms: int, said: str) -> None:
    """Milliseconds, seconds or minutes, whichever is readable."""
    assert words.duration(ms) == said


def test_a_bound_is_not_rounded_up_and_an_estimate_is_no_certainty() -> None:
    """94.6 % is a bound of 94 %, and a coverage of 1 is more than 99 %."""
    assert words.bound(0.946).startswith("94")
    assert words.estimate(1.0).startswith("> 99")
    assert words.estimate(0.97).startswith("97")
