"""What a new proposal is called."""

from __future__ import annotations

from casefiles.documents.corpus import Corpus
from casefiles.documents.paths import place_of
from casefiles.errors import BadInputError
from casefiles.text.names import is_safe_name, slug


def free_name(corpus: Corpus, given: str | None, usual: str) -> str:
    """Return the name given, or else the usual one, numbered if it is taken.

    Raises BadInputError if the name given is taken or cannot be a file's.
    """
    taken = {*corpus.proposals, *(place_of(path).reference for path in corpus.broken)}
    if given is None:
        numbered = (f"{usual}-{number}" for number in range(2, len(taken) + 3))
        return next(name for name in (usual, *numbered) if name not in taken)
    if not is_safe_name(given):
        remedy = f"use a-z, 0-9, - and _, for example {slug(given)!r}"
        raise BadInputError(f"{given!r} cannot name a proposal", remedy=remedy)
    if given in taken:
        raise BadInputError(
            f"there is a proposal {given!r} already", remedy="choose another --name"
        )
    return given
