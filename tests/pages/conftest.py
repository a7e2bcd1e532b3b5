"""A workspace full of text that would do harm if a page let it, and its built site."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from casefiles.documents.trace import TraceHead, render, seal
from casefiles.documents.turns import Part, Turn
from casefiles.loop import site
from casefiles.workspace.find import find
from workspaces import trace_text, workspace

EVIL = (
    "</title></article></main><script>document.title='owned'</script>"
    "<img src=http://192.0.2.1/x.png onerror=\"document.title='owned'\">"
    "<iframe src=//192.0.2.1></iframe><svg onload=document.title='owned'>"
)
MARKED = (
    '# Heading\n\n--8<-- "casefiles.toml"\n\n{{ 7*7 }} {% raw %}\n\n'
    "[link](javascript:document.title='owned') ![p](http://192.0.2.1/p.png)\n\n"
    "[ref]\n\n[ref]: javascript:document.title='owned'\n\n"
    "Text {: onclick=\"document.title='owned'\" }\n\n!!! note\n    inside\n\n"
    "```html\n<b>x</b>\n```\n"
)
NAME = f"Shows <b>bold</b> & `code` {EVIL}"


ODD_TRACE = "traces/r1/it's & <b>odd #1?x=2.md"
"""A file somebody named by hand; its page needs an address all the same."""


def _hostile_trace() -> str:
    turns = (
        Turn(role="system", parts=(Part(text="Be kind.\n\n" * 400),)),
        Turn(role="user", parts=(Part(text=f"{EVIL}\n\n{MARKED}"),), data={"at": EVIL}),
        Turn(
            role="assistant",
            parts=(
                Part(type="reasoning", text=EVIL),
                Part(type="tool_call", text='{"a":"' + "x" * 300 + '"}', data={"name": EVIL}),
                Part(type=EVIL, text=EVIL, data={"error": EVIL, "file": EVIL}),
                Part(type="image", data={"uri": "http://192.0.2.1/i.png"}),
            ),
            data={"model": EVIL, "ms": 1200, "usage": {"in": 5, "out": 7}, "error": EVIL},
        ),
        Turn(role=EVIL, parts=(Part(text="\x1b[31mred\u202e \x00 \ud800" + "W" * 500),)),
        Turn(role="tool", parts=(Part(type="tool_result", text=f"```\n{EVIL}\n{MARKED}"),)),
    )
    head = TraceHead(
        title=EVIL,
        source={"kind": EVIL},
        dimensions={EVIL: EVIL},
        status="error",
        error=EVIL,
        session=EVIL,
        target=EVIL,
        app_version=EVIL,
    )
    return render(seal(head, turns))


def _note(verdict: str, labels: str, body: str) -> str:
    return f"---\nverdict: {verdict}\nreviewed: 2026-11-24T01:20:00Z\n{labels}---\n{body}\n"


FILES = {
    "casefiles.toml": f"[app]\nname = {json.dumps(NAME)}\ndescription = {json.dumps(EVIL)}\n",
    "traces/r1/round.yaml": f"drawn: stratified\nsource: {json.dumps(EVIL)}\nstrata: {{a: 1}}\n",
    "traces/r1/bad.md": _hostile_trace(),
    "traces/r1/good.md": trace_text(
        "where is my order?", "It is **on its way**.", query="q1", title="Where is it"
    ),
    "traces/r1/plain.md": trace_text("thanks", "You are welcome.", query="q2"),
    "traces/dataset/dimensions.yaml": (
        f"dimensions:\n- name: tone\n  description: {json.dumps(EVIL)}\n"
        f"  values:\n  - {{name: {json.dumps(EVIL)}, description: {json.dumps(MARKED)}}}\n"
    ),
    ODD_TRACE: trace_text("odd name", "yes", query="q1", title=EVIL, dimensions={"tone": EVIL}),
    "traces/r2/good.md": trace_text("where is it?", "Here.", query="q1", title="Where is it"),
    "traces/dataset/tuples.yaml": f"tuples:\n- {{id: t1, values: {{tone: {json.dumps(EVIL)}}}}}\n",
    "traces/dataset/queries.yaml": f"queries:\n- {{id: q1, tuple: t1, text: {json.dumps(EVIL)}}}\n",
    "notes/<img src=x onerror=alert(1)>/r1/good.md": _note(
        "fail", "labels:\n  shouts: yes@1\n", MARKED
    ),
    "notes/ana/r2/good.md": _note("pass", "labels:\n  too-long: no@1\n", ""),
    "notes/ana/r1/bad.md": _note(
        "fail",
        "first_failure: 3\nlabels:\n  too-long: yes@1\n",
        f"{EVIL}\n\n## at 3\n{MARKED}\n\nIt shouts.",
    ),
    "notes/ana/r1/good.md": _note(
        "fail", "labels:\n  too-long: yes@1\n", "Too long.\n\n## at 2\nThree screens."
    ),
    "notes/ana/r1/plain.md": _note("pass", "labels:\n  too-long: no@1\n", ""),
    "notes/ben/r1/good.md": _note("pass", "labels:\n  too-long: no@1\n  shouts: no@1\n", ""),
    "taxonomy/too-long.md": (
        "---\nname: Rambles on\nstatus: active\nversion: 1\ngroup: Style\n---\n"
        "Yes if the reply is longer than a screen.\nNo if the user asked for all of it.\n\n"
        '## Yes examples\n- r1/good at 2: "It is on its way"\n- gone/away: elsewhere\n'
    ),
    "taxonomy/shouts.md": (
        f"---\nname: {json.dumps(NAME)}\nstatus: active\nversion: 1\ngroup: {json.dumps(EVIL)}\n"
        f"---\nYes if {EVIL}\n\n{MARKED}\n\n## Memo\n{EVIL}\n"
    ),
    "taxonomy/wordy.md": (
        "---\nname: Wordy\nstatus: retired\nversion: 2\nmerged_into: too-long@1\n---\n"
        "Yes if wordy.\nNo if not.\n"
    ),
    "taxonomy/proposals/p.md": (
        "---\nkind: proposal/1\nstatus: accepted\n---\n\n## new: Shouts\nYes if a.\nNo if b.\n\n"
        '- [x] ana:r1/bad#2 "It shouts."\n'
    ),
}


@pytest.fixture(scope="session", autouse=True)
def _nobody() -> Iterator[None]:
    """Nobody sits at this machine, for fixtures that live longer than one test too."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
        patch.setenv("GIT_CONFIG_SYSTEM", os.devnull)
        yield


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workspace as files, not built."""
    return workspace(tmp_path_factory.mktemp("hostile"), FILES)


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workspace with its site; returns the folder of the workspace."""
    root = workspace(tmp_path_factory.mktemp("built"), FILES)
    site.build(find(root))
    return root
