from __future__ import annotations

import gzip
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casefiles.importers.formats import is_record
from casefiles.importers.records import Failure, Record, records

MESSAGES = [{"role": "user", "content": "hi"}]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)


def found(content: str | bytes) -> list[Record | Failure]:
    """Read a file's content."""
    data = content.encode() if isinstance(content, str) else content
    return list(records(data, is_whole=is_record))


def values(content: str | bytes) -> list[Any]:
    """What the records say; failures are left out."""
    return [one.value for one in found(content) if isinstance(one, Record)]


def failures(content: str | bytes) -> list[tuple[int, str]]:
    """Line and reason of each failure."""
    return [(one.line, one.why) for one in found(content) if isinstance(one, Failure)]


def test_json_lines_keep_their_line_numbers() -> None:
    """Each line is a record with its line; blank lines and CRLF count and do not matter."""
    content = '{"a": 1}\r\n\r\n  \n{"a": 2}\n'

    assert found(content) == [Record(line=1, value={"a": 1}), Record(line=4, value={"a": 2})]


def test_a_bad_line_is_rejected_alone() -> None:
    """The line in the middle that is no JSON is a failure; the lines around it are records."""
    content = '{"a": 1}\n{"a": oops}\nnot json at all\n{"a": 2}\n'

    assert values(content) == [{"a": 1}, {"a": 2}]
    assert failures(content) == [(2, "not JSON: expecting value")]


def test_a_line_cut_off_is_rejected_alone() -> None:
    """A line that ends in the middle of a string or a list does not swallow the next one."""
    for broken in ('{"a": "x', '{"a": [1, 2,'):
        content = f'{{"a": 1}}\n{broken}\n{{"a": 2}}\n'

        assert values(content) == [{"a": 1}, {"a": 2}]
        assert len(failures(content)) == 1


def test_unicode_line_breaks_stand_inside_strings() -> None:
    """U+2028, U+2029, U+0085, form feed and vertical tab in a string end no record."""
    text = "a\u2028b\u2029c\u0085d"
    line = json.dumps({"a": text}, ensure_ascii=False)

    assert values(f"{line}\n{line}\n") == [{"a": text}, {"a": text}]


def test_a_byte_order_mark_and_utf_16_are_read() -> None:
    """Files as Windows programs write them: UTF-8 with a mark, UTF-16."""
    text = '{"a": "é"}'

    for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-16-le"):
        assert values(text.encode(encoding)) == [{"a": "é"}]


def test_gzip_is_read() -> None:
    """A gzipped file is known by its first bytes; a broken one is one failure."""
    packed = gzip.compress(b'{"a": 1}\n{"a": 2}\n')

    assert values(packed) == [{"a": 1}, {"a": 2}]
    assert failures(packed[:20])[0][0] == 1


def test_a_byte_that_is_no_utf_8_spoils_its_own_record() -> None:
    """One record in another encoding is rejected with its line, the others are read."""
    content = b'{"a": 1}\n{"a": "\xff"}\n{"a": 2}\n'

    assert values(content) == [{"a": 1}, {"a": 2}]
    assert failures(content) == [(2, "not UTF-8")]


def test_an_escaped_lone_surrogate_is_no_wrong_byte() -> None:
    """A lone surrogate written as an escape is valid JSON and kept."""
    assert values('{"a": "\\udc80"}') == [{"a": "\udc80"}]


@pytest.mark.parametrize("key", ["data", "records", "rows", "traces", "runs", "events", "samples"])
def test_envelopes_are_opened(key: str) -> None:
    """An object around a list of records gives the records, each with its line."""
    content = json.dumps({"total": 2, key: [{"id": 1}, {"id": 2}], "next": None}, indent=0)

    assert found(content) == [Record(line=4, value={"id": 1}), Record(line=7, value={"id": 2})]


def test_a_conversation_that_has_events_is_no_envelope() -> None:
    """A record with messages of its own is one record, whatever other lists it holds."""
    record = {"messages": MESSAGES, "events": [{"id": 1}], "data": [{"id": 2}]}

    assert values(json.dumps(record)) == [record]


def test_a_list_of_messages_is_one_record() -> None:
    """A list whose elements are messages is a conversation; of conversations, one each."""
    assert values(json.dumps(MESSAGES)) == [MESSAGES]
    assert values(json.dumps([MESSAGES, MESSAGES])) == [MESSAGES, MESSAGES]
    assert values(f"{json.dumps(MESSAGES)}\n{json.dumps(MESSAGES)}") == [MESSAGES, MESSAGES]


