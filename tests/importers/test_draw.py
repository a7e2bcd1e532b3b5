from __future__ import annotations

from collections import Counter

from casefiles.importers.draw import draw
from casefiles.importers.identity import Entry, Keyed


def record(key: str, session: str | None = None) -> Keyed:
    """A record to draw from."""
    entry = Entry(file=0, number=0, line=1, id=key, session=session, digest=key)
    return Keyed(entry=entry, key=key, state="new")


FRAME = [record(f"r{number}") for number in range(200)]


def keys(drawn: tuple[Keyed, ...]) -> list[str]:
    """Keys in the order of the draw."""
    return [one.key for one in drawn]


def test_the_same_seed_draws_the_same_records() -> None:
    """In whatever order they stand; another seed draws others."""
    assert keys(draw(FRAME, units=20, seed=1)) == keys(draw(FRAME[::-1], units=20, seed=1))
    assert keys(draw(FRAME, units=20, seed=1)) != keys(draw(FRAME, units=20, seed=2))


def test_a_small_sample_is_the_beginning_of_a_larger_one() -> None:
    """So a sample can be made larger, and a stopped import is a sample."""
    assert keys(draw(FRAME, units=20, seed=1)) == keys(draw(FRAME, units=50, seed=1))[:20]


def test_more_than_there_is_draws_all() -> None:
    """A sample larger than the file is the file."""
    assert sorted(keys(draw(FRAME, units=999, seed=1))) == sorted(one.key for one in FRAME)


def test_records_of_a_session_are_drawn_together() -> None:
    """The session is what is drawn, with all its records."""
    frame = [record(f"r{number}", f"s{number // 4}") for number in range(40)]

    drawn = draw(frame, units=3, seed=5)

    assert sorted(Counter(one.entry.session for one in drawn).values()) == [4, 4, 4]


def test_every_record_is_drawn_equally_often() -> None:
    """Over 2,000 seeds each of 10 records is among 3 drawn about 600 times (6 sigma: ± 123)."""
    frame = FRAME[:10]

    counts = Counter(key for seed in range(2000) for key in keys(draw(frame, units=3, seed=seed)))

    assert len(counts) == 10
    assert all(abs(count - 600) < 123 for count in counts.values())
