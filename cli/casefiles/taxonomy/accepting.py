"""A proposal into the taxonomy: every line is checked first, then all of it happens or nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from casefiles.documents import proposal as proposal_file
from casefiles.documents.corpus import Corpus
from casefiles.documents.mode import Definition, Mode, render
from casefiles.documents.paths import proposal_path
from casefiles.documents.plan import Change, Plan
from casefiles.documents.problem import Level, Problem
from casefiles.documents.proposal import Item, Proposal, Section, heading
from casefiles.documents.references import VersionedMode
from casefiles.errors import BadInputError
from casefiles.taxonomy import operations
from casefiles.taxonomy.citing import insist_on
from casefiles.taxonomy.operations import Occasion
from casefiles.taxonomy.splices import with_keys
from casefiles.taxonomy.working_copy import Read, RefusedError, WorkingCopy, mode_id

_CODING = ("new", "add", "merge", "redefine")
"""Commands whose ticked lines become codes of one mode."""
_ONCE = ("merge", "redefine")
"""Commands that raise a version: a second one for the same mode belongs into the first."""
_NUMBER = re.compile(r"#(\d{1,6})(?=\s)")

Applied = dict[str, VersionedMode]
"""Section key to the mode it was carried out for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What became of one section."""

    command: str
    """The heading, without number signs."""
    modes: tuple[VersionedMode, ...]
    """The modes it was about, at the version its codes hold for."""
    codes: int
    """How many lines became codes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """What accepting a proposal does."""

    name: str
    """Name of the proposal."""
    plan: Plan
    """The changes of mode files and of the proposal."""
    done: tuple[Done, ...]
    """What became of each section, in order."""
    warnings: tuple[Problem, ...]
    """Lines without a tick that cite nothing any more."""

    @property
    def codes(self) -> int:
        """How many lines became codes."""
        return sum(done.codes for done in self.done)


def accept(
    corpus: Corpus, name: str, *, read: Read, day: str
) -> tuple[Accepted | None, tuple[Problem, ...]]:
    """Check every line of an open proposal and plan what it says, section by section.

    ``read`` gives the text of a mode file or proposal as it stands; ``day`` (ISO 8601) goes into
    the memos. Returns the plan, or None and every problem. No note is ever part of the plan.
    """
    path = proposal_path(name)
    text = read(path)
    assert text is not None, f"no proposal {path}"
    proposal, problems = proposal_file.parse(text, path)
    if proposal is None:
        return None, problems
    run = _Run(corpus=corpus, path=path, copy=WorkingCopy(modes=corpus.modes, read=read))
    if fault := _not_open(proposal):
        run.report("error", _line_of("status:", text), fault)
        return None, tuple(run.problems)
    for section in proposal.sections:
        run.take(section, Occasion(day=day, why=f"proposal {name}"))
    run.insist_on_something()
    problems = tuple(run.problems)
    if any(problem.level == "error" for problem in problems):
        return None, problems
    change = Change(path=path, before=text, after=_closed(text, run))
    plan = Plan(changes=(*run.copy.plan.changes, change))
    return Accepted(name=name, plan=plan, done=tuple(run.done), warnings=problems), problems


def reject(name: str, why: str, *, read: Read) -> Plan:
    """Plan to close an open proposal without taking anything over.

    Raises RefusedError if it is not open.
    """
    path = proposal_path(name)
    text = read(path)
    assert text is not None, f"no proposal {path}"
    proposal, _ = proposal_file.parse(text, path)
    if proposal is not None and (fault := _not_open(proposal)):
        raise fault
    after = with_keys(text, status="rejected", why=" ".join(why.split()))
    return Plan(changes=(Change(path=path, before=text, after=after),))


def _not_open(proposal: Proposal) -> RefusedError | None:
    if proposal.status == "accepted":
        remedy = "to recode, move or untick its lines; to add, write a new proposal"
        return RefusedError("proposal-not-open", "this proposal is accepted already", remedy=remedy)
    if proposal.status == "rejected":
        remedy = "set `status: open` to take it up again"
        return RefusedError("proposal-not-open", "this proposal was rejected", remedy=remedy)
    return None


def _line_of(key: str, text: str) -> int:
    found = re.search(rf"^{key}", text, re.MULTILINE)
    return text.count("\n", 0, found.start()) + 1 if found else 1


