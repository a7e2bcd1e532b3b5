"""`casefiles record`."""

from __future__ import annotations

import sys
from contextlib import closing
from typing import TYPE_CHECKING

import click

from casefiles.commands import output
from casefiles.commands.options import Options, common
from casefiles.errors import BadInputError

if TYPE_CHECKING:
    from casefiles.loop.record import Booking, Scenario
    from casefiles.loop.record_sheets import Dealt
    from casefiles.targets.conversation import Exchange
    from casefiles.targets.holding import Held

_WORDS = _END, _SKIP, _QUIT = "/end", "/skip", "/quit"
_HELP = (
    f"one message a line (\\ at its end: it goes on); {_END} ends, {_SKIP} passes, {_QUIT} stops"
)


@click.command("record", epilog="Example: casefiles record people-1 --sheet 2 --as ana")
@click.argument("round_name", metavar="[ROUND]", required=False)
@click.option(
    "--sheet",
    metavar="AxB|N",
    help="5x12: deal five people a dozen scenarios each. 2: play sheet 2.",
)
@click.option("--only", multiple=True, metavar="QUERY", help="Only this query (may be repeated).")
@click.option("--target", help="Which [targets.NAME] to use, if there are several.")
@click.option("--as", "name", help="Who you are, if git does not know.")
@common(writes=True)
def command(
    options: Options,
    round_name: str | None,
    sheet: str | None,
    only: tuple[str, ...],
    target: str | None,
    name: str | None,
) -> None:
    """Talk to the application yourself; it becomes a trace like any other.

    Shows the scenario first: who you are, what you want, what you know. Write one message a line;
    /end ends the conversation, /skip passes over the scenario, /quit stops. Everything is saved
    after each turn, and what you have played is not asked for again.

    With --sheet 5x12 nobody talks: five people get a sheet of a dozen scenarios each, and dealing
    the same again says how far everybody is.
    """
    from casefiles.loop import identity, record

    people, each, number = _sheet(sheet)
    if people and each:
        _deal(options, round_name, people, each, target)
        return
    workspace = options.workspace
    who = identity.annotator(workspace, name)
    if number:
        booking = record.book(workspace, round_name, who, target=target)
        only = _on_sheet(options, booking, number)
    booking = record.book(workspace, round_name, who, target=target, only=only)
    if options.dry_run:
        for scenario in booking.scenarios:
            output.result(f"traces/{scenario.reference}.md would be made")
        return
    made = _play(options, booking)
    if options.json:
        output.document({"round": booking.round, "by": who, "traces": made})
    if made:
        output.next_step("casefiles note", "read what was said", quiet=options.quiet)


def _sheet(text: str | None) -> tuple[int, int, int]:
    """People and scenarios each, or the number of a sheet; 0 for what is not said."""
    if text is None:
        return 0, 0, 0
    parts = text.lower().split("x")
    if len(parts) <= 2 and all(part.isascii() and part.isdecimal() and int(part) for part in parts):
        numbers = [int(part) for part in parts]
        return (numbers[0], numbers[1], 0) if len(numbers) == 2 else (0, 0, numbers[0])
    remedy = "write 5x12 to deal five people a dozen scenarios each, or 2 to play the second sheet"
    raise BadInputError(f"--sheet is {text!r}", remedy=remedy)


def _on_sheet(options: Options, booking: Booking, number: int) -> tuple[str, ...]:
    from casefiles.loop.record_sheets import scenarios_on

    return scenarios_on(options.workspace, booking.round, number)


def _deal(options: Options, name: str | None, people: int, each: int, target: str | None) -> None:
    from casefiles.loop.record_sheets import deal_sheets

    dealt = deal_sheets(
        options.workspace, name, people, each, target=target, dry_run=options.dry_run
    )
    if options.json:
        output.document(_document(dealt))
    elif options.dry_run:
        output.diff(dealt.plan)
    else:
        for sheet in dealt.sheets:
            done = ", ".join(f"{who} {n} of {len(sheet.scenarios)}" for who, n in sheet.played)
            output.result(f"{sheet.path}  {done or 'not begun'}")
        command = f"casefiles record {dealt.round} --sheet 1"
        output.next_step(command, "play the first sheet", quiet=options.quiet)


def _document(dealt: Dealt) -> dict[str, object]:
    return {
        "round": dealt.round,
        "sheets": [
            {"path": s.path, "scenarios": list(s.scenarios), "played": dict(s.played)}
            for s in dealt.sheets
        ],
    }


def _play(options: Options, booking: Booking) -> list[str]:
    """Play one scenario after another; return the references of the traces made."""
    from casefiles.loop.record import Person, Recorder

    total = booking.played + len(booking.scenarios)
    if not booking.scenarios:
        output.story(f"{booking.who} has played all {total} scenarios", quiet=options.quiet)
        return []
    made = []
    with closing(Recorder(options.workspace, booking)) as recorder:
        for place, scenario in enumerate(booking.scenarios, booking.played + 1):
            _show_card(scenario, place, total)
            keyboard = _Keyboard()
            person = Person(name=booking.who, listen=keyboard.listen, show=_show, ask=_ask)
            held = recorder.play(scenario, person)
            if held.turns:
                made.append(scenario.reference)
                _show_end(scenario, held)
            if keyboard.is_over:
                break
    return made


def _show_card(scenario: Scenario, place: int, total: int) -> None:
    output.story(f"\n{place} of {total}: {scenario.query.id}\n{scenario.card}\n({_HELP})\n")


class _Keyboard:
    """What a person types, a line a message."""

    def __init__(self) -> None:
        self.is_over = False
        """Whether the person stops playing, or the input ended."""

    def listen(self) -> str | None:
        """Wait for a message; None if the person ends the conversation."""
        lines: list[str] = []
        while (line := self._line("... " if lines else "you> ")) is not None:
            if not lines and line in _WORDS:
                self.is_over = line == _QUIT
                return None
            lines.append(line.removesuffix("\\"))
            if line.endswith("\\"):
                continue
            if text := "\n".join(lines).strip():
                return text
            lines.clear()  # an empty line says nothing
        self.is_over = True
        return "\n".join(lines).strip() or None

    def _line(self, prompt: str) -> str | None:
        click.echo(prompt, err=True, nl=False)
        line = sys.stdin.readline()
        return line.strip() if line else None


def _show(turn: Exchange) -> None:
    from casefiles.targets.transcript import reply_of

    output.story(f"app> {reply_of(turn) or '(nothing)'}")


def _ask(asked: str) -> None:
    output.story(f"(it wants a human to decide: {asked}; what you write now is the answer)")


def _show_end(scenario: Scenario, held: Held) -> None:
    last = held.turns[-1].outcome
    if last.status != "ok":
        output.story(f"(the application failed: {last.error})")
    elif held.ended.reason == "app_done":
        _show(held.turns[-1])
        output.story("(the application takes the conversation to be over)")
    turns = output.plural(len(held.turns), "turn")
    output.result(f"traces/{scenario.reference}.md  {turns}")
