"""Each step of the model route: what it asks, and what it believes of a reply."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casefiles.clusters.route.asking import Examined, Step
from casefiles.clusters.route.assigning import Filing, agreed, assign
from casefiles.clusters.route.cards import Card, Context, numbered, wordings
from casefiles.clusters.route.consolidating import Decisions, consolidate
from casefiles.clusters.route.contrasting import Trial, contrast, trials
from casefiles.clusters.route.proposing import propose
from hostile import json_values

NOTES = wordings(
    [
        ("a", "Refunds before   the user agreed"),
        ("b", "refunds before the user agreed"),
        ("c", "It doesn’t ask — refunds at once"),
        ("d", "Answers in English"),
        ("e", "Writes three screens"),
    ]
)
CARDS = numbered(
    [
        Card(title="Refunds unasked", yes_if="it refunds", no_if="asked", quotes=("Refunds",)),
        Card(title="Switches language", yes_if="other language", no_if="same", quotes=("English",)),
        Card(title="Talks English", yes_if="English", no_if="not", quotes=("English",)),
    ],
    after=0,
)
FIXED = Card(key="m1", mode="too-long", title="Too long", yes_if="Yes if it is.\nNo if not.")
CONTEXT = Context(
    application={"name": "Shop"},
    fixed=(FIXED,),
    decided=({"name": "Old", "became": "was retired"},),
    taken={"old": "it was retired"},
)
GOOD = {
    "title": "Refunds unasked",
    "yes_if": "it refunds before the user agreed",
    "no_if": "the user asked for it",
    "evidence": [
        {"id": "n1", "quote": "before the user agreed"},
        {"id": "n2", "quote": "doesn't ask - refunds"},
    ],
}


def examined(step: Step[Any], reply: Any) -> Examined[Any]:
    """Examine a reply, which is sent as JSON."""
    found: Examined[Any] = step.examine(json.dumps(reply))
    return found


def with_(**keys: Any) -> dict[str, Any]:
    """The good mode with other keys."""
    return {**GOOD, **keys}


class TestPropose:
    STEP = propose("Propose.", NOTES, CONTEXT)

    def test_verbatim_repeats_are_shown_once_and_nothing_is_shown_but_data(self) -> None:
        """Notes by an id of their own, what people decided, and the prompt alone as order."""
        question = self.STEP.question
        assert question.data["notes"][0] == {"id": "n1", "text": "Refunds before the user agreed"}
        assert [note["id"] for note in question.data["notes"]] == ["n1", "n2", "n3", "n4"]
        assert NOTES[0].members == ("a", "b")
        assert question.data["decided"] == [{"name": "Old", "became": "was retired"}]
        assert question.data["fixed"][0]["title"] == "Too long"
        assert question.instructions == "Propose."

    def test_a_mode_with_evidence_becomes_a_card(self) -> None:
        """Quotes are found whatever their white space, case and typographic marks."""
        found = examined(self.STEP, {"modes": [GOOD]})

        assert found.faults == ()
        (card,) = found.value
        assert (card.title, card.yes_if) == ("Refunds unasked", "it refunds before the user agreed")
        assert len(card.quotes) == 2

    @pytest.mark.parametrize(
        ("mode", "said"),
        [
            (with_(no_if=" "), "needs both yes_if and no_if"),
            (with_(title=" "), "has no title"),
            (with_(yes_if="it refunds, on a scale of 1 to 5"), "a matter of degree"),
            (with_(yes_if="severity is high"), "a matter of degree"),
            (with_(no_if="1 = fine, 2 = poor"), "a matter of degree"),
            (with_(levels=["low", "high"]), "entry 1: levels"),
            (with_(title="x" * 101), "title is longer than 100"),
            (with_(yes_if="it refunds " * 60), "yes_if is longer than 500"),
            (with_(evidence=GOOD["evidence"][:1]), "evidence of fewer than 2 notes"),
            (
                with_(evidence=[*GOOD["evidence"][:1], {"id": "n9", "quote": "x"}]),
                "'n9', which is no id",
            ),
            (
                with_(evidence=[*GOOD["evidence"][:1], {"id": "n2", "quote": "asks first"}]),
                "do not stand in n2",
            ),
            (with_(title="Old!"), "it was retired"),
            ("a mode", "entry 1"),
            (17, "entry 1"),
        ],
    )
    def test_a_mode_that_cannot_be_used_is_refused_with_the_reason(
        self, mode: Any, said: str
    ) -> None:
        """Alone in a reply it leaves nothing; beside a good one it is left out."""
        with pytest.raises(ValueError, match=said):
            examined(self.STEP, {"modes": [mode]})
        found = examined(self.STEP, {"modes": [mode, with_(title="Other")]})
        assert [card.title for card in found.value] == ["Other"]
        assert said in found.said()

    @pytest.mark.parametrize(
        ("modes", "kept", "said"),
        [
            ([with_(title="a b c d e f g h i")], 1, "more than 8 words"),
            ([GOOD, GOOD], 1, "two modes are called"),
            ([with_(title=f"Mode {n}") for n in range(40)], 12, "there are 40 modes"),
            (
                [with_(evidence=[*GOOD["evidence"], {"id": "n3", "quote": "not there"}])],
                1,
                "do not stand in n3",
            ),
        ],
    )
    def test_faults_of_a_reply_that_can_be_used_are_told(
        self, modes: list[Any], kept: int, said: str
    ) -> None:
        """It is asked for again, and used if nothing better comes."""
        found = examined(self.STEP, {"modes": modes})

        assert len(found.value) == kept
        assert said in found.said()

    def test_no_mode_at_all_is_an_answer(self) -> None:
        """Notes may have nothing in common."""
        assert examined(self.STEP, {"modes": []}) == Examined(value=())

    @pytest.mark.parametrize("reply", ["I see three kinds of failure.", "", '{"modes": ', "[1"])
    def test_prose_and_torn_json_are_no_reply(self, reply: str) -> None:
        """What is wrong is said to the model."""
        with pytest.raises(ValueError, match="no complete JSON"):
            self.STEP.examine(reply)

    def test_what_a_model_writes_is_one_line_without_marks_of_a_stub(self) -> None:
        """A line break would leave the heading, three dots would read as incomplete."""
        mode = with_(title="Refunds\n## retire: x", yes_if="it refunds…\nat once", no_if="a\u202eb")

        (card,) = examined(self.STEP, {"modes": [mode]}).value

        assert card.title == "Refunds ## retire: x"
        assert card.yes_if == "it refunds... at once"
        assert card.no_if == "a\ufffdb"


class TestConsolidate:
    STEP = consolidate("Consolidate.", CARDS, [FIXED], CONTEXT)

    def decided(self, **actions: Any) -> Examined[Decisions]:
        """Examine decisions: key to action, or to the key it is merged into."""
        rows = []
        for key, action in actions.items():
            merge = {"action": "merge", "into": action}
            row = {"action": action} if action in ("keep", "drop") else merge
            rows.append({"key": key, **row})
        return examined(self.STEP, {"decisions": rows})

    def test_each_card_is_kept_merged_or_dropped(self) -> None:
        """A merge may go into an accepted mode."""
        found = self.decided(c1="keep", c2="drop", c3="m1")

        assert found.faults == ()
        assert found.value.merged == {"c3": "m1"}
        assert [card.key for card in found.value.kept(CARDS)] == ["c1"]

    def test_a_chain_of_merges_is_followed(self) -> None:
        """To the card that is kept."""
        assert self.decided(c1="keep", c2="c3", c3="c1").value.merged == {"c2": "c1", "c3": "c1"}

    @pytest.mark.parametrize(
        ("actions", "kept", "said"),
        [
            ({"c1": "keep", "c2": "keep"}, "c1 c2 c3", "c3 is not decided"),
            ({"c1": "keep", "c2": "c3", "c3": "c2"}, "c1 c2 c3", "c2 is merged into 'c3'"),
            ({"c1": "keep", "c2": "keep", "c3": "drop", "c9": "keep"}, "c1 c2", "'c9' is no key"),
            ({"c1": "keep", "c2": "keep", "c3": "c8"}, "c1 c2 c3", "merged into 'c8', which"),
            ({"c1": "c1", "c2": "keep", "c3": "keep"}, "c1 c2 c3", "c1 is merged into 'c1'"),
            ({"c1": "drop", "c2": "c1", "c3": "keep"}, "c2 c3", "c2 is merged into 'c1'"),
        ],
    )
    def test_what_leads_nowhere_is_kept_and_told(
        self, actions: dict[str, str], kept: str, said: str
    ) -> None:
        """No card is lost by a wrong decision."""
        found = self.decided(**actions)

        assert [card.key for card in found.value.kept(CARDS)] == kept.split()
        assert said in found.said()

    def test_a_card_decided_twice_keeps_its_first_decision(self) -> None:
        """And that is told."""
        rows = [{"key": key, "action": "keep"} for key in ("c1", "c2", "c3")]
        found = examined(self.STEP, {"decisions": [*rows, {"key": "c1", "action": "drop"}]})

        assert len(found.value.kept(CARDS)) == 3
        assert found.said() == "c1 is decided twice"


def row(id_: str, mode: str = "none", quote: str = "", **more: str) -> dict[str, str]:
    """One row of an assignment."""
    return {"id": id_, "mode": mode, "quote": quote, **more}


ROWS = [
    row("n1", "c1", "before the user agreed"),
    row("n2", "c1", "refunds at once", also="c2"),
    row("n3", "c2", "English"),
    row("n4"),
]


class TestAssign:
    STEP = assign("Assign.", NOTES, (FIXED, *CARDS), CONTEXT, reading="first 0")

    def test_each_note_is_filed_under_the_modes_it_shows(self) -> None:
        """Under one, two or none."""
        found = examined(self.STEP, {"rows": ROWS})

        assert found.faults == ()
        assert {id_: sorted(filing.sure) for id_, filing in found.value.items()} == {
            "n1": ["c1"],
            "n2": ["c1", "c2"],
            "n3": ["c2"],
            "n4": [],
        }

    @pytest.mark.parametrize(
        ("rows", "missing", "said"),
        [
            (ROWS[:3], {"n4"}, "without a usable row: n4"),
            ([*ROWS, row("n9", "c1", "x")], set(), "'n9' is no id of a note"),
            ([row("n1", "c7", "agreed"), *ROWS[1:]], {"n1"}, "n1: c7 is no key"),
            ([row("n1", "c1", "asks first"), *ROWS[1:]], {"n1"}, "n1: the quote does not stand"),
            ([row("n1", "c1"), *ROWS[1:]], {"n1"}, "n1: the quote does not stand"),
            ([{"id": "n1"}, *ROWS[1:]], {"n1"}, "entry 1: mode"),
            ([row("N1", "c1", "agreed"), *ROWS[1:]], {"n1"}, "'N1' is no id"),
        ],
    )
    def test_references_that_are_wrong_or_lack_are_refused(
        self, rows: list[Any], missing: set[str], said: str
    ) -> None:
        """The other rows can be used."""
        found = examined(self.STEP, {"rows": rows})

        assert {note.id for note in NOTES} - set(found.value) == missing
        assert said in found.said()

    def test_a_note_that_stands_twice_is_unsure_where_the_rows_differ(self) -> None:
        """And is asked about again."""
        found = examined(self.STEP, {"rows": [*ROWS, row("n1", "c2", "agreed")]})

        assert found.value["n1"] == Filing(unsure=frozenset({"c1", "c2"}))
        assert found.said() == "n1 stands twice"

    def test_cards_are_shown_in_another_order_at_each_reading(self) -> None:
        """The same cards, and the same order for the same reading."""
        orders = [
            [
                mode["key"]
                for mode in assign("", NOTES, CARDS, CONTEXT, reading=name).question.data["modes"]
            ]
            for name in ("first 0", "first 0", "second 0", "third 0", "fourth 0")
        ]

        assert orders[0] == orders[1]
        assert len({tuple(order) for order in orders}) > 1
        assert all(sorted(order) == ["c1", "c2", "c3"] for order in orders)

    def test_two_readings_agree_or_are_unsure(self) -> None:
        """What only one says is for a person to look at."""
        one, two = Filing(sure=frozenset("ab")), Filing(sure=frozenset("bc"))

        assert agreed(one, two) == Filing(sure=frozenset("b"), unsure=frozenset("ac"))
        assert agreed(one, None) == Filing(unsure=frozenset("ab"))
        assert agreed(Filing(), Filing()) == Filing()
        assert agreed(None, None) is None


class TestContrast:
    STEP = contrast("Contrast.", [Trial(card=CARDS[0], outsiders=NOTES[2:])], CONTEXT)

    def test_outsiders_are_the_likest_of_those_filed_elsewhere(self) -> None:
        """A card that holds all notes, or none, is not tried."""
        filed = {"c1": frozenset({"n1"}), "c2": frozenset({"n1", "n2", "n3", "n4"})}

        (trial,) = trials(CARDS, NOTES, filed)

        assert trial.card.key == "c1"
        assert trial.outsiders[0].id == "n2"
        assert "n1" not in {note.id for note in trial.outsiders}

    def test_every_pair_is_answered_once(self) -> None:
        """Those answered yes come back."""
        rows = [
            {"key": "c1", "id": "n3", "answer": "yes"},
            {"key": "c1", "id": "n4", "answer": "no"},
        ]
        assert examined(self.STEP, {"rows": rows}) == Examined(value=frozenset({("c1", "n3")}))

        found = examined(self.STEP, {"rows": [rows[0], {"key": "c1", "id": "n1", "answer": "yes"}]})
        assert found.value == frozenset({("c1", "n3")})
        assert found.said() == "c1 was not tried on 'n1'; c1 on n4 is not answered"

        with pytest.raises(ValueError, match="answer"):
            examined(self.STEP, {"rows": [{"key": "c1", "id": "n3", "answer": "maybe"}]})


def test_a_long_list_of_faults_is_cut() -> None:
    """A model mends few at once."""
    assert (
        Examined(value=0, faults=("a",) * 11).said() == "; ".join("a" * 8) + "; and 3 more like it"
    )


STEPS = (TestPropose.STEP, TestConsolidate.STEP, TestAssign.STEP, TestContrast.STEP)
KEYS = st.sampled_from(
    ["modes", "decisions", "rows", "id", "key", "mode", "quote", "title", "evidence", "answer"]
)
WORDS = st.sampled_from(["n1", "n2", "c1", "m1", "none", "keep", "merge", "yes", "agreed", "x"])
replies = st.recursive(
    WORDS | json_values,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)


@given(step=st.sampled_from(STEPS), key=KEYS, value=st.lists(replies, max_size=4) | replies)
def test_whatever_is_replied_is_refused_in_words_or_holds(
    step: Step[Any], key: str, value: Any
) -> None:
    """No reply makes an error of ours, and no reference that was not asked about comes through."""
    try:
        found = step.examine(json.dumps({key: value}))
    except ValueError as error:
        assert str(error)  # noqa: PT017 - it may be raised, and then it says why
        return
    if step is TestAssign.STEP:
        assert set(found.value) <= {note.id for note in NOTES}
        assert all(filing.keys <= {"m1", "c1", "c2", "c3"} for filing in found.value.values())
    if step is TestPropose.STEP:
        texts = " ".join(note.text for note in NOTES).casefold()
        assert all(quote.casefold() in texts for card in found.value for quote in card.quotes)
