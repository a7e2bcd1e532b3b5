"""`import`: production logs into traces.

Files are read twice: once to tell every record's key, which are traces already and which are
drawn; once to make the traces. Each trace is written by itself, so an import that is stopped goes
on where it was at the next try.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from casefiles.documents.corpus import Corpus
from casefiles.documents.paths import place_of, round_of, round_path, trace_path
from casefiles.documents.plan import Plan
from casefiles.documents.round import Drawn, Round
from casefiles.errors import BadInputError
from casefiles.importers.draw import draw
from casefiles.importers.identity import Keyed, Known, State, digest, keyed
from casefiles.loop import desk, import_round
from casefiles.loop.import_survey import Failed, survey, values
from casefiles.loop.import_traces import Built, Maker, write_all
from casefiles.text.redact import Redactor
from casefiles.workspace.find import Workspace

BATCH = 50
"""Traces written under one lock: what a reviewer saves meanwhile waits for no more."""

Progress = Callable[[int, int], None]
"""Told how many records of how many are done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class How:
    """How records are chosen and marked."""

    drawn: Drawn | None = None
    """How the records of the files were drawn, as the person says; None: they do not say."""
    sample: int | None = None
    """Draw so many units (sessions, else records) at random; None: take all."""
    seed: int = 0
    """Seed of that draw."""
    limit: int | None = None
    """Import at most so many records now."""
    prefix: str = ""
    """Put before every id, for files whose ids are unique within them only."""
    dimensions: Mapping[str, str] = field(default_factory=dict)
    """Dimension to the path of keys at which a record has its value."""
    dry_run: bool = False
    """Write nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """What an import did, or would do."""

    round: str
    """Name of the round."""
    imported: tuple[str, ...]
    """References of the new traces."""
    titles: tuple[str, ...]
    """Their titles."""
    states: Mapping[State, int]
    """How many records are new, present, changed or repeated."""
    failed: tuple[Failed, ...]
    """Records that could not be read."""
    redacted: Mapping[str, int]
    """Kind of secret to how many different values were hidden, summed over the traces."""
    population: int
    """Records there were to draw from."""
    described: Round
    """What round.yaml says of the round."""
    plan: Plan
    """round.yaml, where there was none."""

    @property
    def skipped(self) -> int:
        """Records that are not imported because they are traces, or stand in the files twice."""
        return sum(count for state, count in self.states.items() if state != "new")


def import_files(
    workspace: Workspace,
    files: Sequence[Path],
    round_name: str,
    how: How | None = None,
    *,
    progress: Progress | None = None,
) -> ImportReport:
    """Import the records of files as traces of a round.

    Raises BadInputError, with nothing written, if the round's name or the choice cannot be, if a
    trace or the round's round.yaml is broken, or if that says the round was drawn in another way.
    """
    how = how or How()
    _check(how)
    corpus = _corpus(workspace, import_round.checked_name(round_name))
    seen = survey(files, prefix=how.prefix, patterns=workspace.config.redact)
    found = keyed(seen.entries, _known(corpus))
    frame = [one for one in found if one.round in {None, round_name} and one.state != "repeated"]
    chosen = _chosen(frame, how)
    before = import_round.there(workspace, corpus, round_name)
    wanted = _wanted(files, how, population=len(frame), patterns=workspace.config.redact)
    if before is not None and chosen:
        import_round.insist_on_draw(corpus, round_name, before, wanted)
    job = _Job(
        workspace=workspace,
        files=files,
        maker=_maker(workspace, corpus, round_name, how.dimensions),
        plan=Plan() if before is not None else import_round.written(round_name, wanted),
        dry_run=how.dry_run,
    )
    job.run(chosen, ordered=how.sample is not None, progress=progress)
    return ImportReport(
        round=round_name,
        imported=tuple(job.references),
        titles=tuple(job.titles),
        states=Counter(one.state for one in found),
        failed=tuple(sorted((*seen.failed, *job.failed), key=lambda one: (one.file, one.line))),
        redacted=dict(job.maker.hidden),
        population=len(frame),
        described=wanted if before is None else before,
        plan=job.plan if job.references else Plan(),
    )


def _check(how: How) -> None:
    bounds = (("sample", how.sample, 1), ("limit", how.limit, 1), ("seed", how.seed, 0))
    for name, value, least in bounds:
        if value is not None and value < least:
            raise BadInputError(f"--{name} must be at least {least}, not {value}")
    if how.limit is not None and how.sample is None and how.drawn in {"random", "stratified"}:
        raise BadInputError(
            f"the first {how.limit} of a file are no {how.drawn} draw",
            remedy="draw them: --sample N instead of --limit N",
        )


def _corpus(workspace: Workspace, round_name: str) -> Corpus:
    corpus = desk.open_corpus(workspace)
    here = round_path(round_name)
    desk.insist(corpus, lambda path: path == here or place_of(path).kind == "trace")
    return corpus


def _known(corpus: Corpus) -> dict[str, Known]:
    return {
        head.source_id: Known(round=round_of(reference), digest=head.source.get("digest"))
        for reference, head in corpus.traces.items()
        if head.source_id is not None
    }


def _chosen(frame: Sequence[Keyed], how: How) -> list[Keyed]:
    drawn = frame if how.sample is None else draw(frame, units=how.sample, seed=how.seed)
    return [one for one in drawn if one.state == "new"][: how.limit]


def _wanted(
    files: Sequence[Path], how: How, *, population: int, patterns: Mapping[str, str]
) -> Round:
    """What round.yaml is to say. How many there were when the file was drawn is not known."""
    is_sampled = how.sample is not None
    more = f" and {len(files) - 1} more" if len(files) > 1 else ""
    return Round(
        source=Redactor(patterns).text(files[0].name) + more,
        drawn=how.drawn or ("random" if is_sampled else None),
        seed=how.seed if is_sampled else None,
        population=population if is_sampled or how.drawn is None else None,
    )


def _maker(
    workspace: Workspace, corpus: Corpus, round_name: str, dimensions: Mapping[str, str]
) -> Maker:
    parts = (reference.partition("/") for reference in corpus.traces)
    return Maker(
        round_name,
        taken={name for round_, _, name in parts if round_ == round_name},
        patterns=workspace.config.redact,
        dimensions=dimensions,
    )


class _Job:
    """The second reading of the files: makes the traces and writes them."""

    def __init__(
        self,
        *,
        workspace: Workspace,
        files: Sequence[Path],
        maker: Maker,
        plan: Plan,
        dry_run: bool,
    ) -> None:
        self.workspace = workspace
        self.files = files
        self.maker = maker
        self.plan = plan
        self.dry_run = dry_run
        self.references: list[str] = []
        self.titles: list[str] = []
        self.failed: list[Failed] = []
        self.batch: list[tuple[Keyed, Built]] = []

    def run(self, chosen: Sequence[Keyed], *, ordered: bool, progress: Progress | None) -> None:
        """Make and write the traces of the chosen records."""
        for number, (one, value) in enumerate(values(self.files, chosen, ordered=ordered), 1):
            self.make(one, value)
            if len(self.batch) >= BATCH:
                self.write()
            if progress is not None:
                progress(number, len(chosen))
        self.write()

    def make(self, one: Keyed, value: Any) -> None:
        if digest(value) != one.entry.digest:
            self.fail(one, "the file changed while it was read; import it again")
            return
        try:
            self.batch.append((one, self.maker.make(value, one, self.files[one.entry.file].name)))
        except ValueError as error:
            self.fail(one, str(error))

    def write(self) -> None:
        """Write a batch; round.yaml first, so that no trace stands without it."""
        refused: set[str] = set()
        if self.batch and not self.dry_run:
            if not self.references:
                desk.carry_out(self.workspace, self.plan)
            refused = write_all(self.workspace, [built for _, built in self.batch])
        for one, built in self.batch:
            if built.reference in refused:
                self.fail(one, f"{trace_path(built.reference)} holds something else")
            else:
                self.references.append(built.reference)
                self.titles.append(built.trace.head.title)
        self.batch = []

    def fail(self, one: Keyed, why: str) -> None:
        file = str(self.files[one.entry.file])
        self.failed.append(Failed(file=file, line=one.entry.line, why=why))
