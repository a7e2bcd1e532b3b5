"""New, rename, merge, split, redefine, retire: each file as it is read back."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from casefiles.documents.mode import Definition, Mode
from casefiles.taxonomy import operations
from casefiles.taxonomy.operations import Occasion, Outcome, readable
from casefiles.taxonomy.working_copy import RefusedError, WorkingCopy
from corpora import carried_out, corpus, files
from workspaces import mode_text

DAY = Occasion(day="2026-11-24", why="they say\nthe same")
DEFINITION = Definition(text="Yes if it rambles.\nNo if it does not.")
MODES = {
    "taxonomy/one.md": mode_text("One", version=3),
    "taxonomy/two.md": mode_text("Two", aliases="[former]"),
    "taxonomy/gone.md": mode_text("Gone", status="retired", merged_into="two@1"),
    "taxonomy/parts.md": mode_text("Parts", status="retired", split_into="[one@1, two@1]"),
    "taxonomy/dropped.md": mode_text("Dropped", status="retired"),
}

Operation = Callable[[WorkingCopy], object]


def working_copy(given: dict[str, str] | None = None) -> WorkingCopy:
    """Load modes to work on."""
    found = files(given or MODES)
    return WorkingCopy(modes=corpus(found).modes, read=found.get)


def after(copy: WorkingCopy, given: dict[str, str] | None = None) -> dict[str, Mode]:
    """Write the plan, read every mode back, and insist that all of them are sound."""
    loaded = corpus(carried_out(files(given or MODES), copy.plan))
    assert not loaded.broken
    return dict(loaded.modes)


def refusal(operation: Operation) -> RefusedError:
    """Return what an operation on the modes above is refused for."""
    with pytest.raises(RefusedError) as refused:
        operation(working_copy())
    return refused.value


class TestNew:
    def test_a_new_mode_is_active_at_version_1_and_stamped(self) -> None:
        """Its file is named by the slug of its name; the memo says when and why."""
        copy, mode = operations.new(
            working_copy(), "Switches  language!", definition=DEFINITION, occasion=DAY
        )

        made = after(copy)["switches-language"]
        assert str(mode) == "switches-language@1"
        assert (made.name, made.status, made.version) == ("Switches language!", "active", 1)
        assert (made.definition, made.defined) == (DEFINITION, DEFINITION.hash)
        assert made.memo == "- 2026-11-24 v1: new (they say the same)"

    @pytest.mark.parametrize(
        ("name", "said"),
        [
            ("ONE", "there is a mode 'one' already"),
            ("Former", "there is a mode 'two', once called 'former', already"),
            ("Gone", "it was merged into two"),
            ("Parts", "it was split into one and two"),
            ("Dropped", "it was retired"),
        ],
    )
    def test_a_taken_id_is_refused_and_says_whose_it_is(self, name: str, said: str) -> None:
        """Tombstones and old names are taken too: references to them must stay readable."""
        refused = refusal(
            lambda copy: operations.new(copy, name, definition=DEFINITION, occasion=DAY)
        )

        assert refused.code == "mode-exists"
        assert said in refused.message

    def test_the_refusal_names_what_to_use_instead(self) -> None:
        """The command that adds to it, or the mode it became."""

        def remedy(name: str) -> str | None:
            return refusal(
                lambda copy: operations.new(copy, name, definition=DEFINITION, occasion=DAY)
            ).remedy

        assert "`## add: two`" in str(remedy("former"))
        assert remedy("gone") == "use 'two'"
        assert remedy("parts") == "use 'one' or 'two'"
        assert "`status: active` in taxonomy/dropped.md" in str(remedy("dropped"))

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("", "there is no definition"),
            ("Yes if …\nNo if …", "not completed"),
            ("Yes if it rambles (often: long …)\nNo if not.", "not completed"),
            ("Yes if it rambles.", "lacks a half"),
            ("No if it does not.", "lacks a half"),
            ("Yes if a.\nNo if b.\n### More", "no headings"),
        ],
    )
    def test_an_incomplete_definition_is_refused(self, text: str, said: str) -> None:
        """The message says what lacks, the remedy what to write."""
        refused = refusal(
            lambda copy: operations.new(copy, "New", definition=Definition(text=text), occasion=DAY)
        )

        assert refused.code == "definition"
        assert said in refused.message
        assert "`Yes if`" in str(refused.remedy)

    def test_a_mode_needs_a_name(self) -> None:
        """White space is none."""
        refused = refusal(
            lambda copy: operations.new(copy, " \n", definition=DEFINITION, occasion=DAY)
        )

        assert refused.code == "name"


class TestRename:
    def test_the_file_moves_and_the_old_id_stays_as_an_alias(self) -> None:
        """The meaning, and so the version, is the same."""
        copy, mode = operations.rename(working_copy(), "two", "Says it twice", occasion=DAY)

        modes = after(copy)
        made = modes["says-it-twice"]
        assert "two" not in modes
        assert str(mode) == "says-it-twice@1"
        assert (made.name, made.version) == ("Says it twice", 1)
        assert made.aliases == ("former", "two")
        assert made.memo == "- 2026-11-24: renamed from 'Two' (they say the same)"

    def test_a_mode_may_take_back_an_old_name_of_its_own(self) -> None:
        """It is then no alias any more."""
        copy, _ = operations.rename(working_copy(), "two", "former", occasion=DAY)

        made = after(copy)["former"]
        assert made.aliases == ("two",)
        assert made.name == "Former"

    def test_a_name_of_the_same_id_changes_the_name_only(self) -> None:
        """The file stays where it is."""
        copy, _ = operations.rename(working_copy(), "two", "TWO?", occasion=DAY)

        made = after(copy)["two"]
        assert made.name == "TWO?"
        assert made.aliases == ("former",)

    def test_references_to_the_old_id_in_other_files_are_left_alone(self) -> None:
        """They resolve through the alias, and fewer files change."""
        copy, _ = operations.rename(working_copy(), "two", "Says it twice", occasion=DAY)

        changed = [change.path for change in copy.plan.real]
        assert changed == ["taxonomy/two.md", "taxonomy/says-it-twice.md"]

    @pytest.mark.parametrize("name", ["One", "Gone", "Dropped"])
    def test_the_name_of_another_mode_is_refused(self, name: str) -> None:
        """Its judgements would be read as those of this one."""
        refused = refusal(lambda copy: operations.rename(copy, "two", name, occasion=DAY))

        assert refused.code == "mode-exists"

    def test_a_tombstone_is_not_renamed(self) -> None:
        """It says where it went instead."""
        refused = refusal(lambda copy: operations.rename(copy, "gone", "Lost", occasion=DAY))

        assert str(refused) == "gone was merged into two; use 'two'"

    def test_the_name_it_has_is_refused(self) -> None:
        """Nothing would change but the memo."""
        refused = refusal(lambda copy: operations.rename(copy, "two", "Two", occasion=DAY))

        assert refused.code == "same-name"


class TestMerge:
    def test_into_an_existing_mode_its_version_rises(self) -> None:
        """Both sides say so; the definition of the tombstone stays."""
        copy, mode = operations.merge(working_copy(), ["one"], "two", occasion=DAY)

        modes = after(copy)
        assert str(mode) == "two@2"
        assert (modes["two"].version, modes["two"].defined) == (2, modes["two"].definition.hash)
        assert [str(source) for source in modes["two"].merged_from] == ["one@3"]
        assert modes["two"].memo == "- 2026-11-24 v2: merged from one@3 (they say the same)"
        assert (modes["one"].status, str(modes["one"].merged_into)) == ("retired", "two@2")
        assert modes["one"].version == 3
        assert modes["one"].definition.text.startswith("Yes if the reply shows one.")
        assert modes["one"].memo == "- 2026-11-24: merged into two@2 (they say the same)"

    def test_a_definition_given_with_it_replaces_the_targets(self) -> None:
        """The merged mode usually means more than each did."""
        copy, _ = operations.merge(
            working_copy(), ["one"], "two", definition=DEFINITION, occasion=DAY
        )

        made = after(copy)["two"]
        assert (made.definition, made.defined) == (DEFINITION, DEFINITION.hash)

    def test_into_a_new_mode_it_is_made_at_version_1(self) -> None:
        """A target written as an id gets a readable name."""
        copy, mode = operations.merge(
            working_copy(), ["one", "former"], "acts-at-once", definition=DEFINITION, occasion=DAY
        )

        modes = after(copy)
        assert str(mode) == "acts-at-once@1"
        assert modes["acts-at-once"].name == "Acts at once"
        assert [str(m) for m in modes["acts-at-once"].merged_from] == ["one@3", "two@1"]
        assert {str(modes[id_].merged_into) for id_ in ("one", "two")} == {"acts-at-once@1"}

    def test_the_target_may_stand_among_the_modes_to_merge(self) -> None:
        """`a + c -> c` means what `a -> c` means."""
        copy, _ = operations.merge(working_copy(), ["one", "two"], "two", occasion=DAY)

        modes = after(copy)
        assert [str(source) for source in modes["two"].merged_from] == ["one@3"]
        assert modes["two"].status == "active"

    def test_a_mode_revived_by_hand_and_merged_again_stands_once(self) -> None:
        """Under its version of now."""
        given = {
            "taxonomy/one.md": mode_text("One", version=2),
            "taxonomy/two.md": mode_text("Two", version=4, merged_from="[one@1, x@1]"),
        }

        copy, _ = operations.merge(working_copy(given), ["one"], "two", occasion=DAY)

        assert [str(m) for m in after(copy, given)["two"].merged_from] == ["x@1", "one@2"]

    @pytest.mark.parametrize(
        ("sources", "into", "said"),
        [
            (["gone"], "one", "gone was merged into two; use 'two'"),
            (["one"], "gone", "gone was merged into two; use 'two'"),
            (["oen"], "two", "there is no mode 'oen'; did you mean 'one'?"),
            (["one", "One"], "two", "one stands twice among the modes to merge"),
            (["one"], "one", "nothing is merged into one"),
            (["one"], "twoo", "there is no mode 'twoo' yet; did you mean 'two'? A new one needs"),
        ],
    )
    def test_what_cannot_be_merged_is_refused(
        self, sources: list[str], into: str, said: str
    ) -> None:
        """Each message says what to write instead."""
        refused = refusal(lambda copy: operations.merge(copy, sources, into, occasion=DAY))

        assert str(refused).startswith(said)

    def test_an_incomplete_definition_is_refused_even_where_none_is_needed(self) -> None:
        """What was begun is meant to be finished."""
        stub = Definition(text="Yes if …\nNo if …")
        refused = refusal(
            lambda copy: operations.merge(copy, ["one"], "two", definition=stub, occasion=DAY)
        )

        assert refused.code == "definition"


class TestSplit:
    def test_the_parts_are_new_modes_and_the_parent_a_tombstone(self) -> None:
        """Each side names the other."""
        parts = [("too-casual", DEFINITION), ("Lectures", DEFINITION)]

        copy, made = operations.split(working_copy(), "one", parts, occasion=DAY)

        modes = after(copy)
        assert [str(mode) for mode in made] == ["too-casual@1", "lectures@1"]
        assert modes["too-casual"].name == "Too casual"
        assert {str(modes[mode.mode].split_from) for mode in made} == {"one@3"}
        assert [str(mode) for mode in modes["one"].split_into] == ["too-casual@1", "lectures@1"]
        assert modes["one"].status == "retired"

    def test_a_part_that_is_there_already_is_refused(self) -> None:
        """Its judgements would be taken for judgements of a part."""
        parts = [("two", DEFINITION), ("three", DEFINITION)]
        refused = refusal(lambda copy: operations.split(copy, "one", parts, occasion=DAY))

        assert refused.code == "mode-exists"

    def test_one_part_is_no_split(self) -> None:
        """That would be a rename."""
        refused = refusal(
            lambda copy: operations.split(copy, "one", [("a", DEFINITION)], occasion=DAY)
        )

        assert refused.code == "split"


class TestRedefine:
    def test_the_version_rises_and_the_definition_is_replaced(self) -> None:
        """Judgements of before are stale from then on."""
        copy, mode = operations.redefine(working_copy(), "one", definition=DEFINITION, occasion=DAY)

        made = after(copy)["one"]
        assert str(mode) == "one@4"
        assert (made.definition, made.defined) == (DEFINITION, DEFINITION.hash)
        assert made.memo == "- 2026-11-24 v4: redefined (they say the same)"

    def test_the_same_definition_is_refused(self) -> None:
        """White space is no change of meaning."""
        same = Definition(text="Yes if the reply  shows one.\nNo if it does not.")
        refused = refusal(
            lambda copy: operations.redefine(copy, "one", definition=same, occasion=DAY)
        )

        assert refused.code == "same-definition"

    def test_a_definition_changed_by_hand_can_be_made_a_version(self) -> None:
        """Its hash differs from the one written for the version."""
        given = {"taxonomy/one.md": mode_text("One", defined="abc")}
        copy = working_copy(given)

        copy, mode = operations.redefine(
            copy, "one", definition=copy.modes["one"].definition, occasion=DAY
        )

        assert str(mode) == "one@2"
        assert after(copy, given)["one"].defined == copy.modes["one"].definition.hash


class TestRetire:
    def test_the_file_stays_with_its_definition(self) -> None:
        """Old judgements stay readable; the memo says why."""
        copy, mode = operations.retire(working_copy(), "one", occasion=DAY)

        made = after(copy)["one"]
        assert str(mode) == "one@3"
        assert made.status == "retired"
        assert made.definition.is_complete
        assert made.memo == "- 2026-11-24: retired (they say the same)"

    def test_a_second_time_is_refused(self) -> None:
        """The mode is out of use already."""
        refused = refusal(lambda copy: operations.retire(copy, "dropped", occasion=DAY))

        assert str(refused).startswith("dropped was retired; choose another")


class TestReword:
    def test_the_version_stays_and_the_new_words_are_stamped(self) -> None:
        """Judgements of the same meaning stay current; an edit by hand is settled by it."""
        copy, mode = operations.reword(working_copy(), "one", definition=DEFINITION, occasion=DAY)

        made = after(copy)["one"]
        assert str(mode) == "one@3"
        assert (made.definition, made.defined) == (DEFINITION, DEFINITION.hash)
        assert made.memo == "- 2026-11-24: reworded, same meaning (they say the same)"

    def test_the_same_words_are_refused(self) -> None:
        """There would be nothing to write."""
        text = Definition(text="Yes if the reply shows  one.\nNo if it does not.")

        refused = refusal(lambda c: operations.reword(c, "one", definition=text, occasion=DAY))

        assert refused.code == "same-definition"


class TestGroup:
    def test_modes_are_put_into_a_group_and_taken_out_again(self) -> None:
        """Only that key changes; a memo needs a reason."""
        silent = Occasion(day="2026-11-24")
        copy, found = operations.group(
            working_copy(), ["one", "Two", "one"], " Speech  acts ", occasion=silent
        )
        assert [str(mode) for mode in found] == ["one@3", "two@1"]
        assert [after(copy)[id_].group for id_ in ("one", "two")] == ["Speech acts"] * 2
        assert after(copy)["one"].memo == ""

        copy, _ = operations.group(copy, ["one"], "", occasion=silent)
        assert [change.path for change in copy.plan.real] == ["taxonomy/two.md"]

    def test_the_reason_is_kept(self) -> None:
        """As everywhere."""
        copy, _ = operations.group(working_copy(), ["one"], "Acts", occasion=DAY)

        assert (
            after(copy)["one"].memo == "- 2026-11-24: put into the group 'Acts' (they say the same)"
        )

    @pytest.mark.parametrize(
        ("mode", "name", "code"),
        [("one", "", "same-group"), ("gone", "Acts", "retired-mode"), ("on", "A", "unknown-mode")],
    )
    def test_what_changes_nothing_or_is_out_of_use_is_refused(
        self, mode: str, name: str, code: str
    ) -> None:
        """All of the modes or none."""
        refused = refusal(
            lambda copy: operations.group(
                copy, ["two", mode] if name else [mode], name, occasion=DAY
            )
        )

        assert refused.code == code


EDITED = {
    "taxonomy/one.md": mode_text("One", defined="0123456789ab"),
    "taxonomy/two.md": mode_text("Two"),
}


class TestEditedByHand:
    def test_a_merge_does_not_settle_what_an_edit_meant(self) -> None:
        """Its version marks nothing stale, so the edit must stay noticed."""
        copy, _ = operations.merge(working_copy(EDITED), ["two"], "one", occasion=DAY)

        made = after(copy, EDITED)["one"]
        assert (made.version, made.defined) == (2, "0123456789ab")

    @pytest.mark.parametrize("settle", [operations.redefine, operations.reword])
    def test_to_redefine_or_reword_settles_it(self, settle: Callable[..., Outcome]) -> None:
        """With the words that stand in the file."""
        copy = working_copy(EDITED)
        copy, _ = settle(copy, "one", definition=copy.modes["one"].definition, occasion=DAY)

        made = after(copy, EDITED)["one"]
        assert made.defined == made.definition.hash


class TestInARow:
    def test_operations_build_on_one_another(self) -> None:
        """One plan holds the last state of each file, each file once."""
        copy = working_copy()
        copy, _ = operations.new(copy, "Fresh", definition=DEFINITION, occasion=DAY)
        copy, _ = operations.merge(copy, ["fresh", "one"], "two", occasion=DAY)
        copy, _ = operations.rename(copy, "two", "Both", occasion=DAY)

        paths = [change.path for change in copy.plan.changes]
        modes = after(copy)
        assert len(paths) == len(set(paths))
        assert [str(source) for source in modes["both"].merged_from] == ["fresh@1", "one@3"]
        assert str(modes["fresh"].merged_into) == "two@2"

    def test_a_rename_there_and_back_changes_the_memo_alone(self) -> None:
        """No file appears or goes."""
        copy = working_copy()
        copy, _ = operations.rename(copy, "one", "Other", occasion=DAY)
        copy, _ = operations.rename(copy, "other", "One", occasion=DAY)

        assert [change.path for change in copy.plan.real] == ["taxonomy/one.md"]
        assert after(copy)["one"].aliases == ("other",)

    def test_a_file_that_reads_as_no_mode_is_refused(self) -> None:
        """Nothing is written that cannot be read back."""
        with pytest.raises(RefusedError, match="name"):
            working_copy().put("one", "no front matter\n")


class TestWording:
    def test_a_name_written_as_an_id_becomes_words(self) -> None:
        """Any other name stays as it was typed."""
        assert readable("too-long") == "Too long"
        assert readable("iPhone only") == "iPhone only"
        assert readable("日本語") == "日本語"
