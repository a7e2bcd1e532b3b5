"""`[models] embed`: how observations are compared."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from casefiles.documents import proposal as proposal_file
from casefiles.errors import BadInputError
from casefiles.loop.embedding import open_representation
from casefiles.models.embedding import has_minilm
from casefiles.workspace.find import find
from cli import run_cli
from corpora import TRACE
from model_server import model_server
from require import require
from workspaces import workspace

KINDS = (
    "refunds the order without asking first",
    "answers in english to a spanish question",
    "writes three screens for a yes or no question",
)
DETAILS = ("", ", again", " once more", " in the end", " at turn 4", " and says so")


def shop(folder: Path, embed: str) -> Path:
    """A workspace with 36 observations, and this setting."""
    files = {f"traces/round-1/q{number:03}.md": TRACE for number in range(36)}
    for number in range(36):
        text = KINDS[number % 3] + DETAILS[number // 3 % 6]
        files[f"notes/ana/round-1/q{number:03}.md"] = f"---\nverdict: fail\n---\n{text}\n"
    return workspace(folder, {**files, "casefiles.toml": f'[models]\nembed = "{embed}"\n'})


def method_and_model(root: Path) -> tuple[str | None, str | None]:
    """What the one proposal says of how it was made."""
    (file,) = (root / "taxonomy" / "proposals").glob("*.md")
    found, _ = proposal_file.parse(file.read_text("utf-8"), file.name)
    assert found is not None
    return found.method, found.model


def test_minilm_makes_a_hybrid_proposal_and_keeps_its_vectors(tmp_path: Path) -> None:
    """The proposal names the representation; a second one computes nothing anew."""
    require("minilm", "installed" if has_minilm() else None)
    root = shop(tmp_path, "minilm")
    assert run_cli("propose", cwd=root).code == 0
    assert method_and_model(root) == ("embedded/hybrid", "minilm")
    (kept,) = (root / ".casefiles" / "embeddings").iterdir()
    before = kept.read_bytes()
    assert run_cli("propose", "--dry-run", "--force", cwd=root).code == 0
    assert kept.read_bytes() == before


def test_a_torn_file_of_vectors_is_computed_anew(tmp_path: Path) -> None:
    """It is a cache: nothing is lost and nothing fails."""
    require("minilm", "installed" if has_minilm() else None)
    root = shop(tmp_path, "minilm")
    embed = open_representation(find(root)).embed
    assert embed is not None
    vectors = embed(["the link is dead"])
    (kept,) = (root / ".casefiles" / "embeddings").iterdir()
    kept.write_bytes(kept.read_bytes()[:100])
    again = open_representation(find(root)).embed
    assert again is not None
    np.testing.assert_allclose(again(["the link is dead"]), vectors, atol=1e-6)


def test_progress_counts_what_is_computed(tmp_path: Path) -> None:
    """Only texts that are not kept yet, up to the last one."""
    require("minilm", "installed" if has_minilm() else None)
    ticks: list[tuple[int, int]] = []
    root = shop(tmp_path, "minilm")
    embed = open_representation(find(root), lambda *tick: ticks.append(tick)).embed
    assert embed is not None
    embed(["one", "two", "one"])
    embed(["two", "three"])
    assert ticks == [(2, 2), (1, 1)]


def test_a_providers_embeddings_are_asked_for_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Through litellm, over HTTP; the second proposal finds them kept."""
    with model_server(lambda *_: "", monkeypatch) as server:
        root = shop(tmp_path, "openai/text-embedding-3-small")
        assert run_cli("propose", cwd=root).code == 0
        asked = [text for body in server.embedded for text in body["input"]]
        assert len(asked) == len(set(asked)) == 18
        assert run_cli("propose", "--dry-run", "--force", cwd=root).code == 0
        assert sum(len(body["input"]) for body in server.embedded) == len(asked)
    assert method_and_model(root) == ("embedded/hybrid", "openai/text-embedding-3-small")


def test_a_name_that_nobody_knows_is_one_error(tmp_path: Path) -> None:
    """It says where it stands and what may stand there; nothing is written."""
    root = shop(tmp_path, "bert")
    result = run_cli("propose", cwd=root)
    assert result.code == 2
    assert re.search(
        r"casefiles\.toml: \[models\] embed is 'bert'; set lexical, minilm", result.err
    )
    assert not (root / "taxonomy" / "proposals").exists()


def test_a_model2vec_folder_that_is_none_is_one_error(tmp_path: Path) -> None:
    """Whether the package is missing or the folder: it says what to do."""
    with pytest.raises(BadInputError, match="model2vec"):
        open_representation(find(shop(tmp_path, "model2vec:nowhere")))
