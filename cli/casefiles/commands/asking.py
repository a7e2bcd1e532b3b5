"""Commands that run a job through a model: their limits, agreement before the first call."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import click

from casefiles.commands import output
from casefiles.commands.options import Options

if TYPE_CHECKING:
    from casefiles.loop.asking import Tell
    from casefiles.models.service import Service
    from casefiles.models.spending import Estimate, Spent

T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowed:
    """What the person allows a job."""

    max_calls: int | None
    """Calls of the provider at most."""
    max_cost: float | None
    """US dollars at most."""
    concurrency: int
    """Calls at once."""


class Job(Protocol[T_co]):
    """What can be estimated before it is asked."""

    def estimate(self) -> Estimate:
        """Say what it will take."""

    def run(self, tell: Tell, /) -> T_co:
        """Ask."""


def limits(function: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of `Allowed`, handed over as one ``allowed`` argument."""

    @functools.wraps(function)
    def wrapper(**given: Any) -> None:
        names = ("max_calls", "max_cost", "concurrency")
        function(allowed=Allowed(**{name: given.pop(name) for name in names}), **given)

    decorated: Callable[..., None] = wrapper
    for option in reversed(_LIMITS):
        decorated = option(decorated)
    return decorated


_LIMITS = (
    click.option(
        "--max-calls", type=click.IntRange(min=0), help="Make at most so many calls (exit 3)."
    ),
    click.option(
        "--max-cost",
        type=click.FloatRange(min=0),
        metavar="USD",
        help="Spend at most so many US dollars (exit 3).",
    ),
    click.option(
        "--concurrency",
        type=click.IntRange(min=1),
        default=10,
        show_default=True,
        help="Calls at once.",
    ),
)


def service_for(use: str, allowed: Allowed, options: Options) -> Service:
    """Open the model that ``[models]`` names for a use. Raises BadInputError if none is named."""
    from casefiles.loop.model_service import open_service
    from casefiles.models.spending import Limits

    most = Limits(max_calls=allowed.max_calls, max_cost_usd=allowed.max_cost)
    return open_service(options.workspace, use, limits=most, concurrency=allowed.concurrency)


def carried_out(job: Job[T_co], service: Service, options: Options) -> T_co | None:
    """Say what a job will take, ask whether to go on, and run it under a progress bar.

    None: the person said no. A dry run ends the command here.
    """
    from casefiles.commands.model_talk import conversation

    with conversation(options) as talk:
        if not talk.agree(service.model, job.estimate()):
            output.story("nothing was sent")
            return None
        try:
            return job.run(talk.tell)
        finally:
            talk.took(service.model, service.spent)


def spent_document(used: Spent) -> dict[str, object]:
    """Return what a job took, for machines."""
    return {
        "calls": used.calls,
        "kept": used.kept,
        "retries": used.retries,
        "tokens_in": used.tokens_in,
        "tokens_out": used.tokens_out,
        "cost_usd": used.cost_usd,
        "unpriced": used.unpriced,
    }
