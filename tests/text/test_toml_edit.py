from __future__ import annotations

import tomllib
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casefiles.text.toml_edit import set_values

REVIEW = ("review",)


def _set(text: str, **values: object) -> str:
    return set_values(dedent(text), REVIEW, values)  # type: ignore[arg-type]


def test_only_the_value_changes() -> None:
    """Comments, blanks, other keys and other tables stay, whatever they look like."""
    before = """\
        # ours
        [app]
        name = "Shop"   # [review]

        [ review ]  # who
        # all three
        annotators = [
          "ana",  # first
          "ben",
        ]  # the team
        overlap=0 # none yet
        order = 'path'

        [view]
        overlap = 7
        """
    assert _set(before, annotators=("ana", "cy"), overlap=20) == dedent("""\
        # ours
        [app]
        name = "Shop"   # [review]

        [ review ]  # who
        # all three
        annotators = ["ana", "cy"]  # the team
        overlap = 20 # none yet
        order = 'path'

        [view]
        overlap = 7
        """)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "[review]\noverlap = 20\n"),
        ("[app]\nname = 'x'\n", "[app]\nname = 'x'\n\n[review]\noverlap = 20\n"),
        ("[app]\nname = 'x'", "[app]\nname = 'x'\n\n[review]\noverlap = 20\n"),
        ("[review]\n\n[app]\n", "[review]\noverlap = 20\n\n[app]\n"),
        ("[review]\r\nseed = 1\r\n", "[review]\r\nseed = 1\r\noverlap = 20\r\n"),
        ('[review]\noverlap = 1 # "#"\n', '[review]\noverlap = 20 # "#"\n'),
    ],
)
def test_what_is_missing_is_added(before: str, after: str) -> None:
    """A key at the end of its table, a table at the end of the file; line ends stay theirs."""
    assert set_values(before, REVIEW, {"overlap": 20}) == after


def test_a_nested_table_is_found_by_its_whole_name() -> None:
    """pyproject.toml."""
    before = '[tool.casefiles.app]\nname = "x"\n\n[tool.casefiles."review"]\nseed = 1\n'
    after = set_values(before, ("tool", "casefiles", "review"), {"seed": 2})
    assert after == before.replace("seed = 1", "seed = 2")


@pytest.mark.parametrize(
    "text",
    [
        "review = {overlap = 1}\n",
        "review.overlap = 1\n",
        "[[review]]\noverlap = 1\n",
        'x = """\n[review]\n"""\n[review.inner]\ny = 1\nreview = 3\n[x\n',
        "not toml",
    ],
)
def test_what_cannot_be_set_line_by_line_is_refused(text: str) -> None:
    """Nothing is guessed."""
    with pytest.raises(ValueError, match=r".+"):
        set_values(text, REVIEW, {"overlap": 20})


_text = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=8)
_scalars = st.one_of(st.integers(0, 99), st.booleans(), _text)
_values = st.one_of(_scalars, st.lists(_text, max_size=3).map(tuple))
_keys = st.sampled_from(["annotators", "overlap", "order", "seed"])
_lines = st.sampled_from(
    ["# [review]", "", "x = '#'", "y = [", "y2 = [1, 2] # [", 'z = """', "[review]", "[app]",
     "[review.more]", "overlap = 3", "seed = 1 # one", "annotators = [", "  'a',", "]", '"""']
)  # fmt: skip


@given(st.lists(_lines, max_size=9).map("\n".join), st.dictionaries(_keys, _values, max_size=3))
def test_what_comes_out_says_what_was_asked_for_and_nothing_else(
    text: str, values: dict[str, object]
) -> None:
    """Or it is refused; no line of another table is touched."""
    try:
        before = tomllib.loads(text)
        changed = set_values(text, REVIEW, values)  # type: ignore[arg-type]
    except ValueError:
        return
    after = tomllib.loads(changed)
    expected = {
        key: list(value) if isinstance(value, tuple) else value for key, value in values.items()
    }
    assert after == before | ({"review": before.get("review", {}) | expected} if values else {})
