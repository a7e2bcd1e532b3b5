"""Labels, codes, old names, tombstones and adjudication, brought together on reading."""

from __future__ import annotations

import pytest

from casefiles.documents.config import Annotator, Config
from casefiles.documents.judgements import Settled, Standing, canonical_names, judge, living
from corpora import corpus, files
from workspaces import mode_text

NOTE = "notes/ana/r/t1.md"
CODES = """\
---
kind: proposal/1
status: accepted
applied: {new one: one@1, "split": nothing, new late: one@2}
---
## new: One
- [x] ana:r/t1#1 "it rambles"
- [ ] ben:r/t1#1 "it is fine"
"""


def labelled(**labels: str) -> str:
    """Write a note that holds only labels."""
    lines = "".join(f"  {mode.replace('_', '-')}: {given}\n" for mode, given in labels.items())
    return f"---\nlabels:\n{lines}---\n"


def settled(modes: dict[str, str], *, ana: str = "", mode: str = "one", **more: str) -> Settled:
    """What is settled about the trace for a mode: ana's note, and files given by kind of more."""
    given = {f"taxonomy/{id_}.md": text for id_, text in modes.items()}
    given |= {NOTE: ana} if ana else {}
    given |= {f"notes/{name}/r/t1.md": text for name, text in more.items() if name != "codes"}
    given |= {"taxonomy/proposals/p.md": more["codes"]} if "codes" in more else {}
    loaded = corpus(files(given))
    assert not loaded.broken
    return judge(loaded).of("r/t1", mode)


def standing(
    modes: dict[str, str], *, ana: str = "", mode: str = "one", codes: str = ""
) -> Standing:
    """Ana's own standing for a mode."""
    more = {"codes": codes} if codes else {}
    return settled(modes, ana=ana, mode=mode, **more).by.get("ana", Standing(value=None))


class TestLabels:
    def test_the_last_judgement_of_a_line_counts(self) -> None:
        """A relabel is appended behind the older ones."""
        assert standing({"one": mode_text("One")}, ana=labelled(one="no@1, yes@1")).value == "yes"

    def test_unsure_is_not_judged(self) -> None:
        """It is kept and listed, and counts in no figure."""
        found = standing({"one": mode_text("One")}, ana=labelled(one="unsure@1"))

        assert found == Standing(value=None)

    def test_a_mode_that_is_absent_is_not_judged(self) -> None:
        """Nothing implies a no, not even a passing verdict."""
        modes = {"one": mode_text("One"), "two": mode_text("Two")}
        note = "---\nverdict: pass\nlabels: {two: no@1}\n---\n"

        assert settled(modes, ana=note) == Settled()

    @pytest.mark.parametrize(("given", "stale"), [("yes@1", True), ("yes@2", False), ("yes", True)])
    def test_a_judgement_of_an_older_definition_is_stale(self, given: str, *, stale: bool) -> None:
        """An unstamped one is of version 1."""
        found = standing({"one": mode_text("One", version=2)}, ana=labelled(one=given))

        assert found == Standing(value="yes", stale=stale)

    def test_an_unstamped_judgement_is_current_while_the_version_is_1(self) -> None:
        """People who write by hand need not know about versions."""
        assert not standing({"one": mode_text("One")}, ana=labelled(one="no")).stale

    def test_judgements_of_models_count_nowhere(self) -> None:
        """Only people review."""
        config = Config(annotators={"bot": Annotator(name="bot", kind="model")})
        given = {"taxonomy/one.md": mode_text("One"), "notes/bot/r/t1.md": labelled(one="yes@1")}

        assert judge(corpus(files(given), config=config)).settled == {}

    def test_judgements_of_traces_that_are_gone_count_nowhere(self) -> None:
        """A figure is about traces that can be looked at."""
        given = {"taxonomy/one.md": mode_text("One"), "notes/ana/r/gone.md": labelled(one="yes")}

        assert judge(corpus(files(given))).settled == {}

    def test_a_label_for_an_unknown_mode_is_no_error(self) -> None:
        """Another branch may bring the mode."""
        assert settled({"one": mode_text("One")}, ana=labelled(elsewhere="yes@1")) == Settled()


