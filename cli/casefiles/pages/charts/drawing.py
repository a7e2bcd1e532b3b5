"""From specifications to pictures: in the background, and once for each specification."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from casefiles.pages.charts import palette
from casefiles.pages.charts.look import Chart, Spec
from casefiles.pages.charts.svg import COLOURS, Shapes, shapes
from casefiles.pages.inert import text

SCALE = 1.25
"""Pixels of a downloaded picture for each CSS pixel."""
TITLE = 34
"""Height of the line above a downloaded picture that says what it shows, in CSS pixels."""
_FORM = 2  # raise it when the same specification gives another picture
_SIZE = re.compile(r'<svg[^>]*?width="(?P<width>[\d.]+)"[^>]*?height="(?P<height>[\d.]+)"')


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A chart, drawn."""

    wide: Shapes
    """For a wide page."""
    narrow: Shapes | None
    """For a phone; None: the wide one serves."""
    png: str
    """The picture to download, base64."""

    @property
    def picture(self) -> bytes:
        """The PNG file."""
        return base64.b64decode(self.png)


class Draftsman:
    """Draws charts in a thread of its own while the caller goes on: the renderer is no Python.

    Drawings are kept in a folder, by specification; without one each is drawn anew.
    """

    def __init__(self, folder: Path | None = None) -> None:
        """Prepare; the renderer is started by the first chart that is not in the folder yet."""
        self._folder = folder
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="charts")
        self._used: set[str] = set()

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End; after a failure nothing that waits is drawn any more."""
        self._pool.shutdown(cancel_futures=error is not None)
        if self._folder is not None and error is None:
            _forget_others(self._folder, self._used)

    def prepare(self) -> None:
        """Start the renderer now, unless there are drawings from before: most will be the same."""
        if self._folder is None or not any(self._folder.glob("*.json")):
            self._pool.submit(_start)

    def draw(self, chart: Chart, title: str) -> Future[Drawn]:
        """Draw a chart; ``title`` stands above the picture to download."""
        return self._pool.submit(self._draw, chart, title)

    def _draw(self, chart: Chart, title: str) -> Drawn:
        key = _key(chart, title)
        self._used.add(key)
        path = self._folder / f"{key}.json" if self._folder else None
        if path is not None and (known := _read(path)) is not None:
            return known
        drawn = _drawn(chart, title)
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(asdict(drawn)), "utf-8")
        return drawn


def _start() -> None:
    import vl_convert

    vl_convert.vegalite_to_svg({"data": {"values": [{}]}, "mark": "point"})


def _drawn(chart: Chart, title: str) -> Drawn:
    import vl_convert

    def svg(spec: Spec | str) -> str:
        drawn: str = spec if isinstance(spec, str) else vl_convert.vegalite_to_svg(spec)
        return drawn

    wide = svg(chart.wide)
    png: bytes = vl_convert.svg_to_png(_on_paper(wide, title), scale=SCALE)
    return Drawn(
        wide=shapes(wide),
        narrow=shapes(svg(chart.narrow)) if chart.narrow is not None else None,
        png=base64.b64encode(png).decode(),
    )


def _on_paper(drawn: str, title: str) -> str:
    """Give a drawing the light scheme's colours and paper, and its title."""
    light = palette.light()
    for stand_in, variable in COLOURS.items():
        drawn = drawn.replace(stand_in, light[variable])
    size = _SIZE.search(drawn)
    width, height = (float(size["width"]), float(size["height"])) if size else (0.0, 0.0)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height + TITLE}">'
        f'<rect width="100%" height="100%" fill="{light["--cf-paper"]}"/>'
        f'<text x="6" y="22" font-family="sans-serif" font-size="15" font-weight="bold" '
        f'fill="{light["--cf-ink"]}">{text(title)}</text>'
        f'<g transform="translate(0,{TITLE})">{drawn}</g></svg>'
    )


def _key(chart: Chart, title: str) -> str:
    drawn_from: list[Any] = [_FORM, metadata.version("vl-convert-python"), asdict(chart), title]
    return hashlib.sha256(json.dumps(drawn_from, sort_keys=True).encode()).hexdigest()[:32]


def _read(path: Path) -> Drawn | None:
    try:
        known = json.loads(path.read_text("utf-8"))
        narrow = Shapes(**known["narrow"]) if known["narrow"] else None
        return Drawn(wide=Shapes(**known["wide"]), narrow=narrow, png=known["png"])
    except (OSError, ValueError, TypeError, KeyError):  # absent, or cut off: it is drawn again
        return None


def _forget_others(folder: Path, used: set[str]) -> None:
    for path in folder.glob("*.json"):
        if path.stem not in used:
            path.unlink(missing_ok=True)
