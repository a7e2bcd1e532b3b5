"""What round.yaml says of a round that records are imported into."""

from __future__ import annotations

from casefiles.documents.corpus import Corpus
from casefiles.documents.paths import RESERVED, round_of, round_path
from casefiles.documents.plan import Change, Plan
from casefiles.documents.round import Round, render
from casefiles.errors import BadInputError
from casefiles.loop import desk
from casefiles.text.names import is_safe_name, slug
from casefiles.workspace.find import Workspace


def checked_name(name: str) -> str:
    """Return a round's name. Raises BadInputError if it cannot be one."""
    if name in RESERVED:
        raise BadInputError(f"{name!r} is a reserved name", remedy="choose another for --round")
    if not is_safe_name(name):
        remedy = f"use a-z, 0-9, - and _, for example --round {slug(name, fallback='import')}"
        raise BadInputError(f"{name!r} cannot name a round", remedy=remedy)
    return name


def there(workspace: Workspace, corpus: Corpus, name: str) -> Round | None:
    """Return what the round's round.yaml says; None if there is none."""
    has_file = desk.read_text(workspace, round_path(name)) is not None
    return corpus.rounds[name] if has_file else None


def written(name: str, wanted: Round) -> Plan:
    """Plan the round's round.yaml, where there is none."""
    change = Change(path=round_path(name), before=None, after=render(wanted))
    return Plan(changes=(change,))


def insist_on_draw(corpus: Corpus, name: str, before: Round, wanted: Round) -> None:
    """Refuse to mix records that were drawn in different ways: a round's figures speak for one.

    ``before`` is what round.yaml says. Where it does not say how the round was drawn, any record
    may come; where there are no traces yet, also records of which nothing is said. Raises
    BadInputError.
    """
    if before.drawn is None:
        return
    has_traces = any(round_of(reference) == name for reference in corpus.traces)
    if not has_traces and wanted.drawn is None:
        return
    if before.drawn != wanted.drawn:
        said = f"drawn {wanted.drawn}" if wanted.drawn else "not said to be drawn in any way"
        raise BadInputError(
            f"the round is drawn {before.drawn}, these records are {said}",
            where=round_path(name),
            remedy=f"choose another --round, or add --drawn {before.drawn} if it holds for these",
        )
    same = (before.seed, before.population) == (wanted.seed, wanted.population)
    if wanted.seed is not None and not same:
        raise BadInputError(
            f"the round was drawn with seed {before.seed} from {before.population} records, "
            f"this draw is with seed {wanted.seed} from {wanted.population}",
            where=round_path(name),
            remedy="two draws are no simple random sample: choose another --round",
        )
