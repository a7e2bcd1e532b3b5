"""The colours of the two schemes, which the style sheet says once for pages and pictures."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from importlib import resources

_VARIABLE = re.compile(r"(--cf-[\w-]+): (#[0-9a-f]+);")


@functools.cache
def _blocks() -> tuple[Mapping[str, str], ...]:
    sheet = (resources.files("casefiles.pages") / "assets/casefiles.css").read_text("utf-8")
    return tuple(dict(_VARIABLE.findall(block)) for block in sheet.split("}")[:2])


def light() -> Mapping[str, str]:
    """Return the colours of the light scheme, by CSS variable."""
    return _blocks()[0]


def dark() -> Mapping[str, str]:
    """Return those of the dark one."""
    return _blocks()[1]


def style() -> str:
    """Return both as the style of a picture that is a file of its own."""
    schemes = [";".join(f"{name}:{colour}" for name, colour in s.items()) for s in _blocks()]
    return f"svg{{{schemes[0]}}}@media(prefers-color-scheme:dark){{svg{{{schemes[1]}}}}}"
