from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casefiles.insight.splits import SHARES, SPLITS, split_of


@given(st.text(), st.integers())
def test_a_unit_has_one_place(unit: str, seed: int) -> None:
    """Whatever it is called, and whoever asks."""
    assert split_of(unit, seed=seed) == split_of(unit, seed=seed)
    assert split_of(unit, seed=seed) in SPLITS


def test_shares_are_kept_to_about() -> None:
    """Of 5,000 units, within three standard errors."""
    counts = Counter(split_of(f"query q{n}") for n in range(5_000))

    for split in SPLITS:
        share = SHARES[split]
        assert abs(counts[split] / 5_000 - share) < 3 * (share * (1 - share) / 5_000) ** 0.5


def test_the_place_of_a_unit_is_fixed_for_ever() -> None:
    """A change of this would move data between the splits of every user."""
    found = [split_of(f"query q{n:03}") for n in range(8)]

    assert found == ["test", "test", "train", "test", "test", "dev", "dev", "dev"]


def test_another_seed_draws_another_split() -> None:
    """Units are not sorted by name."""
    assert [split_of(f"q{n}") for n in range(40)] != [split_of(f"q{n}", seed=1) for n in range(40)]


@pytest.mark.parametrize(
    ("shares", "found"),
    [
        ({"train": 1, "dev": 0, "test": 0}, {"train"}),
        ({"test": 3}, {"test"}),
        ({"train": 1, "dev": 1}, {"train", "dev"}),
    ],
)
def test_shares_of_nothing_get_nothing(shares: dict[str, float], found: set[str]) -> None:
    """However the shares are scaled."""
    drawn = {split_of(f"q{n}", shares=shares) for n in range(200)}  # type: ignore[arg-type]

    assert drawn == found


@pytest.mark.parametrize("shares", [{"train": 0.0}, {"train": -1.0, "dev": 2.0}])
def test_senseless_shares_are_refused(shares: dict[str, float]) -> None:
    """Nothing can be drawn by them."""
    with pytest.raises(ValueError, match="must not be negative"):
        split_of("q1", shares=shares)  # type: ignore[arg-type]
