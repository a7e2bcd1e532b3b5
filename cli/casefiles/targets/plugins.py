"""Targets of other packages, found by their entry points."""

from __future__ import annotations

import traceback
from collections.abc import Mapping
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any, Protocol

from casefiles.documents.targets import Plugin
from casefiles.errors import BadInputError, CasefilesError
from casefiles.targets.processes import TAIL
from casefiles.targets.protocol import Conversation, Dialogue, Outcome, Request, Target
from casefiles.text.names import nearest

GROUP = "casefiles.targets"
"""The group of entry points; the name of one is what ``plugin = "…"`` says."""


class Opener(Protocol):
    """What such an entry point is: a function, or a class, that makes a target."""

    def __call__(self, *, name: str, settings: Mapping[str, Any], root: Path) -> Target:
        """Make the target ``[targets.NAME]`` with its settings, for the workspace at ``root``.

        Nothing is sent yet. Raises BadInputError, or ValueError, for settings that cannot work.
        """


def open_plugin(target: Plugin, root: Path) -> Target:
    """Find and open a plugin's target. Raises BadInputError if that cannot be done."""
    where = f"[targets.{target.name}]"
    found = _found(target.plugin, where)
    try:
        opener: Opener = found.load()
    except Exception as error:
        message = f"{where} the plugin {target.plugin!r} cannot be loaded ({_said(error)})"
        raise BadInputError(message, remedy="mend or update its package") from error
    try:
        return _Guarded(opener(name=target.name, settings=target.settings, root=root))
    except CasefilesError:
        raise
    except Exception as error:
        message = f"{where} the plugin {target.plugin!r} cannot be opened ({_said(error)})"
        raise BadInputError(message, remedy="mend its settings, or update its package") from error


def _found(name: str, where: str) -> EntryPoint:
    installed = {point.name: point for point in entry_points(group=GROUP)}
    if name in installed:
        return installed[name]
    near = nearest(name, tuple(installed))
    known = f"installed: {', '.join(sorted(installed))}" if installed else "none is installed"
    remedy = f"did you mean {near!r}?" if near else f"install the package that brings it ({known})"
    raise BadInputError(f"{where} there is no plugin {name!r}", remedy=remedy)


class _Guarded:
    """A plugin's target; an exception where the protocol allows none is an error of the turn."""

    def __init__(self, target: Target) -> None:
        self._target = target

    def open(self, conversation: Conversation) -> _GuardedDialogue:
        return _GuardedDialogue(self._target, conversation)

    def close(self) -> None:
        self._target.close()


class _GuardedDialogue:
    def __init__(self, target: Target, conversation: Conversation) -> None:
        self._target = target
        self._conversation = conversation
        self._dialogue: Dialogue | None = None

    @property
    def continues(self) -> bool:
        return self._dialogue is None or self._dialogue.continues

    def ask(self, request: Request) -> Outcome:
        try:
            self._dialogue = self._dialogue or self._target.open(self._conversation)
            return self._dialogue.ask(request)
        except CasefilesError:
            raise
        except Exception as error:  # noqa: BLE001  whatever somebody else's code raises
            said = "".join(traceback.format_exception(error))[-TAIL:].strip()
            return Outcome(status="error", error=said)

    def close(self) -> None:
        if self._dialogue is not None:
            self._dialogue.close()


def _said(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
