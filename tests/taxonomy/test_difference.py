"""What happened between two taxonomies, one operation or many apart."""

from __future__ import annotations

from casefiles.documents.mode import Mode, parse
from casefiles.taxonomy.difference import Event, events
from workspaces import mode_text


def taxonomy(**modes: str) -> dict[str, Mode]:
    """Read modes written as text; an underscore in a name is a hyphen."""
    found = {}
    for name, text in modes.items():
        id_ = name.replace("_", "-")
        mode, problems = parse(text, f"taxonomy/{id_}.md")
        assert mode is not None, problems
        found[id_] = mode
    return found


def said(found: tuple[Event, ...]) -> list[str]:
    """Write events as text."""
    return [str(event) for event in found]


OLD = taxonomy(a=mode_text("A"), b=mode_text("B"))


def test_nothing_happened_to_the_same_taxonomy() -> None:
    """Equal modes give no event, whether they are the same record or were read again."""
    assert events(OLD, OLD) == ()
    assert events(OLD, taxonomy(a=mode_text("A"), b=mode_text("B"))) == ()


def test_modes_come_retire_return_and_vanish() -> None:
    """A tombstone that appears from nowhere is no event: nobody used the mode."""
    new = taxonomy(a=mode_text("A", status="retired"), c=mode_text("C"))
    new |= taxonomy(d=mode_text("D", status="retired"))
    assert said(events(OLD, new)) == ["created: c", "retired: a", "removed: b"]
    assert said(events(new, OLD)) == ["created: b", "revived: a", "removed: c", "removed: d"]


def test_a_redefinition_and_a_rewording_tell_both_texts() -> None:
    """The version tells them apart; white space alone is no change."""
    new = taxonomy(
        a=mode_text("A", version=2) + "Always.\n", b=mode_text("B").replace("Yes if", "Yes  if")
    )
    found = events(OLD, new)
    assert said(found) == ["redefined: a"]
    assert found[0].before == OLD["a"].definition.text
    assert found[0].after == new["a"].definition.text
    assert said(events(OLD, taxonomy(a=mode_text("A") + "Always.\n", b=mode_text("B")))) == [
        "reworded: a"
    ]


def test_a_rename_is_followed_through_many() -> None:
    """Renamed twice is renamed once; renamed and redefined is both."""
    new = taxonomy(z=mode_text("A", version=2, aliases="[a, y]") + "Always.\n", b=mode_text("B"))
    assert said(events(OLD, new)) == ["renamed: a → z", "redefined: z"]


def test_a_merge_explains_its_sources_and_its_target() -> None:
    """The target's new version is no redefinition, but a new text is told."""
    merged = {
        "b": mode_text("B", status="retired", merged_into="a@2"),
        "a": mode_text("A", version=2, merged_from="[b@1]"),
    }
    found = events(OLD, taxonomy(**merged))
    assert found == (Event(kind="merged", modes=("b",), into=("a",)),)

    found = events(OLD, taxonomy(**{**merged, "a": merged["a"] + "Or B.\n"}))
    assert said(found) == ["merged: b → a"]
    assert found[0].after.endswith("Or B.")


def test_a_merge_into_a_new_mode_names_it_once() -> None:
    """It is not created as well."""
    new = taxonomy(
        a=mode_text("A", status="retired", merged_into="both@1"),
        b=mode_text("B", status="retired", merged_into="both@1"),
        both=mode_text("Both", merged_from="[a@1, b@1]"),
    )
    assert said(events(OLD, new)) == ["merged: a, b → both"]


def test_renamed_before_or_after_a_merge() -> None:
    """Sources are named as they were at first, targets as they are at last."""
    new = taxonomy(
        x=mode_text("A", status="retired", aliases="[a]", merged_into="b@2"),
        y=mode_text("B", version=2, aliases="[b]", merged_from="[x@1]"),
    )
    assert said(events(OLD, new)) == ["renamed: b → y", "merged: a → y"]


def test_a_split_explains_its_children() -> None:
    """They are not created, and the parent is not retired."""
    new = taxonomy(
        a=mode_text("A", status="retired", split_into="[c@1, d@1]"),
        b=mode_text("B"),
        c=mode_text("C", split_from="a@1"),
        d=mode_text("D", split_from="a@1"),
    )
    assert said(events(OLD, new)) == ["split: a → c, d"]
