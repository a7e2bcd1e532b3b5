"""casefiles.toml (or ``[tool.casefiles]`` of pyproject.toml): everything a workspace can set.

`casefiles.documents.config_reader` reads it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:  # who reads traces does not pay for what sends queries
    from casefiles.documents.targets import Target

AnnotatorKind = Literal["human", "import", "model"]
Capture = Literal["output", "otlp"]
Order = Literal["random", "path", "newest"]


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """What is analysed."""

    name: str = ""
    """Its name, for titles."""
    description: str = ""
    """One paragraph for people and prompts."""
    expert_domain: bool = False
    """Whether judging it takes domain experts (then one annotator is a pitfall)."""
    version: str = ""
    """Its version, if the application does not say it itself; ``$NAME`` reads the environment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Defaults of `run`."""

    target: str = ""
    """Name of the target; empty: the only one."""
    concurrency: int = 4
    """Queries at once."""
    timeout_s: float = 120
    """Seconds a turn may take."""
    conversation_timeout_s: float = 600
    """Seconds all turns of a conversation may take together."""
    retries: int = 2
    """Retries of transport errors, HTTP 429 and 5xx; a bad answer is data and never retried."""
    approver: str = ""
    """What is answered wherever the application wants a human, if the query's plan does not say."""
    max_calls: int | None = None
    """Stop after so many calls."""
    max_cost_usd: float | None = None
    """Stop starting queries at this cost."""
    capture: Capture = "output"
    """``output``: a trace is what the application answers. ``otlp``: and what it sends as
    OpenTelemetry while it works, for which variables are set for its processes."""
    capture_port: int = 4318
    """Port at which the telemetry of a server (an http target) is received."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Models:
    """Which models help."""

    generate: str = ""
    """For queries."""
    cluster: str = ""
    """For proposals."""
    simulate: str = ""
    """For simulated users; empty: the same as ``generate``."""
    embed: str = "lexical"
    """How notes are compared: ``lexical``, ``minilm``, ``model2vec:FOLDER``, a provider's model."""
    prompts: str = ""
    """Folder with prompts that replace the built-in ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """Who reviews, and in which order."""

    annotators: tuple[str, ...] = ()
    """Names of the annotators who share the traces."""
    overlap: int = 0
    """How many traces every one of them reviews."""
    order: Order = "random"
    """Order of the queue."""
    seed: int = 0
    """Seed of the random order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What of a trace is shown first, folded or not at all: roles, tool names, metadata keys."""

    first: tuple[str, ...] = ()
    """In front of the conversation, and open."""
    fold: tuple[str, ...] = ()
    """Folded."""
    hide: tuple[str, ...] = ()
    """Not shown."""
    final_first: bool = False
    """Show the query and the final answer first, the rest folded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Annotator:
    """Somebody or something that judges."""

    name: str
    """The folder of their notes."""
    kind: AnnotatorKind = "human"
    """Only human judgement counts as review."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """All settings of a workspace."""

    path: str = "casefiles.toml"
    """The file they stand in, relative to the workspace."""
    app: App = field(default_factory=App)
    """``[app]``."""
    targets: Mapping[str, Target] = field(default_factory=dict)
    """``[targets.NAME]``."""
    run: Run = field(default_factory=Run)
    """``[run]``."""
    models: Models = field(default_factory=Models)
    """``[models]``."""
    review: Review = field(default_factory=Review)
    """``[review]``."""
    view: View = field(default_factory=View)
    """``[view]``."""
    redact: Mapping[str, str] = field(default_factory=dict)
    """``[redact] patterns``: name to regular expression."""
    smallest: float = 0.05
    """``[saturation] smallest``: the smallest prevalence that matters."""
    annotators: Mapping[str, Annotator] = field(default_factory=dict)
    """``[annotators]``: e-mail address or name to annotator."""

    def kind_of(self, annotator: str) -> AnnotatorKind:
        """Return what kind of annotator has this name; those not configured are human."""
        known = (a.kind for key, a in self.annotators.items() if annotator in (key, a.name))
        return next(known, "human")
