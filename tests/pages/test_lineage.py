from __future__ import annotations

import re

from casefiles.pages.charts.lineage import Step, lanes, picture
from casefiles.pages.charts.svg import Said, inline, shapes
from casefiles.taxonomy.difference import Event

STEPS = (
    Step(
        label="1",
        day="2026-11-20",
        events=(Event(kind="created", modes=("a",)), Event(kind="created", modes=("b",))),
    ),
    Step(label="2", day="2026-11-20", events=(Event(kind="renamed", modes=("a",), into=("c",)),)),
    Step(
        label="3",
        day="2026-11-21",
        events=(Event(kind="merged", modes=("b", "c"), into=("d",)),),
    ),
    Step(
        label="4",
        day="2026-11-22",
        events=(
            Event(kind="split", modes=("d",), into=("e", "f")),
            Event(kind="redefined", modes=("f",)),
            Event(kind="retired", modes=("e",)),
        ),
    ),
)


def test_every_mode_is_followed_under_all_its_names() -> None:
    """A rename goes on in the same line; merges and splits end one and begin others."""
    found = {lane.mode: lane for lane in lanes(STEPS, ["f", "new"])}
    assert set(found) == {"b", "c", "d", "e", "f", "new"}
    assert (found["c"].start, found["c"].end, found["c"].into) == (0, 2, [(2, "d")])
    assert found["c"].marks == [(1, "renamed")]
    assert (found["d"].start, found["d"].end) == (2, 3)
    assert (found["e"].end, found["e"].cross) == (3, True)
    assert (found["f"].end, found["f"].marks) == (None, [(3, "redefined")])
    assert found["new"].start == 3


def test_a_family_stands_together() -> None:
    """What was merged or split stands beside what it came from, the important ones first."""
    order = [lane.mode for lane in lanes(STEPS, ["new", "f"])]
    assert order[0] == "new"
    assert set(order[1:]) == {"f", "d", "e", "b", "c"}


def test_the_drawing_links_to_pages_of_the_site_only() -> None:
    """Names are text, and an address that is no page of ours is no link."""
    evil = '"><script>x</script>'
    drawn = picture(
        STEPS,
        lanes(STEPS, ["f"]),
        names={"f": evil},
        links={"f": "f.html", "e": "javascript:alert(1)", "d": "https://example.com/d.html"},
    )
    page = inline(shapes(drawn), Said(name="x", title="t", description="d", kind="only"))
    assert 'role="group"' in page
    assert re.findall(r'href="([^"]*)"', page) == ["f.html"]
    assert "<script" not in page
    assert "&lt;script&gt;" in page
