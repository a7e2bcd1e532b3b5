"""The user's application, opened: its target, with the model behind it where it is a prompt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import TimeoutError as LateError
from pathlib import Path
from typing import Any

from casefiles.documents import targets as settings
from casefiles.errors import BadInputError
from casefiles.targets.opening import open_target
from casefiles.targets.protocol import Answer, Message, Outcome, Target


def open_application(target: settings.Target, root: Path) -> Target:
    """Open a target of the workspace at ``root``. Raises BadInputError if it cannot work."""
    if isinstance(target, settings.Model):
        from casefiles.models.provider import litellm

        litellm()  # imported now: the seconds it takes are none of the application's
    return open_target(target, root, complete)


def complete(
    model: str, messages: Sequence[Message], options: Mapping[str, Any], timeout_s: float
) -> Outcome:
    """Call a model as an application. Raises BadInputError where no call can go through."""
    from casefiles.models import background, provider
    from casefiles.models.reply import CallError, Reply, SettingsError, TemporaryError

    call = provider.complete(model, messages, timeout_s=timeout_s, more=options)
    future = background.submit(call)
    try:
        reply: Reply = future.result(timeout_s)
    except LateError:
        future.cancel()
        return Outcome(status="timeout", error=f"no answer within {timeout_s:g} s")
    except SettingsError as error:
        remedy = "check the model's name and the provider's key in the environment"
        raise BadInputError(f"{model}: {error}", remedy=remedy) from error
    except TemporaryError as error:
        return Outcome(
            status="error", error=str(error), temporary=True, wait_s=error.wait_s, reached=False
        )
    except CallError as error:
        return Outcome(status="error", error=str(error))
    usage = {"in": reply.tokens_in, "out": reply.tokens_out, "cost_usd": reply.cost_usd}
    return Outcome(
        status="ok",
        answer=Answer(
            messages=({"role": "assistant", **_spoken(reply.text, reply.refusal), "model": model},),
            usage={key: number for key, number in usage.items() if number is not None},
            metadata={"finish": "length"} if reply.cut else {},
        ),
    )


def _spoken(text: str, refusal: str | None) -> dict[str, str]:
    said = {"content": text} if text or refusal is None else {}
    return said if refusal is None else {**said, "refusal": refusal}
