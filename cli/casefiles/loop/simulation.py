"""The model that plays users and approvers, and what it is told."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from casefiles.errors import BadInputError
from casefiles.loop.model_service import prompt
from casefiles.targets.simulated import Chat, NoUserError, Roles
from casefiles.workspace.find import Workspace


def roles(workspace: Workspace) -> Roles:
    """Return the instructions: the user's prompt files, or ours. Raises BadInputError."""
    return Roles(user=prompt(workspace, "simulated-user"), approver=prompt(workspace, "approver"))


def model_of(workspace: Workspace) -> str:
    """Return the model that plays. Raises BadInputError if none is set."""
    models = workspace.config.models
    if model := models.simulate or models.generate:
        return model
    raise BadInputError(
        "a query has a plan of several turns, and no model is set to play its user",
        where=workspace.config.path,
        remedy='set [models] simulate = "provider/model", or play it yourself: casefiles record',
    )


def chat_with(model: str, spend: Callable[[float], None]) -> Chat:
    """Open a model; ``spend`` is told what each of its messages cost, in US dollars.

    Nothing it writes is cached on disk: it sees what the application said, not yet redacted.
    """
    from casefiles.models.provider import litellm
    from casefiles.models.reply import RejectedError
    from casefiles.models.service import Service

    litellm()  # imported now: nobody waits for it in the middle of a conversation
    service = Service(model, cache=_Forgetful())

    def chat(messages: Sequence[Mapping[str, str]]) -> str:
        try:
            reply = service.chat(messages, fresh=True)
        except BadInputError as error:
            if isinstance(error.__cause__, RejectedError):
                raise NoUserError(str(error.__cause__)) from error
            raise
        spend(reply.cost_usd or 0.0)
        if reply.refusal is not None:
            raise NoUserError(reply.refusal)
        return reply.text

    return chat


class _Forgetful:
    """A cache that keeps nothing."""

    def get(self, key: str) -> str | None:
        del key
        return None

    def put(self, key: str, value: str) -> None:
        """Keep nothing."""
