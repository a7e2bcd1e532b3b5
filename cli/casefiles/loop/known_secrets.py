"""Secrets we know letter by letter: what the settings and the environment call one.

An application may print its own key in a way that looks like no key at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

from casefiles.documents.targets import Target

_SHORTEST = 6
"""Characters of a value that is worth hiding wherever it stands."""
_NAME = re.compile(r"(?i)key|token|secret|passw|credential|authorization|cookie")
_VARIABLE = re.compile(r"\$\{?([A-Za-z_]\w*)\}?")
_SCHEME = re.compile(r"(?i)(?:bearer|basic|token)\s+")


def secret_patterns(target: Target, environment: Mapping[str, str]) -> dict[str, str]:
    """Return patterns for the redactor: kind of placeholder -> expression.

    A variable is secret if its own name, or the setting it is used in, says so; a value written
    into such a setting is too.
    """
    values = {f"env-{name}": value for name, value in environment.items() if _NAME.search(name)}
    for setting, text in _texts("", asdict(target)):
        if not _NAME.search(setting):
            continue
        for name in _VARIABLE.findall(text):
            values[f"env-{name}"] = environment.get(name, "")
        if not _VARIABLE.search(text) and "{" not in text:  # no placeholder
            kind = re.sub(r"[^A-Za-z0-9_-]", "-", setting)
            values[f"setting-{kind}"] = _SCHEME.sub("", text, count=1)
    return {
        kind: re.escape(value.strip())
        for kind, value in sorted(values.items())
        if len(value.strip()) >= _SHORTEST and re.fullmatch(r"[A-Za-z0-9_-]+", kind)
    }


def _texts(setting: str, value: Any) -> Iterator[tuple[str, str]]:
    """Every text of the settings with the key it stands under."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _texts(str(key), inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _texts(setting, inner)
    elif isinstance(value, str):
        yield setting, value