class TestCodes:
    def test_a_ticked_line_is_a_yes_of_its_annotator(self) -> None:
        """An unticked line says nothing."""
        found = settled({"one": mode_text("One")}, codes=CODES)

        assert found.value == "yes"
        assert found.by == {"ana": Standing(value="yes", coded=True)}

    def test_codes_of_open_and_rejected_proposals_count_nowhere(self) -> None:
        """Only accept makes a code."""
        for status in ("open", "rejected"):
            text = CODES.replace("status: accepted", f"status: {status}")
            assert settled({"one": mode_text("One")}, codes=text) == Settled()

    def test_the_annotators_own_label_outweighs_the_code(self) -> None:
        """Whatever their order: a label is a judgement, a code a suggestion of one."""
        note = f"{labelled(one='no@1')}it rambles\n"

        assert settled({"one": mode_text("One")}, ana=note, codes=CODES).value == "no"

    def test_another_persons_label_disputes_the_code(self) -> None:
        """A code counts as its annotator's judgement."""
        found = settled({"one": mode_text("One")}, ben=labelled(one="no@1"), codes=CODES)

        assert found.disputed
        assert found.value is None

    def test_a_code_is_stale_once_the_mode_is_redefined(self) -> None:
        """It holds for the version written in `applied`."""
        found = standing({"one": mode_text("One", version=2)}, codes=CODES)

        assert found == Standing(value="yes", stale=True, coded=True)

    def test_a_code_survives_the_edit_of_its_observation(self) -> None:
        """The line says who saw it where; the note may be worded anew."""
        note = "it goes on and on\n"

        assert settled({"one": mode_text("One")}, ana=note, codes=CODES).value == "yes"

    def test_a_line_under_a_heading_edited_later_is_a_code_of_what_it_names(self) -> None:
        """Recoding is an edit of the accepted file."""
        text = CODES.replace("## new: One", "## add: two")
        modes = {"one": mode_text("One"), "two": mode_text("Two")}

        assert settled(modes, codes=text).value is None
        assert settled(modes, codes=text, mode="two").value == "yes"

    def test_the_parts_of_a_split_hold_codes(self) -> None:
        """Each part has its own lines and its own key in `applied`."""
        text = """\
---
kind: proposal/1
status: accepted
applied: {new one: one@1, new two: two@1}
---
## split: both -> one + two
### one
- [x] ana:r/t1#1 "it rambles"
### two
- [ ] ana:r/t1 (label)
"""
        modes = {
            "one": mode_text("One", split_from="both@1"),
            "two": mode_text("Two", split_from="both@1"),
            "both": mode_text("Both", status="retired", split_into="[one@1, two@1]"),
        }

        assert settled(modes, codes=text).value == "yes"
        assert settled(modes, codes=text, mode="two").value is None


class TestRenamed:
    def test_an_old_name_stands_for_the_mode(self) -> None:
        """Labels and codes written before, or on another branch, keep their meaning."""
        modes = {"rambles": mode_text("Rambles", aliases="[one]")}

        assert settled(modes, ana=labelled(one="no@1"), mode="rambles").value == "no"
        assert settled(modes, codes=CODES, mode="rambles").value == "yes"

    def test_the_newest_version_counts_among_old_and_new_name(self) -> None:
        """Two branches may write both; the version says which is later."""
        modes = {"rambles": mode_text("Rambles", version=2, aliases="[one]")}

        found = standing(modes, ana=labelled(rambles="no@1", one="yes@2"), mode="rambles")

        assert found == Standing(value="yes")

    def test_the_new_name_counts_at_one_version(self) -> None:
        """Who writes the new name knows of the old one."""
        modes = {"rambles": mode_text("Rambles", aliases="[one]")}

        assert (
            settled(modes, ana=labelled(one="yes@1", rambles="no@1"), mode="rambles").value == "no"
        )

    def test_an_id_beats_an_alias(self) -> None:
        """A file is a stronger claim to a name than a memory of it."""
        modes = {"one": mode_text("One"), "two": mode_text("Two", aliases="[one, former]")}
        loaded = corpus(files({f"taxonomy/{id_}.md": text for id_, text in modes.items()}))

        names = canonical_names(loaded.modes)

        assert names == {"one": "one", "two": "two", "former": "two"}
        assert settled(modes, ana=labelled(one="yes@1"), mode="two") == Settled()


