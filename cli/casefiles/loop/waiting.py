"""Open proposals that wait for a person: in the working tree, and on branches of ours."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from casefiles.documents import proposal as proposal_file
from casefiles.documents.corpus import Corpus
from casefiles.documents.paths import proposal_path
from casefiles.documents.proposal import Proposal
from casefiles.loop.on_branch import BRANCHES
from casefiles.taxonomy.observations import Seen
from casefiles.workspace import branch as branches
from casefiles.workspace.find import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """An open proposal that holds some of the same observations."""

    name: str
    """Its name."""
    where: str
    """Its file, with its branch if that is another."""
    held: int
    """The observations it holds too."""
    new: int
    """Those it does not hold."""

    def __str__(self) -> str:
        """``the open proposal p holds 36 of these 46 observations (10 are new)``."""
        rest = f" ({self.new} are new)" if self.new else ""
        total = self.held + self.new
        return (
            f"the open proposal {self.name} holds {self.held} of these {total} observations{rest}"
        )


def waiting(workspace: Workspace, corpus: Corpus, seen: Sequence[Seen]) -> Iterator[Waiting]:
    """Yield the open proposals that hold any of these observations, by name."""
    identities = {one.ref.identity for one in seen}
    for name, where, proposal in _open(workspace, corpus):
        cited = {getattr(item.reference, "identity", None) for item in proposal.items}
        held = len(cited & identities)
        if held:
            yield Waiting(name=name, where=where, held=held, new=len(identities) - held)


def _open(workspace: Workspace, corpus: Corpus) -> Iterator[tuple[str, str, Proposal]]:
    """Yield the open proposals with their names and places, those on branches of ours included."""
    for name, proposal in sorted(corpus.proposals.items()):
        if proposal.status == "open":
            yield name, proposal_path(name), proposal
    for branch in branches.branches(workspace.root, BRANCHES):
        name = branch.partition("/")[2]
        path = proposal_path(name)
        text = None if name in corpus.proposals else branches.file_on(workspace.root, branch, path)
        there = proposal_file.parse(text, path)[0] if text else None
        if there is not None and there.status == "open":
            yield name, f"{branch}:{path}", there
