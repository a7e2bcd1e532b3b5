"""An OpenAI-compatible server whose answers take 200 ms, as a process of its own.

It prints its address, and answers until its input ends.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))

from model_server import model_server
from query_model import good

LATENCY_S = 0.2


def slowly(body: Mapping[str, Any], _: int) -> str:
    """Answer as a good model would, after a while."""
    time.sleep(LATENCY_S)
    return good(body)


if __name__ == "__main__":
    with model_server(slowly) as server:
        print(server.url, flush=True)
        sys.stdin.read()
