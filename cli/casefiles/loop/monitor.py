"""The telemetry of conversations: without secrets, written down as it comes, read at their end.

What was received is kept first, what it means is made of it after: a fault in reading it loses
nothing, and a run that was killed goes on with what it had.
"""

from __future__ import annotations

import gzip
import json
import secrets
import zlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from casefiles.capture.watching import NOTHING, Capture, Watch, server_variables
from casefiles.documents import config
from casefiles.documents import targets as settings
from casefiles.importers.privacy import hidden, hidden_turns
from casefiles.spans.conversation import Conversation, conversation
from casefiles.spans.otlp import redacted
from casefiles.spans.reading import telemetry
from casefiles.targets.conversation import app_session
from casefiles.targets.holding import Held
from casefiles.targets.transcript import reply_of
from casefiles.text.redact import Redactor
from casefiles.workspace.write import write_bytes

RAW = ".casefiles/raw"
"""Folder of what was received, relative to the workspace; never committed."""

Document = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Captured:
    """What the telemetry of a conversation tells."""

    conversation: Conversation
    """The conversation, without secrets."""
    documents: tuple[Document, ...] = ()
    """What it was made of: requests as plain JSON, without secrets."""
    lost: tuple[str, ...] = ()
    """What is known to be missing, in words; empty: nothing."""


def raw_path(reference: str) -> str:
    """Return where the telemetry of a trace is kept, relative to the workspace."""
    return f"{RAW}/{reference}.otlp.jsonl.gz"


def packed(documents: Sequence[Document]) -> bytes:
    """Return documents as gzipped lines of JSON; several such files in a row are one, too."""
    lines = "".join(json.dumps(document) + "\n" for document in documents)
    return gzip.compress(lines.encode(), compresslevel=6, mtime=0)


def unpacked(path: Path) -> tuple[Document, ...]:
    """Read such a file; what a killed run left half-written is left out, and no file is none."""
    try:
        lines = _inflated(path.read_bytes()).split(b"\n")
    except FileNotFoundError:
        return ()
    found = []
    for line in lines[:-1]:
        try:
            found.append(json.loads(line))
        except ValueError:
            break
    return tuple(found)


def _inflated(content: bytes) -> bytes:
    found = b""
    while content:
        member = zlib.decompressobj(zlib.MAX_WBITS | 16)
        try:
            found += member.decompress(content)
        except zlib.error:
            break
        content = member.unused_data
    return found


class Monitor:
    """Receives the telemetry of the conversations with one application."""

    def __init__(
        self,
        capture: Capture,
        target: settings.Target,
        *,
        folder: Path | None = None,
        is_alone: bool = False,
    ) -> None:
        """Take a capture that is open.

        ``folder`` is the workspace in which what comes is kept at once; None: it is not.
        ``is_alone`` says that conversations are held one at a time.
        """
        self.capture = capture
        self._target = target
        self._folder = folder
        self._is_alone = is_alone

    def begin(self, reference: str, redactor: Redactor, *, is_resumed: bool = False) -> Watching:
        """Watch a conversation; ``is_resumed``: the rest of one that was cut off."""
        file = self._folder / raw_path(reference) if self._folder else None
        before: tuple[Document, ...] = ()
        if file is not None:
            before = unpacked(file) if is_resumed else ()
            file.parent.mkdir(parents=True, exist_ok=True)
            write_bytes(file, packed(before))
        return Watching(
            self._watch(reference),
            redactor,
            file=file,
            before=before,
            is_resumed=is_resumed,
            is_over=not isinstance(self._target, settings.Http),
        )

    @property
    def server_environment(self) -> Mapping[str, str]:
        """What to start a long-lived server with, so that it sends here; empty for others."""
        server = self.capture.server
        return server_variables(server.address) if server else {}

    def close(self) -> None:
        """Stop receiving; who waits for more is let go."""
        self.capture.close()

    def _watch(self, reference: str) -> Watch:
        if isinstance(self._target, settings.Http):
            return self.capture.watch_server(reference, is_alone=self._is_alone)
        env = (
            self._target.env if isinstance(self._target, settings.Command | settings.Python) else {}
        )
        return self.capture.watch(reference, env=env)


