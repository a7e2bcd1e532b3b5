"""Pipelines: least rights, pinned actions, and scripts that do what they say, run for real."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from cli import run_cli
from repositories import Repository, repository
from workspaces import CONFIG, mode_text, trace_text

CHECK = ".github/workflows/casefiles.yml"
COMMENT = ".github/workflows/casefiles-comment.yml"
GITLAB = ".gitlab/casefiles.yml"
MARKER = "<!-- casefiles diff -->"


def pipeline(root: Path, path: str) -> Any:
    """Read a pipeline as YAML 1.2, in which `on` is a word."""
    return YAML(typ="safe").load((root / path).read_text())


@pytest.fixture
def git(tmp_path: Path) -> Repository:
    """Make a repository whose workspace lies in a folder of it."""
    made = repository(tmp_path)
    made.write({"evals/casefiles.toml": CONFIG})
    assert run_cli("init", tmp_path / "evals").code == 0
    return made


class TestWhere:
    def test_pipelines_stand_at_the_top_and_name_the_folder(self, git: Repository) -> None:
        """Hosts look nowhere else; the workspace's own files stay in its folder."""
        assert (git.root / GITLAB).exists()
        assert pipeline(git.root, CHECK)["env"] == {"FOLDER": "evals"}
        assert not (git.root / "evals/.github").exists()
        assert not (git.root / ".casefiles").exists()

    @pytest.mark.parametrize(
        ("remote", "option", "expected"),
        [
            ("git@github.com:a/b.git", "auto", [CHECK, COMMENT]),
            ("https://gitlab.example.org/a/b", "auto", [GITLAB]),
            ("https://code.example.org/a/b", "auto", [CHECK, COMMENT, GITLAB]),
            ("https://gitlab.com/a/b", "github", [CHECK, COMMENT]),
            ("https://gitlab.com/a/b", "both", [CHECK, COMMENT, GITLAB]),
            ("https://gitlab.com/a/b", "none", []),
        ],
    )
    def test_the_remote_says_for_which_host(
        self, tmp_path: Path, remote: str, option: str, expected: list[str]
    ) -> None:
        """Unless the user does."""
        repository(tmp_path).git("remote", "add", "origin", remote)

        run_cli("init", tmp_path, "--ci", option)

        found = [path for path in (CHECK, COMMENT, GITLAB) if (tmp_path / path).exists()]
        assert found == expected

    def test_a_pipeline_that_is_there_is_kept(self, tmp_path: Path) -> None:
        """It is the team's."""
        git = repository(tmp_path)
        git.write({CHECK: "name: mine\n"})

        made = run_cli("init", tmp_path)

        assert (tmp_path / CHECK).read_text() == "name: mine\n"
        assert f"{CHECK} was there; left as it is" in made.err

    def test_a_folder_that_no_pipeline_can_name_is_refused(self, tmp_path: Path) -> None:
        """Nothing of it may be read as YAML or shell."""
        repository(tmp_path)
        folder = tmp_path / 'x" ; rm -rf $HOME'

        made = run_cli("init", folder)

        assert made.code == 2
        assert "cannot stand in a pipeline" in made.err
        assert not folder.exists()
        assert run_cli("init", folder, "--ci", "none").code == 0


