"""Changes of a mode file touch only the bytes concerned."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casefiles.documents import mode as mode_file
from casefiles.documents.mode import Definition
from casefiles.errors import BadInputError
from casefiles.taxonomy.splices import with_definition, with_keys, with_memo, with_version

PERSON = """\
---
# ours since March
name:  Too long   # people said "rambles"
version: 1  # for now
mine: [kept, as it is]
---

Yes if it takes more than one screen.
No if the user asked for detail.

## Yes examples
- round-1/q042 at 5: "three screens"

## Memo
started with ana
"""
NEW = Definition(text="Yes if it takes two screens.\nNo otherwise.")


def parsed(text: str) -> mode_file.Mode:
    """Read a mode that must be sound."""
    mode, problems = mode_file.parse(text, "taxonomy/too-long.md")
    assert problems == ()
    assert mode is not None
    return mode


def test_the_hash_stands_on_the_line_after_the_version() -> None:
    """Two branches that both redefine a mode then conflict in git."""
    lines = with_version(PERSON, 2, NEW.hash).split("\n")

    at = lines.index("version: 2  # for now")
    assert lines.pop(at + 1).replace('"', "") == f"defined: {NEW.hash}"
    assert "\n".join(lines) == PERSON.replace("version: 1", "version: 2")


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_definition_is_replaced_and_nothing_else(newline: str) -> None:
    """Comments, blank lines, sections and line ends stay."""
    text = PERSON.replace("\n", newline)
    before, after = text.index("Yes if"), text.index("## Yes examples")

    changed = with_definition(text, NEW)

    body = NEW.text.replace("\n", newline)
    assert changed == text[:before] + body + newline * 2 + text[after:]


def test_a_definition_is_put_where_there_was_none() -> None:
    """Before the first heading."""
    text = "---\nname: A\n---\n## Memo\nhi\n"

    changed = with_definition(text, NEW)

    assert changed == f"---\nname: A\n---\n{NEW.text}\n\n## Memo\nhi\n"
    assert with_definition("---\nname: A\n---\n", NEW) == f"---\nname: A\n---\n{NEW.text}\n"


def test_a_key_that_cannot_be_set_without_damage_is_refused() -> None:
    """The message says which, and nothing is changed."""
    with pytest.raises(BadInputError, match="front matter"):
        with_keys("---\nname: [A\n---\n", status="retired")


# What people may have around the parts that are spliced.
lines = st.lists(st.text("ab #:-'\"|é…", max_size=12).map(str.strip), max_size=3)
names = st.text("abc XYZ-é", min_size=1, max_size=12).map(str.strip).filter(bool)


@st.composite
def mode_files(draw: st.DrawFn) -> str:
    """Write a mode file as a person might."""
    front = [f"name: {draw(names)!r}", *(f"# {line}" for line in draw(lines))]
    front += draw(st.sampled_from([[], ["version: 1"], ["version: 3  # third", "defined: abc"]]))
    front += [f"note-{number}: {draw(names)!r}" for number in range(draw(st.integers(0, 2)))]
    body = ["", "Yes if a.", *(line.lstrip("#") for line in draw(lines)), "No if b.", ""]
    body += ["## Memo", *(line.lstrip("#") for line in draw(lines))]
    newline = draw(st.sampled_from(["\n", "\r\n"]))
    return newline.join(["---", *draw(st.permutations(front)), "---", *body]) + newline


@given(text=mode_files(), version=st.integers(2, 9))
def test_a_redefinition_is_read_back_and_all_else_stays(text: str, version: int) -> None:
    """Every line that was there is there still, but the definition and the version."""
    before = parsed(text)

    changed = with_memo(with_version(with_definition(text, NEW), version, NEW.hash), "- today: why")

    after = parsed(changed)
    assert (after.version, after.defined, after.definition) == (version, NEW.hash, NEW)
    assert (after.name, after.extra) == (before.name, before.extra)
    assert after.memo.endswith("- today: why")
    kept = [line for line in text.split("---")[1].split("\n") if ": " in line or "#" in line]
    for line in kept:
        if not line.startswith(("version", "defined")):
            assert line in changed
    assert ("\r\n" in changed) == ("\r\n" in text)
    assert changed.count("\n") == changed.count("\r\n") or "\r\n" not in text
