from __future__ import annotations

import re
from xml.etree import ElementTree as ET

from casefiles.insight import as_it_happened, extrapolation, incidence, mao_tau, wilson
from casefiles.pages import charts
from casefiles.pages.charts import Bar, Curve

EVIL = '<script>x</script> & "quotes" ]]>'
BARS = (
    Bar(name=EVIL, said="3 of 10", rate=0.3, interval=wilson(3, 10)),
    Bar(name="Too long", said="seen in 1", rate=0.1, interval=None),
)


def _pictures(drawn: str) -> list[ET.Element]:
    return list(ET.fromstring(f"<both>{drawn}</both>"))  # noqa: S314  written by ourselves


def _curve() -> Curve:
    rows = [frozenset("ab"), frozenset("a"), frozenset(), frozenset("c"), frozenset("a")]
    seen = incidence(rows)
    ahead = [(units, extrapolation(seen, units)) for units in (5, 10)]
    return Curve(
        happened=as_it_happened(rows),
        expected=[mao_tau(seen, units) for units in range(6)],
        ahead=[(units, modes) for units, modes in ahead if modes is not None],
    )


def test_a_chart_says_what_it_shows_and_takes_its_colours_from_the_page() -> None:
    """Both sizes have a title and a description, and no colour of their own."""
    drawn = charts.prevalence(BARS, description="Two modes.")
    for picture in _pictures(drawn):
        title, description = picture[0], picture[1]
        assert picture.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"
        assert description.text == "Two modes."
    assert not re.search(r'(fill|stroke)="#', drawn)
    assert "var(--cf-blue)" in drawn


def test_a_name_in_a_chart_is_text() -> None:
    """Markup in a mode's name is drawn as the letters it is made of."""
    drawn = charts.prevalence(BARS, description=EVIL)
    wide = _pictures(drawn)[0]
    assert EVIL in {text.text for text in wide.iter("text")}
    assert {shape.tag for shape in wide.iter()} <= {
        "svg", "title", "desc", "g", "path", "line", "text", "rect",
    }  # fmt: skip


def test_charts_are_the_same_each_time() -> None:
    """The same figures give the same bytes, so that an unchanged page stays unchanged."""
    assert charts.saturation(_curve(), description="x") == charts.saturation(
        _curve(), description="x"
    )


def test_both_sizes_of_the_curve_have_ids_of_their_own() -> None:
    """Two pictures on one page never share an id."""
    ids = re.findall(r'id="([^"]*)"', charts.saturation(_curve(), description="x"))
    assert len(ids) == len(set(ids)) == 4