class TestGitHub:
    def test_every_job_has_the_least_rights(self, git: Repository) -> None:
        """Nothing by default; only the comment may write, and it checks out nothing."""
        check, comment = pipeline(git.root, CHECK), pipeline(git.root, COMMENT)
        text = (git.root / CHECK).read_text()

        assert check["permissions"] == comment["permissions"] == {}
        assert check["jobs"]["check"]["permissions"] == {"contents": "read"}
        assert check["jobs"]["site"]["permissions"] == {
            "contents": "read",
            "pages": "write",
            "id-token": "write",
        }
        assert check["jobs"]["site"]["if"] == "${{ github.event_name == 'push' }}"
        assert comment["jobs"]["comment"]["permissions"] == {
            "actions": "read",
            "pull-requests": "write",
        }
        assert not any("uses" in step for step in comment["jobs"]["comment"]["steps"])
        assert set(check["on"]) == {"pull_request", "push"}
        assert set(comment["on"]) == {"workflow_run"}
        assert "secrets[" not in text
        assert "${{ secrets" not in text

    def test_every_action_is_pinned(self, git: Repository) -> None:
        """By the hash of a commit, with its version beside it."""
        text = (git.root / CHECK).read_text()
        used = re.findall(r"uses: (.+)", text)

        assert len(used) == 7
        for action in used:
            assert re.fullmatch(r"actions/[a-z-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", action)
        for job in pipeline(git.root, CHECK)["jobs"].values():
            (checkout,) = [s["with"] for s in job["steps"] if "checkout" in s.get("uses", "")]
            assert checkout["persist-credentials"] is False

    def test_no_script_holds_what_a_stranger_chose(self, git: Repository) -> None:
        """Expressions are filled in before a shell reads a script; variables are not."""
        for path in (CHECK, COMMENT):
            for job in pipeline(git.root, path)["jobs"].values():
                scripts = [step["run"] for step in job["steps"] if "run" in step]
                assert scripts
                assert not any("${{" in script for script in scripts)

    def test_a_pull_request_is_compared_with_the_branch_it_goes_into(self, git: Repository) -> None:
        """Run on the merge that a host makes, not on what the base gained meanwhile."""
        git.commit({"evals/traces/r/t1.md": trace_text(), "evals/taxonomy/a.md": mode_text("A")})
        git.git("checkout", "-q", "-b", "work")
        git.commit({"evals/taxonomy/b.md": mode_text("B")})
        git.git("checkout", "-q", "main")
        git.commit({"evals/taxonomy/c.md": mode_text("C")})
        git.git("checkout", "-q", "--detach", "main")
        git.git("merge", "-q", "--no-ff", "-m", "merge", "work")
        steps = pipeline(git.root, CHECK)["jobs"]["check"]["steps"]
        scripts = [step["run"] for step in steps if "casefiles -C" in step.get("run", "")]
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"

        for script in scripts:
            subprocess.run(
                ["bash", "-euo", "pipefail", "-c", script],
                cwd=git.root,
                env={**os.environ, "PATH": path, "FOLDER": "evals"},
                check=True,
            )

        text = (git.root / "casefiles-comment.md").read_text()
        assert text.startswith(MARKER)
        assert "created: `b`" in text
        assert "`c`" not in text

    @pytest.mark.parametrize("is_on", [True, False])
    def test_the_report_is_published_only_where_pages_is_on(
        self, git: Repository, tmp_path_factory: pytest.TempPathFactory, *, is_on: bool
    ) -> None:
        """Elsewhere the main branch stays green, and a notice says what to turn on."""
        first, *others = pipeline(git.root, CHECK)["jobs"]["site"]["steps"]
        folder = tmp_path_factory.mktemp("pages")
        (folder / "gh").write_text(f"#!/bin/sh\nexit {0 if is_on else 1}\n")
        (folder / "gh").chmod(0o755)

        done = subprocess.run(
            ["bash", "-e", "-c", first["run"]],
            env={
                "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}",
                "GITHUB_OUTPUT": str(folder / "output"),
                "GH_REPO": "a/b",
            },
            capture_output=True,
            text=True,
            check=True,
        )

        assert (folder / "output").exists() == is_on
        assert ("::notice::" in done.stdout) != is_on
        assert {step["if"] for step in others} == {"${{ steps.pages.outputs.on }}"}

    def test_annotations_name_files_from_the_top(self, git: Repository) -> None:
        """The host knows nothing of the workspace's folder."""
        git.write({"evals/taxonomy/a.md": "---\nname: A\n"})

        github = run_cli("check", "--format", "github", cwd=git.root / "evals")
        gitlab = run_cli("check", "--format", "gitlab", cwd=git.root / "evals")

        assert github.code == gitlab.code == 1
        assert github.out.startswith("::error file=evals/taxonomy/a.md,line=1,col=1,")
        (entry,) = json.loads(gitlab.out)
        assert entry["location"] == {"path": "evals/taxonomy/a.md", "lines": {"begin": 1}}
        assert (entry["severity"], len(entry["fingerprint"])) == ("major", 32)


