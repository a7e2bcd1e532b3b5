"""Strings only: YAML with positions, front matter, names, diffs, redaction. Knows no document."""
