from __future__ import annotations

import re
from pathlib import Path

import pytest

from casefiles.pages.templating import GENERATED
from site_files import Elements, plain, site_files, site_pages
from workspaces import mode_text, trace_text, workspace


@pytest.fixture(scope="module")
def rendered(hostile: Path) -> dict[str, str]:
    """All pages of the hostile workspace."""
    return site_pages(hostile)


def test_every_generated_page_says_so_in_its_first_line(rendered: dict[str, str]) -> None:
    """Pages for people and trace pages start with the line that makes them ours."""
    assert {path for path in rendered if rendered[path].startswith(f"{GENERATED}\n")} == set(
        rendered
    )
    assert {"index.md", "saturation.md", "coverage.md", "method.md", "traces/r1/bad.html"} <= set(
        rendered
    )


def test_pages_are_the_same_each_time(hostile: Path, rendered: dict[str, str]) -> None:
    """The same files give the same bytes."""
    assert site_pages(hostile) == rendered


def test_nothing_in_a_page_can_run_or_load(rendered: dict[str, str]) -> None:
    """Of hostile names, notes and traces no element, attribute or address of theirs is left."""
    for path, page in rendered.items():
        for tag, attributes in Elements(page).found:
            assert tag not in {"script", "iframe", "object", "embed", "base"}, path
            assert not any(name.startswith("on") or name == "style" for name in attributes), path
            if tag == "img":  # a chart of ours, which gives way to the inline one
                assert re.fullmatch(r"[./]*_casefiles/charts/[\w-]+\.svg", attributes["src"] or "")
            for name in ("href", "src", "action"):
                address = attributes.get(name) or ""
                ours = r"(https?://192\.0\.2\.1/p\.png|[\w./#?=&;%+-]*)$"
                assert re.match(ours, address), (path, address)


def test_markdown_pages_hold_no_text_an_extension_could_act_on(rendered: dict[str, str]) -> None:
    """Every line that holds a document's text is one block of HTML with its marks spelled out."""
    for path in (
        "index.md",
        "taxonomy/shouts.md",
        "taxonomy/index.md",
        "coverage.md",
        "saturation.md",
        "agreement.md",
    ):
        page = rendered[path]
        assert not re.search(r"--8<--|\{\{|\{%|\{:|javascript:|!!!|`", page), path
        lines = [line for line in page.split("\n")[1:] if line]
        assert all(line.startswith(("<div", "<h1", "<h2", "## ")) for line in lines), path


def test_a_trace_page_reads_as_a_conversation_with_notes_beside_it(
    rendered: dict[str, str],
) -> None:
    """Each turn has its anchor, and a note stands in the turn it is about."""
    page = rendered["traces/r1/good.html"]
    turn = page.partition('id="2-assistant"')[2].partition("</section>")[0]
    assert "<strong>on its way</strong>" in turn
    assert "Three screens." in turn
    assert 'id="t2" href="#t2"' in turn
    assert page.index("Too long.") < page.index('id="1-user"')
    assert 'href="../../traces/r1/bad.html"' in page
    assert '<link rel="next" href="../../traces/r1/it%27s' in page


def test_a_mode_page_shows_definition_evidence_and_where_it_was_seen(
    rendered: dict[str, str],
) -> None:
    """Evidence links to its turn; what annotators disagree on is listed apart."""
    page = rendered["taxonomy/too-long.md"]
    assert "Yes if the reply is longer than a screen" in page
    assert 'href="&#46;&#46;&#47;traces&#47;r1&#47;good&#46;html&#35;t2"' in page
    assert "not in this workspace" in page
    assert "## Where annotators disagree" in page


def test_groups_have_pages_and_retired_modes_lead_to_where_they_went(
    rendered: dict[str, str],
) -> None:
    """A group adds its modes up, a tombstone names the mode it was merged into."""
    assert "Rambles on" in rendered["taxonomy/groups/style.md"]
    assert any(path.startswith("taxonomy/groups/title-article") for path in rendered)
    assert "merged into" in rendered["taxonomy/wordy.md"]
    assert "too&#45;long&#46;html" in rendered["taxonomy/wordy.md"]


