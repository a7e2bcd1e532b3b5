"""The whole route: a good model's result, and no model so bad that an observation is lost."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import Any, TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casefiles.clusters.route.asking import Answer, Step
from casefiles.clusters.route.cards import Card, Context
from casefiles.clusters.route.forecast import forecast
from casefiles.clusters.route.route import (
    PROMPTS,
    Parameters,
    Routed,
    RouteFailedError,
    route,
)
from casefiles.clusters.route.shards import Size
from coder import Coder, Data, Reply, only, rows
from model_server import Sent

T = TypeVar("T")
Groups = Sequence[Sequence[tuple[str, str]]]
DO = {name: name for name in PROMPTS}
SAID = ("refunds at once", "answers in english", "writes three screens")


class AskCoder:
    """Asks a made-up model once, and takes what can be used of its reply."""

    def __init__(self, coder: Coder) -> None:
        """Ask this model."""
        self.coder = coder
        self.asked: list[tuple[str, Data]] = []

    def __call__(self, stage: str, steps: Sequence[Step[T]], /) -> list[Answer[T]]:
        return [self.answer(stage, step) for step in steps]

    def answer(self, stage: str, step: Step[T]) -> Answer[T]:
        self.asked.append((stage, step.question.data))
        reply = self.coder.answer(step.question.data)
        if isinstance(reply, Sent):
            return Answer(value=None, fault="refused")
        try:
            found = step.examine(reply)
        except ValueError as error:
            return Answer(value=None, fault=str(error))
        return Answer(value=found.value, fault=found.said() or None)

    def stages(self) -> list[str]:
        """Stages in order, each once."""
        return list(dict.fromkeys(stage for stage, _ in self.asked))


def groups(count: int = 30, *, size: int = 10) -> Groups:
    """Observations of three kinds in groups of like ones, and two that are like no other."""
    found = [(f"r{n}", f"{SAID[n * 3 // count]}, case {n}") for n in range(count)]
    return [
        *(found[at : at + size] for at in range(0, count, size)),
        [("odd1", "a dead link")],
        [("odd2", "shouts")],
    ]


def routed(
    coder: Coder, given_groups: Groups | None = None, context: Context | None = None, **more: Any
) -> tuple[Routed, AskCoder]:
    """Run the route with a made-up model."""
    ask = AskCoder(coder)
    found = route(
        given_groups or groups(),
        context or Context(),
        prompts=DO,
        ask=ask,
        parameters=Parameters(**more),
    )
    return found, ask


def by_title(found: Routed) -> dict[str, tuple[int, int]]:
    """Title to how many observations are sure and unsure."""
    return {filed.card.title: (len(filed.sure), len(filed.unsure)) for filed in found.filed}


def assert_accounted(found: Routed, given_groups: Groups) -> None:
    """Every observation once in each mode it is in, or left over and in none."""
    refs = {ref for group in given_groups for ref, _ in group}
    filed = [[*one.sure, *one.unsure] for one in found.filed]
    for lines in filed:
        assert len(lines) == len(set(lines))
    there = {ref for lines in filed for ref in lines}
    assert there | set(found.left_over) == refs
    assert not there & set(found.left_over)
    assert len(found.left_over) == len(set(found.left_over))


def test_a_good_model_files_every_observation() -> None:
    """Five steps, asked in order; what is like no other is left over."""
    found, ask = routed(Coder())

    assert by_title(found) == {
        "Refunds unasked": (10, 0),
        "Switches language": (10, 0),
        "Writes too much": (10, 0),
    }
    assert found.left_over == ("odd1", "odd2")
    assert found.remarks == ()
    assert ask.stages() == ["propose", "consolidate", "assign", "contrast"]
    assert_accounted(found, groups())


def test_repeats_are_asked_about_once_and_come_back_each() -> None:
    """A third of real notes are verbatim repeats."""
    same = [[(f"r{n}", "Refunds  at once" if n % 2 else "refunds at once") for n in range(9)]]
    same += [[("x", "refunds twice")], [("y", "is late")]]

    found, ask = routed(Coder(), same)

    assert by_title(found) == {"Refunds unasked": (10, 0)}
    assert len(ask.asked[0][1]["notes"]) == 3


def test_many_notes_are_asked_about_in_parts_along_groups() -> None:
    """Shards hold whole groups, batches are cut small, and every part is consolidated at once."""
    many = groups(300, size=50)

    found, ask = routed(Coder(), many)

    shards = [data["notes"] for stage, data in ask.asked if stage == "propose"]
    assert [len(notes) for notes in shards] == [150, 150, 2]
    assert max(len(data["notes"]) for stage, data in ask.asked if stage == "assign") == 40
    assert [stage for stage, _ in ask.asked].count("consolidate") == 1
    assert by_title(found)["Refunds unasked"] == (100, 0)
    assert_accounted(found, many)


def test_accepted_modes_take_up_what_they_cover_and_stay_as_they_are() -> None:
    """Shown as fixed, never proposed again under their name."""
    fixed = Card(key="m1", mode="refunds", title="Refunds unasked", yes_if="Yes if so.\nNo if not.")
    context = Context(fixed=(fixed,), taken={"switches-language": "it was rejected"})

    found, ask = routed(Coder(), context=context)

    assert {filed.card.mode: len(filed.sure) for filed in found.filed} == {"refunds": 10, None: 10}
    assert "Switches language" not in by_title(found)
    assert len(found.left_over) == 12
    assert all("Refunds unasked" not in json.dumps(data["notes"]) for _, data in ask.asked[:1])


def test_what_the_two_readings_disagree_on_is_unsure() -> None:
    """Shown under both modes, without being counted for either."""
    seen: Counter[str] = Counter()

    def second_says_otherwise(data: Data, reply: Reply) -> Reply:
        for row in reply["rows"]:
            text = next(note["text"] for note in data["notes"] if note["id"] == row["id"])
            seen[row["id"]] += 1
            if text == "refunds at once, case 0" and seen[row["id"]] == 2:
                keys = [mode["key"] for mode in data["modes"] if mode["key"] != row["mode"]]
                row["mode"] = min(keys)
        return reply

    found, _ = routed(Coder(spoil=only("assign", second_says_otherwise)))

    assert by_title(found)["Refunds unasked"] == (9, 1)
    assert sum(unsure for _, unsure in by_title(found).values()) == 2
    assert_accounted(found, groups())


def test_what_no_mode_fits_is_proposed_from_again_at_most_twice() -> None:
    """With the modes found so far shown as fixed."""

    def one_mode_at_a_time(data: Data, reply: Reply) -> Reply:
        del data
        return {"modes": reply["modes"][:1]}

    found, ask = routed(Coder(spoil=only("propose", one_mode_at_a_time)))

    assert [stage for stage in ask.stages() if stage.startswith("propose")] == [
        "propose",
        "propose, rest 1",
        "propose, rest 2",
    ]
    assert len(found.filed) == 3
    again = next(data for stage, data in ask.asked if stage == "propose, rest 1")
    assert [mode["title"] for mode in again["fixed"]] == ["Refunds unasked"]
    assert not [note for note in again["notes"] if "refunds" in note["text"]]


def test_notes_without_an_answer_are_asked_about_once_more_in_smaller_parts() -> None:
    """Then they are left over, or shown without a tick where their like are."""

    def forgets(data: Data, reply: Reply) -> Reply:
        texts = {note["id"]: note["text"] for note in data["notes"]}
        lost = ("case 3", "dead link")
        kept = [row for row in reply["rows"] if not texts[row["id"]].endswith(lost)]
        return {"rows": kept or reply["rows"]}

    coder = Coder(spoil=only("assign", forgets))
    found, ask = routed(coder)

    again = [data["notes"] for stage, data in ask.asked if stage == "assign, again"]
    assert len(again) == 2
    assert {len(notes) for notes in again} == {2}
    assert by_title(found)["Refunds unasked"] == (10, 0)  # alone, it is answered

    def never(data: Data, reply: Reply) -> Reply:
        texts = {note["id"]: note["text"] for note in data["notes"]}
        lost = ("case 3", "dead link")
        return {"rows": [r for r in reply["rows"] if not texts[r["id"]].endswith(lost)]}

    found, _ = routed(Coder(spoil=only("assign", never)))
    assert by_title(found)["Refunds unasked"] == (9, 1)
    assert "odd1" in found.left_over
    assert found.remarks[0].startswith("2 without a usable answer of the model (r3, odd1)")
    assert_accounted(found, groups())


def test_a_model_that_fails_on_the_rest_spoils_nothing_that_was_filed() -> None:
    """What the first round found stays; the rest is left over."""

    def only_the_first_mode(data: Data, reply: Reply) -> Reply:
        return {"modes": reply["modes"][: 1 if not data["fixed"] else None]}

    def only_many(data: Data, reply: Reply) -> Any:
        return reply if len(data["notes"]) > 22 else "prose"

    def both(step: str, data: Data, reply: Reply) -> Any:
        spoil = {"propose": only_the_first_mode, "assign": only_many}.get(step)
        return reply if spoil is None else spoil(data, reply)

    found, _ = routed(Coder(spoil=both))

    assert by_title(found) == {"Refunds unasked": (10, 0)}
    assert len(found.left_over) == 22
    assert_accounted(found, groups())


def test_merged_and_dropped_cards_are_gone_and_told() -> None:
    """What the model gives up is said with its reason."""

    def decides(data: Data, reply: Reply) -> Reply:
        del reply
        keys = {mode["title"]: mode["key"] for mode in data["proposed"]}
        return {
            "decisions": [
                {"key": keys["Refunds unasked"], "action": "keep"},
                {"key": keys["Switches language"], "action": "drop", "reason": "a cause"},
                {
                    "key": keys["Writes too much"],
                    "action": "merge",
                    "into": keys["Refunds unasked"],
                },
            ]
        }

    found, ask = routed(Coder(spoil=only("consolidate", decides)))

    assert list(by_title(found)) == ["Refunds unasked"]
    assert found.remarks[0] == "the model dropped its own 'Switches language': a cause"
    again = next(data for stage, data in ask.asked if stage == "propose, rest 1")
    assert again["decided"] == [{"name": "Switches language", "became": "was dropped: a cause"}]


def test_very_many_cards_are_compared_a_hundred_at_a_time() -> None:
    """And once more all that are left, as long as some go."""
    kinds = {f"w{n:03}": f"Mode {n:03}" for n in range(130)}
    said = [[(f"r{n}-{m}", f"w{n:03} is said, case {m}") for m in (1, 2)] for n in range(130)]

    def odd_ones_go(data: Data, reply: Reply) -> Reply:
        del reply
        return {
            "decisions": [
                {"key": mode["key"], "action": "drop" if mode["key"][-1] in "13579" else "keep"}
                for mode in data["proposed"]
            ]
        }

    found, ask = routed(
        Coder(kinds=kinds, spoil=only("consolidate", odd_ones_go)),
        said,
        shard=Size(notes=20, characters=9_000),
        residue_rounds=0,
    )

    sizes = [len(data["proposed"]) for stage, data in ask.asked if stage == "consolidate"]
    assert sizes == [100, 30, 65]
    assert len(found.filed) == 65
    assert_accounted(found, said)


def test_a_mode_of_a_single_observation_is_none() -> None:
    """One is an anecdote; it is left over."""

    def all_but_one(data: Data, reply: Reply) -> Reply:
        texts = {note["id"]: note["text"] for note in data["notes"]}
        for row in reply["rows"]:
            if "english" in texts[row["id"]] and not texts[row["id"]].endswith("case 10"):
                row |= {"mode": "none", "quote": ""}
        return reply

    found, _ = routed(Coder(spoil=only("assign", all_but_one)))

    assert "Switches language" not in by_title(found)
    assert len(found.left_over) == 12
    assert found.remarks == (
        "proposed, but not borne out by two observations: 'Switches language'",
    )


def test_an_outsider_that_meets_a_definition_is_shown_under_it() -> None:
    """Two modes that overlap are said to."""

    def refunds_are_everywhere(data: Data, reply: Reply) -> Reply:
        titles = {trial["key"]: trial["title"] for trial in data["trials"]}
        for row in reply["rows"]:
            row["answer"] = "yes" if titles[row["key"]] == "Refunds unasked" else "no"
        return reply

    found, _ = routed(Coder(spoil=only("contrast", refunds_are_everywhere)))

    assert by_title(found)["Refunds unasked"] == (10, 3)
    assert any("'Refunds unasked' overlaps" in remark for remark in found.remarks)
    assert_accounted(found, groups())


def test_one_mode_for_everything_is_told() -> None:
    """It may be right; a person should look."""
    found, _ = routed(Coder(kinds={"case": "Is bad"}))

    assert by_title(found) == {"Is bad": (30, 0)}
    assert found.remarks == (
        "'Is bad' holds 30 of 32 observations: a mode of everything says little",
    )


@pytest.mark.parametrize(
    ("step", "reply", "said"),
    [
        ("propose", "I would say refunds.", "no complete JSON"),
        ("propose", {"modes": []}, "no mode was proposed"),
        ("assign", {"rows": []}, "no usable answer for 32 of 32"),
        ("assign", "prose", "no usable answer for 32 of 32"),
    ],
)
def test_a_model_that_is_of_no_use_ends_it(step: str, reply: Any, said: str) -> None:
    """With the reason; what is done without a model is the caller's."""
    with pytest.raises(RouteFailedError, match=said):
        routed(Coder(spoil=only(step, lambda *_: reply)))


