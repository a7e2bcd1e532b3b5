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
        except (FileNotFoundError, UnicodeDecodeError):
            return ()
        found: list[Kept] = []
        with contextlib.suppress(ValueError, KeyError, TypeError):  # the last line may be half
            if json.loads(lines[0])["key"] != key:
                return ()
            found.extend(_kept(json.loads(line)) for line in lines[1:-1])
        return tuple(found)

    def begin(self, reference: str, key: str) -> None:
        """Forget what there is of a conversation, and begin it anew."""
        path = self._path(reference)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({"key": key}) + "\n", "utf-8")

    def add(self, reference: str, kept: Kept) -> None:
        """Write down a turn."""
        line = json.dumps(asdict(kept))
        with self._path(reference).open("a", encoding="utf-8") as file:
            file.write(line + "\n")

    def forget(self, reference: str) -> None:
        """Drop a conversation: its trace is written."""
        self._path(reference).unlink(missing_ok=True)

    def _path(self, reference: str) -> Path:
        return self.folder / f"{reference}.jsonl"


def _kept(line: Mapping[str, Any]) -> Kept:
    turn = dict(line["turn"])
    said, outcome = Said(**turn.pop("said")), _outcome(turn.pop("outcome"))
    return Kept(turn=Exchange(said=said, outcome=outcome, **turn), is_whole=line["is_whole"])


def _outcome(line: Mapping[str, Any]) -> Outcome:
    answer = line["answer"]
    if answer is not None:
        answer = Answer(**{**answer, "messages": tuple(answer["messages"])})
    return Outcome(**{**line, "answer": answer})
