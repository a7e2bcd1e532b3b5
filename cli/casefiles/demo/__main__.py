"""`python -m casefiles.demo` answers one JSON object on stdin; `… serve` starts the server."""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Sequence
from types import FrameType
from typing import NoReturn

from casefiles.demo import DESCRIPTION
from casefiles.errors import BadInputError, CasefilesError

_USAGE = f"""\
{DESCRIPTION}

  python -m casefiles.demo < request.json         one JSON object in, one out
  python -m casefiles.demo serve [--port NUMBER]  HTTP on 127.0.0.1: POST /chat, GET /health

A request is {{"query": …, "messages": […], "session_id": …, "traceparent": …}};
only query is needed."""


def main(arguments: Sequence[str]) -> int:
    """Run the program with its arguments; gives the exit code."""
    try:
        if {"-h", "--help"} & set(arguments):
            sys.stdout.write(f"{_USAGE}\n")
        elif arguments[:1] == ["serve"]:
            serve(_port(arguments[1:]))
        elif arguments:
            raise BadInputError(f"“{arguments[0]}” is no command", remedy="see --help")
        else:
            answer_one()
    except CasefilesError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    return 0


def _port(arguments: Sequence[str]) -> int:
    match arguments:
        case []:
            return 0
        case ["--port", number] if number.isascii() and number.isdigit():
            return int(number)
    raise BadInputError("serve takes only --port NUMBER", remedy="see --help")


def answer_one() -> None:
    """Read one request from stdin and write its answer to stdout, on one line."""
    from casefiles.demo.app import answer
    from casefiles.demo.request import LONGEST, parse_request

    asked = parse_request(sys.stdin.buffer.read(LONGEST + 1))
    found = answer(asked.query, asked.messages, asked.session_id, traceparent=asked.traceparent)
    sys.stdout.write(f"{json.dumps(found)}\n")


def serve(port: int) -> None:
    """Serve until the process is asked to end; the first line on stdout is the address."""
    from casefiles.demo.server import server

    signal.signal(signal.SIGTERM, _end)
    with server(port) as running:
        sys.stdout.write(f"http://127.0.0.1:{running.server_address[1]}\n")
        sys.stdout.flush()
        try:
            running.serve_forever()
        except KeyboardInterrupt:
            return


def _end(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