@pytest.mark.parametrize("step", ["consolidate", "contrast"])
def test_a_step_that_only_betters_the_result_may_fail(step: str) -> None:
    """It is told that it did not happen."""
    found, _ = routed(Coder(spoil=only(step, lambda *_: "prose")))

    assert len(found.filed) == 3
    assert len(found.remarks) == 1


def test_a_shard_without_a_usable_reply_is_asked_in_halves() -> None:
    """A model with a short context takes fewer notes at a time."""

    def too_long(data: Data, reply: Reply) -> Any:
        return Sent(status=400) if len(data["notes"]) > 20 else reply

    found, ask = routed(Coder(spoil=only("propose", too_long)))

    sizes = [len(data["notes"]) for stage, data in ask.asked if stage == "propose"]
    assert sizes == [32, 16, 16]
    assert by_title(found)["Switches language"] == (10, 0)


def test_the_forecast_names_the_questions_of_a_round() -> None:
    """One for each part, before any reply is there."""
    many = groups(300, size=50)
    ask = AskCoder(Coder())
    route(many, Context(), prompts=DO, ask=ask)

    expected = list(forecast(many, Context(), prompts=DO, parameters=Parameters()))

    asked = Counter(data_keys(data) for _, data in ask.asked)
    foreseen = Counter(data_keys(question.data) for question, _ in expected)
    assert foreseen["notes proposed"] == asked["notes proposed"]
    assert foreseen["assigned"] == asked["assigned"] == 16
    assert all(tokens > 0 for _, tokens in expected)


