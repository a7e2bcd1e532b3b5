"""Names that are safe as files on every system, and text folded for comparing."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

MAX_SLUG = 60
_NOT_WORD = re.compile(r"[^a-z0-9]+")
_SAFE = re.compile(r"[a-z0-9](?:[a-z0-9._-]*[a-z0-9_-])?")
# Windows opens devices under these names, whatever the extension.
_DEVICES = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?")
_HASHED = re.compile(r"--[0-9a-f]{8}\Z")
_WHITE = re.compile(r"\s+")


def slug(text: str, *, fallback: str = "x") -> str:
    """Turn a name into a lower-case file name: ``Switches language!`` → ``switches-language``.

    Accents are dropped; text without any Latin letter or digit becomes ``<fallback>-<hash>``.
    """
    ascii_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    word = _NOT_WORD.sub("-", ascii_text).strip("-")[:MAX_SLUG].strip("-")
    if not word:
        return f"{fallback}-{short_hash(text)}" if text.strip() else fallback
    return f"{word}-{fallback}" if _DEVICES.fullmatch(word) else word


@lru_cache(maxsize=1 << 12)
def is_safe_name(name: str) -> bool:
    """Tell whether a name may be one part of a reference (a file or folder of ours)."""
    return (
        len(name) <= 120
        and _SAFE.fullmatch(name) is not None
        and _DEVICES.fullmatch(name) is None
        and ".." not in name
    )


def safe_file_name(source_id: str) -> str:
    """Make a foreign id safe as a file name; where that loses something, add ``--`` and a hash.

    Two different ids never give the same name but by a clash of 32 bits: an id that already looks
    like a name with a hash gets one too.
    """
    is_kept = len(source_id) <= MAX_SLUG and is_safe_name(source_id)
    if is_kept and not _HASHED.search(source_id):
        return source_id
    word = slug(source_id, fallback="t")[: MAX_SLUG - 10].strip("-")
    return f"{word}--{short_hash(source_id)}"


def short_hash(text: str, *, length: int = 8) -> str:
    """First hexadecimal digits of the SHA-256 of the text (lone surrogates allowed)."""
    import hashlib  # OpenSSL takes a while to load, and most names need no hash

    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:length]


def fold(text: str) -> str:
    """Fold every run of white space to one blank: the form in which observations are compared."""
    return _WHITE.sub(" ", text).strip()


def shorten(text: str, length: int) -> str:
    """Cut a folded text at a word near ``length`` characters and mark the cut with an ellipsis."""
    folded = fold(text)
    if len(folded) <= length:
        return folded
    cut = folded[: length - 1]
    at_word = cut.rsplit(" ", 1)[0]
    return (at_word if len(at_word) > length // 2 else cut).rstrip(" ,;:.-") + "…"


def nearest(word: str, known: list[str] | tuple[str, ...]) -> str | None:
    """Return the known word most like ``word``, or None if none is near: "did you mean"."""
    import difflib  # only after a mistake

    found = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    return found[0] if found else None
