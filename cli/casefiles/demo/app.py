"""The application: one message in, one answer out, the conversation carried by its messages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from casefiles.demo import APP_VERSION, telemetry
from casefiles.demo.catalogue import catalogue
from casefiles.demo.dialogue import respond
from casefiles.demo.lexicon import lexicon
from casefiles.demo.messages import clean, history_before, in_parts
from casefiles.demo.order_tools import ORDER_TOOLS
from casefiles.demo.records import Json
from casefiles.demo.replies import rules
from casefiles.demo.shop_tools import SHOP_TOOLS
from casefiles.demo.state import recover
from casefiles.demo.tools import Desk, Toolbox
from casefiles.demo.turn import Reply, Turn
from casefiles.demo.understand import read

AGENT = "shop-assistant"
"""Name of the agent in spans."""

TOOLS = {tool.name: tool for tool in (*ORDER_TOOLS, *SHOP_TOOLS)}
"""All tools by name."""


def answer(
    query: str,
    messages: Sequence[Json] | None = None,
    session_id: str = "",
    *,
    traceparent: str | None = None,
) -> Json:
    """Answer a customer's message.

    `messages` is the conversation in OpenAI style, with or without `query` as its last message; all
    state is taken from it. Gives `output` (the words), `messages` (the new ones: on the first turn
    the rules, then calls and results of tools, then the answer), `session_id`, `done`,
    `needs_human` (why a colleague has to take over) and `metadata` (`intent`, `app_version`). There
    is no `usage`: no model runs, so no tokens are spent. Spans are sent before it returns.
    """
    try:
        return respond_to(query, messages, session_id, traceparent=traceparent)
    finally:
        telemetry.flush()


def respond_to(
    query: str,
    messages: Sequence[Json] | None = None,
    session_id: str = "",
    *,
    traceparent: str | None = None,
) -> Json:
    """The same as `answer`, but spans are sent later: for a server that goes on living."""
    query = clean(query)
    history = history_before(query, messages or [])
    with telemetry.span(f"invoke_agent {AGENT}", parent=traceparent) as span:
        span.set(
            gen_ai__operation__name="invoke_agent",
            gen_ai__agent__name=AGENT,
            gen_ai__agent__version=APP_VERSION,
            gen_ai__conversation__id=session_id,
            gen_ai__system_instructions=[{"type": "text", "content": _rules()}],
            gen_ai__input__messages=in_parts([*history, _message("user", query)]),
        )
        reply, new = _turn(query, history)
        span.set(gen_ai__output__messages=in_parts(new))
    return {
        "output": reply.text,
        "messages": new,
        "session_id": session_id,
        "done": reply.done,
        "needs_human": reply.needs_human,
        "metadata": {"intent": reply.intent, "app_version": APP_VERSION},
    }


def _turn(query: str, history: Sequence[Json]) -> tuple[Reply, list[Json]]:
    """The reply and the new messages of the conversation."""
    shop = catalogue()
    state = recover(history, catalogue=shop)
    tools = Toolbox(
        TOOLS, desk=Desk(catalogue=shop, changes=state.changes), calls_before=state.calls
    )
    reading = read(query, lexicon=lexicon(), today=shop.shop.today)
    reply = respond(Turn(reading=reading, state=state, tools=tools, shop=shop.shop))
    rules = [_message("system", _rules())] if state.first else []
    return reply, [*rules, *tools.messages, _message("assistant", reply.text)]


def _rules() -> str:
    return rules(catalogue().shop.today)


def _message(role: str, content: str) -> dict[str, Any]:
    return {"role": role, "content": content}
