"""Observations sorted by a model, or by a person's chat, with every reply checked."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from casefiles.clusters.route.asking import Ask
from casefiles.clusters.route.cards import Card, Context
from casefiles.clusters.route.forecast import forecast
from casefiles.clusters.route.route import PROMPTS, Filed, Parameters, RouteFailedError, route
from casefiles.clusters.route.shards import Size
from casefiles.documents.corpus import Corpus
from casefiles.documents.references import ObservationRef
from casefiles.errors import BadInputError
from casefiles.loop.answering import ModelAsk, PersonAsk, Talk
from casefiles.loop.embedded import embedded, place
from casefiles.loop.embedding import at_home
from casefiles.loop.model_service import FolderCache, prompt
from casefiles.models.service import Service
from casefiles.models.spending import Estimate, total
from casefiles.taxonomy import decided, drafting
from casefiles.taxonomy.definitions import defined
from casefiles.taxonomy.drafting import Lines, Sorted, Suggestion
from casefiles.taxonomy.observations import Seen, modes_by_wording
from casefiles.taxonomy.working_copy import fate, mode_id
from casefiles.text.names import short_hash
from casefiles.workspace.find import Workspace

_PASTED = Parameters(
    shard=Size(notes=150, characters=40_000),
    batch=Size(notes=150, characters=40_000),
    residue_rounds=1,
)
"""Fewer and longer questions: each costs a person a moment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Job:
    """What is asked, whoever answers."""

    known: Mapping[str, Sequence[ObservationRef]]
    """Mode to observations worded as ones that were coded for it: they are not asked about."""
    refs: Mapping[str, ObservationRef]
    """Place to observation, of all that are asked about."""
    groups: Sequence[Sequence[tuple[str, str]]]
    """Those observations, in groups of like ones."""
    context: Context
    """What people decided before."""
    prompts: Mapping[str, str]
    """Instructions by name."""
    parameters: Parameters
    """How the work is cut."""


def by_model(
    corpus: Corpus,
    seen: Sequence[Seen],
    *,
    workspace: Workspace,
    service: Callable[[], Service],
    talk: Talk,
) -> Sorted:
    """Ask the model of ``[models] cluster``; without one, or if it fails, sort without a model.

    ``service`` opens it, once it is known that there is one. Raises LimitReachedError at a limit
    (what was answered is kept), and BadInputError for a prompt that cannot be read, a limit that
    cannot be held, or a person who does not agree.
    """
    first = embedded(corpus, seen, workspace=at_home(workspace))
    model = workspace.config.models.cluster
    if not model:
        why = f"no model is set: [models] cluster is empty in {workspace.config.path}"
        return _failed(first, why)
    job = _job(workspace, corpus, seen, first, Parameters())
    opened = service()
    if job.refs and not talk.agree(model, estimate(opened, job)):
        raise BadInputError("nothing was sent", remedy="casefiles propose groups without a model")
    try:
        found = _sorted(job, ModelAsk(opened, talk))
    except (RouteFailedError, BadInputError) as error:
        return _failed(first, f"{model}: {error}".replace(f"{model}: {model}", model))
    finally:
        talk.took(model, opened.spent)
    return replace(found, method="model", model=model)


def by_person(
    corpus: Corpus, seen: Sequence[Seen], *, workspace: Workspace, reply: str | None
) -> Sorted:
    """Take answers that a person or a coding agent brought: the ``reply`` to what waited last.

    Raises WaitingError with the questions to answer next (what was answered is kept), and
    BadInputError for a reply that answers none of those that wait.
    """
    first = embedded(corpus, seen, workspace=at_home(workspace))
    job = _job(workspace, corpus, seen, first, _PASTED)
    cache = FolderCache(folder=workspace.private / "answers")
    try:
        return replace(_sorted(job, PersonAsk(cache, reply)), method="prompt")
    except RouteFailedError as error:
        return _failed(first, str(error))


def estimate(service: Service, job: _Job) -> Estimate:
    """Say what a job will take, about: later questions depend on earlier replies."""
    expected = forecast(job.groups, job.context, prompts=job.prompts, parameters=job.parameters)
    parts = [service.estimate([question], reply_tokens=tokens) for question, tokens in expected]
    return total(parts)


