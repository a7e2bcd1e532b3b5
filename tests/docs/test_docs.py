"""The documents speak of what is there."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from casefiles.commands.main import COMMANDS, group

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")


def commands() -> list[tuple[str, click.Command]]:
    """Return every command, subcommands included, by its full name."""
    context = click.Context(group)
    found = []
    for name in COMMANDS:
        command = group.get_command(context, name)
        assert command is not None
        found.append((name, command))
        if isinstance(command, click.Group):
            found += [(f"{name} {sub}", inner) for sub, inner in command.commands.items()]
    return found


@pytest.mark.parametrize(("name", "command"), commands())
def test_every_command_has_help_with_an_example(name: str, command: click.Command) -> None:
    """What it does, and a line to copy."""
    text = command.get_help(click.Context(command, info_name=f"casefiles {name}"))

    assert command.help
    assert f"Example: casefiles {name}" in text.replace("\n", " ").replace("  ", " ")
    options = [option for option in command.params if isinstance(option, click.Option)]
    assert all(option.help for option in options)


@pytest.mark.parametrize("name", list(COMMANDS))
def test_the_readme_names_every_command(name: str) -> None:
    """Nobody has to guess what there is."""
    assert f"casefiles {name}" in README or f"`{name}" in README


def test_every_command_in_the_readme_exists_with_its_options() -> None:
    """Lines people copy work as they stand."""
    known = dict(commands())
    for line in re.findall(r"^\$ casefiles (.+?)(?:\s+#.*)?$", README, re.MULTILINE):
        words = line.split(" && ")[0].split()
        name = " ".join(words[:2]) if " ".join(words[:2]) in known else words[0]
        options = {o for p in known[name].params for o in (*p.opts, *p.secondary_opts)}
        assert {word for word in words if word.startswith("-")} <= options, line


@pytest.mark.parametrize(
    "path",
    [
        "README.md",
        "CONTRIBUTING.md",
        "site/docs/architecture.md",
        "site/docs/axial-coding.md",
        "site/docs/telemetry.md",
        "site/docs/dataset.md",
        "site/docs/reviewing.md",
        "site/docs/numbers.md",
        "site/docs/pull-requests.md",
    ],
)
def test_links_to_files_lead_somewhere(path: str) -> None:
    """Relative links of the repository's documents exist."""
    text = (ROOT / path).read_text("utf-8")
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", text):
        assert ((ROOT / path).parent / target).exists(), target


def test_the_numbers_can_be_had_without_the_command_line(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The example of the page on numbers runs as it stands."""
    text = (ROOT / "site/docs/numbers.md").read_text("utf-8")
    (example,) = re.findall(r"```python\n(.+?)```", text, re.DOTALL)

    exec(compile(example, "numbers.md", "exec"), {})  # noqa: S102  our own page

    state, interval = capsys.readouterr().out.splitlines()
    assert state.startswith("saturated-95 0.9")
    assert interval.startswith("Interval(rate=0.12, low=0.0699")