def data_keys(data: Mapping[str, Any]) -> str:
    """Tell the kind of a question."""
    return "assigned" if "modes" in data else "notes proposed" if "fixed" in data else "other"


# ---------------------------------------------------------------- any model at all


def spoilt(random: Random) -> Callable[[str, Data, Reply], Any]:
    """A model that drops, repeats, invents and alters at random."""

    def spoil(step: str, data: Data, reply: Reply) -> Any:
        del step, data
        if random.random() < 0.1:
            return random.choice(["prose", {"rows": "none"}, "", {"modes": [1]}, Sent(status=500)])
        (key,) = reply
        found = []
        for row in rows(reply):
            chance = random.random()
            changed = dict(row)
            field = random.choice(list(row))
            if chance < 0.1:
                continue
            if chance < 0.3:
                changed[field] = random.choice(
                    [
                        "n1",
                        "n7",
                        "n99",
                        "c1",
                        "c2",
                        "c40",
                        "none",
                        "yes",
                        "keep",
                        "merge",
                        "",
                        3,
                        [],
                    ]
                )
            if chance < 0.4:
                found.append(row)
            found.append(changed)
        return {key: found}

    return spoil


@settings(max_examples=150)
@given(seed=st.integers(0, 10**6), count=st.integers(0, 40), size=st.integers(1, 9))
def test_no_observation_is_lost_doubled_or_invented_whatever_a_model_replies(
    seed: int, count: int, size: int
) -> None:
    """There is a proposal in which all is accounted for, or a reason why there is none."""
    fixed = Card(key="m1", mode="a", title="Refunds unasked", yes_if="Yes if so.\nNo if not.")
    context = Context(fixed=(fixed,) if seed % 2 else ())
    made = groups(count, size=size)
    small = {"shard": Size(notes=12, characters=500), "batch": Size(notes=5, characters=300)}

    try:
        found, _ = routed(Coder(spoil=spoilt(Random(seed))), made, context, **small)
    except RouteFailedError as error:
        assert str(error)  # noqa: PT017 - it may be raised, and then it says why
        return

    assert_accounted(found, made)
    assert len({filed.card.slug for filed in found.filed}) == len(found.filed)
    assert all(filed.card.mode or (filed.sure and filed.card.no_if) for filed in found.filed)
