"""New rows at the end of a dataset file; what a person wrote in it stays as it is."""

from __future__ import annotations

from collections.abc import Sequence as AbcSequence

from casefiles.documents.dataset import PersonaPlan, Query, Tuple
from casefiles.text import emit
from casefiles.text.front_matter import content_end
from casefiles.text.yaml_tree import Mapping, Sequence, parse_yaml


def tuple_row(item: Tuple) -> dict[str, emit.Emittable]:
    """Return what stands in tuples.yaml for a new tuple."""
    return {"id": item.id, "values": item.values}


def query_row(query: Query) -> dict[str, emit.Emittable]:
    """Return what stands in queries.yaml for a new query."""
    row: dict[str, emit.Emittable] = {"id": query.id}
    if query.tuple_id is not None:
        row["tuple"] = query.tuple_id
    row["text"] = query.text
    if query.plan is not None:
        row["plan"] = plan_row(query.plan)
    return {**row, "origin": {key: str(value) for key, value in query.origin.items()}}


def plan_row(plan: PersonaPlan) -> dict[str, emit.Emittable]:
    """Return what stands under ``plan`` of a query: only what is said."""
    row: dict[str, emit.Emittable] = {
        "goal": plan.goal,
        "facts": plan.facts,
        "never_says": plan.never_says,
        "approver": plan.approver,
        "max_turns": plan.max_turns,
        "history": plan.history,
        **plan.extra,
    }
    return {key: value for key, value in row.items() if value not in ((), "")}


def append_rows(text: str | None, key: str, rows: AbcSequence[dict[str, emit.Emittable]]) -> str:
    """Return the file with rows added to the list under ``key``: one a line, but plans below.

    Raises ValueError if the file is not readable YAML or ``key`` holds no list.
    """
    if not rows:
        return text or ""
    if text is None or not text.strip():
        return f"{key}:\n{_lines(rows, 0)}"
    root, fault = parse_yaml(text)
    if fault is not None:
        raise ValueError(fault.message)
    if root is not None and not isinstance(root, Mapping):
        raise ValueError(f"the file must hold `{key}:`")
    node = root.get(key) if root else None
    if isinstance(node, Sequence) and node.items and not node.flow:
        return _behind(text, node, rows)
    if node is None:
        return f"{text.rstrip()}\n\n{key}:\n{_lines(rows, 0)}" if root else _headed(text, key, rows)
    return _rewritten(text, key, rows)


def _headed(text: str, key: str, rows: AbcSequence[dict[str, emit.Emittable]]) -> str:
    """A file of comments only: they stay on top."""
    return f"{text.rstrip()}\n{key}:\n{_lines(rows, 0)}"


def _behind(text: str, node: Sequence, rows: AbcSequence[dict[str, emit.Emittable]]) -> str:
    column = node.start - (text.rfind("\n", 0, node.start) + 1)
    end = text.find("\n", content_end(node))
    head, tail = (f"{text}\n", "") if end < 0 else (text[: end + 1], text[end + 1 :])
    return head + _lines(rows, column) + tail


def _rewritten(text: str, key: str, rows: AbcSequence[dict[str, emit.Emittable]]) -> str:
    """An empty list, or one written as ``[…]``: ruamel rewrites it and keeps the comments."""
    from ruamel.yaml import YAML
    from ruamel.yaml.compat import StringIO

    yaml = YAML()
    yaml.width = 10_000
    data = yaml.load(text)
    if data.get(key) is None:
        data[key] = []
    if not isinstance(data[key], list):
        raise ValueError(f"{key!r} must be a list")  # noqa: TRY004  it is the file that is wrong
    marker = "casefiles-rows"
    data[key] = [*data[key], marker] if data[key] else [marker]
    stream = StringIO()
    yaml.dump(data, stream)
    lines = stream.getvalue().split("\n")
    at = next(number for number, line in enumerate(lines) if line.strip() == f"- {marker}")
    column = len(lines[at]) - len(lines[at].lstrip())
    lines[at : at + 1] = _lines(rows, column).rstrip("\n").split("\n")
    return "\n".join(lines)


def _lines(rows: AbcSequence[dict[str, emit.Emittable]], column: int) -> str:
    return "".join(_row(row, column) for row in rows)


def _row(row: dict[str, emit.Emittable], column: int) -> str:
    """One line; with a mapping that people edit (a plan) in it, a line for each key."""
    margin = " " * column
    if "plan" not in row:
        return f"{margin}- {emit.flow(row)}\n"
    lines = emit.block(row, indent=column + 2, tall=True)
    return f"{margin}- {lines.removeprefix(f'{margin}  ')}"
