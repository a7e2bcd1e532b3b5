from __future__ import annotations

import json
import struct
from pathlib import Path

from casefiles.insight import Interval, as_it_happened, extrapolation, incidence, mao_tau
from casefiles.pages.charts import curves
from casefiles.pages.charts.cells import Cell, Panel, panels
from casefiles.pages.charts.drawing import Draftsman
from casefiles.pages.charts.look import Chart, mark, whole
from casefiles.pages.charts.trends import Trend, trends

DOT = Chart(wide=whole({"data": {"values": [{}]}, **mark("point"), "encoding": {}}))


def _size(png: bytes) -> tuple[int, int]:
    assert png.startswith(b"\x89PNG\r\n")
    width, height = struct.unpack(">II", png[16:24])
    return int(width), int(height)


def test_a_drawing_is_kept_and_drawn_again_only_for_another_chart(tmp_path: Path) -> None:
    """What is in the folder is taken from there; what no chart uses any more goes."""
    with Draftsman(tmp_path) as draftsman:
        first = draftsman.draw(DOT, "Dot").result()
    (kept,) = tmp_path.glob("*.json")
    marked = json.loads(kept.read_text())
    marked["wide"]["inner"] = "kept"
    kept.write_text(json.dumps(marked))
    with Draftsman(tmp_path) as draftsman:
        again = draftsman.draw(DOT, "Dot").result()
    assert again.wide.inner == "kept"
    with Draftsman(tmp_path) as draftsman:
        other = draftsman.draw(DOT, "Another").result()
    assert (other.wide, other.png) != (again.wide, first.png)
    assert kept not in set(tmp_path.glob("*.json"))


def test_a_drawing_that_was_cut_off_is_drawn_again(tmp_path: Path) -> None:
    """A process that died while writing costs a drawing, no more."""
    with Draftsman(tmp_path) as draftsman:
        first = draftsman.draw(DOT, "Dot").result()
    (kept,) = tmp_path.glob("*.json")
    kept.write_text(kept.read_text()[:40])
    with Draftsman(tmp_path) as draftsman:
        assert draftsman.draw(DOT, "Dot").result() == first


def test_the_picture_to_download_has_a_title_and_a_paper_of_its_own() -> None:
    """It is larger than the chart by the title, in twice the pixels."""
    with Draftsman() as draftsman:
        short = draftsman.draw(DOT, "Dot").result()
    assert _size(short.picture)[1] > 60
    assert "#0100" not in short.picture.decode("latin-1")


def _curve() -> curves.Curve:
    rows = [frozenset("ab"), frozenset("a"), frozenset(), frozenset("c"), frozenset("a")]
    seen = incidence(rows)
    ahead = [(units, extrapolation(seen, units)) for units in (5, 10)]
    return curves.Curve(
        happened=as_it_happened(rows),
        expected=[mao_tau(seen, units) for units in range(6)],
        ahead=[(units, modes) for units, modes in ahead if modes is not None],
    )


def test_every_curve_can_be_drawn_in_both_sizes() -> None:
    """Over conversations, over time with its numbered events, and by round."""
    moments = [
        curves.Moment(
            when="2026-11-24T01:00:00Z", happened=0, today_low=1, today_high=1, event=None
        ),
        curves.Moment(
            when="2026-11-25T01:00:00+01:00", happened=2, today_low=2, today_high=3, event=1
        ),
    ]
    charts = (
        curves.accumulation(_curve()),
        curves.history(moments),
        curves.by_round([curves.Step(name="round-1", before=0, new=2)]),
    )
    with Draftsman() as draftsman:
        drawn = [draftsman.draw(chart, "Title") for chart in charts]
    for one in drawn:
        found = one.result()
        narrow = found.narrow or found.wide
        assert found.wide.inner
        assert "NaN" not in found.wide.inner + narrow.inner
    assert ">1</text>" in drawn[1].result().wide.inner


def test_tables_of_shades_keep_their_words() -> None:
    """Each cell says its number, a thin one in grey, and each table has its own colours."""
    cells = [
        Cell(row="return", column="novice", said="3", shade=1.0),
        Cell(row="return", column="expert", said="1", small="0–9 %", shade=0.1, thin=True),
    ]
    chart = panels(
        [Panel(title="Read", cells=cells), Panel(title="Wrong", cells=cells, ramp="orange")],
        rows=["return"],
        columns=["novice", "expert"],
    )
    with Draftsman() as draftsman:
        drawn = draftsman.draw(chart, "Title").result()
    for word in ("return", "novice", "expert", "0–9 %", "Read", "Wrong"):
        assert word in drawn.wide.inner
    assert "var(--cf-orange-5)" in drawn.wide.inner
    assert "var(--cf-blue-5)" in drawn.wide.inner


def test_a_name_in_a_table_of_shades_is_text() -> None:
    """The pictures that no library draws escape what they are given, too."""
    evil = "<script>x</script>"
    cells = [Cell(row=evil, column=evil, said=evil, small=evil, shade=0.5)]
    chart = panels([Panel(title=evil, cells=cells)], rows=[evil], columns=[evil])
    with Draftsman() as draftsman:
        drawn = draftsman.draw(chart, evil).result()
    assert "<script" not in drawn.wide.inner
    assert drawn.wide.inner.count("&lt;script&gt;") == 5


def test_trends_are_drawn_for_each_mode() -> None:
    """Names that are shortened alike stay two charts."""
    share = Interval(rate=0.3, low=0.1, high=0.5)
    same = [
        Trend(name=f"{'x' * 60}{n}", shares=[("round-1", share), ("round-2", share)])
        for n in range(2)
    ]
    with Draftsman() as draftsman:
        drawn = draftsman.draw(trends(same, ["round-1", "round-2"]), "Title").result()
    assert drawn.wide.inner.count("xxx…") == 2
