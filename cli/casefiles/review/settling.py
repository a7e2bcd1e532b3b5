"""How a settled label is written: the label for machines, who and why for people.

``notes/adjudicated/<round>/<trace>.md`` is a note whose labels outweigh everybody's; what stands
below is prose::

    ---
    labels:
      too-long: yes@2
    settled:
      too-long: "ana 2026-11-24T01:20:00Z"
    ---
    ## too-long
    yes, says ana: three screens for a yes-or-no question.
"""

from __future__ import annotations

from casefiles.documents.judgements import Answer
from casefiles.review import bodies
from casefiles.review.splicing import with_judgement
from casefiles.text import front_matter
from casefiles.text.names import fold


def settled_text(
    before: str | None,
    mode: str,
    value: Answer,
    version: int,
    *,
    who: str,
    when: str,
    why: str,
) -> str:
    """Return the file's text with one more decision; every other byte stays.

    Raises ValueError if its front matter cannot be changed so.
    """
    text = with_judgement(before, mode, value, version)
    text = front_matter.set_key(text, ("settled", mode), f"{who} {when}")
    said = f"{value}, says {who}: {fold(why)}"
    return bodies.with_body(text, _with_reason(bodies.body_of(text), mode, said))


def _with_reason(body: str, mode: str, said: str) -> str:
    """Put a reason below the others of its mode, or below a heading of its own."""
    heading = f"## {mode}"
    lines = body.split("\n")
    if heading not in lines:
        return bodies.join_paragraphs([body, f"{heading}\n{said}"])
    start = lines.index(heading)
    stop = next(
        (at for at in range(start + 1, len(lines)) if lines[at].startswith("## ")), len(lines)
    )
    above = bodies.trim("\n".join(lines[:stop]))
    return bodies.join_paragraphs([above, said, "\n".join(lines[stop:])])
