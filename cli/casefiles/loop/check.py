"""Everything that is wrong in a workspace."""

from __future__ import annotations

from collections.abc import Iterator

from casefiles import checks
from casefiles.checks.evidence import Evidence
from casefiles.documents.corpus import Corpus
from casefiles.documents.paths import trace_path
from casefiles.documents.problem import Problem, line_and_column
from casefiles.documents.turns import Turn
from casefiles.loop import desk
from casefiles.text import redact
from casefiles.workspace.find import Workspace
from casefiles.workspace.load import load_trace
from casefiles.workspace.tree import WorkingTree


def check(workspace: Workspace, *, secrets: bool = False) -> tuple[Problem, ...]:
    """Return all problems of the workspace, in file order.

    With ``secrets`` every file is searched for secrets and personal data; what is found is named
    by kind and place, never printed.
    """
    corpus = desk.open_corpus(workspace)
    tree = WorkingTree(workspace.root)
    turns, unreadable = _turns(corpus, tree)
    evidence = Evidence(corpus=corpus, turns=turns, paths=tuple(tree.paths()))
    found = [*corpus.problems, *unreadable, *checks.check(evidence)]
    if secrets:
        found += _secrets(workspace, tree)
    return tuple(sorted(set(found), key=lambda problem: problem.order))


def _turns(corpus: Corpus, tree: WorkingTree) -> tuple[dict[str, tuple[Turn, ...]], list[Problem]]:
    """Read every trace's turns; one that breaks the grammar is reported, not checked further."""
    turns: dict[str, tuple[Turn, ...]] = {}
    problems: list[Problem] = []
    for reference in sorted(corpus.traces):
        trace, wrong = load_trace(tree, trace_path(reference))
        if trace is None or wrong:
            problems.extend(wrong)
        else:
            turns[reference] = trace.turns
    return turns, problems


def _secrets(workspace: Workspace, tree: WorkingTree) -> Iterator[Problem]:
    shapes = redact.user_shapes(workspace.config.redact)
    for path in tree.paths():
        text = tree.read(path).decode("utf-8", "replace")
        for finding in redact.find(text, shapes):
            line, column = line_and_column(text, finding.start)
            yield Problem(
                level="error",
                code="secret",
                message=f"this looks like personal data or a secret ({finding.kind})",
                path=path,
                line=line,
                column=column,
                remedy="remove it, and rewrite history if it was committed (git filter-repo)",
            )
