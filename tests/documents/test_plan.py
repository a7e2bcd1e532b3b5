"""A change is a value that can be shown."""

from __future__ import annotations

from casefiles.documents.plan import Change, Plan


def test_what_changes_nothing_is_no_change() -> None:
    """Writing the same bytes again is not shown and not done."""
    same = Change(path="a.md", before="x\n", after="x\n")
    real = Change(path="b.md", before="x\n", after="y\n")

    assert Plan(changes=(same, real)).real == (real,)
    assert Plan(changes=(same,)).diff() == ""


def test_an_empty_file_is_not_an_absent_one() -> None:
    """Making an empty file is a change."""
    assert not Change(path="a.md", before=None, after="").is_empty
    assert Change(path="a.md", before=None, after=None).is_empty


def test_the_diff_shows_every_file_in_order() -> None:
    """New, changed and removed ones."""
    plan = Plan(
        changes=(
            Change(path="new.md", before=None, after="a\n"),
            Change(path="old.md", before="a\nb\n", after="a\nc\n"),
            Change(path="gone.md", before="a\n", after=None),
        )
    )

    assert plan.diff() == (
        "--- /dev/null\n+++ b/new.md\n@@ -0,0 +1 @@\n+a\n"
        "--- a/old.md\n+++ b/old.md\n@@ -1,2 +1,2 @@\n a\n-b\n+c\n"
        "--- a/gone.md\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n"
    )
