"""From the tables ``[targets.NAME]`` to targets, a problem for each thing that does not fit."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from casefiles.documents.targets import KINDS, Command, Http, Model, Plugin, Python, Target
from casefiles.documents.toml_reader import At, Kinds, TomlReader

_METHODS = ("POST", "GET", "PUT", "PATCH")
_PATHS = ("output", "messages", "session", "needs_human", "done", "usage", "cost")
_COMMON: Kinds = {"cwd": (".", str), "env": ({}, dict)}
_COMMAND: Kinds = {
    **_COMMON,
    "command": ((), tuple),
    "stdin": ("json", str),
    "output": ("json", str),
}
_PYTHON: Kinds = {**_COMMON, "python": ("", str)}
_HTTP: Kinds = {
    "url": ("", str),
    "method": ("POST", str),
    "headers": ({}, dict),
    "body": (None, (str, list, dict)),
    **dict.fromkeys(_PATHS, ("", str)),
}
_MODEL: Kinds = {"model": ("", str), "system": ("", str), "options": ({}, dict)}
_PLUGIN: Kinds = {"plugin": ("", str), "settings": ({}, dict)}


def read_targets(reader: TomlReader, data: Mapping[str, Any]) -> dict[str, Target]:
    """Read all targets of a configuration; broken ones are left out and reported."""
    found = {name: _target(reader, name, table) for name, table in reader.tables(data, "targets")}
    return {name: target for name, target in found.items() if target is not None}


def _target(reader: TomlReader, name: str, table: Mapping[str, Any]) -> Target | None:
    kinds = [kind for kind in KINDS if kind in table]
    if len(kinds) != 1:
        said = " and ".join(kinds) if kinds else "none of them"
        message = f"[targets.{name}] needs exactly one of {', '.join(KINDS)}; has {said}"
        reader.report(message, ("targets", name))
        return None
    return _READERS[kinds[0]](reader, name, table)


def _command(reader: TomlReader, name: str, table: Mapping[str, Any]) -> Target:
    at = ("targets", name)
    values = reader.read(table, at, _COMMAND)
    if table["command"] in ([], ()):
        reader.report("'command' must be a list of words", (*at, "command"))
    reader.choice(values["stdin"], ("json", "text", "none"), (*at, "stdin"))
    reader.choice(values["output"], ("json", "text"), (*at, "output"))
    values["env"] = reader.words(values["env"], (*at, "env"))
    return Command(name=name, **values)


def _python(reader: TomlReader, name: str, table: Mapping[str, Any]) -> Target:
    at = ("targets", name)
    values = reader.read(table, at, _PYTHON)
    written = table["python"]
    if isinstance(written, str) and not re.fullmatch(r"[\w.]+:[\w.]+", written):
        reader.report("'python' must be module:function", (*at, "python"))
    values["env"] = reader.words(values["env"], (*at, "env"))
    return Python(name=name, **values)


def _http(reader: TomlReader, name: str, table: Mapping[str, Any]) -> Target:
    table, at, place = _inner(reader, name, table, "http", "url")
    values = reader.read(table, at, _HTTP)
    if isinstance(table.get("url", ""), str) and not _is_url(values["url"]):
        message = "an http target needs the 'url' of the server, as in http = \"http://…\""
        reader.report(message, place)
    reader.choice(values["method"], _METHODS, (*at, "method"))
    if values["method"] == "GET" and values["body"] is not None:
        message = "a GET request has no body; put {query} into the url"
        reader.report(message, (*at, "body"))
    values["headers"] = reader.words(values["headers"], (*at, "headers"))
    for key in _PATHS:
        _expression(reader, values[key], (*at, key))
    _json(reader, values["body"], (*at, "body"))
    return Http(name=name, **values)


def _is_url(text: str) -> bool:
    return re.match(r"https?://|\$", text) is not None and re.search(r"\s", text) is None


def _expression(reader: TomlReader, text: str, at: At) -> None:
    if not text:
        return
    import jmespath  # only who sets one pays for it

    try:
        jmespath.compile(text)
    except (ValueError, jmespath.exceptions.JMESPathError) as error:
        said = str(error).partition("\n")[0].rstrip(":")
        remedy = "see https://jmespath.org"
        reader.report(f"{at[-1]!r} is no JMESPath expression ({said})", at, remedy=remedy)


def _json(reader: TomlReader, value: Any, at: At) -> None:
    """Report what JSON cannot hold: TOML also has dates and infinities."""
    for inner in _leaves(value):
        if not isinstance(inner, str | int | float) or inner in (float("inf"), float("-inf")):
            reader.report(f"{at[-1]!r} holds {inner}, which JSON cannot", at)
        elif inner != inner:  # noqa: PLR0124  NaN
            reader.report(f"{at[-1]!r} holds nan, which JSON cannot", at)


def _leaves(value: Any) -> list[Any]:
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, list):
        return [leaf for item in value for leaf in _leaves(item)]
    return [] if value is None else [value]


def _model(reader: TomlReader, name: str, table: Mapping[str, Any]) -> Target:
    table, at, place = _inner(reader, name, table, "model", "model")
    values = reader.read(table, at, _MODEL)
    if isinstance(table.get("model", ""), str) and not values["model"].strip():
        message = 'a model target needs the name of a model, as in model = "provider/name"'
        reader.report(message, place)
    _json(reader, values["options"], (*at, "options"))
    return Model(name=name, **values)


def _plugin(reader: TomlReader, name: str, table: Mapping[str, Any]) -> Target:
    at = ("targets", name)
    values = reader.read(table, at, _PLUGIN)
    if isinstance(table["plugin"], str) and not values["plugin"].strip():
        reader.report("'plugin' must name an entry point", (*at, "plugin"))
    return Plugin(name=name, **values)


def _inner(
    reader: TomlReader, name: str, table: Mapping[str, Any], kind: str, main: str
) -> tuple[Mapping[str, Any], At, At]:
    """Return the keys of a kind, where they stand, and where the main one of them does.

    Both ``http = "http://…"`` with the other keys beside it and ``http = { url = … }`` are fine.
    """
    at: At = ("targets", name)
    value = table[kind]
    if isinstance(value, Mapping):
        reader.check_keys(dict.fromkeys(table), at, (kind,))
        return value, (*at, kind), (*at, kind, main)
    rest = {key: inner for key, inner in table.items() if key != kind}
    if main in rest:
        reader.report(f"{main!r} is said twice, by {kind!r} too", (*at, main))
    if not isinstance(value, str):
        reader.value(value, "", str, (*at, kind))
        return {**rest, main: "$"}, at, at  # said already; "$" is neither empty nor no address
    return {**rest, main: value}, at, (*at, kind)


_READERS: dict[str, Callable[[TomlReader, str, Mapping[str, Any]], Target]] = {
    "command": _command,
    "http": _http,
    "python": _python,
    "model": _model,
    "plugin": _plugin,
}
