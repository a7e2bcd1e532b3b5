"""Each pitfall in a tiny workspace that has it, and in one that does not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from casefiles.documents.config import Annotator, App, Config
from casefiles.documents.judgements import judge
from casefiles.insight.figures import figures
from casefiles.insight.pitfalls import pitfalls
from corpora import corpus, files
from workspaces import mode_text, trace_text


def codes(given: Mapping[str, str], *, config: Config | None = None) -> set[str]:
    """Return the codes of the pitfalls of a workspace."""
    found = corpus(files(given, traces=()), config=config)
    return {pitfall.code for pitfall in pitfalls(found, figures(found, judge(found)))}


def read(count: int, note: str, *, more: int = 0) -> dict[str, str]:
    """Write ``count`` traces with a note each, and some more without."""
    traces = {f"traces/r/t{n}.md": trace_text(query=f"q{n}") for n in range(count + more)}
    return traces | {f"notes/ana/r/t{n}.md": note for n in range(count)}


GOOD = "---\nverdict: fail\nseconds: 40\n---\nRefunds without asking the customer first.\n"


def with_dataset(
    dimensions: Mapping[str, Sequence[str]], queries: Sequence[Mapping[str, str]]
) -> dict[str, str]:
    """Write dimensions, a tuple for each query, and the queries."""
    lines = ["dimensions:"]
    for name, known in dimensions.items():
        lines += [f"- name: {name}", "  values:", *(f"  - name: {value}" for value in known)]
    tuples, rows = ["tuples:"], ["queries:"]
    for number, values in enumerate(queries):
        said = ", ".join(f"{key}: {value}" for key, value in values.items())
        tuples.append(f"- {{id: t{number}, values: {{{said}}}}}")
        rows.append(f"- {{id: q{number}, tuple: t{number}, text: hello {number}}}")
    return {
        "traces/dataset/dimensions.yaml": "\n".join(lines) + "\n",
        "traces/dataset/tuples.yaml": "\n".join(tuples) + "\n",
        "traces/dataset/queries.yaml": "\n".join(rows) + "\n",
    }


def test_too_few_dimensions() -> None:
    """Three are needed, once queries are written along them."""
    two = {"a": ["x", "y"], "b": ["x", "y"]}
    three = {**two, "c": ["x", "y"]}
    asked = [{"a": "x", "b": "y"}, {"a": "y", "b": "x"}]

    assert "few-dimensions" in codes(with_dataset(two, asked))
    assert "few-dimensions" not in codes(with_dataset(three, asked))
    assert "few-dimensions" not in codes(with_dataset(two, []) | {"x.md": ""})


def test_narrow_dimensions() -> None:
    """One value tells nothing apart; one that most queries have leaves the others untried."""
    even = [{"a": "x" if n % 2 else "y"} for n in range(20)]
    lopsided = [{"a": "x" if n < 18 else "y"} for n in range(20)]

    assert "narrow-dimension" not in codes(with_dataset({"a": ["x", "y"]}, even))
    assert "narrow-dimension" in codes(with_dataset({"a": ["x", "y"]}, lopsided))
    assert "narrow-dimension" in codes(with_dataset({"a": ["x"]}, []))


@pytest.mark.parametrize(
    ("code", "note", "is_met"),
    [
        ("too-fast", GOOD, False),
        ("too-fast", GOOD.replace("40", "6"), True),
        ("short-notes", GOOD, False),
        ("short-notes", "Bad answer.\n", True),
        ("empty-notes", GOOD, False),
        ("empty-notes", "---\nverdict: fail\n---\n", True),
    ],
)
def test_skimping(code: str, note: str, *, is_met: bool) -> None:
    """Too fast, too short, or nothing said."""
    assert (code in codes(read(12, note))) == is_met


def test_few_traces() -> None:
    """Below fifty nothing can be called saturated; nothing read is no pitfall yet."""
    assert "few-traces" in codes(read(12, GOOD))
    assert "few-traces" not in codes(read(50, GOOD))
    assert "few-traces" not in codes(read(0, GOOD, more=3))


def proposal(**basis: str | int) -> str:
    """Write an accepted proposal with what it was made from."""
    lines = "".join(f"  {key}: {value}\n" for key, value in basis.items())
    return f"---\nkind: proposal/1\nstatus: accepted\nbasis:\n{lines}---\n"


def test_automated_too_early() -> None:
    """A proposal drawn by force, or a model that judges while people have read little."""
    given = read(12, GOOD)
    forced = {"taxonomy/proposals/p.md": proposal(observations=9, reviewed=9, forced="yes")}
    drawn = {"taxonomy/proposals/p.md": proposal(observations=60, reviewed=60)}
    config = Config(annotators={"bot": Annotator(name="bot", kind="model")})
    judged = {f"notes/bot/r/t{n}.md": "---\nlabels:\n  a: yes@1\n---\n" for n in range(20)}
    more = read(12, GOOD, more=8)

    assert "automated-early" in codes(given | forced)
    assert "automated-early" not in codes(given | drawn)
    assert "automated-early" in codes(more | judged, config=config)
    assert "automated-early" not in codes(read(50, GOOD) | judged, config=config)


def test_no_return_to_open_coding() -> None:
    """After modes were drawn up from notes, new traces must be read under them."""
    accepted = {"taxonomy/proposals/p.md": proposal(observations=60, reviewed=40)}

    assert "no-return" in codes(read(42, GOOD, more=20) | accepted)
    assert "no-return" not in codes(read(55, GOOD, more=5) | accepted)
    assert "no-return" not in codes(read(42, GOOD, more=20))


def test_one_annotator_in_an_expert_domain() -> None:
    """Only where judging takes experts."""
    expert = Config(app=App(expert_domain=True))
    two = {"notes/ben/r/t0.md": GOOD}

    assert "one-annotator" in codes(read(12, GOOD), config=expert)
    assert "one-annotator" not in codes(read(12, GOOD) | two, config=expert)
    assert "one-annotator" not in codes(read(12, GOOD))


def test_targeted_samples_are_no_prevalence() -> None:
    """Unless enough was drawn at random, so that the picked ones do not count."""
    targeted = {"traces/r/round.yaml": "drawn: targeted\n"}
    by_queue = GOOD.replace("seconds", "drawn: random\nseconds")

    assert "targeted" in codes(read(12, GOOD) | targeted)
    assert "targeted" not in codes(read(12, GOOD))
    assert "targeted" not in codes(read(25, by_queue) | targeted)


def test_one_mode_swamps_the_rest() -> None:
    """What is in more than half of all failures hides the others."""
    labelled = GOOD.replace("---\nR", "labels:\n  a: {}@1\n---\nR")
    modes = {"taxonomy/a.md": mode_text("A")}

    assert "one-mode" in codes(read(12, labelled.format("yes")) | modes)
    assert "one-mode" not in codes(read(12, labelled.format("no")) | modes)


def test_a_careful_review_has_no_pitfall() -> None:
    """Nothing is said where nothing is wrong."""
    labelled = GOOD.replace("---\nR", "labels:\n  {}: yes@1\n---\nR")
    given = read(0, GOOD, more=60)
    given |= {f"notes/ana/r/t{n}.md": labelled.format("abc"[n % 3]) for n in range(60)}
    modes = {f"taxonomy/{mode}.md": mode_text(mode.upper()) for mode in "abc"}

    assert codes(given | modes) == set()
