"""The embedded demonstration: a rule-based assistant of a small outdoor shop.

It answers from templates, calls tools over an SQLite catalogue, keeps a conversation and sends
OpenTelemetry spans. No language model takes part, so the same conversation always gets the same
answer. What it gets wrong it gets wrong by itself.
"""

from __future__ import annotations

APP_VERSION = "1.0.0"
"""Version of the application's behaviour; raised whenever an answer may change."""

DESCRIPTION = (
    "Shop assistant of Larkfield Outdoor, an online shop: orders, returns, refunds, "
    "product search, stock and shop policies."
)
"""What the application does, in one sentence."""
