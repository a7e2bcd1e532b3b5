"""New rows at the end of a dataset file, and decisions in its rows; all else stays as it is."""

from __future__ import annotations

from collections.abc import Mapping as AbcMapping
from collections.abc import Sequence as AbcSequence
from typing import Any

from casefiles.documents.dataset import Dimension, PersonaPlan, Query, Tuple
from casefiles.text import emit, splice
from casefiles.text.yaml_tree import Mapping, Node, Sequence, parse_yaml, plain

Row = dict[str, emit.Emittable]
Changes = AbcMapping[str, AbcMapping[tuple[str, ...], emit.Emittable | None]]
"""Name of a row to what is set in it, by path; None: removed."""


def dimension_row(dimension: Dimension) -> Row:
    """Return what stands in dimensions.yaml for a new dimension."""
    values = [_said({"name": v.name, "description": v.description}) for v in dimension.values]
    return _said(
        {
            "name": dimension.name,
            "description": dimension.description,
            "values": values,
            "suggested": dimension.suggested,
            "origin": _origin(dimension.origin),
        }
    )


def tuple_row(item: Tuple) -> Row:
    """Return what stands in tuples.yaml for a new tuple."""
    return {"id": item.id, "values": item.values}


def query_row(query: Query) -> Row:
    """Return what stands in queries.yaml for a new query."""
    return _said(
        {
            "id": query.id,
            "tuple": query.tuple_id or "",
            "text": query.text,
            "plan": _plan_row(query.plan) if query.plan else {},
            "doubt": query.doubt or "",
            "origin": _origin(query.origin),
        }
    )


def append_rows(text: str | None, key: str, rows: AbcSequence[Row]) -> str:
    """Return the file with rows added to the list under ``key``.

    One a line, but those with something inside to edit (a plan, a dimension's values) over
    several. Raises ValueError if the file is not readable YAML or ``key`` holds no list.
    """
    if not rows:
        return text or ""
    text, newline = text or "", _newline(text)
    root = _root(text, key)
    node = root.get(key) if root else None
    if root is None or (node is None and not root.flow):
        head = text.rstrip() + newline * (2 if root else 1) if text.strip() else ""
        return f"{head}{key}:{newline}{_lines(rows, 0, newline)}"
    if node is not None and not isinstance(node, Sequence) and node.start < node.end:
        raise ValueError(f"{key!r} must be a list")
    if root.flow or (isinstance(node, Sequence) and node.flow and node.items):
        there = plain(node) if isinstance(node, Sequence) else []
        return splice.set_in(text, root, (key,), [*there, *rows], newline=newline)
    assert node is not None
    return _in_block(text, node, rows, newline)


def _root(text: str, key: str) -> Mapping | None:
    root, fault = parse_yaml(text)
    if fault is not None:
        raise ValueError(fault.message)
    if root is not None and not isinstance(root, Mapping):
        raise ValueError(f"the file must hold `{key}:`")
    return root


def _in_block(text: str, node: Node, rows: AbcSequence[Row], newline: str) -> str:
    """Below a list that has a line for each item, or in the place of one that is empty."""
    if isinstance(node, Sequence) and not node.flow:
        column = node.start - (text.rfind("\n", 0, node.start) + 1)
        return _below(text, splice.content_end(node), _lines(rows, column, newline), newline)
    bare = text[: node.start].rstrip(" ") + text[node.end :]  # without the brackets of `[]`
    return _below(bare, len(text[: node.start].rstrip(" ")), _lines(rows, 0, newline), newline)


def change_rows(text: str, key: str, name: str, changes: Changes) -> str:
    """Return the file with some rows changed; ``name`` is the key that names a row.

    Raises SpliceError if that cannot be done without touching other text.
    """
    places = {row.get(name): number for number, row in enumerate(_rows(text, key))}
    numbered = {places[row]: wanted for row, wanted in changes.items()}
    return splice.set_in_items(text, key, numbered, newline=_newline(text)) if numbered else text


def add_values(text: str, values: AbcMapping[str, AbcSequence[str]]) -> str:
    """Return dimensions.yaml with values added to dimensions, written as those there are.

    Raises SpliceError if that cannot be done without touching other text.
    """
    changes: dict[int, dict[tuple[str, ...], emit.Emittable | None]] = {}
    for number, row in enumerate(_rows(text, "dimensions")):
        there = row.get("values") or []
        described = bool(there) and isinstance(there[0], dict)
        new = [{"name": v} if described else v for v in values.get(row.get("name", ""), ())]
        if new:
            changes[number] = {("values",): [*there, *new]}
    return splice.set_in_items(text, "dimensions", changes, newline=_newline(text))


def _rows(text: str, key: str) -> list[dict[str, Any]]:
    """The rows of a sound file, without their places."""
    root = plain(parse_yaml(text)[0])
    found = root.get(key) if isinstance(root, dict) else None
    return [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []


def _plan_row(plan: PersonaPlan) -> Row:
    row: Row = {
        "goal": plan.goal,
        "facts": plan.facts,
        "never_says": plan.never_says,
        "approver": plan.approver,
        "max_turns": plan.max_turns,
        "history": plan.history,
    }
    return _said({**row, **plan.extra})


def _origin(origin: AbcMapping[str, object]) -> Row:
    return {key: str(value) for key, value in origin.items()}


def _said(row: Row) -> Row:
    """Leave out what is not said."""
    return {key: value for key, value in row.items() if value not in ("", (), {}, False)}


def _newline(text: str | None) -> str:
    return "\r\n" if text and "\r\n" in text else "\n"


def _below(text: str, offset: int, lines: str, newline: str) -> str:
    """Put lines below the line of an offset."""
    at = text.find("\n", offset)
    return f"{text}{newline}{lines}" if at < 0 else text[: at + 1] + lines + text[at + 1 :]


def _lines(rows: AbcSequence[Row], column: int, newline: str) -> str:
    margin = " " * column
    return "".join(f"{margin}{line}{newline}" for row in rows for line in _item(row))


def _item(row: Row) -> list[str]:
    if "plan" not in row and not isinstance(row.get("values"), list):
        return [f"- {emit.flow(row)}"]
    first, *others = emit.block(row, tall=True).splitlines()
    return [f"- {first}", *(f"  {line}" for line in others)]
