"""The program that a python target runs in: one JSON line in, one JSON line out.

Started by its path, with only the standard library, so that it starts fast and imports nothing
of ours next to the user's code. What the function prints goes to standard error.
"""

from __future__ import annotations

import asyncio
import importlib
import inspect
import json
import os
import sys
import traceback
from typing import Any

_RARE = ("traceparent", "approves")
"""What a request has only where it means something; a function may insist on it all the same."""


def main() -> None:
    """Serve requests until standard input ends."""
    place, cwd = sys.argv[1:3]
    sys.path[0] = cwd  # not the folder of this file: its neighbours are no modules for the user
    replies = os.fdopen(os.dup(1), "w", encoding="utf-8")
    requests = os.fdopen(os.dup(0), encoding="utf-8")
    os.dup2(2, 1)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)  # the function must not read our requests
    try:
        function = _found(place)
    except BaseException as error:  # noqa: BLE001  whatever importing the user's code raises
        _reply(replies, {"fatal": _said(error)})
        return
    _reply(replies, {"ready": True})
    with (
        asyncio.Runner() as runner
    ):  # one loop for all calls: clients that the user keeps are bound
        for line in requests:
            _reply(replies, _called(function, json.loads(line), runner))


def _found(place: str) -> Any:
    module, _, name = place.partition(":")
    found: Any = importlib.import_module(module)
    for step in name.split("."):
        found = getattr(found, step)
    if not callable(found):
        raise TypeError(f"{place} is no function")
    return found


def _called(function: Any, request: dict[str, Any], runner: asyncio.Runner) -> dict[str, Any]:
    try:
        answer = function(**_wanted(function, request))
        if inspect.isawaitable(answer):
            answer = runner.run(_awaited(answer))
        json.dumps(answer)
    except (Exception, SystemExit) as error:  # noqa: BLE001  the user's code may raise anything
        return {"error": "".join(traceback.format_exception(error))[-65536:].strip()}
    return {"answer": answer}


async def _awaited(answer: Any) -> Any:
    return await answer


def _wanted(function: Any, request: dict[str, Any]) -> dict[str, Any]:
    """Return the arguments that the function declares; all of them if it takes any."""
    offered = {**request, "dimensions": request["vars"]}
    parameters = inspect.signature(function).parameters.values()
    if any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters):
        return offered
    absent = {p.name: None for p in parameters if p.name in _RARE and p.default is p.empty}
    return absent | {p.name: offered[p.name] for p in parameters if p.name in offered}


def _reply(replies: Any, value: dict[str, Any]) -> None:
    replies.write(json.dumps(value) + "\n")
    replies.flush()


def _said(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"


if __name__ == "__main__":
    main()