def test_figures_come_with_their_numbers_as_files(hostile: Path) -> None:
    """Each picture has a CSV and a PNG of its name, and no cell of the CSV is a formula."""
    files = site_files(hostile)
    charts = {path for path in files if path.startswith("_casefiles/charts/")}
    names = {path.rpartition(".")[0] for path in charts}
    assert charts == {f"{name}.{kind}" for name in names for kind in ("csv", "html", "png", "svg")}
    assert {"failure-modes", "saturation", "lineage"} <= {Path(name).name for name in names}
    shares = files["_casefiles/charts/failure-modes.csv"]
    assert isinstance(shares, str)
    assert shares.startswith("Failure mode,Seen in,")


def test_a_share_is_not_given_before_all_are_judged(tmp_path: Path) -> None:
    """Until then the page says in how many it was seen, and how many were not judged."""
    files = {f"traces/r/q{n}.md": trace_text(query=f"q{n}") for n in range(5)}
    files |= {f"notes/ana/r/q{n}.md": "---\nverdict: pass\n---\n" for n in range(1, 5)}
    files["notes/ana/r/q0.md"] = "---\nverdict: fail\nlabels:\n  too-long: yes@1\n---\nLong.\n"
    files["taxonomy/too-long.md"] = mode_text()
    pages = site_pages(workspace(tmp_path, files))
    assert "Too long 1 1 0 4 – – – 1" in plain(pages["_casefiles/charts/failure-modes.html"])
    assert "1 seen so far 4 not judged" in plain(pages["taxonomy/index.md"])
    assert "do not say how common a failure is in production" in plain(pages["index.md"])


def test_the_overview_has_the_state_of_the_loop_and_the_three_numbers(tmp_path: Path) -> None:
    """How far each step has come, the saturation sentence, and what the last round changed."""
    files = {
        f"traces/r{r}/q{n}.md": trace_text(query=f"q{n}-{r}") for n in range(4) for r in (1, 2)
    }
    labels = "labels:\n  too-long: {}@1\n"
    for n in range(4):
        seen = "yes" if n < 3 else "no"
        files[f"notes/ana/r1/q{n}.md"] = f"---\nverdict: fail\n{labels.format(seen)}---\nLong.\n"
        files[f"notes/ana/r2/q{n}.md"] = f"---\nverdict: pass\n{labels.format('no')}---\n"
    files["taxonomy/too-long.md"] = mode_text()
    page = plain(site_pages(workspace(tmp_path, files))["index.md"])
    assert "Read 8 of 8 conversations, by 1 person" in page
    assert "a failure in 31.2 % of conversations or more would have been seen by now" in page
    assert "r2 against r1" in page
    assert "Too long 75 % → 0 %" in page
    assert "“Too long” is in 75 % of the 4 conversations that went wrong" in page


def test_an_empty_workspace_has_pages_that_say_what_to_do(tmp_path: Path) -> None:
    """Nothing yet is a state a page can be in."""
    found = site_pages(workspace(tmp_path))
    assert "There are no traces yet" in plain(found["index.md"])
    assert "No dimension of use is described yet" in plain(found["coverage.md"])
    assert "None yet" in plain(found["taxonomy/index.md"])


def test_what_the_settings_hide_is_left_out_and_counted(tmp_path: Path) -> None:
    """A hidden role is in no page, and the page says that something is missing."""
    config = '[app]\nname = "x"\n[view]\nhide = ["user"]\nfinal_first = true\n'
    files = {"casefiles.toml": config, "traces/r/q.md": trace_text("ask me", "answer me")}
    page = site_pages(workspace(tmp_path, files))["traces/r/q.html"]
    assert 'id="1-user"' not in page
    assert 'id="t1"' in page
    assert "1 part hidden" in page
    first = page.partition('aria-label="Shown first"')[2].partition("</section>")[0]
    assert "answer me" in first
    assert "ask me" not in first
