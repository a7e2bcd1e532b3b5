"""A request as the user's settings draw it: what is said goes in where the placeholders stand."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Mapping
from typing import Any

from casefiles.errors import BadInputError
from casefiles.targets.protocol import Request

_PLACEHOLDER = re.compile(
    r"\{(query|messages|session_id|app_session|turn|query_id|vars)(?:\.([^{}]+))?\}"
)
_VARIABLE = re.compile(r"\$(?:\{([A-Za-z_]\w*)\}|([A-Za-z_]\w*))")
Quote = Callable[[str], str]
"""Makes a text safe for where it goes."""


def fill(template: Any, request: Request) -> Any:
    """Return a JSON value drawn after a template of tables, lists and texts.

    A text that is one placeholder and nothing else becomes its value, JSON of any kind; inside
    other text it becomes text. What is filled in is never looked at for placeholders again.
    """
    if isinstance(template, Mapping):
        return {key: fill(value, request) for key, value in template.items()}
    if isinstance(template, list):
        return [fill(value, request) for value in template]
    if not isinstance(template, str):
        return template
    whole = _PLACEHOLDER.fullmatch(template)
    return _value(whole, request) if whole else fill_text(template, request)


def fill_text(template: str, request: Request, quote: Quote = str) -> str:
    """Return a text drawn after a template, what is filled in made safe by ``quote``."""
    return _PLACEHOLDER.sub(lambda hit: quote(_as_text(_value(hit, request))), template)


def _value(hit: re.Match[str], request: Request) -> Any:
    values: dict[str, Callable[[], Any]] = {
        "query": lambda: request.query,
        "messages": lambda: [dict(message) for message in request.messages],
        "session_id": lambda: request.session_id,
        "app_session": lambda: request.app_session,
        "turn": lambda: request.turn,
        "query_id": lambda: request.conversation.query_id,
        "vars": lambda: dict(request.conversation.variables),
    }
    name, inner = hit.groups()
    if inner is None:
        return values[name]()
    return request.conversation.variables.get(inner) if name == "vars" else hit.group()


def _as_text(value: Any) -> str:
    if isinstance(value, str):
        return value
    return "" if value is None else json.dumps(value, ensure_ascii=False)


def with_environment(template: Any, where: str) -> Any:
    """Return a template in which ``$NAME`` and ``${NAME}`` are what the environment says.

    ``where`` names the setting. Raises BadInputError for a variable that is not set.
    """
    if isinstance(template, Mapping):
        return {key: with_environment(value, f"{where}.{key}") for key, value in template.items()}
    if isinstance(template, list):
        return [with_environment(value, where) for value in template]
    if not isinstance(template, str):
        return template
    return _VARIABLE.sub(lambda hit: _variable(hit[1] or hit[2], where), template)


def _variable(name: str, where: str) -> str:
    value = os.environ.get(name)
    if value is None:
        message = f"{where} needs the environment variable {name}, which is not set"
        raise BadInputError(message, remedy=f"set {name}, or mend the configuration")
    return value
