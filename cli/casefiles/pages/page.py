"""A page before it is text: which template, with which values and figures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from casefiles.pages.figure import Figure
from casefiles.pages.made import Made
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

    def text(self) -> Made:
        """Render the page; it shows its figures without waiting for them to be drawn."""
        root = "../" * self.path.count("/")
        content = markdown_page(self.template, root=root, **self.values)
        return Made(path=self.path, content=content)

    def drawings(self) -> Iterator[Made]:
        """Make the files of its figures."""
        for figure in self.figures:
            for path, content in figure.files():
                yield Made(path=path, content=content)
