"""What real users typed: the first message of every imported or recorded conversation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from casefiles.documents.corpus import Corpus
from casefiles.documents.paths import trace_path
from casefiles.workspace.find import Workspace
from casefiles.workspace.load import load_trace
from casefiles.workspace.tree import WorkingTree

SHOWN = 8
"""Real queries that a model is shown: enough for the tone."""
_LONGEST = 600
"""Characters of one that is shown."""


def real_queries(workspace: Workspace, corpus: Corpus) -> tuple[str, ...]:
    """Return them in the order of their traces, each text once."""
    return tuple(dict.fromkeys(_first_messages(workspace, corpus)))


def shown(texts: Sequence[str]) -> list[str]:
    """Choose a few, spread evenly, the same ones as long as there are the same texts."""
    short = [text for text in texts if len(text) <= _LONGEST]
    step = max(1, len(short) // SHOWN)
    return short[::step][:SHOWN]


def _first_messages(workspace: Workspace, corpus: Corpus) -> Iterator[str]:
    tree = WorkingTree(workspace.root)
    for reference, head in sorted(corpus.traces.items()):
        if head.source.get("kind") not in ("production", "human"):
            continue
        trace, _ = load_trace(tree, trace_path(reference))
        turns = trace.turns if trace else ()
        said = next((turn for turn in turns if turn.role == "user"), None)
        text = "\n".join(part.text for part in said.parts if part.text).strip() if said else ""
        if text:
            yield text