@dataclass(slots=True, kw_only=True)
class _Run:
    """The state of one acceptance: what was carried out so far, and what was found wrong."""

    corpus: Corpus
    path: str
    copy: WorkingCopy
    problems: list[Problem] = field(default_factory=list)
    applied: Applied = field(default_factory=dict)
    done: list[Done] = field(default_factory=list)
    numbers: dict[int, int] = field(default_factory=dict)  # line to the number it should have
    ticked: dict[tuple[str, object], int] = field(default_factory=dict)  # code to its line

    def report(self, level: Level, line: int, error: BadInputError) -> None:
        code = error.code if isinstance(error, RefusedError) else "mode-file"
        self.problems.append(
            Problem(
                level=level,
                code=code,
                message=error.message,
                path=self.path,
                line=line,
                remedy=error.remedy,
            )
        )

    def take(self, section: Section, occasion: Occasion) -> None:
        """Check the lines of a section, then carry it out on the working copy."""
        made: Applied = {}
        try:
            self._insist_shape(section)
            self.copy, made = _carry_out(self.copy, section, occasion)
        except BadInputError as error:
            self.report("error", section.line, error)
            self.copy = _with_stand_ins(self.copy, section)
        self.applied |= made
        parts = (section, *section.children)
        codes = sum([self._lines(part, made.get(part.key)) for part in parts])
        if section.verb != "left over":
            modes = tuple(made.values())
            self.done.append(Done(command=heading(section), modes=modes, codes=codes))

    def _insist_shape(self, section: Section) -> None:
        if section.verb in _ONCE and section.key in self.applied:
            message = f"`{section.key}` stands twice"
            raise RefusedError("section-twice", message, remedy="put both under one heading")
        if section.children and section.verb != "split":
            child = section.children[0]
            message = f"`### {child.names[0]}` stands under no split"
            remedy = f"write `## new: {child.names[0]}`"
            raise RefusedError("proposal-heading", message, remedy=remedy)
        if section.verb == "add" and section.definition.is_complete:
            remedy = f"write `## redefine: {section.names[0]}` to change the definition"
            raise RefusedError("definition", "`add` takes no definition", remedy=remedy)

    def _lines(self, part: Section, target: VersionedMode | None) -> int:
        """Check the lines of a section or part of a split; return how many become codes."""
        mode = target.mode if target else part.key
        for item in part.items:
            try:
                index = insist_on(self.corpus, item.reference)
            except RefusedError as error:
                self.report("error" if item.ticked else "warning", item.line, error)
                continue
            self.numbers[item.line] = index
            if item.ticked:
                self._tick(part, item, mode)
        return sum(item.ticked for item in part.items)

    def _tick(self, part: Section, item: Item, mode: str) -> None:
        if part.verb not in _CODING:
            message = f"a ticked line under `{heading(part)}` says nothing"
            remedy = "move it under the mode it shows, or untick it"
            fault = RefusedError("tick-without-mode", message, remedy=remedy)
            self.report("error", item.line, fault)
            return
        code = (mode, getattr(item.reference, "identity", item.reference))
        if code in self.ticked:
            message = f"this is ticked for {mode} already, in line {self.ticked[code]}"
            fault = RefusedError("ticked-twice", message, remedy="delete one of the two lines")
            self.report("error", item.line, fault)
        self.ticked.setdefault(code, item.line)

    def insist_on_something(self) -> None:
        broken = any(problem.level == "error" for problem in self.problems)
        if not (broken or self.copy.written or any(done.codes for done in self.done)):
            remedy = "tick lines, add a section, or `casefiles reject` it"
            fault = RefusedError("proposal-empty", "nothing in it changes anything", remedy=remedy)
            self.report("error", 1, fault)


def _carry_out(
    copy: WorkingCopy, section: Section, occasion: Occasion
) -> tuple[WorkingCopy, Applied]:
    """Do what a heading says; return what each of its keys in ``applied`` stands for."""
    verb, definition = section.verb, section.definition
    reason = replace(occasion, why=f"{occasion.why}: {definition.text}".rstrip(": "))
    if verb == "left over":
        return copy, {}
    if verb == "split":
        return _split(copy, section, reason)
    name = section.names[0]
    if verb == "new":
        copy, mode = operations.new(copy, name, definition=definition, occasion=occasion)
    elif verb == "merge":
        given = definition if definition.text.strip() else None
        copy, mode = operations.merge(
            copy, section.names, section.into[0], definition=given, occasion=occasion
        )
    elif verb == "redefine":
        copy, mode = operations.redefine(copy, name, definition=definition, occasion=occasion)
    elif verb == "rename":
        copy, mode = operations.rename(copy, name, section.into[0], occasion=reason)
    elif verb == "retire":
        copy, mode = operations.retire(copy, name, occasion=reason)
    else:
        mode = copy.current(copy.active(name))
    return copy, {section.key: mode}


def _split(copy: WorkingCopy, section: Section, occasion: Occasion) -> tuple[WorkingCopy, Applied]:
    announced = [mode_id(name) for name in section.into]
    found = [child.mode for child in section.children]
    if sorted(announced) != sorted(found):
        lacking = [name for name in announced if name not in found] or found
        message = f"the heading names {' + '.join(announced)}, below it stand {' + '.join(found)}"
        remedy = f"write `### {lacking[0]}` with a definition and lines, once for each part"
        raise RefusedError("split", message if found else "the parts are missing", remedy=remedy)
    parts = [(child.names[0], child.definition) for child in section.children]
    copy, modes = operations.split(copy, section.names[0], parts, occasion=occasion)
    keys = (child.key for child in section.children)
    return copy, dict(zip(keys, modes, strict=True))


def _with_stand_ins(copy: WorkingCopy, section: Section) -> WorkingCopy:
    """Pretend that a failed section made its modes: what refers to them is no further fault."""
    if section.verb not in ("new", "merge", "rename", "split"):
        return copy
    names = section.names if section.verb == "new" else section.into
    for id_ in map(mode_id, names):
        if copy.find(id_) is None:
            definition = Definition(text="Yes if it is mended.\nNo if it is not.")
            copy = copy.put(id_, render(Mode(name=id_, definition=definition)))
    return copy


def _closed(text: str, run: _Run) -> str:
    """Return the proposal's text as accepted: status, what was applied, and fresh numbers."""
    applied = {key: str(mode) for key, mode in run.applied.items()}
    text = with_keys(_renumbered(text, run.numbers), status="accepted")
    return with_keys(text, applied=applied) if applied else text


def _renumbered(text: str, numbers: Mapping[int, int]) -> str:
    """Set the number in each line to the observation's place in its note."""
    lines = text.split("\n")
    for line, number in numbers.items():
        if number:  # a label has none
            lines[line - 1] = _NUMBER.sub(f"#{number}", lines[line - 1], count=1)
    return "\n".join(lines)
