"""From notes and labels to figures: what counts, what does not, and what is said about it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from casefiles.documents.config import Annotator, Config
from casefiles.documents.corpus import Corpus
from casefiles.documents.judgements import judge
from casefiles.documents.mode import Mode
from casefiles.documents.mode import parse as parse_mode
from casefiles.documents.note import Note
from casefiles.documents.note import parse as parse_note
from casefiles.documents.round import Round
from casefiles.documents.trace import TraceHead
from casefiles.insight.figures import Figures, figures
from casefiles.insight.frame import frame


def note(text: str) -> Note:
    """Read a note."""
    found, problems = parse_note(text, "note.md")
    assert found is not None, problems
    return found


def mode(name: str = "Too long", **front: Any) -> Mode:
    """Make a mode."""
    lines = "".join(f"{key}: {value}\n" for key, value in {"name": name, **front}.items())
    found, problems = parse_mode(f"---\n{lines}---\nYes if so.\nNo if not.\n", "mode.md")
    assert found is not None, problems
    return found


def corpus(notes: Mapping[str, str], *, traces: int = 0, **parts: Any) -> Corpus:
    """Make a corpus: ``ana:q1`` to note text; traces q1 … qN of round-1, one query each."""
    given = {
        (key.partition(":")[0], f"round-1/{key.partition(':')[2]}"): note(text)
        for key, text in notes.items()
    }
    names = {trace for _, trace in given} | {f"round-1/q{i + 1}" for i in range(traces)}
    return Corpus(
        **{
            "traces": {name: TraceHead(query=name.partition("/")[2]) for name in names},
            "rounds": {"round-1": Round(drawn="synthetic")},
            "notes": given,
            "modes": {"too-long": mode()},
            **parts,
        }
    )


def compute(given: Corpus) -> Figures:
    """Compute the figures of a corpus."""
    return figures(given, judge(given))


def label(value: str, *, verdict: str = "fail") -> str:
    """Write a note with one judgement of too-long."""
    return f"---\nverdict: {verdict}\nlabels:\n  too-long: {value}\n---\nsaid\n"


class TestReviewed:
    @pytest.mark.parametrize(
        ("text", "reviewed", "fails"),
        [
            ("---\nverdict: pass\n---\n", True, False),
            ("---\nverdict: fail\n---\n", True, True),
            ("---\nverdict: defer\n---\nlater\n", False, False),
            ("One sentence.\n", True, True),
            ("", False, False),
            ("---\nlabels:\n  too-long: no@1\n---\n", False, False),
            ("---\nverdict: fail\nsim_fault: yes\n---\nx\n", False, False),
        ],
    )
    def test_a_verdict_or_an_observation_makes_a_review(
        self, text: str, *, reviewed: bool, fails: bool
    ) -> None:
        """Deferred, empty and sim-fault notes do not."""
        units = frame(corpus({"ana:q1": text})).units

        assert [bool(unit.reviewed) for unit in units] == ([reviewed] if "sim" not in text else [])
        assert any(unit.fails for unit in units) == fails

    def test_only_people_review(self) -> None:
        """A model's notes count for nothing."""
        config = Config(annotators={"bot": Annotator(name="bot", kind="model")})

        found = compute(corpus({"bot:q1": label("yes@1")}, config=config))

        assert found.frame.reviewed == ()
        assert found.prevalence[0].yes == 0

    def test_traces_of_a_session_are_one_unit(self) -> None:
        """It shows the union of what its traces show."""
        given = corpus({"ana:q1": label("no@1"), "ana:q2": label("yes@1")})
        heads = {name: TraceHead(session="s1") for name in given.traces}

        found = compute(corpus({"ana:q1": label("no@1"), "ana:q2": label("yes@1")}, traces=0))
        joined = compute(
            Corpus(traces=heads, notes=given.notes, modes=given.modes, rounds=given.rounds)
        )

        assert len(found.frame.units) == 2
        assert len(joined.frame.units) == 1
        assert (joined.prevalence[0].yes, joined.prevalence[0].judged) == (1, 1)

    def test_superseded_rounds_leave_the_frame(self) -> None:
        """Unless a round is asked for by name."""
        given = corpus({"ana:q1": "x\n"}, rounds={"round-2": Round(supersedes=("round-1",))})

        assert frame(given).units == ()
        assert len(frame(given, ["round-1"]).units) == 1


