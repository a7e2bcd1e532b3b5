"""A page before it is text: which template, with which values and figures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from casefiles.pages.figure import Figure
from casefiles.pages.templating import markdown_page


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page for people, in Markdown."""

    path: str
    """Below site/docs, with its extension."""
    template: str
    """Name of the template."""
    values: Mapping[str, Any] = field(default_factory=dict)
    """What the template shows; figures stand in ``figures`` as well."""
    figures: tuple[Figure, ...] = ()
    """The figures among them."""

    def files(self) -> Iterator[tuple[str, str | bytes]]:
        """Render the page and the files of its figures: (path below site/docs, content)."""
        root = "../" * self.path.count("/")
        yield self.path, markdown_page(self.template, root=root, **self.values)
        for figure in self.figures:
            yield from figure.files()
