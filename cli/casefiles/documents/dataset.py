"""The dataset files: dimensions, tuples and queries. People edit them; comments are kept.

`casefiles.documents.dataset_reader` reads them, `casefiles.documents.dataset_edit` adds to them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from casefiles.text.yaml_tree import Plain


MAX_TURNS = 8
"""Messages of a simulated user whose plan says nothing else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """One value of a dimension."""

    name: str
    """What stands in tuples and traces."""
    description: str = ""
    """For people and prompts."""
    weight: float = 1
    """How common it is among users, relative to the other values."""
    line: int = field(default=0, compare=False)
    """Line in the file, from 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dimension:
    """One way in which uses of the application differ."""

    name: str
    """What stands in tuples and traces."""
    description: str = ""
    """For people and prompts."""
    values: tuple[Value, ...] = ()
    """Its values, in file order."""
    suggested: bool = False
    """Whether a model suggested it; then it is used only once a person says ``keep: yes``."""
    origin: Mapping[str, Plain] = field(default_factory=dict)
    """The model that suggested it and the hash of the prompt; empty: a person wrote it."""
    keep: bool | None = None
    """A person's decision; None: none yet."""
    why: str = ""
    """The reason of the decision."""
    line: int = field(default=0, compare=False)
    """Line in the file, from 1."""

    @property
    def used(self) -> bool:
        """Whether tuples are made of it: kept by a person, or neither dropped nor suggested."""
        return self.keep if self.keep is not None else not self.suggested

    @property
    def waits(self) -> bool:
        """Whether it was suggested and nobody has decided on it."""
        return self.suggested and self.keep is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Constraint:
    """Values that never go together."""

    when: Mapping[str, str]
    """Dimension to value."""
    never: Mapping[str, str]
    """Dimension to value that cannot stand beside all of ``when``."""
    why: str = ""
    """The reason."""
    line: int = field(default=0, compare=False)
    """Line in the file, from 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tuple:
    """One combination of values."""

    id: str
    """``t01``."""
    values: Mapping[str, str]
    """Dimension to value."""
    keep: bool | None = None
    """A person's decision; None: none yet, used."""
    why: str = ""
    """The reason of the decision."""
    extra: Mapping[str, Plain] = field(default_factory=dict)
    """Keys this version does not know; kept."""
    line: int = field(default=0, compare=False)
    """Line in the file, from 1."""

    @property
    def used(self) -> bool:
        """Whether queries are written for it: not dropped by a person."""
        return self.keep is not False


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonaPlan:
    """What a simulated user wants and knows, for a conversation of several turns."""

    goal: str
    """What they want to reach, and what they would settle for."""
    facts: tuple[str, ...] = ()
    """What they know and tell only when asked; they know nothing else."""
    never_says: tuple[str, ...] = ()
    """What they keep to themselves."""
    approver: str = ""
    """How they answer when the application asks a person to approve something."""
    max_turns: int = MAX_TURNS
    """Messages they send at most, the query included; those in ``history`` do not count."""
    history: tuple[Mapping[str, str], ...] = ()
    """Messages before the query, oldest first: ``role`` (user or assistant) and ``content``."""
    extra: Mapping[str, Plain] = field(default_factory=dict)
    """Keys this version does not know; kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """One thing a user might say."""

    id: str
    """``q001``; names its trace."""
    text: str
    """What is sent to the application."""
    tuple_id: str | None = None
    """The tuple it was written for."""
    origin: Mapping[str, Plain] = field(default_factory=dict)
    """Who wrote it: ``by: human``, or the model and the hash of the prompt."""
    doubt: str | None = None
    """Why a model's filter finds it unrealistic; None: it does not."""
    keep: bool | None = None
    """A person's decision; None: none yet."""
    why: str = ""
    """The reason of the decision."""
    plan: PersonaPlan | None = None
    """How the user goes on after the query; None: a single turn."""
    extra: Mapping[str, Plain] = field(default_factory=dict)
    """Keys this version does not know; kept."""
    line: int = field(default=0, compare=False)
    """Line in the file, from 1."""

    @property
    def used(self) -> bool:
        """Whether `run` sends it: kept by a person, or neither dropped nor doubted."""
        return self.keep if self.keep is not None else self.doubt is None

    @property
    def waits(self) -> bool:
        """Whether it is doubted and nobody has decided on it."""
        return self.doubt is not None and self.keep is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """The three dataset files together."""

    all_dimensions: tuple[Dimension, ...] = ()
    """Of dimensions.yaml, the unused ones too."""
    all_constraints: tuple[Constraint, ...] = ()
    """Of dimensions.yaml."""
    tuples: tuple[Tuple, ...] = ()
    """Of tuples.yaml."""
    queries: tuple[Query, ...] = ()
    """Of queries.yaml."""

    @property
    def dimensions(self) -> tuple[Dimension, ...]:
        """Return the dimensions in use: not dropped, nor suggested and waiting for a decision."""
        return tuple(dimension for dimension in self.all_dimensions if dimension.used)

    @property
    def constraints(self) -> tuple[Constraint, ...]:
        """Return the constraints that speak of dimensions in use only."""
        names = {dimension.name for dimension in self.dimensions}
        return tuple(c for c in self.all_constraints if names.issuperset({*c.when, *c.never}))

    @property
    def used_tuples(self) -> tuple[Tuple, ...]:
        """Return the tuples that no person dropped."""
        return tuple(item for item in self.tuples if item.used)

    def values_of(self, query: Query) -> Mapping[str, str]:
        """Return the dimension values of a query's tuple; empty without one."""
        found = (item.values for item in self.tuples if item.id == query.tuple_id)
        return next(found, {})
