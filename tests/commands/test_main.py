"""The command line as a whole: exit codes, messages, where it works, what starting it costs."""

from __future__ import annotations

import contextlib
import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casefiles import __version__, commands
from casefiles.commands import output
from casefiles.commands.main import COMMANDS
from casefiles.documents.plan import Change, Plan
from casefiles.documents.problem import Problem
from cli import run_cli
from hostile import texts
from workspaces import mode_text, trace_text, workspace

HEAVY = (
    "aiohttp filelock frontmatter jinja2 litellm markdown_it mkdocs numpy nh3 "
    "opentelemetry rich ruamel sklearn vl_convert yaml"
).split()
LOADED = """
import sys
from casefiles.commands.main import main
try:
    main(sys.argv[1:])
except SystemExit as stop:
    assert stop.code == 0, stop.code
names = {name.partition(".")[0] for name in sys.modules}
print("LOADED", *sorted(names), file=sys.stderr)
"""


def program(*arguments: str, cwd: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run the real program in its own process."""
    return subprocess.run(
        [*PROGRAM, *arguments],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **variables},
        timeout=60,
    )


PROGRAM = (sys.executable, "-c", "from casefiles.commands.main import main; main()")


def loaded(*arguments: str, cwd: Path) -> set[str]:
    """Run a command in a fresh process and return the packages it imported."""
    done = subprocess.run(
        [sys.executable, "-c", LOADED, *arguments],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return set(done.stderr.rpartition("LOADED ")[2].split())


class TestStarting:
    @pytest.mark.parametrize("arguments", [["--help"], ["-h"], ["--version"]])
    def test_help_imports_nothing_heavy(self, tmp_path: Path, arguments: list[str]) -> None:
        """Start-up time is a feature."""
        packages = loaded(*arguments, cwd=tmp_path)

        assert "casefiles" in packages
        assert packages.isdisjoint(HEAVY)

    def test_a_command_imports_no_other_command_and_no_model(self, tmp_path: Path) -> None:
        """Who asks for the status of a fresh workspace waits for no chart and no network."""
        packages = loaded("status", cwd=workspace(tmp_path))

        assert packages.isdisjoint(
            {"litellm", "sklearn", "mkdocs", "vl_convert", "numpy", "aiohttp"}
        )


class TestHelp:
    def test_every_command_is_listed_by_step(self) -> None:
        """In the order of the method, with one line each."""
        result = run_cli("--help")

        assert result.code == 0
        places = [result.out.index(f"\n  {name}") for name in COMMANDS]
        assert places == sorted(places)
        assert all(
            line.rstrip(".") in " ".join(result.out.split()) for *_, line in COMMANDS.values()
        )

    @pytest.mark.parametrize("name", COMMANDS)
    def test_every_command_has_its_own_help(self, name: str) -> None:
        """With an example and the options all have."""
        result = run_cli(name, "--help")

        assert result.code == 0
        assert result.err == ""
        assert "Usage: casefiles" in result.out

    def test_the_version_is_the_packages(self) -> None:
        """One source of it."""
        assert run_cli("--version").out == f"casefiles, version {__version__}\n"


class TestExitCodes:
    def test_fine_is_0(self, tmp_path: Path) -> None:
        """Nothing on stderr but the story."""
        assert run_cli("status", cwd=workspace(tmp_path)).code == 0

    def test_errors_found_are_1(self, tmp_path: Path) -> None:
        """Only `check` looks for them."""
        root = workspace(tmp_path, {"taxonomy/a.md": "---\nname: a\nversion: x\n---\n"})

        result = run_cli("check", cwd=root)

        assert result.code == 1
        assert "taxonomy/a.md:3: " in result.out

    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            (["statsu"], "Did you mean `casefiles status`?"),
            (["zzz"], "No such command 'zzz'."),
            (["status", "--zzz"], "--zzz"),
            (["--zzz"], "--zzz"),
            (["status", "surplus"], "surplus"),
            (["-C"], "requires an argument"),
            (["-C", "missing", "status"], "missing: no such folder"),
            (["-C", "casefiles.toml", "status"], "casefiles.toml"),
            ([], "Usage"),
        ],
    )
    def test_bad_usage_is_2(self, tmp_path: Path, arguments: list[str], said: str) -> None:
        """On stderr, with what to do; stdout stays clean for pipes."""
        result = run_cli(*arguments, cwd=workspace(tmp_path))

        assert (result.code, result.out) == (2, "")
        assert said in result.err
        assert "Traceback" not in result.err

    def test_no_workspace_is_2(self, tmp_path: Path) -> None:
        """With the command that makes one."""
        result = run_cli("status", cwd=tmp_path)

        assert result.code == 2
        assert "casefiles init" in result.err

    def test_a_broken_configuration_is_2_with_every_problem(self, tmp_path: Path) -> None:
        """One a line, as `path:line: what is wrong; what to do`."""
        root = workspace(tmp_path, {"casefiles.toml": "[app]\nnmae = 1\n[run]\nretries = -1\n"})

        result = run_cli("status", cwd=root)

        assert result.code == 2
        assert result.err == (
            "casefiles.toml:2: unknown key 'nmae' in [app]; did you mean 'name'?\n"
            "casefiles.toml:4: 'retries' must be at least 0\n"
        )

    def test_an_error_of_the_system_is_2_with_its_path(self, tmp_path: Path) -> None:
        """No traceback for a disk that is full or a folder that is a file."""
        root = workspace(tmp_path, {"traces/r/q.md": trace_text(), ".casefiles": "a file"})

        result = run_cli("note", "r/q", "fail", "--as", "ana", "-m", "Too long.", cwd=root)

        assert result.code == 2
        assert ".casefiles" in result.err
        assert "Traceback" not in result.err
        assert not (root / "notes").exists()

    def test_a_limit_the_user_set_is_3(self, tmp_path: Path) -> None:
        """What was finished is kept."""
        result = run_cli("run", cwd=running(tmp_path, "print('ok')", "max_calls = 1"))

        assert result.code == 3
        assert len(list(tmp_path.glob("traces/*/q*.md"))) == 1

    def test_an_interrupt_is_130(self, tmp_path: Path) -> None:
        """Ctrl-C in the middle of a run, in a real process."""
        marker = tmp_path / "began"
        code = f"import time; open({str(marker)!r}, 'w'); time.sleep(30)"
        process = subprocess.Popen(
            [*PROGRAM, "run"],
            cwd=running(tmp_path, code, ""),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        until = time.monotonic() + 20
        while not marker.exists() and time.monotonic() < until:
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=20)

        assert process.returncode == 130
        assert b"Traceback" not in err

    @pytest.mark.parametrize(
        ("stop", "code", "said"),
        [
            ("raise BadInputError('x', remedy='y', where='a.md:3')", 2, "a.md:3: x; y\n"),
            ("raise ProblemsFoundError('x')", 1, "x\n"),
            ("raise ProblemsFoundError('')", 1, ""),
            ("raise LimitReachedError('x')", 3, "x\n"),
            ("raise InterruptedByUserError('x')", 130, "x\n"),
            ("raise KeyboardInterrupt", 130, "\ninterrupted; what was finished is kept\n"),
            ("raise click.Abort", 130, "interrupted; what was finished is kept\n"),
            ("raise click.UsageError('x')", 2, "Error: x\n"),
            (
                "raise OSError(28, 'No space left on device', 'a.md')",
                2,
                "a.md: No space left on device\n",
            ),
            ("raise OSError('odd')", 2, "odd\n"),
            ("click.get_current_context().exit(3)", 3, ""),
            ("return 'a value'", 0, ""),
        ],
    )
    def test_however_a_command_stops_it_has_its_code_and_one_message(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stop: str, code: int, said: str
    ) -> None:
        """A command of its own, loaded as all are: the table of exit codes is a contract."""
        (tmp_path / "stops.py").write_text(
            "import click\nfrom casefiles.errors import *\n\n"
            f"@click.command()\ndef command():\n    {stop}\n"
        )
        monkeypatch.setattr(commands, "__path__", [*commands.__path__, str(tmp_path)])
        monkeypatch.setitem(COMMANDS, "stops", ("Test", "stops", "Stops."))
        monkeypatch.delitem(sys.modules, "casefiles.commands.stops", raising=False)

        result = run_cli("stops")

        assert (result.code, result.out) == (code, "")
        assert result.err.endswith(said)
        assert bool(result.err) == bool(said)


def running(root: Path, code: str, setting: str) -> Path:
    """Write a workspace whose application is a line of Python."""
    config = (
        "[targets.app]\n"
        f"command = [{json.dumps(sys.executable)}, '-c', {json.dumps(code)}]\n"
        f"stdin = 'none'\noutput = 'text'\n[run]\nconcurrency = 1\n{setting}\n"
    )
    queries = "queries:\n- {id: q1, text: a}\n- {id: q2, text: b}\n"
    return workspace(root, {"casefiles.toml": config, "traces/dataset/queries.yaml": queries})


class TestFolder:
    @pytest.fixture
    def elsewhere(self, tmp_path: Path) -> Path:
        """A folder beside a workspace with one mode."""
        workspace(tmp_path / "there", {"taxonomy/a.md": mode_text("A")})
        (tmp_path / "here").mkdir()
        return tmp_path / "here"

    @pytest.mark.parametrize(
        "arguments",
        [
            ["-C", "../there", "status", "--json"],
            ["status", "-C", "../there", "--json"],
            ["status", "--json", "-C", "../there/taxonomy"],
            ["-C", "missing", "status", "-C", "../there", "--json"],
        ],
    )
    def test_it_may_be_named_before_and_after_the_command(
        self, elsewhere: Path, arguments: list[str]
    ) -> None:
        """The one behind the command wins; a folder inside the workspace does too."""
        result = run_cli(*arguments, cwd=elsewhere)

        assert (result.code, result.err) == (0, "")
        assert json.loads(result.out)["modes"]["active"] == 1

    def test_it_holds_for_commands_of_commands(self, elsewhere: Path) -> None:
        """`mode new` and its kind."""
        retire = ["mode", "retire", "a", "--why", "x", "--dry-run"]
        there = ["-C", "../there"]

        assert run_cli(*there, *retire, cwd=elsewhere).code == 0
        assert run_cli(*retire, *there, cwd=elsewhere).code == 0


class TestStreams:
    @pytest.mark.parametrize(
        "arguments", [["--help"], ["status"], ["status", "--json"], ["check"], ["dimensions"]]
    )
    def test_a_reader_that_goes_away_is_no_error(
        self, tmp_path: Path, arguments: list[str]
    ) -> None:
        """`casefiles status | head -1` ends quietly."""
        reading, writing = os.pipe()
        os.close(reading)
        done = subprocess.run(
            [*PROGRAM, *arguments],
            cwd=workspace(tmp_path, {"taxonomy/a.md": mode_text("A")}),
            stdout=writing,
            stderr=subprocess.PIPE,
            check=False,
            timeout=60,
        )
        os.close(writing)

        assert done.returncode == 0
        assert b"BrokenPipe" not in done.stderr
        assert b"Traceback" not in done.stderr

    def test_a_terminal_that_is_not_utf8_is_no_error(self, tmp_path: Path) -> None:
        """Text is shown as far as it can be; JSON stays JSON."""
        root = workspace(tmp_path, {"taxonomy/a.md": mode_text("Zögert – 汉字")})

        text = program("status", cwd=root, PYTHONIOENCODING="ascii", PYTHONUTF8="0")
        parsed = program("status", "--json", cwd=root, PYTHONIOENCODING="ascii", PYTHONUTF8="0")

        assert (text.returncode, parsed.returncode) == (0, 0)
        assert json.loads(parsed.stdout)["modes"]["active"] == 1

    def test_a_hostile_argument_cannot_drive_the_terminal(self, tmp_path: Path) -> None:
        """What comes back in a message is made inert."""
        result = run_cli("-C", "\x1b[2Jx", "status", cwd=tmp_path)

        assert result.code == 2
        assert "\x1b" not in result.err


class TestOutput:
    @given(texts)
    def test_nothing_printed_drives_a_terminal(self, text: str) -> None:
        """Results, stories, problems, tables and diffs."""
        problem = Problem(level="error", code="x", message=text, path=text, remedy=text)
        plan = Plan(changes=(Change(path="a.md", before="", after=text),))
        printed = _printed(
            lambda: output.result(text),
            lambda: output.story(text),
            lambda: output.problems([problem]),
            lambda: output.left_out([problem], 1),
            lambda: output.diff(plan),
            lambda: output.table([(text, "left")], [[text]], title=text),
        )

        assert not any(character in printed for character in "\x00\x07\x1b\x9b\r\u202e\u2028\ufeff")
        printed.encode()

    @given(
        st.dictionaries(texts, st.lists(texts | st.integers() | st.none(), max_size=3), max_size=3)
    )
    def test_json_is_read_back_as_it_was(self, value: dict[str, list[str | int | None]]) -> None:
        """Lone surrogates included, as escapes."""
        printed = _printed(lambda: output.document(value))

        assert json.loads(printed) == value
        printed.encode()

    def test_cells_wrap_and_are_no_markup(self, capsys: pytest.CaptureFixture[str]) -> None:
        """Square brackets are text; a long cell is whole."""
        output.table([("mode", "left"), ("n", "right")], [["[red]x[/red] " + "y" * 300, "1"]])

        shown = capsys.readouterr().out
        assert "[red]x[/red]" in shown
        assert shown.count("y") == 300
        assert max(map(len, shown.splitlines())) <= 100

    def test_quiet_tells_no_story(self, capsys: pytest.CaptureFixture[str]) -> None:
        """Results and errors only."""
        output.story("x", quiet=True)
        output.left_out([], 3, quiet=True)
        output.next_step("x", "y")

        assert capsys.readouterr() == ("", "")

    def test_numbers_read_well(self) -> None:
        """Whole percents, a dash for none, the right plural."""
        assert [output.percent(rate) for rate in (None, 0, 0.126, 1)] == [
            "–",
            "0 %",
            "13 %",
            "100 %",
        ]
        assert output.plural(1, "trace") == "1 trace"
        assert output.plural(1234, "trace") == "1,234 traces"
        assert output.plural(2, "query", "queries") == "2 queries"


def _printed(*prints: Callable[[], None]) -> str:
    """Return what some functions print, on both streams."""
    stream = io.StringIO()
    with contextlib.redirect_stdout(stream), contextlib.redirect_stderr(stream):
        for one in prints:
            one()
    return stream.getvalue()
