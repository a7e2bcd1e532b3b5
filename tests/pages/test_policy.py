from __future__ import annotations

import base64
import hashlib

from casefiles.pages.policy import with_policy

THEME = "var theme=1"
PAGE = (
    '<!doctype html><html><head><meta charset="utf-8"><meta name="generator" content="x">'
    f"<script>{THEME}</script></head><body><article>{{}}</article>"
    '<script id="__config" type="application/json">{{}}</script><script src="a.js"></script></body>'
)


def _hash(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


def _policy(page: str) -> str:
    return with_policy(page).partition('Security-Policy" content="')[2].partition('"')[0]


def test_the_themes_own_scripts_are_allowed_by_hash() -> None:
    """A page's policy names its inline scripts, and allows no others."""
    policy = _policy(PAGE.format("words"))
    assert f"script-src 'self' 'sha256-{_hash(THEME)}';" in policy
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_a_script_in_an_article_is_not_allowed() -> None:
    """What stands in the article, however it got there, gives no script a right to run."""
    for injected in ("<script>evil()</script>", "</article><script>evil()</script>"):
        assert _hash("evil()") not in _policy(PAGE.format(injected))


def test_the_policy_stands_before_anything_is_loaded() -> None:
    """It follows the character set at once, with the referrer's policy."""
    page = with_policy(PAGE.format(""))
    assert page.index("Content-Security-Policy") < page.index("<script")
    assert '<meta name="referrer" content="no-referrer">' in page


def test_styles_of_a_teams_table_are_allowed_only_where_there_are_any() -> None:
    """Markdown tables align with style attributes, which pages of ours have none of."""
    assert "'unsafe-inline'" in _policy(PAGE.format('<td style="text-align: right">'))


def test_a_file_the_builder_did_not_render_stays_as_it_is() -> None:
    """Ready HTML of the team brings its own rules."""
    page = '<!doctype html><meta charset="utf-8"><p>Ours</p>'
    assert with_policy(page) == page
