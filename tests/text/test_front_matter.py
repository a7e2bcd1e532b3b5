"""Front matter: split at whole lines, read as strings, changed by splicing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casefiles.errors import BadInputError
from casefiles.text import front_matter
from casefiles.text.odd import without_surrogates
from casefiles.text.yaml_tree import plain
from hostile import texts

PERSON = """---
# how it went
verdict:  fail   # sure
labels:   # all of them
  a: no@1, yes@3

# what follows is mine
more: {x: y}
text: |
  two
  lines
---
Body with --- inside.
---
and after.
"""


def values(text: str) -> object:
    """Return the keys of the front matter as plain values."""
    front, fault = front_matter.read(text)
    assert fault is None
    return plain(front.root) if front and front.root else {}


class TestReading:
    def test_every_scalar_is_a_string(self) -> None:
        """YAML 1.1's guesses (no → False, 12:30 → 750) do not happen."""
        assert values("---\na: no\nb: 12:30\nc: 007\nd: 1e3\n---\n") == {
            "a": "no",
            "b": "12:30",
            "c": "007",
            "d": "1e3",
        }

    @pytest.mark.parametrize(
        ("yaml_text", "code"),
        [
            ("a: 1\na: 2\n", "duplicate-key"),
            ("a: [1\n", "yaml"),
            ("a: &x 1\nb: *x\n", "yaml"),
            ("a: !!python/object:os.system x\n", "yaml"),
            ("? [a]\n: b\n", "yaml"),
            ("a: \x07\n", "yaml"),
            ("a: \ud800\n", "yaml"),
            ("- a\n", "front-matter"),
            ("[" * 200_000 + "\n", "yaml"),
            ("a: " + "[" * 40 + "]" * 40 + "\n", "yaml"),
        ],
    )
    def test_what_is_wrong_is_a_fault_with_its_place(self, yaml_text: str, code: str) -> None:
        """Nothing raises, whatever stands between the lines."""
        front, fault = front_matter.read(f"---\n{yaml_text}---\n")

        assert front is None
        assert fault is not None
        assert fault.code == code

    def test_a_duplicate_key_is_placed_at_its_second_line(self) -> None:
        """The offset counts characters of the whole text."""
        text = "---\na: 1\nb: 2\na: 3\n---\n"

        _, fault = front_matter.read(text)

        assert fault is not None
        assert fault.offset == text.rindex("a: 3")

    def test_an_unclosed_front_matter_is_a_fault(self) -> None:
        """A body is never mistaken for keys."""
        _, fault = front_matter.read("---\na: 1\n")

        assert fault is not None
        assert "not closed" in fault.message

    @pytest.mark.parametrize("text", ["", "text\n", "----\na: b\n----\n", " ---\na: b\n---\n"])
    def test_a_text_without_front_matter_has_none(self, text: str) -> None:
        """Only a first line of exactly three dashes opens one."""
        assert front_matter.read(text) == (None, None)
        assert front_matter.body_offset(text) == 0

    def test_crlf_and_a_byte_order_mark_are_read(self) -> None:
        """Files from Windows editors are files too."""
        text = "\ufeff---\r\na: b\r\n---\r\nBody\r\n"

        front, _ = front_matter.read(text)

        assert front is not None
        assert text[front.body :] == "Body\r\n"
        assert values(text) == {"a": "b"}

    @given(texts)
    def test_any_text_reads_without_an_exception(self, text: str) -> None:
        """A parser of people's files has no crash."""
        front_matter.read(f"---\n{text}\n---\n{text}")
        front_matter.read(text)


