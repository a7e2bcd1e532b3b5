"""Programs a test needs: skip where one is missing, fail where it was promised to be there."""

from __future__ import annotations

import os
import shutil

import pytest

VARIABLE = "CASEFILES_REQUIRE"
"""Comma-separated names that must be there; a check of a commit sets it."""


def require(name: str, found: str | None = None) -> str:
    """Return the path of a program (or ``found``, for what is no program); skip without one.

    A skip for a name that CASEFILES_REQUIRE lists is a failure: a test that never runs where it
    counts proves nothing.
    """
    path = found or shutil.which(name)
    if path is None:
        promised = os.environ.get(VARIABLE, "").split(",")
        stop = pytest.fail if name in map(str.strip, promised) else pytest.skip
        stop(f"{name} is not installed")
    assert path is not None
    return path
