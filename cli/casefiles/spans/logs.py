"""What events and log records say of a span, put into the span itself.

Contents of messages may come as attributes of a span, as its events, or as log records that name
it (https://github.com/open-telemetry/semantic-conventions-genai: today one event with everything,
``gen_ai.client.inference.operation.details``; before, one event a message).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from casefiles.spans.foreign_json import opened
from casefiles.spans.span import Event, Span, Telemetry
from casefiles.spans.span_messages import message_of_event

_CHOICE = "gen_ai.choice"
_CONTENT = "gen_ai.event.content"


def whole_spans(telemetry: Telemetry) -> tuple[tuple[Span, ...], int]:
    """Return the spans with what their events and logs say, and how many are known by logs only."""
    logs: dict[str, list[Event]] = defaultdict(list)
    for event in telemetry.logs:
        if event.span_id:
            logs[event.span_id].append(event)
    known = [_filled(span, logs.pop(span.span_id, [])) for span in telemetry.spans]
    orphans = [_filled(_stand_in(events), events) for events in logs.values()]
    speaking = [span for span in orphans if span.attributes]
    ordered = sorted((*known, *speaking), key=lambda span: span.start or 0)
    return tuple(ordered), len(speaking)


def _stand_in(events: Sequence[Event]) -> Span:
    """A span that never came, as far as its logs tell of it."""
    first, last = events[0], events[-1]
    return Span(
        trace_id=first.trace_id,
        span_id=first.span_id,
        name=first.name,
        start=first.at,
        end=last.at,
    )


def _filled(span: Span, logs: Sequence[Event]) -> Span:
    """A span with the attributes that it lacks and its events have; its own ones count."""
    told: dict[str, Any] = {}
    given: list[Any] = []
    answered: list[Any] = []
    for event in (*span.events, *logs):
        body = _body(event)
        message = message_of_event(event.name, body)
        if message is not None:
            (answered if event.name == _CHOICE else given).append(message)
        told |= dict(_contents({**event.attributes, **body}))
    if given:
        told["gen_ai.input.messages"] = given
    if answered:
        told["gen_ai.output.messages"] = answered
    missing = {name: v for name, v in told.items() if span.attributes.get(name) in (None, "")}
    return replace(span, attributes={**span.attributes, **missing}) if missing else span


def _body(event: Event) -> Mapping[str, Any]:
    """What an event says besides its name: its body, JSON in an attribute, or its attributes."""
    for said in (event.body, event.attributes.get(_CONTENT)):
        found = opened(said) if isinstance(said, str) else said
        if isinstance(found, Mapping):
            return found
    return event.attributes


def _contents(said: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in said.items():
        if name.startswith("gen_ai.") and name != _CONTENT:
            yield name, value
