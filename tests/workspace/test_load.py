"""A tree of files becomes a corpus; what is broken is left out and said."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from casefiles.documents.config import Config
from casefiles.documents.corpus import Corpus
from casefiles.documents.round import Round
from casefiles.documents.trace import TraceHead, render, seal
from casefiles.documents.turns import Part, Turn
from casefiles.workspace.load import decode, load, load_trace
from casefiles.workspace.tree import WorkingTree
from hostile import PIECES, is_encodable
from workspaces import mode_text, trace_text, workspace

OURS = "<<<<<<< HEAD\nverdict: pass\n=======\nverdict: fail\n>>>>>>> other\n"
PROPOSAL = "---\nkind: proposal/1\n---\n"


def loaded(root: Path) -> Corpus:
    """Load a folder."""
    return load(WorkingTree(root), Config())


class Files:
    """A tree in memory, as a commit is one."""

    def __init__(self, files: dict[str, bytes]) -> None:
        """Hold the files."""
        self.files = files

    def paths(self) -> Iterator[str]:
        yield from sorted(self.files)

    def read(self, path: str) -> bytes:
        return self.files[path]


def test_every_kind_of_file_becomes_its_record(tmp_path: Path) -> None:
    """Under the name its path gives it."""
    corpus = loaded(
        workspace(
            tmp_path,
            {
                "traces/dataset/dimensions.yaml": "dimensions:\n- {name: a, values: [x]}\n",
                "traces/dataset/tuples.yaml": "tuples:\n- {id: t1, values: {a: x}}\n",
                "traces/dataset/queries.yaml": "queries:\n- {id: q1, tuple: t1, text: hi}\n",
                "traces/round-1/round.yaml": "drawn: synthetic\n",
                "traces/round-1/q1.md": trace_text(),
                "traces/round-1/q1/4-1.txt": "an attachment",
                "traces/round-2/q1.md": trace_text(),
                "notes/ana/round-1/q1.md": "Too long.\n",
                "notes/adjudicated/round-1/q1.md": "---\nlabels: {too-long: yes}\n---\n",
                "taxonomy/too-long.md": mode_text(),
                "taxonomy/README.md": "ours",
                "taxonomy/proposals/p.md": PROPOSAL,
            },
        )
    )

    assert corpus.problems == ()
    assert corpus.broken == frozenset()
    assert set(corpus.traces) == {"round-1/q1", "round-2/q1"}
    assert corpus.rounds == {"round-1": Round(drawn="synthetic"), "round-2": Round()}
    assert set(corpus.notes) == {("ana", "round-1/q1"), ("adjudicated", "round-1/q1")}
    assert set(corpus.modes) == {"too-long"}
    assert set(corpus.proposals) == {"p"}
    assert corpus.dataset.values_of(corpus.dataset.queries[0]) == {"a": "x"}


def test_a_commit_gives_the_same_corpus_as_the_disk(tmp_path: Path) -> None:
    """One loader, two trees."""
    root = workspace(
        tmp_path,
        {
            "traces/r/q.md": trace_text(),
            "notes/ana/r/q.md": "x",
            "notes/ana/r/.q.md.tmp.md": "hidden",
            "taxonomy/a.md": mode_text(),
            "taxonomy/broken.md": "x",
        },
    )
    files = {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file()
    }

    assert load(Files(files), Config()) == loaded(root)


@pytest.mark.parametrize(
    ("path", "content", "code", "line"),
    [
        ("notes/ana/r/q.md", b"fine\n\xff\n", "encoding", 2),
        ("notes/ana/r/q.md", "caf\u00e9".encode("latin-1"), "encoding", 1),
        ("notes/ana/r/q.md", "x".encode("utf-16"), "encoding", 1),
        ("notes/ana/r/q.md", f"---\n{OURS}---\n".encode(), "merge-conflict", 2),
        ("notes/ana/r/q.md", f"text\r\n{OURS}".replace("\n", "\r\n").encode(), "merge-conflict", 2),
        ("notes/ana/r/q.md", b">>>>>>> other\n", "merge-conflict", 1),
        ("taxonomy/a.md", f"{mode_text()}{OURS}".encode(), "merge-conflict", 8),
        ("taxonomy/proposals/p.md", f"{PROPOSAL}\n{OURS}".encode(), "merge-conflict", 5),
        ("traces/dataset/queries.yaml", f"queries:\n{OURS}".encode(), "merge-conflict", 2),
        ("traces/r/round.yaml", OURS.encode(), "merge-conflict", 1),
        ("traces/r/q.md", trace_text().replace("status: ok\n", OURS).encode(), "merge-conflict", 6),
        ("traces/r/q.md", f"{trace_text()}\n{OURS}".encode(), "merge-conflict", 20),
        ("traces/r/q.md", b"", "front-matter", 1),
        ("traces/r/q.md", b"no front matter\n", "front-matter", 1),
        ("taxonomy/a.md", b"", "missing-key", 1),
        ("taxonomy/proposals/p.md", b"", "missing-key", 1),
        ("notes/ana/r/q.md", b"---\nverdict: x\n---\n", "verdict", 2),
    ],
)
def test_a_broken_file_is_left_out_and_said(
    tmp_path: Path, path: str, content: bytes, code: str, line: int
) -> None:
    """With its line; the others are read."""
    root = workspace(tmp_path, {"taxonomy/sound.md": mode_text("Sound")})
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_bytes(content)

    corpus = loaded(root)

    assert corpus.broken == {path}
    assert [(p.path, p.code, p.line, p.level) for p in corpus.problems] == [
        (path, code, line, "error")
    ]
    assert (corpus.traces, corpus.notes, corpus.proposals) == ({}, {}, {})
    assert set(corpus.modes) == {"sound"}


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("notes/ana/r/q.md", ""),
        ("traces/r/round.yaml", ""),
        ("traces/dataset/dimensions.yaml", ""),
        ("traces/dataset/tuples.yaml", "# nothing yet\n"),
        ("traces/dataset/queries.yaml", "\n"),
    ],
)
def test_an_empty_file_of_a_person_is_valid(tmp_path: Path, path: str, content: str) -> None:
    """They have begun and not finished."""
    corpus = loaded(workspace(tmp_path, {path: content}))

    assert corpus.problems == ()


@pytest.mark.parametrize(
    "text",
    [
        "A title\n=======\n\n=======\n",
        "<<<<<<<\n",
        "<<<<<<<HEAD\n",
        "  <<<<<<< HEAD\n",
        "a <<<<<<< HEAD\n",
        "<<<<<<<< HEAD\n",
        ">>>>>>>> quoted eight times\n",
        "> <<<<<<< HEAD\n",
    ],
)
def test_what_only_looks_like_a_conflict_is_none(text: str) -> None:
    """Underlined headings and deep quotes are people's."""
    assert decode(text.encode(), "notes/ana/r/q.md") == (text, ())


