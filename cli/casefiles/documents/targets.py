"""The ways into an application that ``[targets.NAME]`` can set, one record each.

`casefiles.documents.target_reader` reads them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Body = str | int | float | bool | list["Body"] | dict[str, "Body"]
"""The template of a request's body, as TOML holds it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A program that is started once for every turn; no shell."""

    name: str
    """Its key below ``[targets]``."""
    command: tuple[str, ...]
    """Program and arguments. ``{query}`` in an argument is replaced by what the user says."""
    stdin: Literal["json", "text", "none"] = "json"
    """What it reads: one JSON object, the bare query, or nothing."""
    output: Literal["json", "text"] = "json"
    """What it prints: JSON (the last JSON line wins) or text."""
    cwd: str = "."
    """Folder to run in, relative to the workspace."""
    env: Mapping[str, str] = field(default_factory=dict)
    """Variables to set; a value ``$NAME`` passes one through without writing it down."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Python:
    """A function, sync or async, called in worker processes with the arguments it declares."""

    name: str
    """Its key below ``[targets]``."""
    python: str
    """``module:function``."""
    cwd: str = "."
    """Folder to run in and to import from, relative to the workspace."""
    env: Mapping[str, str] = field(default_factory=dict)
    """Variables to set; a value ``$NAME`` passes one through without writing it down."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Http:
    """A server; ``$NAME`` in url, headers and body reads the environment."""

    name: str
    """Its key below ``[targets]``."""
    url: str
    """Address; placeholders in it are percent-encoded."""
    method: str = "POST"
    """HTTP method; GET and HEAD send no body."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Header to value."""
    body: Body | None = None
    """Template of the body: a table or list is sent as JSON, text as it is; None: our whole object.

    Placeholders: ``{query}``, ``{messages}``, ``{session_id}``, ``{app_session}`` (empty before the
    application gave one), ``{turn}``, ``{query_id}``, ``{vars}``. One that is all of a value
    becomes a JSON value, inside other text it becomes text.
    """
    output: str = ""
    """JMESPath to the reply's text; empty: the answer is our own object, or all of it is text."""
    messages: str = ""
    """JMESPath to the new messages."""
    session: str = ""
    """JMESPath to the application's own id of the conversation."""
    needs_human: str = ""
    """JMESPath to what it wants a human for; null, false and empty are nothing."""
    done: str = ""
    """JMESPath to whether the conversation is over."""
    usage: str = ""
    """JMESPath to the tokens: an object with ``in`` and ``out``, or a provider's names for them."""
    cost: str = ""
    """JMESPath to the price in US dollars."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """A system prompt and a model: the application is the prompt."""

    name: str
    """Its key below ``[targets]``."""
    model: str
    """Its name as litellm knows it: ``provider/model``."""
    system: str = ""
    """File with the system prompt, relative to the workspace; empty: none."""
    options: Mapping[str, Any] = field(default_factory=dict)
    """More for the call: ``temperature``, ``max_tokens``, ``api_base``…"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plugin:
    """A way in that another package brings: an entry point of the group ``casefiles.targets``."""

    name: str
    """Its key below ``[targets]``."""
    plugin: str
    """Name of the entry point."""
    settings: Mapping[str, Any] = field(default_factory=dict)
    """Handed to it as they are."""


Target = Command | Http | Python | Model | Plugin
KINDS = ("command", "http", "python", "model", "plugin")
"""The key of which a target has exactly one."""


def kind_of(target: Target) -> str:
    """Return the key that says what kind of target it is."""
    return type(target).__name__.lower()
