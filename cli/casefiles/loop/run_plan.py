"""What a run has to do: the round, its record, and the queries that lack a trace."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from casefiles.documents import config
from casefiles.documents.corpus import Corpus
from casefiles.documents.dataset import Query
from casefiles.documents.paths import RESERVED, round_of, round_path, trace_path
from casefiles.documents.round import Round
from casefiles.documents.targets import Target
from casefiles.errors import BadInputError
from casefiles.text.names import is_safe_name, nearest


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One query to send."""

    reference: str
    """Reference of the trace to be."""
    query: Query
    """The query."""
    repetition: int | None
    """2 for the first repetition, None for the first run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which of the queries a run is about."""

    only: tuple[str, ...] = ()
    """Ids of queries; empty: all used ones."""
    limit: int | None = None
    """At most so many new traces."""
    shard: tuple[int, int] | None = None
    """(2, 8): the second of eight parts, by a hash of the query's id."""
    repeat: int = 1
    """How often each query is sent in all."""
    retry_errors: bool = False
    """Whether traces that did not end well are made again: errors, timeouts, limits, parts."""


EVERYTHING = Wanted()
"""Every used query once."""


def target_of(settings: config.Config, name: str | None) -> Target:
    """Return the target to use. Raises BadInputError if none is named and there is not just one."""
    wanted = name or settings.run.target
    targets = settings.targets
    if wanted:
        if wanted in targets:
            return targets[wanted]
        near = nearest(wanted, tuple(targets))
        remedy = f"did you mean {near!r}?" if near else f"add [targets.{wanted}] to {settings.path}"
        raise BadInputError(f"there is no target {wanted!r}", remedy=remedy)
    if len(targets) == 1:
        return next(iter(targets.values()))
    if targets:
        said = ", ".join(targets)
        remedy = f"choose one with --target ({said}), or set `target` in [run]"
        raise BadInputError("there is more than one target", remedy=remedy)
    remedy = f"add a [targets.NAME] with `command` or `python` to {settings.path}"
    raise BadInputError("no target says how a query gets into the application", remedy=remedy)


def app_version(settings: config.Config) -> str | None:
    """Return the version that the configuration gives; ``$NAME`` reads the environment."""
    said = settings.app.version
    if said.startswith("$"):
        said = os.environ.get(said[1:], "")
    return said or None


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundKind:
    """Who talks to the application in a round."""

    source: str
    """What ``source`` of round.yaml says."""
    prefix: str
    """How a round is named if nobody names it."""
    command: str
    """The command that fills it."""


SENT = RoundKind(source="queries", prefix="round", command="run")
"""Queries are sent."""
PEOPLE = RoundKind(source="people", prefix="people", command="record")
"""People talk."""


def round_name(
    corpus: Corpus, given: str | None, target: str, version: str | None, kind: RoundKind = SENT
) -> str:
    """Choose the round: the one given, else the newest of this target, else ``round-1``.

    Raises BadInputError for a name that cannot be one, for a round of another target, and, when
    none is given, if the application's version is no longer that of the round.
    """
    if given is not None:
        return _checked(corpus, given, target)
    own = [
        name
        for name, found in corpus.rounds.items()
        if found.target == target and (found.source == PEOPLE.source) == (kind is PEOPLE)
    ]
    free = _free(corpus, kind.prefix)
    if not own:
        return free
    newest = max(own, key=_natural)
    before = corpus.rounds[newest].app_version
    if before != version:
        message = f"{newest} was run with app version {before}; it is {version} now"
        remedy = f"start a new round: casefiles {kind.command} {free}"
        raise BadInputError(message, where=round_path(newest), remedy=remedy)
    return newest


def _checked(corpus: Corpus, name: str, target: str) -> str:
    if not is_safe_name(name) or name in RESERVED:
        remedy = "use a-z, 0-9, - and _, for example round-2"
        raise BadInputError(f"{name!r} cannot name a round", remedy=remedy)
    known = corpus.rounds.get(name)
    if known is not None and known.target != target:
        said = f"target {known.target}" if known.target else "no target"
        message = f"the round {name!r} is of {said}, not of {target}"
        raise BadInputError(message, where=round_path(name), remedy="choose another name")
    return name


