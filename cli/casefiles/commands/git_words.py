"""What to type into git: how to keep what was written, and how to undo it."""

from __future__ import annotations

from pathlib import Path
from shlex import quote


def keep_and_undo(message: str, root: Path) -> str:
    """Say how to commit what changed in the taxonomy, and how to take the commit back."""
    git = "git" if root == Path.cwd() else f"git -C {quote(str(root))}"
    return (
        f"To keep it: {git} add taxonomy && {git} commit -m {quote(message)}\n"
        f"To undo it after that: {git} revert HEAD"
    )
