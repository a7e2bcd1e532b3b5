"""Answers that are here but in no trace yet: written down as they come, so that none is paid twice.

One file a conversation below ``.casefiles/unfinished/``, a line a turn, without secrets. It goes
once the trace is written; what a killed run leaves is where the next one goes on.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from casefiles.targets.conversation import Exchange, Said
from casefiles.targets.holding import Kept
from casefiles.targets.protocol import Answer, Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Journal:
    """The unfinished conversations of a workspace."""

    folder: Path
    """Where they are."""

    def read(self, reference: str, key: str) -> tuple[Kept, ...]:
        """Return the turns of an unfinished conversation.

        Empty if there are none, or if they are of another conversation than ``key`` stands for: the
        query, the target or the application's version has changed since.
        """
        try:
            lines = self._path(reference).read_text("utf-8").split("\n")
        except FileNotFoundError:
            return ()
        if not lines or lines[0] != _header(key):
            return ()
        found: list[Kept] = []
        for line in filter(None, lines[1:]):
            with contextlib.suppress(ValueError):  # half a line: the end of a run that was killed
                found.append(_kept(json.loads(line)))
        return tuple(found)

    def add(self, reference: str, key: str, kept: Kept) -> None:
        """Write down a turn of a conversation; ``key`` is what it must have in common to go on."""
        path = self._path(reference)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8") as file:
            if not file.tell():
                file.write(_header(key))
            file.write("\n" + json.dumps(asdict(kept)))  # half a line before stays one by itself

    def forget(self, reference: str) -> None:
        """Drop what there is of a conversation: its trace is written, or it begins anew."""
        self._path(reference).unlink(missing_ok=True)

    def _path(self, reference: str) -> Path:
        return self.folder / f"{reference}.jsonl"


def _header(key: str) -> str:
    return json.dumps({"key": key})


def _kept(line: Mapping[str, Any]) -> Kept:
    turn = dict(line["turn"])
    said, outcome = Said(**turn.pop("said")), _outcome(turn.pop("outcome"))
    return Kept(turn=Exchange(said=said, outcome=outcome, **turn), is_whole=line["is_whole"])


def _outcome(line: Mapping[str, Any]) -> Outcome:
    answer = line["answer"]
    if answer is not None:
        answer = Answer(**{**answer, "messages": tuple(answer["messages"])})
    return Outcome(**{**line, "answer": answer})
