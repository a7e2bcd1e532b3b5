"""Whatever is done to a taxonomy, one thing after another, what people said stays readable."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from casefiles.documents.corpus import Corpus
from casefiles.documents.judgements import canonical_names, coded_items, judge, living
from casefiles.documents.mode import Definition
from casefiles.documents.plan import Plan
from casefiles.taxonomy import operations
from casefiles.taxonomy.accepting import accept, reject
from casefiles.taxonomy.operations import Occasion
from casefiles.taxonomy.working_copy import RefusedError, WorkingCopy
from corpora import carried_out, corpus, files
from workspaces import mode_text

DAY = Occasion(day="2026-11-24")
TRACES = ("r/t1", "r/t2", "r/t3")
PEOPLE = ("ana", "ben")
TEXTS = ("it rambles", 'says "no"', "naïve — 日本語")
NAMES = ("One", "Two", "Too long!", "Zwölf — 12", "日本語", "one two")
VALUES = ("yes", "no", "unsure")

Files = dict[str, str]
Step = tuple[str, int, int, int]

steps = st.lists(
    st.tuples(
        st.sampled_from(
            ["new", "rename", "merge", "merge into new", "split", "redefine", "retire"]
            + ["label"] * 3
            + ["propose"] * 3
        ),
        st.integers(0, 40),
        st.integers(0, 40),
        st.integers(0, 40),
    ),
    max_size=10,
)


def start() -> Files:
    """Two modes, and notes of two people on three traces."""
    notes = {
        f"notes/{person}/{trace}.md": "\n\n".join(TEXTS) + "\n"
        for person in PEOPLE
        for trace in TRACES
    }
    modes = {"taxonomy/a.md": mode_text("A"), "taxonomy/b.md": mode_text("B").replace("\n", "\r\n")}
    return files({**notes, **modes}, traces=TRACES)


def pick(options: Sequence[str], number: int) -> str:
    """Choose by number, so that shrinking finds a simple history."""
    return options[number % len(options)]


def definition(number: int) -> Definition:
    """A complete definition, another for every number."""
    return Definition(text=f"Yes if it is {number}.\nNo if it is not.")


def operated(given_files: Files, step: Step) -> Plan:
    """Plan one operation; a refused one plans nothing."""
    kind, first, second, third = step
    loaded = corpus(given_files)
    copy = WorkingCopy(modes=loaded.modes, read=given_files.get)
    known = sorted(copy.names)
    mode, other, name = pick(known, first), pick(known, second), pick(NAMES, third)
    text = definition(third)
    try:
        if kind == "new":
            copy, _ = operations.new(copy, name, definition=text, occasion=DAY)
        elif kind == "rename":
            copy, _ = operations.rename(copy, mode, name, occasion=DAY)
        elif kind == "merge":
            copy, _ = operations.merge(copy, [mode], other, occasion=DAY)
        elif kind == "merge into new":
            copy, _ = operations.merge(copy, [mode, other], name, definition=text, occasion=DAY)
        elif kind == "split":
            parts = [(name, text), (f"{name} rest {first}", text)]
            copy, _ = operations.split(copy, mode, parts, occasion=DAY)
        elif kind == "redefine":
            copy, _ = operations.redefine(copy, mode, definition=text, occasion=DAY)
        elif kind == "retire":
            copy, _ = operations.retire(copy, mode, occasion=DAY)
    except RefusedError:
        return Plan()
    return copy.plan


def labelled(given_files: Files, step: Step) -> Files:
    """A person judges a trace for a mode, under its version of now."""
    _, first, second, third = step
    path = f"notes/{pick(PEOPLE, first)}/{pick(TRACES, second)}.md"
    active = corpus(given_files).active_modes
    if not active or given_files[path].startswith("---"):
        return given_files
    mode = pick(active, third)
    version = corpus(given_files).modes[mode].version
    label = f"---\nlabels: {{{mode}: {pick(VALUES, first + third)}@{version}}}\n---\n"
    return {**given_files, path: label + given_files[path]}


def proposal(given_files: Files, step: Step) -> str:
    """A proposal of some sections; many of them cannot be carried out."""
    _, first, second, third = step
    known = sorted(canonical_names(corpus(given_files).modes))
    mode, other, name = pick(known, first), pick(known, second), pick(NAMES, third)
    line = f'- [x] {pick(PEOPLE, first)}:{pick(TRACES, second)}#1 "{pick(TEXTS, third)}"\n'
    text = definition(second).text
    sections = [
        f"## new: {name}\n{text}\n\n{line}",
        f"## add: {mode}\n{line}",
        f"## merge: {mode} + {other} -> {pick(known, third)}\n{line}",
        f"## rename: {other} -> {name}\n",
        f"## retire: {other}\n",
        f"## redefine: {mode}\n{text}\n{line}",
        f"## split: {mode} -> x{second} + y{third}\n### x{second}\n{text}\n### y{third}\n{text}\n",
    ]
    chosen = [pick(sections, first), pick(sections, second)]
    return "---\nkind: proposal/1\nstatus: open\n---\n" + "\n".join(chosen)


def proposed(given_files: Files, step: Step) -> Files:
    """Write a proposal and accept it; if that is refused, reject it."""
    name = f"p{sum(path.startswith('taxonomy/proposals/') for path in given_files)}"
    path = f"taxonomy/proposals/{name}.md"
    text = proposal(given_files, step)
    given_files = {**given_files, path: text.replace("\n", "\r\n") if step[3] % 2 else text}
    accepted, problems = accept(corpus(given_files), name, read=given_files.get, day=DAY.day)
    if accepted is None:
        assert problems
        return carried_out(given_files, reject(name, "no", read=given_files.get))
    return carried_out(given_files, accepted.plan)


def assert_readable(before: Corpus, after: Corpus) -> None:
    """Every file is sound and every name that was ever used stands for something."""
    assert after.problems == ()
    names = canonical_names(after.modes)
    assert set(canonical_names(before.modes)) <= set(names)
    for note in after.notes.values():
        assert set(note.labels) <= set(names)
    for found in after.proposals.values():
        ticked = sum(item.ticked for item in found.items)
        assert found.status != "accepted" or len(list(coded_items(found, names))) == ticked
    for mode in after.modes.values():
        related = (*mode.merged_from, *mode.split_into)
        related += tuple(one for one in (mode.merged_into, mode.split_from) if one)
        assert {one.mode for one in related} <= set(names)
        if mode.version > 1:
            assert mode.defined == mode.definition.hash


def assert_yes_stays_yes(before: Corpus, after: Corpus) -> None:
    """What was settled yes is yes for the one mode that the old one stands for today."""
    now = judge(after)
    for (trace, mode), settled in judge(before).settled.items():
        heirs = living(after.modes, mode)
        if settled.value == "yes" and len(heirs) == 1:
            assert now.of(trace, heirs[0]).value == "yes"


@settings(max_examples=150)
@given(history=steps)
def test_labels_and_codes_stay_readable_and_notes_untouched(history: list[Step]) -> None:
    """Over any history of operations, proposals and judgements, refused ones included."""
    now = start()
    for step in history:
        before = now
        if step[0] == "label":
            now = labelled(now, step)
            continue
        now = proposed(now, step) if step[0] == "propose" else carried_out(now, operated(now, step))
        assert {path: text for path, text in now.items() if path.startswith("notes/")} == {
            path: text for path, text in before.items() if path.startswith("notes/")
        }
        assert_readable(corpus(before), corpus(now))
        assert_yes_stays_yes(corpus(before), corpus(now))