def test_indented_records_one_after_the_other_are_read() -> None:
    """What `jq .` prints: indented objects with nothing between them."""
    content = "\n".join(json.dumps({"a": number}, indent=2) for number in (1, 2))

    assert found(content) == [Record(line=1, value={"a": 1}), Record(line=4, value={"a": 2})]


def test_one_bad_element_of_a_list_is_rejected_alone() -> None:
    """In a list over several lines the broken element is a failure with its line."""
    content = '[\n {"a": 1},\n {"a": nope},\n {"a": 3}\n]'

    assert values(content) == [{"a": 1}, {"a": 3}]
    assert failures(content) == [(3, "not JSON: expecting value")]


def test_a_list_that_breaks_off_gives_what_it_has() -> None:
    """A download that was cut off gives its whole records and one failure."""
    content = '[{"a": 1},\n{"a": 2},\n{"a'

    assert values(content) == [{"a": 1}, {"a": 2}]
    assert [line for line, _ in failures(content)] == [3]


def test_deep_nesting_is_refused_not_followed() -> None:
    """A record nested a hundred thousand levels deep is a failure and the next one is read."""
    deep = '{"a":' * 100_000 + "1" + "}" * 100_000
    wide = "[" * 200 + "]" * 200

    for content in (f'{deep}\n{{"a": 2}}', f'[{deep},\n{{"a": 2}}]', f'[{wide}, {{"a": 2}}]'):
        assert values(content) == [{"a": 2}]
        assert failures(content) == [(1, "nested more than 100 levels deep")]


def test_numbers_that_json_cannot_say_are_kept_as_text() -> None:
    """NaN, infinity and a float too large are text, so that what is written stays JSON."""
    assert values('{"a": NaN, "b": -Infinity, "c": 1e999, "d": 1.5}') == [
        {"a": "NaN", "b": "-Infinity", "c": "1e999", "d": 1.5}
    ]


def test_an_endless_number_is_a_failure() -> None:
    """An integer of thousands of digits rejects its record."""
    content = '{"a": ' + "9" * 5000 + '}\n{"a": 2}'

    assert values(content) == [{"a": 2}]
    assert failures(content) == [(1, "it holds a number of thousands of digits")]


def test_repeated_keys_are_all_kept() -> None:
    """The last one counts, as for most readers; the earlier ones stand beside it."""
    assert values('{"a": 1, "a": 2, "a": 3}') == [{"a": 3, "a (earlier)": 1, "a (earlier) 2": 2}]


@pytest.mark.parametrize("content", [b"", b"  \n", b"[]", b"\xef\xbb\xbf", b'{"data": []}'])
def test_a_file_without_records_gives_none(content: bytes) -> None:
    """An empty file and an empty list hold no record and no failure."""
    assert [one for one in found(content) if isinstance(one, Failure)] == []


def test_other_files_say_what_is_wanted() -> None:
    """A zip archive, a picture and a table are one failure each."""
    for content in (b"PK\x03\x04rest", b"\x89PNG\r\n\x1a\n\0\0\0", b"a,b\n1,2\n"):
        assert len(failures(content)) == 1


@given(st.binary(max_size=200))
def test_any_bytes_are_read_without_a_crash(content: bytes) -> None:
    """Whatever a file holds, the reader ends, with lines within the file."""
    for one in found(content):
        assert 1 <= one.line <= content.count(b"\n") + 1


@given(st.text(alphabet='[]{},:" \n\\a1', max_size=60))
def test_any_brackets_and_quotes_are_read_without_a_crash(content: str) -> None:
    """Text that is nearly JSON ends the reader, too."""
    for one in found(content):
        assert 1 <= one.line <= content.count("\n") + 1


@given(st.lists(JSON.filter(lambda value: not isinstance(value, list)), min_size=1, max_size=5))
def test_json_lines_give_as_many_records_as_lines(written: list[Any]) -> None:
    """Every line that is JSON and no envelope is one record on its line."""
    wrapped = [{"value": value} for value in written]
    content = "\n".join(json.dumps(value) for value in wrapped)

    assert [one.line for one in found(content)] == list(range(1, len(written) + 1))
