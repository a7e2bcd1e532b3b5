"""Days in a message, said as people say them, counted from the shop's fixed day."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_WEEKDAYS = "mon tue wed thu fri sat sun".split()
_MONTH = r"(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_WEEKDAY = r"(mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?"

_SAID = re.compile(
    r"\b(?P<iso>\d{4}-\d\d-\d\d)\b"
    rf"|\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? (?P<month>{_MONTH})\b"
    rf"|\b(?P<month2>{_MONTH}) (?P<day2>\d{{1,2}})(?:st|nd|rd|th)?\b"
    r"|\b(?P<dd>\d{1,2})[/.](?P<mm>\d{1,2})(?:[/.](?:20)?\d\d)?(?![\d.,]|\s?(?:€|eur))"
    r"|\b(?P<near>day after tomorrow|tomorrow|today|tonight|yesterday|last week|next week)\b"
    rf"|\b(?P<last>last )?(?P<weekday>{_WEEKDAY})\b"
    r"|\b(?P<ago>\d{1,2}|a|two|three|four) (?P<unit>day|week|month)s? ago\b"
    r"|\bthe (?P<alone>\d{1,2})(?:st|nd|rd|th)\b"
)
_NEAR = {
    "day after tomorrow": 2, "tomorrow": 1, "today": 0, "tonight": 0, "yesterday": -1,
    "last week": -7, "next week": 7,
}  # fmt: skip
_NUMBERS = {"a": 1, "two": 2, "three": 3, "four": 4}
_UNIT_DAYS = {"day": 1, "week": 7, "month": 30}


def dates_in(text: str, *, today: date) -> tuple[tuple[date, ...], str]:
    """The days named in a folded text, and the text without them.

    A weekday is the next one, or with "last" the one before today; `03/04` is the third of April.
    Days that do not exist are left out.
    """
    days = tuple(dict.fromkeys(_days(text, today=today)))
    return days, _SAID.sub(lambda found: " " if _day(found, today) else found[0], text)


def _days(text: str, *, today: date) -> Iterator[date]:
    for found in _SAID.finditer(text):
        if day := _day(found, today):
            yield day


def _day(found: re.Match[str], today: date) -> date | None:
    """The day of one match; none if there is no such day."""
    try:
        return _named_day(found, today)
    except (ValueError, OverflowError):
        return None


def _named_day(found: re.Match[str], today: date) -> date:
    said = found.groupdict()
    if said["iso"]:
        return date.fromisoformat(said["iso"])
    if month := said["month"] or said["month2"]:
        return date(today.year, _MONTHS.index(month[:3]) + 1, int(said["day"] or said["day2"]))
    if said["dd"]:
        return date(today.year, int(said["mm"]), int(said["dd"]))
    if said["alone"]:
        return today.replace(day=int(said["alone"]))
    return today + timedelta(days=_distance(said, today))


def _distance(said: dict[str, str | None], today: date) -> int:
    """Days from today to what was said relative to it."""
    if near := said["near"]:
        return _NEAR[near]
    if unit := said["unit"]:
        ago = said["ago"] or "a"
        return -_UNIT_DAYS[unit] * (int(ago) if ago.isdigit() else _NUMBERS[ago])
    ahead = (_WEEKDAYS.index((said["weekday"] or "mon")[:3]) - today.weekday()) % 7
    return ahead - 7 if said["last"] else ahead