class TestSplicing:
    def test_a_value_changes_and_every_other_byte_stays(self) -> None:
        """Comments, spacing and order are a person's."""
        assert front_matter.set_key(PERSON, ("verdict",), "pass") == PERSON.replace(
            "verdict:  fail ", "verdict:  pass "
        )

    def test_a_new_key_goes_behind_the_last_of_its_mapping(self) -> None:
        """It takes the mapping's indentation; a comment of the next key stays with that key."""
        assert front_matter.set_key(PERSON, ("labels", "b"), "yes@1") == PERSON.replace(
            "yes@3\n", "yes@3\n  b: yes@1\n"
        )

    def test_a_key_behind_a_block_scalar_starts_its_own_line(self) -> None:
        """The block's last line feed is not swallowed."""
        assert front_matter.set_key(PERSON, ("seconds",), 41) == PERSON.replace(
            "  lines\n", "  lines\nseconds: 41\n"
        )

    def test_a_block_scalar_can_be_replaced(self) -> None:
        """Its lines go, the next line stays."""
        assert front_matter.set_key(PERSON, ("text",), "one") == PERSON.replace(
            "text: |\n  two\n  lines\n", "text: one\n"
        )

    def test_a_flow_mapping_stays_one(self) -> None:
        """{x: y} becomes {x: y, z: 1}."""
        assert "more: {x: y, z: 1}" in front_matter.set_key(PERSON, ("more", "z"), 1)

    def test_a_text_without_front_matter_gets_one(self) -> None:
        """A note of one sentence stays that sentence."""
        assert front_matter.set_key("Too long.\n", ("labels", "a"), "yes@1") == (
            "---\nlabels:\n  a: yes@1\n---\nToo long.\n"
        )

    @pytest.mark.parametrize("empty", ["", "labels:\n", "labels: {}\n", "# only a comment\n"])
    def test_what_is_empty_gets_its_first_key(self, empty: str) -> None:
        """Half-filled templates can be edited."""
        changed = front_matter.set_key(f"---\n{empty}---\n", ("labels", "a"), "no@1")

        assert values(changed) == {"labels": {"a": "no@1"}}

    def test_line_endings_of_the_file_are_kept(self) -> None:
        """A file with CRLF gets CRLF."""
        changed = front_matter.set_key("---\r\na: b\r\n---\r\nx", ("c", "d"), "e")

        assert changed == "---\r\na: b\r\nc:\r\n  d: e\r\n---\r\nx"

    def test_a_key_is_removed_with_its_lines(self) -> None:
        """Its mapping goes too when it was the last."""
        assert front_matter.remove_key(PERSON, ("text",)) == PERSON.replace(
            "text: |\n  two\n  lines\n", ""
        )
        assert "labels" not in front_matter.remove_key(PERSON, ("labels", "a"))
        assert front_matter.remove_key(PERSON, ("nothing",)) == PERSON

    def test_a_scalar_is_no_place_for_keys(self) -> None:
        """Setting a key inside a string is refused, not guessed."""
        with pytest.raises(ValueError, match="must hold keys"):
            front_matter.set_key(PERSON, ("verdict", "a"), "x")

    @given(st.dictionaries(texts, texts, max_size=4), texts, texts)
    def test_setting_any_key_to_any_string_sets_just_that(
        self, before: dict[str, str], key: str, value: str
    ) -> None:
        """Only lone surrogates change: YAML cannot hold them."""
        text = "Body\n"
        for name, item in before.items():
            text = front_matter.set_key(text, (name,), item)
        expected = {clean(name): clean(item) for name, item in before.items()}

        changed = front_matter.set_key(text, (key,), value)

        assert values(changed) == expected | {clean(key): clean(value)}
        assert changed.endswith("---\nBody\n")

    def test_a_byte_order_mark_stays_in_front(self) -> None:
        """Front matter that is added to a file from a Windows editor goes behind it."""
        assert front_matter.set_key("\ufeffToo long.\r\n", ("a",), "b") == (
            "\ufeff---\r\na: b\r\n---\r\nToo long.\r\n"
        )

    @pytest.mark.parametrize("text", ["---\na: [\n---\n", "---\na: 1\n", "---\n- a\n---\n"])
    def test_a_broken_front_matter_is_refused_with_its_line(self, text: str) -> None:
        """Nothing is guessed; the message goes to a person as it is."""
        with pytest.raises(ValueError, match=r"line \d") as caught:
            front_matter.set_key(text, ("a",), "x")
        assert isinstance(caught.value, BadInputError)
        with pytest.raises(ValueError, match=r"line \d"):
            front_matter.remove_key(text, ("a",))

    def test_several_keys_are_set_in_the_order_given(self) -> None:
        """The text is the same as if they were set one by one."""
        assert front_matter.set_keys("x", {("b",): 1, ("a", "c"): "d"}) == (
            "---\nb: 1\na:\n  c: d\n---\nx"
        )

    @given(texts, texts)
    def test_the_body_is_never_touched(self, body: str, value: str) -> None:
        """Whatever it looks like."""
        for text in (f"---\na: b # c\n---\n{body}", f"---\r\na: b # c\r\n---\r\n{body}"):
            changed = front_matter.set_key(text, ("a",), value)

            assert changed.endswith(text[text.index(" # c") :])
            assert values(changed) == {"a": clean(value)}
            newline = text[3 : text.index("a: b")]
            removed = front_matter.remove_key(changed, ("a",))
            assert removed == f"---{newline}---{newline}{body}"


def clean(text: str) -> str:
    """Return what YAML can hold of a text."""
    return without_surrogates(text)