MERGED = {
    "one": mode_text("One", merged_from="[a@1, b@3]"),
    "a": mode_text("A", status="retired", merged_into="one@1"),
    "b": mode_text("B", status="retired", version=3, merged_into="one@1"),
}
TAKEN_UP = {
    "one": mode_text("One", version=3, merged_from="[a@1]"),
    "a": mode_text("A", status="retired", merged_into="one@3"),
}


class TestMergedIntoANewMode:
    @pytest.mark.parametrize(
        ("labels", "value"),
        [
            ({"a": "yes@1"}, "yes"),
            ({"a": "yes@1", "b": "no@3"}, "yes"),
            ({"a": "no@1", "b": "no@3"}, "no"),
            ({"a": "no@1"}, None),
            ({"a": "no@1", "b": "unsure@3"}, None),
        ],
    )
    def test_yes_under_any_is_yes_and_no_under_all_is_no(
        self, labels: dict[str, str], value: str | None
    ) -> None:
        """Anything else is not judged."""
        assert standing(MERGED, ana=labelled(**labels)) == Standing(value=value)  # type: ignore[arg-type]

    def test_a_stale_source_makes_it_stale(self) -> None:
        """The merge does not make an old judgement young."""
        found = standing(MERGED, ana=labelled(a="no@1", b="no@2"))

        assert found == Standing(value="no", stale=True)

    def test_the_modes_own_judgement_outweighs_its_sources(self) -> None:
        """It was made after the merge, of the merged definition."""
        assert standing(MERGED, ana=labelled(a="yes@1", one="no@1")).value == "no"

    def test_a_redefinition_after_the_merge_makes_all_sources_stale(self) -> None:
        """They were judged under another meaning."""
        modes = {**MERGED, "one": mode_text("One", version=2, merged_from="[a@1, b@3]")}

        assert standing(modes, ana=labelled(a="yes@1")) == Standing(value="yes", stale=True)

    def test_a_code_of_a_source_is_a_yes(self) -> None:
        """And it rests on a code although another source was labelled no."""
        codes = CODES.replace("one@1", "a@1")

        found = standing(MERGED, ana=labelled(b="no@3"), codes=codes)

        assert found == Standing(value="yes", coded=True)

    def test_merges_follow_one_another(self) -> None:
        """A source may itself have been merged from others."""
        modes = {
            **MERGED,
            "one": mode_text(
                "One", status="retired", merged_from="[a@1, b@3]", merged_into="top@1"
            ),
            "top": mode_text("Top", merged_from="[one@1]"),
        }

        assert standing(modes, ana=labelled(a="yes@1"), mode="top") == Standing(value="yes")
        assert standing(modes, ana=labelled(a="no@1", b="no@3"), mode="top").value == "no"


class TestMergedIntoAnExistingMode:
    @pytest.mark.parametrize(
        ("labels", "value"),
        [
            ({"one": "yes@2"}, "yes"),
            ({"one": "no@2"}, None),
            ({"a": "no@1"}, None),
            ({"one": "no@2", "a": "no@1"}, "no"),
            ({"one": "no@2", "a": "yes@1"}, "yes"),
        ],
    )
    def test_what_was_said_of_it_before_is_one_more_source(
        self, labels: dict[str, str], value: str | None
    ) -> None:
        """And it is not stale: the merge alone asks for no second look."""
        assert standing(TAKEN_UP, ana=labelled(**labels)) == Standing(value=value)  # type: ignore[arg-type]

    def test_what_was_stale_before_the_merge_stays_stale(self) -> None:
        """Version 2 had redefined it."""
        assert standing(TAKEN_UP, ana=labelled(one="yes@1")) == Standing(value="yes", stale=True)

    def test_a_judgement_since_the_merge_stands_alone(self) -> None:
        """It is of the wider definition."""
        assert standing(TAKEN_UP, ana=labelled(one="no@3", a="yes@1")) == Standing(value="no")

    def test_a_redefinition_between_two_merges_makes_the_first_source_stale(self) -> None:
        """Only the versions that merges made leave judgements current."""
        modes = {
            "one": mode_text("One", version=4, merged_from="[a@1, b@1]"),
            "a": mode_text("A", status="retired", merged_into="one@2"),
            "b": mode_text("B", status="retired", merged_into="one@4"),
        }

        assert standing(modes, ana=labelled(a="yes@1")) == Standing(value="yes", stale=True)
        assert standing(modes, ana=labelled(b="yes@1")) == Standing(value="yes")

    def test_a_merge_said_on_one_side_only_still_counts(self) -> None:
        """The other side may have been lost in a merge conflict."""
        only_tombstone = {**TAKEN_UP, "one": mode_text("One", version=3)}
        only_target = {**TAKEN_UP, "a": mode_text("A", status="retired")}

        assert standing(only_tombstone, ana=labelled(a="yes@1")).value == "yes"
        assert standing(only_target, ana=labelled(a="yes@1")).value == "yes"


