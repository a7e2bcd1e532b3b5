from __future__ import annotations

import re
from xml.etree import ElementTree as ET

from casefiles.insight import wilson
from casefiles.pages.charts.drawing import Draftsman
from casefiles.pages.charts.look import Chart
from casefiles.pages.charts.rows import Bar, Dot, dots, pareto
from casefiles.pages.charts.svg import Said, inline

EVIL = '<script>x</script> & "quotes" ]]>'
BARS = (
    Bar(name=EVIL, said="3 of 10", rate=0.3, interval=wilson(3, 10), reached=0.3, swamps=True),
    Bar(name="Too long", said="seen in 1", rate=0.1, interval=None, reached=0.4),
)
DOTS = (
    Dot(name="Too long", said="3 of 10", now=wilson(3, 10), before=wilson(6, 10)),
    Dot(name="Not read", said="–", now=None),
)


def _drawn(chart: Chart) -> list[str]:
    """Both sizes as elements of a page."""
    with Draftsman() as draftsman:
        drawn = draftsman.draw(chart, "A title").result()
    sizes = {"wide": drawn.wide, "narrow": drawn.narrow}
    return [
        inline(found, Said(name=f"x-{kind}", title="A title", description=EVIL, kind=kind))
        for kind, found in sizes.items()
        if found
    ]


def _shapes(drawn: str) -> ET.Element:
    return ET.fromstring(drawn)  # noqa: S314  written by ourselves


def test_a_chart_says_what_it_shows_and_takes_its_colours_from_the_page() -> None:
    """Both sizes have a title and a description, ids of their own, and no colour of their own."""
    wide, narrow = _drawn(pareto(BARS))
    for drawn in (wide, narrow):
        picture = _shapes(drawn)
        title, description = picture[0], picture[1]
        assert picture.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"
        assert (title.text, description.text) == ("A title", EVIL)
        assert not re.search(r'(fill|stroke)="#', drawn)
        assert "var(--cf-blue-tint)" in drawn
    assert not set(re.findall(r'id="([^"]*)"', wide)) & set(re.findall(r'id="([^"]*)"', narrow))


def test_a_name_in_a_chart_is_text() -> None:
    """Markup in a mode's name is drawn as the letters it is made of."""
    picture = _shapes(_drawn(pareto(BARS))[0])
    assert EVIL in {text.text for text in picture.iter("text")}
    assert {shape.tag for shape in picture.iter()} <= {
        "svg", "title", "desc", "g", "path", "line", "text", "rect",
    }  # fmt: skip


def test_the_one_that_swamps_the_rest_has_another_colour() -> None:
    """Orange only where a mode is in more than half of what goes wrong."""
    calm = tuple(bar for bar in BARS if not bar.swamps)
    assert "var(--cf-orange-tint)" in _drawn(pareto(BARS))[0]
    assert "var(--cf-orange-tint)" not in _drawn(pareto(calm))[0]


def test_what_is_not_known_is_no_bar() -> None:
    """A share that is not known is a dashed outline without an interval."""
    unknown = _drawn(pareto(BARS[1:]))[0]
    assert "stroke-dasharray" in unknown
    assert "var(--cf-blue-tint)" not in unknown


def test_a_share_and_the_one_before_are_both_drawn() -> None:
    """A filled dot for now and a ring for before; a row that is not known has its words only."""
    drawn = _drawn(dots(DOTS, axis="share"))[0]
    assert 'fill="var(--cf-blue)"' in drawn
    assert 'fill="var(--cf-paper)"' in drawn
    assert "Too long" in drawn


def test_charts_are_the_same_each_time() -> None:
    """The same figures give the same bytes, so that an unchanged page stays unchanged."""
    assert _drawn(pareto(BARS)) == _drawn(pareto(BARS))