class TestPrevalence:
    def test_rates_wait_until_every_reviewed_unit_is_judged(self) -> None:
        """Until then only the count stands."""
        waiting = compute(corpus({"ana:q1": label("yes@1"), "ana:q2": "Bad.\n"}))
        done = compute(corpus({"ana:q1": label("yes@1"), "ana:q2": label("no@1")}))

        assert (waiting.prevalence[0].yes, waiting.prevalence[0].unjudged) == (1, 1)
        assert waiting.prevalence[0].interval is None
        assert done.prevalence[0].interval is not None
        assert done.prevalence[0].interval.rate == 0.5

    def test_nothing_implies_a_no(self) -> None:
        """A passing verdict and an unsure label leave a mode not judged."""
        found = compute(
            corpus({"ana:q1": "---\nverdict: pass\n---\n", "ana:q2": label("no@1, unsure@1")})
        )

        assert (found.prevalence[0].judged, found.prevalence[0].unjudged) == (0, 2)

    def test_contradicting_annotators_are_disputed_until_settled(self) -> None:
        """Disputed units are in no rate; the adjudicated label decides."""
        notes = {"ana:q1": label("yes@1"), "ben:q1": label("no@1")}

        open_ = compute(corpus(notes)).prevalence[0]
        settled = compute(corpus({**notes, "adjudicated:q1": label("no@1")})).prevalence[0]

        assert (open_.judged, open_.disputed, open_.interval) == (0, 1, None)
        assert (settled.yes, settled.judged, settled.disputed) == (0, 1, 0)

    def test_a_label_under_an_older_meaning_is_stale(self) -> None:
        """It still counts, and is counted as stale; an unstamped one is version 1."""
        found = compute(
            corpus(
                {"ana:q1": label("yes@1"), "ana:q2": label("no"), "ana:q3": label("no@2")},
                modes={"too-long": mode(version=2)},
            )
        )

        assert (found.stale, found.prevalence[0].stale, found.prevalence[0].judged) == (2, 2, 3)

    def test_judging_just_the_random_draw_gives_a_rate(self) -> None:
        """Of 30 reviewed, the 15 random ones judged: their share speaks for all."""
        drawn = "---\nverdict: fail\ndrawn: random\nlabels:\n  too-long: {}@1\n---\nsaid\n"
        notes = {f"ana:r{i}": drawn.format("yes" if i < 3 else "no") for i in range(15)}
        picked = {f"ana:p{i}": "Bad.\n" for i in range(15)}
        unjudged = "---\nverdict: fail\ndrawn: random\n---\nsaid\n"

        found = compute(corpus({**notes, **picked})).prevalence[0]
        more = compute(corpus({**notes, **picked, "ana:p0": label("yes@1")})).prevalence[0]
        fewer = compute(corpus({**notes, **picked, "ana:r14": unjudged})).prevalence[0]

        assert found.interval is not None
        assert (found.interval.rate, found.judged, found.unjudged) == (0.2, 15, 15)
        assert more.interval is None
        assert fewer.interval is None