GH = """\
#!/usr/bin/env python3
import json, os, pathlib, shutil, sys
state = pathlib.Path(os.environ["FAKE"])
words = sys.argv[1:]
if words[:2] == ["run", "download"]:
    if not (state / "artifact").exists():
        sys.exit(1)
    shutil.copytree(state / "artifact", words[words.index("--dir") + 1], symlinks=True)
elif words[0] == "api":
    url = next(word for word in words if word.startswith("repos/"))
    if url.endswith("/pulls"):
        assert f"head={os.environ['HEAD']}" in words
        print((state / "numbers").read_text(), end="")
    elif "--method" not in words:
        print((state / "comments").read_text(), end="")
    else:
        body = next(word for word in words if word.startswith("body=@"))[6:]
        call = [words[words.index("--method") + 1], url, pathlib.Path(body).read_text()]
        with (state / "calls").open("a") as file:
            file.write(json.dumps(call) + "\\n")
"""


@pytest.fixture
def posting(git: Repository, tmp_path_factory: pytest.TempPathFactory) -> Posting:
    """Make what the comment script runs against: a `gh` that answers from files."""
    return Posting(
        pipeline(git.root, COMMENT)["jobs"]["comment"], tmp_path_factory.mktemp("posting")
    )


class Posting:
    """The script of the comment, its surroundings, and what it did to them."""

    def __init__(self, job: Any, folder: Path) -> None:
        """Lay out a run of one open pull request without a comment."""
        self.job = job
        self.folder = folder
        (folder / "bin").mkdir()
        (folder / "bin/gh").write_text(GH)
        (folder / "bin/gh").chmod(0o755)
        (folder / "artifact").mkdir()
        self.text = folder / "artifact/casefiles-comment.md"
        self.text.write_text(f"{MARKER}\n**casefiles**: 1 change\n")
        (folder / "numbers").write_text("42\n")
        (folder / "comments").write_text("")

    def run(self) -> str:
        """Run the script as the host does; return what it printed."""
        (step,) = self.job["steps"]
        (self.folder / "work").mkdir()
        path = f"{self.folder / 'bin'}{os.pathsep}{os.environ['PATH']}"
        known = {"GH_REPO": "a/b", "RUN": "7", "HEAD": "eve:x`id`$(id)", "HEAD_SHA": "abc"}
        done = subprocess.run(
            ["bash", "-c", step["run"]],
            cwd=self.folder / "work",
            env={"PATH": path, "FAKE": str(self.folder), "MARKER": MARKER, **known},
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout

    @property
    def calls(self) -> list[list[str]]:
        """Return what was written: method, URL, text."""
        file = self.folder / "calls"
        return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


class TestComment:
    def test_the_first_push_posts_it(self, posting: Posting) -> None:
        """To the pull request that is found by the head of the run."""
        posting.run()

        (call,) = posting.calls
        assert call == ["POST", "repos/a/b/issues/42/comments", posting.text.read_text()]

    def test_the_next_push_updates_it(self, posting: Posting) -> None:
        """There is one comment, whatever else the bot said."""
        (posting.folder / "comments").write_text("9\n11\n")

        posting.run()

        assert [call[:2] for call in posting.calls] == [["PATCH", "repos/a/b/issues/comments/9"]]

    @pytest.mark.parametrize("what", ["none", "other", "giant", "link", "closed"])
    def test_nothing_else_is_ever_posted(self, posting: Posting, what: str) -> None:
        """Not what is no comment of ours, nor a file of the machine, nor to a closed request."""
        if what == "none":
            posting.text.unlink()
            posting.text.parent.rmdir()
        elif what == "other":
            posting.text.write_text("buy now\n" + MARKER)
        elif what == "giant":
            posting.text.write_text(MARKER + "\n" + "x" * 70_000)
        elif what == "link":
            secret = posting.folder / "secret"
            secret.write_text(f"{MARKER}\ntoken\n")
            posting.text.unlink()
            posting.text.symlink_to(secret)
        else:
            (posting.folder / "numbers").write_text("")

        posting.run()

        assert posting.calls == []


class Notes(BaseHTTPRequestHandler):
    """GitLab's notes of one merge request, kept in a list of the server."""

    server: Any

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def answer(self) -> None:
        """Record what came, and answer from the list."""
        assert self.headers["PRIVATE-TOKEN"] == "t0ken"
        size = int(self.headers.get("Content-Length") or 0)
        body = json.loads(self.rfile.read(size)) if size else None
        if self.command != "GET":
            self.server.calls.append((self.command, self.path, body))
        known: Any = {"id": 5} if self.path == "/api/user" else self.server.notes
        reply = json.dumps(known).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(reply)))
        self.end_headers()
        self.wfile.write(reply)

    do_GET = do_POST = do_PUT = answer  # noqa: N815  names the library looks for