@pytest.mark.parametrize(
    "text", [OURS, f"```\n{OURS}```\n", f"````text\n{OURS}", f"a\n{OURS * 50}"]
)
@pytest.mark.parametrize("kind", ["question", "answer"])
def test_a_trace_may_tell_of_conflicts(text: str, kind: str) -> None:
    """A coding agent's traces are full of them; fences and quotes hold them."""
    part = Part(text=text) if kind == "question" else Part(type="tool_result", text=text)
    written = render(seal(TraceHead(title="t"), (Turn(role="tool", parts=(part,)),)))

    assert decode(written.encode(), "traces/r/q.md") == (written, ())


@pytest.mark.parametrize("piece", [piece for piece in PIECES if is_encodable(piece)])
def test_other_text_is_decoded_as_it_is(piece: str) -> None:
    """Line ends and byte order marks included."""
    text = f"x {piece}"

    assert decode(text.encode(), "notes/ana/r/q.md") == (text, ())


def test_a_trace_is_read_with_its_turns(tmp_path: Path) -> None:
    """Only where they are asked for."""
    root = workspace(tmp_path, {"traces/r/q.md": trace_text("hello?"), "traces/r/b.md": OURS})

    trace, problems = load_trace(WorkingTree(root), "traces/r/q.md")

    assert problems == ()
    assert trace is not None
    assert trace.turns[0].parts[0].text == "hello?"
    assert load_trace(WorkingTree(root), "traces/r/b.md")[0] is None


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_said(tmp_path: Path) -> None:
    """The others are read."""
    root = workspace(tmp_path, {"notes/ana/r/q.md": "x", "taxonomy/a.md": mode_text()})
    (root / "notes/ana/r/q.md").chmod(0)

    corpus = loaded(root)

    assert [problem.code for problem in corpus.problems] == ["unreadable"]
    assert set(corpus.modes) == {"a"}


def test_a_file_that_vanishes_while_loading_is_said() -> None:
    """Git may switch branches meanwhile."""

    class Vanishing(Files):
        def read(self, path: str) -> bytes:
            raise FileNotFoundError(2, "No such file or directory", path)

    corpus = load(Vanishing({"notes/ana/r/q.md": b""}), Config())

    assert [(p.code, p.path) for p in corpus.problems] == [("unreadable", "notes/ana/r/q.md")]
    assert corpus.broken == {"notes/ana/r/q.md"}