def open_monitor(
    run: config.Run, target: settings.Target, root: Path, *, width: int = 1, writes: bool = True
) -> Monitor | None:
    """Open what receives an application's telemetry; None if that is not wanted, or cannot be.

    ``root`` is the workspace, ``width`` how many conversations are under way at once; unless it
    ``writes``, nothing is kept on disk. Raises BadInputError if the port for a server is taken.
    """
    kinds = (settings.Command, settings.Python, settings.Http)
    if run.capture != "otlp" or not isinstance(target, kinds):
        return None
    served = isinstance(target, settings.Http)
    capture = Capture(
        port=run.capture_port if served else 0, token=_token(root) if served else None
    )
    return Monitor(capture, target, folder=root if writes else None, is_alone=width == 1)


def _token(root: Path) -> str:
    """The secret in the address of a server's endpoint: made once, so that it stays the same."""
    path = root / ".casefiles" / "otlp-token"
    try:
        return path.read_text("ascii").strip()
    except FileNotFoundError:
        path.parent.mkdir(exist_ok=True)
        token = secrets.token_urlsafe(24)
        write_bytes(path, f"{token}\n".encode())
        path.chmod(0o600)
        return token


class Watching:
    """One conversation that is watched."""

    def __init__(
        self,
        watch: Watch,
        redactor: Redactor,
        *,
        file: Path | None,
        before: Sequence[Document],
        is_resumed: bool,
        is_over: bool,
    ) -> None:
        """Begin; ``is_over`` says that the processes which send are gone at its end."""
        self._watch = watch
        self._redactor = redactor
        self._file = file
        # Nothing is left to hide in them; but their placeholders must not be given again.
        self._documents = [redacted(document, self._hidden) for document in before]
        self._is_resumed = is_resumed
        self._is_over = is_over

    @property
    def headers(self) -> Mapping[str, str]:
        """What an application joins its spans by."""
        return self._watch.headers

    @property
    def environment(self) -> Mapping[str, str | None]:
        """What makes the processes of this conversation send here."""
        return self._watch.environment

    def turn(self) -> None:
        """Keep what came by now."""
        self._add(self._watch.so_far())

    def end(self, *, answer: str | None, sessions: Collection[str] = ()) -> Captured:
        """Wait for the rest, and read all of it.

        ``answer`` is the last thing the application answered; ``sessions`` are ids that a server
        may know the conversation by.
        """
        collected = self._watch.collect(is_over=self._is_over, sessions=sessions)
        self._add(collected.documents)
        known = None if self._is_resumed else collected.known
        found = conversation(telemetry(self._documents), known=known, answer=answer)
        came = bool(self._documents)
        lost = [said for said in collected.remarks if not (came and said.startswith(NOTHING))]
        if self._is_resumed and (found.lost or not found.turns):
            lost.append("the run was killed in between: what came just then may be missing")
        return Captured(
            conversation=replace(found, turns=hidden_turns(found.turns, self._redactor)),
            documents=tuple(self._documents),
            lost=(*lost, *(found.lost if found.spans else ())),
        )

    def _add(self, documents: Sequence[Document]) -> None:
        clean = [redacted(document, self._hidden) for document in documents]
        if clean and self._file is not None:
            with self._file.open("ab") as file:
                file.write(packed(clean))
        self._documents += clean

    def _hidden(self, value: Any) -> Any:
        return hidden(value, self._redactor)


def captured_of(watching: Watching | None, held: Held, reference: str) -> Captured | None:
    """Return what came of a conversation that is over; None if nobody watched, or nothing was said.

    ``reference`` is our id of the conversation.
    """
    if watching is None or not held.turns:
        return None
    sessions = {reference, app_session(held.turns) or reference}
    return watching.end(answer=reply_of(held.turns[-1]) or None, sessions=sessions)