@contextmanager
def gitlab(notes: list[dict[str, Any]]) -> Iterator[Any]:
    """Serve the notes of a merge request on 127.0.0.1."""
    server: Any = ThreadingHTTPServer(("127.0.0.1", 0), Notes)
    server.notes, server.calls = notes, []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


class TestGitLab:
    def test_a_comment_is_tried_only_where_there_is_a_token(self, git: Repository) -> None:
        """A fork's pipeline has none; pages come from the default branch alone."""
        jobs = pipeline(git.root, GITLAB)

        assert jobs["variables"] == {"CASEFILES_FOLDER": "evals"}
        assert "$CASEFILES_TOKEN" in jobs["casefiles-comment"]["rules"][0]["if"]
        assert jobs["pages"]["rules"] == [{"if": "$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH"}]

    @pytest.mark.parametrize(
        ("notes", "expected"),
        [
            ([], ("POST", "/api/projects/3/merge_requests/8/notes")),
            (
                [
                    {"id": 1, "author": {"id": 6}, "body": f"{MARKER}\nsomebody else's"},
                    {"id": 2, "author": {"id": 5}, "body": "other"},
                    {"id": 3, "author": {"id": 5}, "body": f"{MARKER}\nold"},
                ],
                ("PUT", "/api/projects/3/merge_requests/8/notes/3"),
            ),
        ],
    )
    def test_the_comment_is_posted_or_updated(
        self,
        git: Repository,
        tmp_path: Path,
        notes: list[dict[str, Any]],
        expected: tuple[str, str],
    ) -> None:
        """The script of the job, against GitLab's own kind of API."""
        script = pipeline(git.root, GITLAB)["casefiles-comment"]["script"][1]
        (tmp_path / "casefiles-comment.md").write_text(f"{MARKER}\nnew\n")
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        with gitlab(notes) as server:
            known = {
                "CI_API_V4_URL": f"http://127.0.0.1:{server.server_port}/api",
                "CI_PROJECT_ID": "3",
                "CI_MERGE_REQUEST_IID": "8",
                "CASEFILES_TOKEN": "t0ken",
            }
            subprocess.run(
                ["bash", "-e", "-c", script],
                cwd=tmp_path,
                env={**os.environ, "PATH": path, **known},
                check=True,
            )

        assert server.calls == [(*expected, {"body": f"{MARKER}\nnew\n"})]
