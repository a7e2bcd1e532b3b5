"""Who is annotating."""

from __future__ import annotations

import os

from casefiles.documents.paths import RESERVED
from casefiles.errors import BadInputError
from casefiles.text.names import is_safe_name, slug
from casefiles.workspace import git
from casefiles.workspace.find import Workspace

VARIABLE = "CASEFILES_ANNOTATOR"


def annotator(workspace: Workspace, given: str | None = None) -> str:
    """Return the annotator's name, which is the folder of their notes.

    ``given`` (``--as``), else CASEFILES_ANNOTATOR, else the entry of ``[annotators]`` with git's
    e-mail address, else the slug of git's user.name. Raises BadInputError if none of them says.
    """
    named = given or os.environ.get(VARIABLE)
    if named:
        return _checked(named)
    name, mail = git.user(workspace.root)
    by_mail = {key.casefold(): known for key, known in workspace.config.annotators.items()}
    known = by_mail.get(mail.casefold()) if mail else None
    if known is not None:
        return _checked(known.name)
    if name:
        return _checked(slug(name, fallback="annotator"))
    raise BadInputError(
        "casefiles does not know who you are",
        remedy=f"give --as NAME, or set {VARIABLE}, or `git config user.name`",
    )


def said_outright() -> str | None:
    """Return the annotator that CASEFILES_ANNOTATOR names, without asking git; None: nobody."""
    return os.environ.get(VARIABLE) or None


def _checked(name: str) -> str:
    if name in RESERVED:
        raise BadInputError(f"{name!r} is a reserved name", remedy="choose another with --as")
    if not is_safe_name(name):
        remedy = f"use a-z, 0-9, - and _, for example --as {slug(name)}"
        raise BadInputError(f"{name!r} cannot name a folder of notes", remedy=remedy)
    return name
