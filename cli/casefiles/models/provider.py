"""The only import of litellm: one call to a provider, its errors told apart, its prices."""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Mapping, Sequence
from types import ModuleType
from typing import Any

from casefiles.documents.question import Message
from casefiles.models.reply import CallError, RejectedError, Reply, SettingsError, TemporaryError
from casefiles.text.names import shorten
from casefiles.text.redact import Redactor

_SETTINGS = {"AuthenticationError", "PermissionDeniedError", "NotFoundError"}
# BadRequestError (400) is also what litellm makes of content policies and unsupported options.
_PREFIX = re.compile(r"^(?:litellm\.)?(?:\w+Error: )+(?:\w+Exception - )?")
_REJECTED = {"BadRequestError", "UnprocessableEntityError", "APIResponseValidationError"}


def litellm() -> ModuleType:
    """Import litellm (seconds, so only when a call is near), quiet and offline.

    It would fetch a price list, read a ``.env`` file and print advice on every error.
    """
    os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")
    os.environ.setdefault("LITELLM_MODE", "PRODUCTION")
    import litellm as module

    module.suppress_debug_info = True
    module.telemetry = False
    logging.getLogger("LiteLLM").setLevel(logging.CRITICAL)
    return module


async def complete(
    model: str,
    messages: Sequence[Message],
    *,
    schema: Mapping[str, Any] | None = None,
    timeout_s: float,
    more: Mapping[str, Any] | None = None,
) -> Reply:
    """Ask once; ``more`` goes to litellm as it is. Raises a CallError; retrying is the caller's."""
    module = litellm()
    options: dict[str, Any] = dict(more or {})
    if schema is not None and module.supports_response_schema(model=model):
        form = {"name": "reply", "schema": dict(schema), "strict": False}
        options["response_format"] = {"type": "json_schema", "json_schema": form}
    try:
        response = await module.acompletion(
            model=model,
            messages=[dict(message) for message in messages],
            timeout=timeout_s,
            num_retries=0,
            max_retries=0,
            **options,
        )
    except Exception as error:
        raise _told_apart(module, error) from error
    return _reply(response)


async def embed(model: str, texts: Sequence[str], *, timeout_s: float) -> list[list[float]]:
    """Embed texts, one vector each, in their order. Raises a CallError."""
    module = litellm()
    try:
        response = await module.aembedding(
            model=model, input=list(texts), timeout=timeout_s, num_retries=0, max_retries=0
        )
        rows = sorted(response.data, key=lambda row: int(row["index"]))
        vectors = [[float(number) for number in row["embedding"]] for row in rows]
    except Exception as error:
        raise _told_apart(module, error) from error
    if len(vectors) != len(texts):
        raise RejectedError(f"{len(texts)} texts were sent, {len(vectors)} vectors came back")
    return vectors


def prices(model: str) -> tuple[float, float] | None:
    """Return US dollars per token of prompt and of reply; None for a model without known prices."""
    try:
        info = litellm().get_model_info(model)
    except Exception:  # noqa: BLE001 - litellm has no exception of its own for "not in the list"
        return None
    price_in, price_out = info.get("input_cost_per_token"), info.get("output_cost_per_token")
    return None if price_in is None or price_out is None else (price_in, price_out)


def _reply(response: Any) -> Reply:
    choice = response.choices[0] if response.choices else None
    if choice is None:
        raise TemporaryError("the provider sent a reply without any choice")
    message, usage = choice.message, getattr(response, "usage", None)
    fields = getattr(message, "provider_specific_fields", None) or {}
    refusal = getattr(message, "refusal", None) or fields.get("refusal")
    if choice.finish_reason == "content_filter":
        refusal = refusal or "stopped by the provider's content filter"
    return Reply(
        text=message.content or "",
        refusal=refusal,
        cut=choice.finish_reason == "length",
        tokens_in=getattr(usage, "prompt_tokens", None),
        tokens_out=getattr(usage, "completion_tokens", None),
        cost_usd=response._hidden_params.get("response_cost"),  # noqa: SLF001 - its documented place
    )


def _told_apart(module: ModuleType, error: Exception) -> CallError:
    """One of our three kinds, by litellm's exception and the HTTP status under it."""
    said = _said(error)
    names = {kind.__name__ for kind in type(error).__mro__}
    if isinstance(error, module.ContextWindowExceededError) or "context length" in said.lower():
        return RejectedError(f"the question is longer than the model takes: {said}")
    if names & _SETTINGS:
        return SettingsError(said)
    if (
        "Missing credentials" in said
    ):  # the OpenAI client's; litellm takes it for a server's failure
        return SettingsError(said)
    if "LLM Provider NOT provided" in said:
        return SettingsError("unknown provider; name the model as provider/model")
    if names & _REJECTED and not isinstance(error, module.RateLimitError):
        return RejectedError(said)
    return TemporaryError(said, wait_s=_retry_after(error))


def _said(error: Exception) -> str:
    """The error on one line: without litellm's prefixes, and without keys, which are repeated."""
    first = _PREFIX.sub("", str(error).strip().partition("\n")[0])
    return shorten(Redactor().text(first) or type(error).__name__, 300)


def _retry_after(error: Exception) -> float | None:
    """Seconds that a Retry-After header asks for (RFC 9110, 10.2.3); dates are left alone."""
    headers = getattr(error, "litellm_response_headers", None)
    headers = headers or getattr(getattr(error, "response", None), "headers", None) or {}
    try:
        return max(0.0, float(headers.get("retry-after", "")))
    except ValueError:
        return None
