"""`casefiles export`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from casefiles.commands import output
from casefiles.commands.options import Options, common
from casefiles.errors import BadInputError
from casefiles.insight.splits import SHARES, SPLITS, Split

if TYPE_CHECKING:
    from casefiles.loop.export import Exported, Format

_MOST = 6
"""Warnings shown."""
_SHARES = "/".join(f"{SHARES[split] * 100:.0f}" for split in SPLITS)


@click.command("export", epilog="Example: casefiles export judge-data --format csv")
@click.argument("folder", type=click.Path(path_type=Path), required=False)
@click.option(
    "--format",
    "form",
    type=click.Choice(["jsonl", "csv", "parquet"]),
    default="jsonl",
    show_default=True,
    help="Parquet needs the extra: pip install 'casefiles[parquet]'.",
)
@click.option("--round", "rounds", multiple=True, help="Only this round (may be given again).")
@click.option(
    "--split",
    "shares",
    default=_SHARES,
    show_default=True,
    metavar="TRAIN/DEV/TEST",
    help="Shares of the units.",
)
@click.option("--seed", type=int, default=0, show_default=True, help="Seed of the split.")
@click.option("--no-stale", is_flag=True, help="Leave judgements under an older definition out.")
@common(writes=True)
def command(
    options: Options,
    folder: Path | None,
    form: Format,
    rounds: tuple[str, ...],
    shares: str,
    seed: int,
    *,
    no_stale: bool,
) -> None:
    """Write the labelled traces, for building a judge and measuring it.

    FOLDER gets a file for each of train, dev and test, the definitions, and where all of it comes
    from; without FOLDER the rows go to standard output. A row is a trace with its messages and its
    labels, yes or no; what is disputed or not judged has none. All traces of one query or session
    are in one split, and stay there when data are added. Examples in the definitions say which
    split their trace is in: take those of train alone into a prompt.
    """
    from casefiles.loop import export
    from casefiles.loop.export_rows import How

    how = How(seed=seed, shares=_read(shares), stale=not no_stale)
    found = export.export(options.workspace, how, rounds=rounds)
    if folder is None and not options.json:
        _print(found, form)
    elif options.json and folder is None:
        output.document(
            {
                "rows": list(found.rows),
                "definitions": list(found.definitions),
                "provenance": dict(found.provenance),
            }
        )
    elif folder is not None:
        _write(options, folder, found, form)


def _read(shares: str) -> dict[Split, float]:
    parts = shares.split("/")
    if (
        len(parts) != len(SPLITS)
        or not all(part.isdecimal() for part in parts)
        or not any(int(part) for part in parts)
    ):
        message = f"--split is {shares!r}, not three whole numbers"
        raise BadInputError(message, remedy="write for example 20/40/40")
    whole = sum(map(int, parts))
    return {split: int(part) / whole for split, part in zip(SPLITS, parts, strict=True)}


def _print(found: Exported, form: Format) -> None:
    from casefiles.loop import export

    if form == "parquet":
        raise BadInputError("Parquet is no text", remedy="name a FOLDER to write to")
    for line in export.lines(found, form):
        # Data, not text for a terminal: what stands in it is what was said.
        click.echo(line.encode("utf-8", "backslashreplace").decode("utf-8"), nl=False)


def _write(options: Options, folder: Path, found: Exported, form: Format) -> None:
    from casefiles.loop import export

    names = () if options.dry_run else export.write(folder, found, form)
    if options.json:
        output.document({"written": list(names), "provenance": dict(found.provenance)})
        return
    verb = "would be written" if options.dry_run else "written"
    output.result(f"{output.plural(len(found.rows), 'labelled trace')} {verb} to {folder}")
    output.table(
        [("mode", "left"), *((split, "right") for split in SPLITS)],
        [(mode, *(_count(found, mode, split) for split in SPLITS)) for mode in found.modes],
    )
    warnings = list(_warnings(found))
    for line in warnings[:_MOST]:
        output.story(f"! {line}", quiet=options.quiet)
    if len(warnings) > _MOST:
        output.story(f"! and {len(warnings) - _MOST} more like these", quiet=options.quiet)


def _count(found: Exported, mode: str, split: Split) -> str:
    counts = found.provenance["labels"].get(mode, {}).get(split)
    return f"{counts['yes']} yes, {counts['no']} no" if counts else "–"


def _warnings(found: Exported) -> Iterator[str]:
    """What these data must not be taken for, and what cannot be measured with them."""
    yield from (caveat.partition(": ")[2] for caveat in found.provenance["caveats"])
    for mode in found.modes:
        labels = found.provenance["labels"].get(mode, {})
        lacking = [
            f"{value} in {split}"
            for split in ("dev", "test")
            for value in ("yes", "no")
            if not labels.get(split, {}).get(value)
        ]
        if lacking:
            yield f"{mode}: no {', no '.join(lacking)}; a judge of it cannot be measured yet"
