"""How a verdict or a judgement is put into a note; every other byte of it stays."""

from __future__ import annotations

from casefiles.documents import note as note_file
from casefiles.documents.note import Judgement, Note, Value, Verdict
from casefiles.text import front_matter
from casefiles.text.yaml_tree import Mapping, Scalar, Sequence, plain


def with_judgement(note_text: str | None, mode: str, value: Value, version: int) -> str:
    """Return a note with one judgement appended to its mode's line; every other byte stays.

    Without a note, a new one. Raises ValueError if the front matter cannot be changed so.
    """
    judgement = Judgement(value=value, version=version)
    if note_text is None:
        return note_file.render(Note(labels={mode: (judgement,)}))
    said = _said(note_text, mode)
    if isinstance(said, list):
        return front_matter.set_key(note_text, ("labels", mode), [*said, str(judgement)])
    written = f"{said}, {judgement}" if said else str(judgement)
    return front_matter.set_key(note_text, ("labels", mode), written)


def _said(note_text: str, mode: str) -> str | list[str]:
    """What stands behind a mode, as written: ``no@1, yes@3`` or a list of such."""
    front, _ = front_matter.read(note_text)
    labels = front.root.get("labels") if front and front.root else None
    node = labels.get(mode) if isinstance(labels, Mapping) else None
    if isinstance(node, Sequence):
        return [str(plain(item)) for item in node.items]
    return node.value if isinstance(node, Scalar) else ""


def set_verdict(note_text: str, verdict: Verdict | None, first_failure: int | None) -> str:
    """Return a note with another verdict (None: without one); every other byte stays.

    Raises ValueError if the front matter cannot be changed so.
    """
    given = {"verdict": verdict, "first_failure": first_failure}
    for key, value in given.items():
        if value is None:
            note_text = front_matter.remove_key(note_text, (key,))
        elif _holds(note_text, key) != str(value):
            note_text = front_matter.set_key(note_text, (key,), value)
    return note_text


def _holds(note_text: str, key: str) -> str | None:
    front, _ = front_matter.read(note_text)
    node = front.root.get(key) if front and front.root else None
    return node.value if isinstance(node, Scalar) else None
