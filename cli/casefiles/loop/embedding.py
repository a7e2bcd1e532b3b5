"""The embeddings that `[models] embed` names, each computed once per workspace."""

from __future__ import annotations

import hashlib
import io
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import BadZipFile

from casefiles.errors import BadInputError
from casefiles.models import embedding
from casefiles.workspace.find import Workspace

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from casefiles.clusters.grouping import Embed

    Vector = NDArray[np.float32]

Tick = Callable[[int, int], None]
"""Is told how many of how many texts are embedded."""
LEXICAL = "lexical"
_MODEL2VEC = "model2vec:"
_AT_ONCE = 256
"""Texts between two steps of the progress bar, each of which is kept on disk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Representation:
    """How a workspace wants its observations compared."""

    embed: Embed | None
    """Sentence embeddings; None: by wording alone."""
    model: str | None
    """What computes them, as the configuration names it."""


def open_representation(workspace: Workspace, progress: Tick | None = None) -> Representation:
    """Open what `[models] embed` names: `lexical`, `minilm`, `model2vec:FOLDER` or a provider's.

    `progress` is told how many of how many texts are embedded. Nothing is downloaded. Raises
    BadInputError if the name is unknown or what it needs is not installed.
    """
    embedding.one_blas_thread()
    name = workspace.config.models.embed
    if name in ("", LEXICAL):
        return Representation(embed=None, model=None)
    if name == embedding.MINILM or name.startswith(_MODEL2VEC):
        return Representation(embed=_local(workspace, name, progress), model=name)
    if "/" not in name:
        raise BadInputError(
            f"[models] embed is {name!r}",
            where=workspace.config.path,
            remedy="set lexical, minilm, model2vec:FOLDER or a provider's model, such as "
            "openai/text-embedding-3-small",
        )
    return Representation(embed=_providers(workspace), model=name)


def at_home(workspace: Workspace) -> Workspace:
    """Return the workspace as one that compares its observations on this machine.

    Where ``[models] embed`` names a provider's model, by wording alone: nothing is sent before a
    person has agreed to it.
    """
    models = workspace.config.models
    if "/" not in models.embed or models.embed.startswith(_MODEL2VEC):
        return workspace
    config = replace(workspace.config, models=replace(models, embed=LEXICAL))
    return replace(workspace, config=config)


def _local(workspace: Workspace, name: str, progress: Tick | None) -> Embed:
    if name == embedding.MINILM:
        compute = embedding.minilm()
    else:
        compute = embedding.model2vec(workspace.root / name.removeprefix(_MODEL2VEC))
    file = workspace.private / "embeddings" / f"{_digest(name)}.npz"
    return _Kept(compute, file, progress or (lambda _done, _total: None))


def _providers(workspace: Workspace) -> Embed:
    from casefiles.loop.model_service import open_service

    service = open_service(workspace, "embed")

    def embed(texts: Sequence[str]) -> NDArray[np.floating]:
        import numpy as np

        return np.array(service.embed(texts), dtype=np.float64)

    return embed


class _Kept:
    """Embeddings that are computed once and kept in a file, by a hash of the text."""

    def __init__(self, compute: embedding.Embed, file: Path, progress: Tick) -> None:
        self._compute = compute
        self._file = file
        self._progress = progress
        self._vectors: dict[str, Vector] = _read(file)

    def __call__(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return one vector for each text, n x width."""
        import numpy as np

        # Sorted, so that neither vectors nor speed hang on the order of the texts.
        missing = sorted({text for text in texts if _digest(text) not in self._vectors}, key=_size)
        for start in range(0, len(missing), _AT_ONCE):
            batch = missing[start : start + _AT_ONCE]
            for text, vector in zip(batch, self._compute(batch), strict=True):
                self._vectors[_digest(text)] = vector
            _write(self._file, self._vectors)
            self._progress(start + len(batch), len(missing))
        return np.array([self._vectors[_digest(text)] for text in texts])


def _size(text: str) -> tuple[int, str]:
    return len(text), text


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=16).hexdigest()


def _read(file: Path) -> dict[str, Vector]:
    """What a file keeps; nothing where it is missing, torn or of another form."""
    import numpy as np

    try:
        with np.load(io.BytesIO(file.read_bytes()), allow_pickle=False) as kept:
            return dict(zip(kept["texts"].tolist(), kept["vectors"], strict=True))
    except (OSError, ValueError, KeyError, EOFError, BadZipFile, zlib.error):
        return {}


def _write(file: Path, vectors: dict[str, Vector]) -> None:
    import numpy as np

    from casefiles.workspace.write import write_bytes

    content = io.BytesIO()
    np.savez(content, texts=np.array(list(vectors)), vectors=np.array(list(vectors.values())))
    file.parent.mkdir(parents=True, exist_ok=True)
    write_bytes(file, content.getvalue())
