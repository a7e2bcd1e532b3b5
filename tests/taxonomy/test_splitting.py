"""The proposal to split a mode, and what comes of it once sorted and accepted."""

from __future__ import annotations

import pytest

from casefiles.documents.judgements import judge
from casefiles.documents.proposal import Proposal, parse, render
from casefiles.taxonomy.accepting import accept
from casefiles.taxonomy.splitting import draft_split, splits_of, to_sort
from casefiles.taxonomy.working_copy import RefusedError, WorkingCopy
from corpora import carried_out, corpus, files
from workspaces import mode_text

TRACES = ("r/t1", "r/t2", "r/t3", "r/t4", "r/t5")
PARTS = ("too-casual", "Lectures")


def given(**more: str) -> dict[str, str]:
    """A mode coded for two people, labelled yes and no, and judged under its old name."""
    return files(
        {
            "taxonomy/tone.md": mode_text("Tone", version=2, aliases="[manner]"),
            "taxonomy/misc.md": mode_text("Misc"),
            "taxonomy/proposals/first.md": """\
                ---
                kind: proposal/1
                status: accepted
                applied: {add tone: tone@2, add misc: misc@1}
                ---
                ## add: tone
                - [x] ana:r/t1#1 "says hey"
                - [x] ana:r/t1#2 "says you must"
                - [x] ana:r/t2#1 "says dude"
                - [x] ben:r/t5#1 "was said otherwise"
                - [ ] ana:r/t3#1 "is late"

                ## add: misc
                - [x] ana:r/t1#1 "says hey"
                """,
            "notes/ana/r/t1.md": "says hey\n\nsays you must\n",
            "notes/ana/r/t2.md": "---\nlabels: {tone: no@2}\n---\nsays dude\n",
            "notes/ana/r/t3.md": "---\nlabels: {manner: yes@1}\n---\nis late\n",
            "notes/ben/r/t1.md": "---\nlabels: {tone: unsure@2}\n---\n",
            "notes/ben/r/t4.md": "---\nlabels: {tone: yes@2}\n---\n",
            "notes/ben/r/t5.md": "says it in other words now\n",
            **more,
        },
        traces=TRACES,
    )


def drafted(found: dict[str, str], *parts: str, why: str = "") -> Proposal:
    """Draft the split of tone."""
    loaded = corpus(found)
    copy = WorkingCopy(modes=loaded.modes, read=found.get)
    return draft_split(loaded, copy, "tone", parts or PARTS, proposal="p", why=why)


def test_what_shows_the_mode_is_to_be_sorted_under_every_part() -> None:
    """Observations where there are any, labels where not; what was judged no is not sorted."""
    made = drafted(given(), why="two\nkinds")

    lines = [str(item.reference) for item in made.sections[0].children[0].items]
    assert lines == [
        'ana:r/t1#1 "says hey"',
        'ana:r/t1#2 "says you must"',
        "ana:r/t3 (label)",
        "ben:r/t4 (label)",
        "ben:r/t5 (label)",
    ]
    assert made.sections[0].children[1].items == made.sections[0].children[0].items
    assert not any(item.ticked for item in made.items)
    assert dict(made.basis) == {"observations": "2", "labels": "3"}


def test_the_file_reads_back_as_it_was_meant() -> None:
    """Headings, stubs and lines."""
    made = drafted(given(), why="two kinds")

    text = render(made)
    assert "## split: tone -> Too casual + Lectures\ntwo kinds\n" in text
    assert "### Too casual\nYes if …\nNo if …\n\n- [ ] ana:r/t1#1" in text
    assert "Until now: Yes if the reply shows tone. No if it does not." in text
    again, problems = parse(text, "p.md")
    assert problems == ()
    assert again is not None
    assert again.sections == made.sections


def test_sorted_and_accepted_it_keeps_every_judgement() -> None:
    """Ticked is yes, no for the whole is no for each part, and the rest is open."""
    text = render(drafted(given(), why="two kinds"))
    casual, lectures = text.split("### Lectures")
    casual = casual.replace("- [ ] ana:r/t1#1", "- [x] ana:r/t1#1").replace(
        "- [ ] ben", "- [x] ben"
    )
    text = f"{casual}### Lectures{lectures}".replace("Yes if …", "Yes if so.").replace(
        "No if …", "No if not."
    )
    found = given(**{"taxonomy/proposals/p.md": text})

    accepted, problems = accept(corpus(found), "p", read=found.get, day="2026-11-24")

    assert problems == ()
    assert accepted is not None
    after = carried_out(found, accepted.plan)
    assert (
        "split into too-casual@1 and lectures@1 (proposal p: two kinds)"
        in after["taxonomy/tone.md"]
    )
    now = judge(corpus(after))
    values = {trace: now.of(trace, "too-casual").value for trace in TRACES}
    assert values == {"r/t1": "yes", "r/t2": "no", "r/t3": None, "r/t4": "yes", "r/t5": "yes"}
    assert now.of("r/t3", "too-casual").unresolved
    assert now.of("r/t1", "lectures").unresolved
    assert now.of("r/t2", "lectures").value == "no"


def test_an_open_split_is_found() -> None:
    """Two splits of one mode cannot both be accepted."""
    found = given(**{"taxonomy/proposals/p.md": render(drafted(given()))})

    assert list(splits_of(corpus(found), "tone")) == ["p"]
    assert list(splits_of(corpus(found), "misc")) == []


def test_a_mode_that_shows_nowhere_can_be_split_too() -> None:
    """There is nothing to sort."""
    found = files({"taxonomy/tone.md": mode_text("Tone")})

    assert to_sort(corpus(found), "tone") == ()
    assert drafted(found).items == ()


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        (("One",), "at least two parts"),
        (("One", "one!"), "'one' stands twice"),
        (("One", "a + b"), "cannot name a part"),
        (("One", " "), "cannot name a part"),
        (("One", "Misc"), "there is a mode 'misc' already"),
        (("One", "manner"), "there is a mode 'tone', once called 'manner', already"),
    ],
)
def test_parts_that_cannot_be_new_modes_are_refused(parts: tuple[str, ...], said: str) -> None:
    """Before a file is written."""
    with pytest.raises(RefusedError, match="(?i)" + said.replace("+", r"\+")):
        drafted(given(), *parts)