def _failed(first: Sorted, why: str) -> Sorted:
    return replace(first, failed=why, basis={**first.basis, "asked": "model"})


def _job(
    workspace: Workspace,
    corpus: Corpus,
    seen: Sequence[Seen],
    first: Sorted,
    parameters: Parameters,
) -> _Job:
    known, others = drafting.sort_out(seen, modes_by_wording(corpus))
    refs = {place(ref): ref for ref in others}
    return _Job(
        known=known,
        refs=refs,
        groups=_groups(first, refs),
        context=_context(corpus),
        prompts={name: prompt(workspace, name) for name in PROMPTS},
        parameters=parameters,
    )


def _groups(
    first: Sorted, refs: Mapping[str, ObservationRef]
) -> tuple[tuple[tuple[str, str], ...], ...]:
    """Like observations side by side, each once; one that is like no other is alone."""
    parts = [one.lines for one in first.suggestions] + list(first.known.values())
    groups = [(*lines.sure, *lines.unsure) for lines in parts]
    groups += [(ref,) for ref in first.left_over]
    left = dict(refs)
    found = (
        tuple((at, ref.text) for ref in group if left.pop(at := place(ref), None) is not None)
        for group in groups
    )
    return tuple(group for group in found if group)


def _context(corpus: Corpus) -> Context:
    rejected = decided.rejections(corpus)
    fixed = tuple(
        Card(key=f"m{number}", mode=id_, title=mode.name, yes_if=mode.definition.text)
        for number, id_ in enumerate(corpus.active_modes, 1)
        for mode in [corpus.modes[id_]]
    )
    app = corpus.config.app
    gone = decided.gone(corpus.modes, rejected)
    return Context(
        application={"name": app.name, "description": app.description},
        fixed=fixed,
        decided=tuple({"name": one.name, "became": one.became} for one in gone),
        taken={mode_id(one.title): f"it {one}" for one in rejected} | _names(corpus),
    )


def _names(corpus: Corpus) -> dict[str, str]:
    """Every id, old name and slug of a name to why it cannot be a new mode's."""
    found: dict[str, str] = {}
    for id_, mode in corpus.modes.items():
        why = "people accepted it already" if mode.status == "active" else f"it {fate(mode)}"
        found |= dict.fromkeys((id_, *mode.aliases, mode_id(mode.name)), why)
    return found


def _sorted(job: _Job, ask: Ask) -> Sorted:
    """Run the route. Raises RouteFailedError and whatever asking raises."""
    known = {mode: Lines(sure=tuple(refs)) for mode, refs in job.known.items()}
    found = Sorted(method="", known=known, prompt_sha256=_hash(job.prompts), basis=_basis(job))
    if not job.refs:
        return found
    routed = route(job.groups, job.context, prompts=job.prompts, ask=ask, parameters=job.parameters)
    for filed in routed.filed:
        found = _with(found, filed, job.refs)
    left_over = tuple(job.refs[at] for at in routed.left_over)
    return replace(found, left_over=left_over, remarks=routed.remarks)


def _with(found: Sorted, filed: Filed, refs: Mapping[str, ObservationRef]) -> Sorted:
    sure = tuple(refs[at] for at in filed.sure)
    unsure = tuple(refs[at] for at in filed.unsure)
    if filed.card.mode is not None:
        before = found.known.get(filed.card.mode, Lines())
        lines = Lines(sure=before.sure + sure, unsure=before.unsure + unsure)
        return replace(found, known={**found.known, filed.card.mode: lines})
    suggestion = Suggestion(
        title=filed.card.title,
        lines=Lines(sure=sure, unsure=unsure),
        definition=defined(filed.card.yes_if, filed.card.no_if),
    )
    return replace(found, suggestions=(*found.suggestions, suggestion))


def _basis(job: _Job) -> dict[str, str]:
    """What the result rests on beside the prompts: the very notes, and how the work was cut."""
    notes = sorted(f"{at} {ref.text}" for at, ref in job.refs.items())
    return {"notes_hash": short_hash("\n".join(notes), length=12), **job.parameters.written()}


def _hash(prompts: Mapping[str, str]) -> str:
    """SHA-256 of the prompts, one after the other by name (``cat modes-*.md | sha256sum``)."""
    texts = "".join(prompts[name] for name in sorted(prompts))
    return hashlib.sha256(texts.encode()).hexdigest()