SPLIT = {
    "both": mode_text("Both", status="retired", version=2, split_into="[one@1, two@1]"),
    "one": mode_text("One", split_from="both@2"),
    "two": mode_text("Two", split_from="both@2"),
}


class TestSplit:
    def test_no_for_the_parent_is_no_for_each_child(self) -> None:
        """What shows neither part was not seen."""
        found = [standing(SPLIT, ana=labelled(both="no@2"), mode=mode) for mode in ("one", "two")]

        assert found == [Standing(value="no"), Standing(value="no")]

    def test_yes_for_the_parent_is_unresolved(self) -> None:
        """It shows at least one part, and nobody said which."""
        found = settled(SPLIT, ana=labelled(both="yes@2"))

        assert found.unresolved
        assert found.value is None

    def test_a_label_for_the_child_resolves_it(self) -> None:
        """The other child stays open."""
        note = labelled(both="yes@2", one="no@1")

        assert standing(SPLIT, ana=note) == Standing(value="no")
        assert standing(SPLIT, ana=note, mode="two").unresolved

    def test_a_stale_parent_makes_a_stale_child(self) -> None:
        """So does a redefinition of the child."""
        redefined = {**SPLIT, "one": mode_text("One", version=2, split_from="both@2")}

        assert standing(SPLIT, ana=labelled(both="no@1")) == Standing(value="no", stale=True)
        assert standing(redefined, ana=labelled(both="no@2")) == Standing(value="no", stale=True)

    def test_a_child_that_took_up_another_mode_still_hears_its_parent(self) -> None:
        """No for the parent and no for the merged mode is no, and not stale."""
        modes = {
            **SPLIT,
            "one": mode_text("One", version=2, split_from="both@2", merged_from="[a@1]"),
            "a": mode_text("A", status="retired", merged_into="one@2"),
        }

        assert standing(modes, ana=labelled(both="no@2", a="no@1")) == Standing(value="no")
        assert standing(modes, ana=labelled(both="yes@2", a="no@1")).unresolved

    def test_nothing_is_settled_about_the_parent_itself(self) -> None:
        """Figures are about modes in use."""
        assert settled(SPLIT, ana=labelled(both="yes@2"), mode="both") == Settled()


class TestRetired:
    def test_a_judgement_of_a_retired_mode_is_in_no_figure(self) -> None:
        """And it is no error."""
        modes = {"one": mode_text("One", status="retired")}

        assert settled(modes, ana=labelled(one="yes@1"), codes=CODES) == Settled()

    def test_what_a_name_stands_for_today(self) -> None:
        """Through renames, merges and splits; nothing for what was retired for good."""
        given = {
            **SPLIT,
            "old": mode_text("Old", status="retired", aliases="[older]", merged_into="both@2"),
            "gone": mode_text("Gone", status="retired"),
        }
        modes = corpus(files({f"taxonomy/{id_}.md": text for id_, text in given.items()})).modes

        assert living(modes, "older") == ("one", "two")
        assert living(modes, "one") == ("one",)
        assert living(modes, "gone") == ()
        assert living(modes, "unheard-of") == ()


