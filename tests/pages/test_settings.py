from __future__ import annotations

import re

import yaml
from hypothesis import given
from hypothesis import strategies as st

from casefiles.pages.settings import mkdocs_yml


@given(st.text())
def test_any_name_gives_settings_with_a_title_that_is_no_markup(name: str) -> None:
    """The theme writes the site's name into its pages as it is."""
    settings = yaml.safe_load(mkdocs_yml(name))
    assert re.fullmatch(r"[\w .:…-]+", settings["site_name"])


def test_the_built_site_never_replaces_the_folder_it_is_made_from() -> None:
    """The builder empties its output folder, which would be site/ if nothing was said."""
    settings = yaml.safe_load(mkdocs_yml("Shop"))
    assert (settings["docs_dir"], settings["site_dir"]) == ("docs", "public")
    assert settings["theme"]["font"] is False
