"""Labelled data for the measure phase: what a judge is built and measured on."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from casefiles import __version__
from casefiles.documents.corpus import Corpus
from casefiles.documents.judgements import judge
from casefiles.documents.paths import trace_path
from casefiles.documents.turns import Turn
from casefiles.errors import BadInputError
from casefiles.insight.figures import Figures, figures
from casefiles.insight.frame import frame
from casefiles.insight.splits import SPLITS
from casefiles.loop import desk
from casefiles.loop.export_rows import How, definitions, flat, rows
from casefiles.workspace import git
from casefiles.workspace.find import Workspace
from casefiles.workspace.load import load_trace
from casefiles.workspace.tree import FOLDERS, WorkingTree
from casefiles.workspace.write import write_bytes

Format = Literal["jsonl", "csv", "parquet"]
DEFINITIONS, PROVENANCE = "definitions.json", "provenance.json"
_PLAIN = ("trace", "unit", "split", "query", "drawn", "random", "stratum", "weight", "app_version")
_FORMULA = "=+-@\t\r＝＋－＠"
"""What a spreadsheet may take for the begin of a formula (OWASP, "CSV Injection")."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """What was exported."""

    rows: tuple[dict[str, Any], ...]
    """One a labelled trace, in path order."""
    definitions: tuple[dict[str, Any], ...]
    """The modes in use."""
    provenance: Mapping[str, Any]
    """Where it comes from and what it must not be taken for."""

    @property
    def modes(self) -> tuple[str, ...]:
        """Ids of the modes in use, sorted."""
        return tuple(found["mode"] for found in self.definitions)


def export(workspace: Workspace, how: How, *, rounds: Sequence[str] = ()) -> Exported:
    """Collect the labelled traces of the rounds (default: all that are not superseded).

    Raises BadInputError for a round that does not exist.
    """
    corpus = desk.open_corpus(workspace)
    desk.insist_on_rounds(corpus, rounds)
    judgements = judge(corpus)
    looked_at = frame(corpus, rounds or None)
    found = tuple(rows(corpus, judgements, looked_at, _turns(workspace), how))
    return Exported(
        rows=found,
        definitions=tuple(definitions(corpus, how)),
        provenance=_provenance(
            workspace, corpus, figures(corpus, judgements, rounds or None), found, how
        ),
    )


def _turns(workspace: Workspace) -> Callable[[str], Sequence[Turn] | None]:
    tree = WorkingTree(workspace.root)

    def read(trace: str) -> Sequence[Turn] | None:
        found, problems = load_trace(tree, trace_path(trace))
        return None if found is None or problems else found.turns

    return read


def _provenance(
    workspace: Workspace,
    corpus: Corpus,
    now: Figures,
    found: Sequence[Mapping[str, Any]],
    how: How,
) -> dict[str, Any]:
    status = git.lines(workspace.root, "status", "--porcelain", "--", *FOLDERS)
    return {
        "casefiles": __version__,
        "app": {"name": corpus.config.app.name, "description": corpus.config.app.description},
        "commit": git.head(workspace.root),
        "uncommitted": bool(status) if status is not None else None,
        "taxonomy": now.taxonomy,
        "rounds": {
            name: {
                "source": corpus.rounds[name].source,
                "drawn": corpus.rounds[name].drawn,
                "seed": corpus.rounds[name].seed,
                "population": corpus.rounds[name].population,
                "strata": dict(corpus.rounds[name].strata),
                "app_version": corpus.rounds[name].app_version,
            }
            for name in now.frame.rounds
        },
        "annotators": {who: corpus.config.kind_of(who) for who in sorted(now.annotators)},
        "state": now.saturation.state,
        "caveats": list(now.caveats),
        "split": {"by": "unit", "seed": how.seed, "shares": dict(how.shares)},
        "traces": dict(sorted(Counter(row["split"] for row in found).items())),
        "labels": _counts(found),
        "left_out": _left_out(now),
    }


def _counts(found: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, dict[str, int]]]:
    """Mode to split to the number of yes and no."""
    counts: dict[str, dict[str, dict[str, int]]] = {}
    for row in found:
        for mode, value in row["labels"].items():
            split = counts.setdefault(mode, {}).setdefault(row["split"], {"yes": 0, "no": 0})
            split[value] += 1
    return dict(sorted(counts.items()))


def _left_out(now: Figures) -> dict[str, dict[str, int]]:
    """Mode to the units without a label, by why."""
    return {
        item.mode: {"unjudged": item.unjudged, "disputed": item.disputed, "stale": item.stale}
        for item in sorted(now.prevalence, key=lambda item: item.mode)
    }


# ---------------------------------------------------------------- writing


def lines(found: Exported, form: Format) -> Iterator[str]:
    """Yield the rows as text, JSONL or CSV, line by line."""
    if form == "jsonl":
        yield from (f"{_json(row)}\n" for row in found.rows)
    else:
        yield from _csv(found.rows, found.modes)


def write(folder: Path, found: Exported, form: Format) -> tuple[str, ...]:
    """Write a file for each split, the definitions and the provenance; return their names.

    An export may be written over an earlier one. Raises BadInputError for a folder that holds
    anything else, and for Parquet without pyarrow.
    """
    if folder.is_dir() and any(folder.iterdir()) and not (folder / PROVENANCE).is_file():
        message = "the folder holds other things than an export"
        raise BadInputError(message, where=str(folder), remedy="name an empty or a new folder")
    if folder.exists() and not folder.is_dir():
        raise BadInputError("a file of this name is there", where=str(folder))
    contents: dict[str, bytes] = {}
    for split in SPLITS:
        part = [row for row in found.rows if row["split"] == split]
        contents[f"{split}.{form}"] = _content(part, found.modes, form)
    contents[DEFINITIONS] = _document(list(found.definitions))
    files = {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}
    contents[PROVENANCE] = _document({**found.provenance, "sha256": files})
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in contents.items():
        write_bytes(folder / name, content)
    return tuple(contents)


def _content(part: Sequence[Mapping[str, Any]], modes: Sequence[str], form: Format) -> bytes:
    if form == "parquet":
        return _parquet(part, modes)
    text = "".join(_csv(part, modes)) if form == "csv" else "".join(f"{_json(r)}\n" for r in part)
    return text.encode("utf-8", "backslashreplace")


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _document(value: Any) -> bytes:
    # JSON may hold lone surrogates as escapes only.
    text = json.dumps(value, ensure_ascii=False, indent=2)
    return f"{text}\n".encode("utf-8", "backslashreplace")


def _csv(part: Sequence[Mapping[str, Any]], modes: Sequence[str]) -> Iterator[str]:
    columns = _columns(modes)
    yield csv_line(columns)
    for row in part:
        cells = flat(row, modes)
        yield csv_line([_cell(cells[column]) for column in columns])


def csv_line(cells: Sequence[str]) -> str:
    """Write a line of CSV (RFC 4180) that a spreadsheet may open."""
    buffer = io.StringIO(newline="")
    csv.writer(buffer).writerow([guarded(cell) for cell in cells])
    return buffer.getvalue()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return ("no", "yes")[value] if isinstance(value, bool) else str(value)


def guarded(cell: str) -> str:
    """Put an apostrophe before what a spreadsheet would run as a formula.

    https://owasp.org/www-community/attacks/CSV_Injection
    """
    return f"'{cell}" if cell.lstrip(" \n")[:1] in tuple(_FORMULA) else cell


def _columns(modes: Sequence[str]) -> list[str]:
    nested: dict[str, Any] = {"labels": {}, "dimensions": {}, "messages": [], "details": {}}
    return list(flat({**dict.fromkeys(_PLAIN), **nested, "notes": []}, modes))


def _parquet(part: Sequence[Mapping[str, Any]], modes: Sequence[str]) -> bytes:
    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ImportError as error:
        message = "Parquet needs pyarrow, which is not installed"
        raise BadInputError(message, remedy="pip install 'casefiles[parquet]'") from error
    kinds = {"random": pa.bool_(), "weight": pa.float64()}
    columns = _columns(modes)
    schema = pa.schema([(name, kinds.get(name, pa.string())) for name in columns])
    table = [{key: _sound(value) for key, value in flat(row, modes).items()} for row in part]
    buffer = io.BytesIO()
    parquet.write_table(pa.Table.from_pylist(table, schema=schema), buffer)
    return buffer.getvalue()


def _sound(value: Any) -> Any:
    """Lone surrogates are no UTF-8; in JSON they may stand as escapes."""
    return value.encode("utf-8", "backslashreplace").decode() if isinstance(value, str) else value
