from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from casefiles.loop.site import _traces, make_report
from casefiles.pages.site import pages
from casefiles.pages.templating import GENERATED
from casefiles.workspace.find import find
from workspaces import mode_text, trace_text, workspace


def _rendered(root: Path) -> dict[str, str]:
    found = find(root)
    report = make_report(found)
    return dict(pages(report, _traces(found, report.corpus)))


class _Elements(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


@pytest.fixture(scope="module")
def rendered(hostile: Path) -> dict[str, str]:
    """All generated files of the hostile workspace."""
    return _rendered(hostile)


def test_every_generated_page_says_so_in_its_first_line(rendered: dict[str, str]) -> None:
    """Pages for people and trace pages start with the line that makes them ours."""
    texts = {path for path in rendered if path.endswith((".md", ".html"))}
    assert {path for path in texts if rendered[path].startswith(f"{GENERATED}\n")} == texts
    assert {"index.md", "saturation.md", "coverage.md", "method.md", "traces/r1/bad.html"} <= texts


def test_pages_are_the_same_each_time(hostile: Path, rendered: dict[str, str]) -> None:
    """The same files give the same bytes."""
    assert _rendered(hostile) == rendered


def test_nothing_in_a_page_can_run_or_load(rendered: dict[str, str]) -> None:
    """Of hostile names, notes and traces no element, attribute or address of theirs is left."""
    for path, page in rendered.items():
        if not path.endswith((".md", ".html")):
            continue
        for tag, attributes in _Elements(page).found:
            assert tag not in {"script", "iframe", "img", "object", "embed", "form", "base"}, path
            assert not any(name.startswith("on") or name == "style" for name in attributes), path
            for name in ("href", "src"):
                address = attributes.get(name) or ""
                assert re.match(r"(https?://192\.0\.2\.1/p\.png|[\w./#-]*)$", address), path


def test_markdown_pages_hold_no_text_an_extension_could_act_on(rendered: dict[str, str]) -> None:
    """Every line that holds a document's text is one block of HTML with its marks spelled out."""
    for path in ("index.md", "taxonomy/shouts.md", "taxonomy/index.md", "coverage.md"):
        page = rendered[path]
        assert not re.search(r"--8<--|\{\{|\{%|\{:|javascript:|!!!|`", page), path
        lines = [line for line in page.split("\n")[1:] if line]
        assert all(line.startswith(("<div", "<h1", "## ")) for line in lines), path


def test_a_trace_page_reads_as_a_conversation_with_notes_beside_it(
    rendered: dict[str, str],
) -> None:
    """Each turn has its anchor, and a note stands in the turn it is about."""
    page = rendered["traces/r1/good.html"]
    turn = page.partition('id="2-assistant"')[2].partition("</section>")[0]
    assert "<strong>on its way</strong>" in turn
    assert "Three screens." in turn
    assert page.index("Too long.") < page.index('id="1-user"')
    assert 'href="../../traces/r1/bad.html"' in page
    assert 'href="../../traces/r1/plain.html"' in page


def test_a_mode_page_shows_definition_evidence_and_where_it_was_seen(
    rendered: dict[str, str],
) -> None:
    """Evidence links to its turn; what annotators disagree on is listed apart."""
    page = rendered["taxonomy/too-long.md"]
    assert "Yes if the reply is longer than a screen" in page
    assert 'href="&#46;&#46;&#47;traces&#47;r1&#47;good&#46;html&#35;t2"' in page
    assert "not in this workspace" in page
    assert "## Where annotators disagree" in page


def test_a_retired_mode_leads_to_where_it_went(rendered: dict[str, str]) -> None:
    """A tombstone names the mode it was merged into."""
    assert "merged into" in rendered["taxonomy/wordy.md"]
    assert "too&#45;long&#46;html" in rendered["taxonomy/wordy.md"]


def test_a_share_is_not_given_before_all_are_judged(tmp_path: Path) -> None:
    """Until then the page says in how many it was seen, and how many were not judged."""
    files = {f"traces/r/q{n}.md": trace_text(query=f"q{n}") for n in range(5)}
    files |= {f"notes/ana/r/q{n}.md": "---\nverdict: pass\n---\n" for n in range(1, 5)}
    files["notes/ana/r/q0.md"] = "---\nverdict: fail\nlabels:\n  too-long: yes@1\n---\nLong.\n"
    files["taxonomy/too-long.md"] = mode_text()
    page = _plain(_rendered(workspace(tmp_path, files))["index.md"])
    assert "not known: 4 not judged" in page
    assert "1 of 5 read" in page
    assert "do not say how common a failure is in production" in page


def test_an_empty_workspace_has_pages_that_say_what_to_do(tmp_path: Path) -> None:
    """Nothing yet is a state a page can be in."""
    found = _rendered(workspace(tmp_path))
    assert "There are no traces yet" in _plain(found["index.md"])
    assert "No dimension of use is described yet" in _plain(found["coverage.md"])
    assert "None yet" in _plain(found["taxonomy/index.md"])


def test_what_the_settings_hide_is_left_out_and_counted(tmp_path: Path) -> None:
    """A hidden role is in no page, and the page says that something is missing."""
    config = '[app]\nname = "x"\n[view]\nhide = ["user"]\nfinal_first = true\n'
    files = {"casefiles.toml": config, "traces/r/q.md": trace_text("ask me", "answer me")}
    page = _rendered(workspace(tmp_path, files))["traces/r/q.html"]
    assert 'id="1-user"' not in page
    assert "1 turn hidden" in page
    assert page.index("answer me") < page.index("<details>")  # in front, the rest folded


def _plain(page: str) -> str:
    return re.sub(r"&#(\d+);", lambda hit: chr(int(hit[1])), re.sub(r"<[^<>]*>", "", page))
