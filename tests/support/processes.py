"""Whether a process is gone, asked of the system."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path


def eventually(is_so: Callable[[], bool], *, seconds: float = 5) -> bool:
    """Wait until something is so; tell whether it came to be."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if is_so():
            return True
        time.sleep(0.01)
    return is_so()


def is_running(pid: int) -> bool:
    """Tell whether a process exists and is not a zombie that nobody has collected yet."""
    try:
        os.kill(pid, 0)
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2]
    except (ProcessLookupError, FileNotFoundError):
        return False
    return not state.startswith("Z")


def all_gone(folder: Path) -> bool:
    """Tell whether every process whose id is the name of a file in the folder is gone, soon."""
    pids = [int(path.name) for path in folder.iterdir()]
    assert pids
    return eventually(lambda: not any(is_running(pid) for pid in pids))