def _free(corpus: Corpus, prefix: str) -> str:
    number = 1
    while f"{prefix}-{number}" in corpus.rounds:
        number += 1
    return f"{prefix}-{number}"


def _natural(name: str) -> tuple[tuple[int, str], ...]:
    """Sort key by which round-10 comes behind round-9."""
    parts = re.split(r"(\d+)", name)
    return tuple((int(part), "") if part.isdigit() else (0, part) for part in parts)


def round_record(
    corpus: Corpus, name: str, target: str, version: str | None, wanted: Wanted
) -> Round:
    """Return what round.yaml of a new round says.

    A pure function of the dataset, the other rounds and the arguments, without the shard, so that
    shards on several machines write the same bytes.
    """
    queries = {query.id for query in corpus.dataset.queries if query.used}
    whole = not wanted.only and wanted.limit is None
    repeated = [
        other
        for other, found in corpus.rounds.items()
        if other != name and found.target == target and found.source == "queries"
    ]
    return Round(
        source="queries",
        drawn="synthetic",
        target=target,
        app_version=version,
        supersedes=tuple(
            sorted((o for o in repeated if whole and _queries(corpus, o) <= queries), key=_natural)
        ),
    )


def _queries(corpus: Corpus, name: str) -> set[str | None]:
    return {head.query for trace, head in corpus.traces.items() if round_of(trace) == name}


def jobs(corpus: Corpus, name: str, wanted: Wanted) -> tuple[tuple[Job, ...], int]:
    """Return the queries to send, in file order, and how many traces are there already.

    Raises BadInputError without a used query, and for an id in ``only`` that is no used query.
    """
    queries = used_queries(corpus, wanted.only)
    if wanted.shard is not None:
        queries = [
            query for query in queries if _shard(query.id, wanted.shard[1]) == wanted.shard[0]
        ]
    missing, present = [], 0
    for repetition in range(1, wanted.repeat + 1):
        for query in queries:
            suffix = "" if repetition == 1 else f".{repetition}"
            reference = f"{name}/{query.id}{suffix}"
            if _is_done(corpus, reference, retry_errors=wanted.retry_errors):
                present += 1
            else:
                number = None if repetition == 1 else repetition
                missing.append(Job(reference=reference, query=query, repetition=number))
    return tuple(missing[: wanted.limit]), present


def used_queries(corpus: Corpus, only: Collection[str]) -> list[Query]:
    """Return the queries in use, in file order; of them only the given ones, if any are.

    Raises BadInputError if there is none, and for an id that is no used query.
    """
    used = [query for query in corpus.dataset.queries if query.used]
    if not used:
        remedy = "write some with `casefiles queries --write`"
        raise BadInputError("there are no queries to run", remedy=remedy)
    known = [query.id for query in used]
    for name in only:
        if name not in known:
            near = nearest(name, tuple(known))
            remedy = f"did you mean {near!r}?" if near else "see `casefiles queries`"
            raise BadInputError(f"there is no used query {name!r}", remedy=remedy)
    return [query for query in used if not only or query.id in only]


def _is_done(corpus: Corpus, reference: str, *, retry_errors: bool) -> bool:
    head = corpus.traces.get(reference)
    if head is None:
        return False
    return not (retry_errors and head.status != "ok")


def _shard(query: str, shards: int) -> int:
    """Number of the part, from 1, that a query belongs to."""
    return int.from_bytes(hashlib.sha256(query.encode()).digest()[:8]) % shards + 1


def broken_traces(corpus: Corpus, references: Iterable[str]) -> list[str]:
    """Return the paths among these traces that are there but cannot be read."""
    return sorted({trace_path(reference) for reference in references} & corpus.broken)