class TestSaturation:
    def test_a_failing_unit_without_a_mode_counts_as_one_of_its_own(self) -> None:
        """Notes that nobody clustered hold the state back."""
        found = compute(corpus({"ana:q1": "a\n", "ana:q2": "b\n", "ana:q3": label("yes@1")}))

        assert (found.saturation.modes, found.saturation.uniques) == (3, 3)
        assert found.uncoded == ("query q1", "query q2")

    def test_a_disputed_yes_was_seen_by_somebody(self) -> None:
        """It counts for saturation, though in no rate."""
        found = compute(corpus({"ana:q1": label("yes@1"), "ben:q1": label("no@1")}))

        assert found.rows == (frozenset({"too-long"}),)

    def test_an_unresolved_split_discovers_nothing(self) -> None:
        """The parent's yes counts once, as the parent."""
        modes = {
            "tone": mode("Tone", status="retired", version=2, split_into="[casual@1, lectures@1]"),
            "casual": mode("Casual", split_from="tone@2"),
            "lectures": mode("Lectures", split_from="tone@2"),
        }
        text = "---\nverdict: fail\nlabels:\n  tone: yes@2\n---\nsaid\n"

        found = compute(corpus({"ana:q1": text, "ana:q2": text}, modes=modes))

        assert found.rows == (frozenset({"tone"}),) * 2

    def test_without_failures_nothing_is_claimed(self) -> None:
        """Coverage is null and the state learning."""
        found = compute(corpus({f"ana:q{i}": "---\nverdict: pass\n---\n" for i in range(80)}))

        assert (found.saturation.coverage, found.saturation.state) == (None, "learning")

    def test_rows_stand_in_the_order_of_review(self) -> None:
        """By the earliest time a note says; those without a time come last, with a caveat."""

        def at(time: str) -> str:
            return f"---\nverdict: fail\nreviewed: {time}\n---\nsaid\n"

        found = compute(
            corpus(
                {
                    "ana:q1": "x\n",
                    "ana:q2": at("2026-02-02T00:00:00Z"),
                    "ana:q3": at("2026-01-01T00:00:00Z"),
                }
            )
        )

        assert [unit.name for unit in found.frame.counted] == ["query q3", "query q2", "query q1"]
        assert any(caveat.startswith("order-unknown:") for caveat in found.caveats)


class TestRandom:
    def test_twenty_random_units_are_figured_alone(self) -> None:
        """Picked ones leave the figures; below twenty all count, with the caveat."""
        drawn = "---\nverdict: pass\ndrawn: random\n---\n"
        picked = "---\nverdict: fail\n---\nsaid\n"
        notes = {**{f"ana:r{i}": drawn for i in range(20)}, "ana:p1": picked}

        enough = compute(corpus(notes))
        few = compute(corpus(dict(list(notes.items())[1:])))

        assert (enough.saturation.units, len(enough.frame.random)) == (20, 20)
        assert not any(caveat.startswith("not-random") for caveat in enough.caveats)
        assert few.saturation.units == 20
        assert "not-random: describes this set, not production" in few.caveats

    def test_a_random_round_is_random_once_it_is_wholly_reviewed(self) -> None:
        """What is read of it before then was picked."""
        round_ = {"round-1": Round(drawn="random")}
        notes = {f"ana:q{i + 1}": "---\nverdict: pass\n---\n" for i in range(20)}

        assert len(frame(corpus(notes, traces=20, rounds=round_)).random) == 20
        assert len(frame(corpus(notes, traces=21, rounds=round_)).random) == 0

    def test_strata_are_weighted(self) -> None:
        """A stratum of nine tenths of the traffic counts nine times one of a tenth."""
        notes = {f"ana:q{i + 1}": label("yes@1" if i < 10 else "no@1") for i in range(20)}
        given = corpus(
            notes, rounds={"round-1": Round(drawn="stratified", strata={"rare": 0.1, "usual": 0.9})}
        )
        heads = {
            name: TraceHead(
                query=name, stratum="rare" if int(name.rpartition("q")[2]) <= 10 else "usual"
            )
            for name in given.traces
        }
        weighted = Corpus(traces=heads, notes=given.notes, modes=given.modes, rounds=given.rounds)

        interval = compute(weighted).prevalence[0].interval

        assert interval is not None
        assert interval.rate == pytest.approx(0.1)
        assert interval.low < 0.1 < interval.high
