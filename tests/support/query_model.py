"""What a good model answers about queries, and a workspace whose tuples it is asked about."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from casefiles.loop.model_service import FolderCache
from casefiles.models.service import Service
from workspaces import workspace

MODEL = "openai/test-model"
CONFIG = f"""\
[app]
name = "Shop assistant"
description = "Answers questions about orders, returns and products."

[models]
generate = "{MODEL}"
"""
DIMENSIONS = """\
dimensions:
- name: feature
  values:
  - {name: order, description: asks where an order is}
  - {name: return}
- {name: persona, values: [brief, upset]}
- {name: scenario, values: [clear, vague]}
"""
MATTERS = (
    "parcel stuck in Lyon since Monday", "zip of the blue jacket broke", "refund for LF-10218",
    "gift card balance please", "tent poles are missing", "wrong size, want a 42",
    "invoice for my company", "change the street to Eyre Square", "headlamp with red light?",
    "cancel it, found one cheaper", "does it float", "two socks, both left",
    "who stole my discount", "opening hours on Sunday", "stove for minus twenty",
    "my mother ordered this for me", "courier says delivered, it is not", "boots after one hike",
    "how long until the money", "pay by bank transfer", "rope: how many kilos",
    "warranty card lost",
)  # fmt: skip
"""No two of them are alike, nor nearly."""


def asked(body: Mapping[str, Any]) -> dict[str, Any]:
    """The JSON document of data in a request."""
    found: dict[str, Any] = json.loads(body["messages"][1]["content"])
    return found


def is_check(body: Mapping[str, Any]) -> bool:
    """Whether the filter asks."""
    return "queries" in asked(body)["tuples"][0]


def good(body: Mapping[str, Any], _: int = 0) -> str:
    """Answer as a good model would: other queries for each tuple, all of them realistic."""
    return verdicts(body) if is_check(body) else queries(body)


def queries(body: Mapping[str, Any]) -> str:
    """Write what is wanted, each about another matter; with plans where the schema wants them."""
    has_plans = '"plan"' in body["messages"][0]["content"]
    return json.dumps(
        {
            "tuples": [
                {"id": item["id"], "queries": [query(t, has_plan=has_plans) for t in texts(item)]}
                for item in asked(body)["tuples"]
            ]
        }
    )


def texts(item: Mapping[str, Any]) -> list[str]:
    """Matters for one tuple: which ones depends on its number and on what it has already."""
    count, first = item["queries_wanted"], 3 * int(item["id"][1:]) + len(item["written"])
    values = "".join(value["value"] for value in item["values"].values())
    numbers = range(first, first + count)
    return [f"{MATTERS[n % len(MATTERS)]} {values} {_gibberish(n)}" for n in numbers]


def _gibberish(number: int) -> str:
    """Words that tell one query from any other."""
    digits = hashlib.sha256(str(number).encode()).hexdigest()
    return " ".join(digits[at : at + 7] for at in range(0, 35, 7))


def query(text: str, *, has_plan: bool = False) -> dict[str, Any]:
    """One query as the schema wants it."""
    plan = {"goal": f"have it settled: {text}", "facts": ["paid by card", "lives in Galway"]}
    return {"text": text, "plan": plan} if has_plan else {"text": text}


def verdicts(body: Mapping[str, Any], doubted: str = "") -> str:
    """Find every query realistic, but those that hold a word."""
    found = [
        {
            "id": given["id"],
            "realistic": not is_doubted,
            "why": "nobody says so" if is_doubted else "",
        }
        for item in asked(body)["tuples"]
        for given in item["queries"]
        for is_doubted in [bool(doubted) and doubted in given["text"]]
    ]
    return json.dumps({"verdicts": found})


def tuples(count: int) -> str:
    """The text of a tuples.yaml with so many combinations of the dimensions' values."""
    rows = [
        f"- {{id: t{n + 1:02d}, values: {{feature: {f}, persona: {p}, scenario: {s}}}}}\n"
        for n, (f, p, s) in enumerate(
            (f, p, s)
            for f in ("order", "return")
            for p in ("brief", "upset")
            for s in ("clear", "vague")
        )
    ]
    return "tuples:\n" + "".join(rows[:count])


def shop(folder: Path, *, count: int = 3, **files: str) -> Path:
    """Write a workspace with so many tuples; ``files`` are further dataset files by name."""
    named = {f"traces/dataset/{name}.yaml": text for name, text in files.items()}
    return workspace(
        folder,
        {
            "casefiles.toml": CONFIG,
            "traces/dataset/dimensions.yaml": DIMENSIONS,
            "traces/dataset/tuples.yaml": tuples(count),
            **named,
        },
    )


def service(folder: Path, **options: Any) -> Service:
    """Open the model with the workspace's own cache."""
    cache = FolderCache(folder=folder / ".casefiles" / "answers")
    return Service(MODEL, cache=cache, **{"timeout_s": 5, **options})