class TestCircles:
    def test_a_circle_made_by_hand_ends(self) -> None:
        """A mode merged into one that was merged into it, one split from its own child, itself."""
        modes = {
            "one": mode_text("One", merged_from="[two@1]", merged_into="two@1"),
            "two": mode_text("Two", merged_from="[one@1]", merged_into="one@1"),
            "three": mode_text("Three", split_from="four@1", split_into="[four@1]"),
            "four": mode_text("Four", split_from="three@1", split_into="[three@1]"),
            "five": mode_text("Five", merged_from="[five@1]", split_from="five@1"),
        }
        note = labelled(two="yes@1", four="no@1", five="yes@1")

        assert settled(modes, ana=note).value == "yes"
        assert settled(modes, ana=note, mode="three").value == "no"
        assert settled(modes, ana=note, mode="five").value == "yes"

    def test_a_circle_of_tombstones_stands_for_nothing(self) -> None:
        """There is no end to follow it to."""
        given = {
            "one": mode_text("One", status="retired", merged_into="two@1"),
            "two": mode_text("Two", status="retired", merged_into="one@1"),
        }
        modes = corpus(files({f"taxonomy/{id_}.md": text for id_, text in given.items()})).modes

        assert living(modes, "one") == ()
        assert settled(given, ana=labelled(one="yes@1")) == Settled()


ONE = {"one": mode_text("One")}


class TestSettling:
    def test_annotators_who_agree_settle_it(self) -> None:
        """An unsure one does not stand in the way."""
        found = settled(
            ONE,
            ana=labelled(one="no@1"),
            ben=labelled(one="no@1"),
            eve=labelled(one="unsure@1"),
        )

        assert found.value == "no"
        assert not found.disputed

    def test_annotators_who_contradict_each_other_dispute_it(self) -> None:
        """It has no value until it is settled."""
        found = settled(ONE, ana=labelled(one="no@1"), ben=labelled(one="yes@1"))

        assert found.disputed
        assert found.value is None
        assert set(found.by) == {"ana", "ben"}

    def test_adjudication_settles_it(self) -> None:
        """Against everybody, if need be; the adjudicator is no annotator."""
        found = settled(
            ONE,
            ana=labelled(one="no@1"),
            ben=labelled(one="yes@1"),
            adjudicated=labelled(one="no@1"),
        )

        assert found.value == "no"
        assert not found.disputed
        assert set(found.by) == {"ana", "ben"}

    def test_an_adjudicator_who_is_unsure_settles_nothing(self) -> None:
        """Then the annotators' judgements stand."""
        found = settled(ONE, ana=labelled(one="yes@1"), adjudicated=labelled(one="unsure@1"))

        assert found.value == "yes"

    def test_adjudication_is_stale_after_a_redefinition(self) -> None:
        """Like any judgement."""
        modes = {"one": mode_text("One", version=2)}

        assert settled(modes, adjudicated=labelled(one="yes@1")).stale


class TestUnits:
    @pytest.mark.parametrize(
        ("first", "second", "expected"),
        [
            ("yes@1", "no@1", Settled(value="yes")),
            ("no@1", "no@1", Settled(value="no")),
            ("no@1", "unsure@1", Settled()),
        ],
    )
    def test_a_unit_shows_what_one_of_its_traces_shows(
        self, first: str, second: str, expected: Settled
    ) -> None:
        """No takes every trace to be judged no."""
        given = {
            "taxonomy/one.md": mode_text("One"),
            "notes/ana/r/t1.md": labelled(one=first),
            "notes/ana/r/t2.md": labelled(one=second),
        }
        found = judge(corpus(files(given, traces=("r/t1", "r/t2"))))

        assert found.of_unit(("r/t1", "r/t2"), "one") == expected

    def test_a_disputed_trace_makes_a_disputed_unit_unless_another_says_yes(self) -> None:
        """The union of what was seen."""
        given = {
            "taxonomy/one.md": mode_text("One"),
            "notes/ana/r/t1.md": labelled(one="yes@1"),
            "notes/ben/r/t1.md": labelled(one="no@1"),
            "notes/ana/r/t2.md": labelled(one="no@1"),
            "notes/ana/r/t3.md": labelled(one="yes@1"),
        }
        found = judge(corpus(files(given, traces=("r/t1", "r/t2", "r/t3"))))

        assert found.of_unit(("r/t1", "r/t2"), "one").disputed
        assert found.of_unit(("r/t1", "r/t3"), "one").value == "yes"
