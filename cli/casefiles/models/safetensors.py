"""Arrays of a safetensors file, read without the package of that name."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray


def read_safetensors(path: Path) -> Mapping[str, NDArray[np.float32]]:
    """Read the 32-bit arrays of a file, mapped into memory, by name.

    Eight bytes, little endian, give the length of a JSON header; that tells of each array its
    type, its shape, and where it begins and ends in what follows. Raises ValueError if the file
    is not of this form (https://github.com/huggingface/safetensors).
    """
    data = np.memmap(path, dtype=np.uint8, mode="r")
    length = int.from_bytes(data[:8].tobytes(), "little")
    header = json.loads(data[8 : 8 + length].tobytes())
    body = data[8 + length :]
    return {
        name: body[slice(*about["data_offsets"])].view("<f4").reshape(about["shape"])
        for name, about in header.items()
        if about.get("dtype") == "F32"
    }
