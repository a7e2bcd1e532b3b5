"""Change one key of a YAML mapping that a person wrote; every byte not meant stays as it is.

Comments, blank lines, quoting, order and indentation are a person's. What cannot be changed
without losing some of it is refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping as AbcMapping
from collections.abc import Sequence as AbcSequence

from casefiles.errors import BadInputError
from casefiles.text import emit
from casefiles.text.odd import without_surrogates
from casefiles.text.yaml_tree import (
    Entry,
    Mapping,
    Node,
    Plain,
    Scalar,
    Sequence,
    parse_yaml,
    plain,
)

Path = tuple[str, ...]


class SpliceError(BadInputError, ValueError):
    """A key cannot be changed without touching other text; nothing was changed."""


def set_in(
    text: str, root: Mapping | None, path: Path, value: emit.Emittable, *, newline: str = "\n"
) -> str:
    """Return YAML text with one key set; what is missing of the path is appended.

    ``root`` is the parsed ``text`` (None: it holds no key). Raises SpliceError.
    """
    path = tuple(map(without_surrogates, path))  # YAML cannot hold them
    changed = (
        _set(text, root, path, value, newline) if root else text + _lines(path, value, newline)
    )
    expected = _plain_mapping(root)
    _put(expected, path, plain(parse_yaml(emit.flow(value))[0]))
    _verify(changed, expected, path)
    return changed


def remove_in(text: str, root: Mapping | None, path: Path) -> str:
    """Return YAML text without the lines of one key, and of mappings it was the last key of.

    The text comes back as it is if the key is absent. Raises SpliceError.
    """
    chain = _chain(root, path)
    if not chain:
        return text
    while len(chain) > 1 and len(chain[-1][0].entries) == 1:
        chain.pop()
    changed = _without(text, *chain[-1])
    expected = _plain_mapping(root)
    del _inner(expected, [step.key.value for _, step in chain[:-1]])[chain[-1][1].key.value]
    _verify(changed, expected, path)
    return changed


def set_in_items(
    text: str,
    key: str,
    changes: AbcMapping[int, AbcMapping[Path, emit.Emittable | None]],
    *,
    newline: str = "\n",
) -> str:
    """Return YAML text with keys set, or removed where the value is None, in items of a list.

    ``key`` holds a list of mappings; ``changes`` are by the number of the item, from 0. Raises
    SpliceError.
    """
    expected = plain(parse_yaml(text)[0])
    assert isinstance(expected, dict)
    changed = text
    for path in dict.fromkeys(path for found in changes.values() for path in found):
        items = _items(changed, key)
        for number in sorted(changes, reverse=True):  # from the end, so that offsets stay right
            node = items[number]
            if path not in changes[number] or not isinstance(node, Mapping):
                continue
            value = changes[number][path]
            row = expected[key][number]
            if value is not None:
                changed = _set(changed, node, path, value, newline)
                _put(row, path, plain(parse_yaml(emit.flow(value))[0]))
            elif chain := _chain(node, path):
                changed = _without(changed, *chain[-1])
                del _inner(row, list(path[:-1]))[path[-1]]
    _verify(changed, expected, (key,))
    return changed


def _items(text: str, key: str) -> tuple[Node, ...]:
    root = parse_yaml(text)[0]
    node = root.get(key) if isinstance(root, Mapping) else None
    if not isinstance(node, Sequence):
        raise SpliceError(f"{key} must hold a list")
    return node.items


def content_end(node: Node) -> int:
    """Return the offset behind a node's last character.

    libyaml lets a block collection end at the next token, past comments and blank lines that
    belong to what follows; so its end is taken from its last scalar.
    """
    if isinstance(node, Scalar) or node.flow:
        return node.end
    if isinstance(node, Mapping):
        return content_end(node.entries[-1].value) if node.entries else node.end
    return content_end(node.items[-1]) if node.items else node.end


# ---------------------------------------------------------------- removing


def _without(text: str, node: Mapping, entry: Entry) -> str:
    """Cut one entry: its lines, or what stands for it inside ``{…}``."""
    if not node.flow and not _begins_item(text, node, entry):
        start = text.rfind("\n", 0, entry.key.start) + 1
        line_end = text.find("\n", content_end(entry.value))
        return text[:start] + ("" if line_end < 0 else text[line_end + 1 :])
    at = node.entries.index(entry)
    if len(node.entries) == 1 or (at == 0 and not node.flow):
        message = f"{entry.key.value} cannot be cut from where it stands"
        raise SpliceError(message, remedy="remove it by hand")
    if at:
        start, end = content_end(node.entries[at - 1].value), content_end(entry.value)
    else:
        start, end = entry.key.start, node.entries[1].key.start
    if "#" in text[start : entry.key.start] or "#" in text[content_end(entry.value) : end]:
        message = f"a comment stands beside {entry.key.value}"
        raise SpliceError(message, remedy="remove it by hand")
    return text[:start] + text[end:]


def _begins_item(text: str, node: Mapping, entry: Entry) -> bool:
    """Whether it shares its line with the dash of a list."""
    line = text[text.rfind("\n", 0, entry.key.start) + 1 : entry.key.start]
    return entry is node.entries[0] and "-" in line


# ---------------------------------------------------------------- setting


def _set(text: str, node: Mapping, path: Path, value: emit.Emittable, newline: str) -> str:
    entry = _entry(node, path[0])
    if entry is None:
        return _insert(text, node, path, value, newline)
    inner, rest = entry.value, path[1:]
    if rest and isinstance(inner, Mapping) and inner.entries:
        return _set(text, inner, rest, value, newline)
    if rest and not isinstance(inner, Mapping) and not _is_empty(inner):
        raise SpliceError(f"{path[0]} must hold keys")
    if rest and not node.flow and _is_empty(inner):
        return _open(text, node, entry, (rest, value), newline)
    wrapped = _wrapped(rest, value)
    added = _added(inner, wrapped)
    if added is not None:
        return _append(text, inner, added, newline) if added else text
    return _replace(text, entry, emit.inline(wrapped, in_flow=node.flow))


def _insert(text: str, node: Mapping, path: Path, value: emit.Emittable, newline: str) -> str:
    if node.flow:
        pair = emit.flow_pair(path[0], _wrapped(path[1:], value))
        return _into_flow(text, node, [entry.value for entry in node.entries], pair)
    written = _lines(path, value, newline, indent=_column(text, node.start))
    return _below(text, content_end(node.entries[-1].value), written, newline)


def _open(
    text: str, node: Mapping, entry: Entry, inner: tuple[Path, emit.Emittable], newline: str
) -> str:
    """Put the first key below ``labels:``."""
    written = _lines(*inner, newline, indent=_column(text, node.start) + 2)
    return _below(text, entry.value.end, written, newline)


def _added(node: Node, value: emit.Emittable) -> list[emit.Emittable] | None:
    """Items to append if ``node`` is a list that ``value`` only continues; else None."""
    if not isinstance(node, Sequence) or not node.items:
        return None
    if not isinstance(value, AbcSequence) or isinstance(value, str):
        return None
    kept = len(node.items)
    same = plain(node) == plain(parse_yaml(emit.flow(value[:kept]))[0])
    return list(value[kept:]) if same else None


def _append(text: str, node: Node, added: list[emit.Emittable], newline: str) -> str:
    assert isinstance(node, Sequence)
    if node.flow:
        return _into_flow(text, node, node.items, ", ".join(map(emit.flow, added)))
    margin = " " * _column(text, node.start)
    written = "".join(f"{margin}- {emit.inline(item)}{newline}" for item in added)
    return _below(text, content_end(node), written, newline)


def _into_flow(text: str, node: Node, inner: AbcSequence[Node], written: str) -> str:
    at = content_end(inner[-1]) if inner else node.start + 1
    return f"{text[:at]}{', ' if inner else ''}{written}{text[at:]}"


def _below(text: str, offset: int, lines: str, newline: str) -> str:
    """Put lines below the line of an offset."""
    at = text.find("\n", offset)
    if at < 0:
        return f"{text}{newline}{lines}"
    return text[: at + 1] + lines + text[at + 1 :]


def _replace(text: str, entry: Entry, written: str) -> str:
    node = entry.value
    start, end = node.start, content_end(node)
    if _has_comment(text, node):
        name = entry.key.value
        raise SpliceError(f"the value of {name} has comments inside", remedy="change it by hand")
    if _is_empty(node):  # `key:` with nothing behind the colon
        return f"{text[:start]} {written}{text[start:]}"
    if isinstance(node, Scalar) or node.flow:
        return text[:start] + written + text[end:]
    # A block collection stands below its key; a comment beside the key stays there.
    colon = text.index(":", entry.key.end) + 1
    beside, _, between = text[colon:start].partition("\n")
    if "#" in between:
        message = f"a comment stands between {entry.key.value} and its value"
        raise SpliceError(message, remedy="change it by hand")
    return f"{text[:colon]} {written}{beside.rstrip()}{text[end:]}"


def _has_comment(text: str, node: Node) -> bool:
    if isinstance(node, Scalar):  # the first line of a block scalar may end in one
        return (
            text[node.start : node.start + 1] in ("|", ">")
            and "#" in (text[node.start : node.end].partition("\n")[0])
        )
    at = node.start
    for scalar in _scalars(node):
        if "#" in text[at : scalar.start] or _has_comment(text, scalar):
            return True
        at = scalar.end
    return "#" in text[at : content_end(node)]


def _scalars(node: Node) -> Iterator[Scalar]:
    if isinstance(node, Scalar):
        yield node
    elif isinstance(node, Sequence):
        for item in node.items:
            yield from _scalars(item)
    else:
        for entry in node.entries:
            yield entry.key
            yield from _scalars(entry.value)


# ---------------------------------------------------------------- pieces


def _lines(path: Path, value: emit.Emittable, newline: str, *, indent: int = 0) -> str:
    written = emit.block({path[0]: _wrapped(path[1:], value)}, indent=indent)
    return written.replace("\n", newline)


def _wrapped(path: Path, value: emit.Emittable) -> emit.Emittable:
    for step in reversed(path):
        value = {step: value}
    return value


def _column(text: str, offset: int) -> int:
    return offset - (text.rfind("\n", 0, offset) + 1)


def _is_empty(node: Node) -> bool:
    return isinstance(node, Scalar) and node.start == node.end


def _entry(node: Mapping, key: str) -> Entry | None:
    return next((entry for entry in node.entries if entry.key.value == key), None)


def _chain(root: Mapping | None, path: Path) -> list[tuple[Mapping, Entry]]:
    """The mappings on a path, each with its entry; empty if the path leads nowhere."""
    chain: list[tuple[Mapping, Entry]] = []
    node: Node | None = root
    for step in path:
        entry = _entry(node, step) if isinstance(node, Mapping) else None
        if entry is None or not isinstance(node, Mapping):
            return []
        chain.append((node, entry))
        node = entry.value
    return chain


# ---------------------------------------------------------------- verifying


def _plain_mapping(root: Mapping | None) -> dict[str, Plain]:
    return {entry.key.value: plain(entry.value) for entry in root.entries} if root else {}


def _put(values: dict[str, Plain], path: Path, value: Plain) -> None:
    for step in path[:-1]:
        inner = values.get(step) or {}
        assert isinstance(inner, dict)  # _set refused anything else
        values[step] = inner
        values = inner
    values[path[-1]] = value


def _inner(values: dict[str, Plain], path: list[str]) -> dict[str, Plain]:
    for step in path:
        inner = values[step]
        assert isinstance(inner, dict)
        values = inner
    return values


def _verify(changed: str, expected: dict[str, Plain], path: Path) -> None:
    """Refuse a splice that did anything but what was meant: a person's file is worth the look."""
    node, fault = parse_yaml(changed)
    found = plain(node) if node is not None else {}
    if fault is not None or found != expected:
        name = ".".join(path)
        message = f"{name} cannot be changed without touching other text"
        raise SpliceError(message, remedy="change it by hand")
