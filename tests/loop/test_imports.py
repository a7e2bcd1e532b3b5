from __future__ import annotations

import gzip
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casefiles.documents import trace
from casefiles.documents.trace import Trace
from casefiles.documents.turns import digest
from casefiles.errors import BadInputError, InterruptedByUserError
from casefiles.loop.imports import How, import_files
from casefiles.text.redact import find
from casefiles.workspace.find import find as find_workspace
from casefiles.workspace.load import load
from casefiles.workspace.tree import WorkingTree
from cli import Result, run_cli
from workspaces import trace_text, workspace

MAIL = "ana@example.com"


def chat(question: str, answer: str = "On its way.", **more: Any) -> dict[str, Any]:
    """A record: one question and its answer."""
    messages = [
        {"role": "system", "content": "You are kind."},
        {"role": "user", "content": question},
        {"role": "assistant", "content": answer},
    ]
    return {"messages": messages, **more}


def lines(*records: Any) -> str:
    """JSON lines."""
    return "".join(json.dumps(record) + "\n" for record in records)


def run(folder: Path, content: Any, *options: str, name: str = "logs.jsonl") -> Result:
    """Import one file into round r, unless the options name another one."""
    (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    chosen = options if "--round" in options else (*options, "--round", "r")
    return run_cli("import", name, *chosen, cwd=folder)


def document(result: Result) -> dict[str, Any]:
    """What `--json` printed."""
    parsed: dict[str, Any] = json.loads(result.out)
    return parsed


def traces(folder: Path, round_name: str = "r") -> dict[str, Trace]:
    """All traces of a round, read back without a problem, by name."""
    found = {}
    for path in sorted((folder / "traces" / round_name).glob("*.md")):
        read, problems = trace.parse(path.read_bytes().decode(), path.name)
        assert read is not None
        assert problems == ()
        assert read.head.sha256 == digest(read.turns)
        found[path.stem] = read
    return found


def written(folder: Path) -> Iterator[tuple[Path, str]]:
    """Every file the import wrote, as text."""
    for top in ("traces", ".casefiles"):
        for path in (folder / top).rglob("*"):
            if path.is_file() and path.name != "lock":
                content = path.read_bytes()
                is_packed = path.suffix == ".gz"
                yield path, (gzip.decompress(content) if is_packed else content).decode()


def test_records_become_traces(tmp_path: Path) -> None:
    """Turns, title, source, session, time, usage and the short values of the record."""
    record = chat(
        "where is   my order?\nit is late",
        id="req-1",
        session_id="s1",
        created=1_763_946_011,
        usage={"prompt_tokens": 5, "completion_tokens": 2},
        model="gpt-4o",
    )

    result = run(workspace(tmp_path), lines(record))

    assert result.code == 0
    head = traces(tmp_path)["req-1"].head
    assert head.title == "where is my order? it is late"
    assert head.source["kind"] == "production"
    assert (head.source["file"], head.source_id) == ("logs.jsonl", "req-1")
    assert (head.session, head.started) == ("s1", "2025-11-24T01:00:11Z")
    assert head.usage == {"in": 5, "out": 2}
    facts = head.extra["record"]
    assert isinstance(facts, dict)
    assert facts["model"] == "gpt-4o"
    assert [turn.role for turn in traces(tmp_path)["req-1"].turns] == [
        "system",
        "user",
        "assistant",
    ]


def test_a_failed_call_is_a_trace_with_an_error(tmp_path: Path) -> None:
    """The status says so; the record's own title is kept."""
    run(workspace(tmp_path), lines({"id": "a", "prompt": "hi", "error": "boom", "title": "T"}))

    head = traces(tmp_path)["a"].head
    assert (head.status, head.error, head.title) == ("error", "boom", "T")


def test_a_second_import_writes_nothing(tmp_path: Path) -> None:
    """Also under another name, in another order, with more records and into another round."""
    records = [chat("one"), chat("two"), chat("one"), chat("three", id="x")]
    run(workspace(tmp_path), lines(*records))
    before = dict(written(tmp_path))

    again = document(run(tmp_path, lines(*records), "--json"))
    moved = document(run(tmp_path, lines(*records[::-1]), "--json", name="moved.jsonl"))
    packed = gzip.compress(lines(chat("four"), *records).encode())
    grown = document(run(tmp_path, packed, "--json", "--round", "s", name="grown.jsonl.gz"))

    assert (len(before), again["imported"], again["skipped"]) == (4 + 4 + 1, 0, 4)
    assert (moved["imported"], moved["skipped"]) == (0, 4)
    assert (grown["imported"], grown["skipped"]) == (1, 4)
    assert {path: text for path, text in written(tmp_path) if path in before} == before
    assert len(traces(tmp_path)) == 4
    assert [t.head.title for t in traces(tmp_path, "s").values()] == ["four"]


def test_records_without_an_id_are_named_by_content(tmp_path: Path) -> None:
    """The second of two identical records gets a number behind the name."""
    run(workspace(tmp_path), lines(chat("one"), chat("one")))

    first, second = sorted(traces(tmp_path))
    assert second == f"{first}-2"


def test_bad_records_are_listed_and_the_others_imported(tmp_path: Path) -> None:
    """Exit 1, each with file, line and reason; line breaks of Unicode are none."""
    good = json.dumps(chat("a\u2028b"), ensure_ascii=False)
    bad_message = json.dumps({"messages": [{"role": "user", "content": "x"}, {"role": 3}]})
    content = f"\ufeff{good}\n\n{{oops\n{bad_message}\n{json.dumps({'id': 1})}\n"

    result = run(workspace(tmp_path), content)

    assert result.code == 1
    assert len(traces(tmp_path)) == 1
    assert "logs.jsonl:3: not JSON" in result.err
    assert "logs.jsonl:4: message 2 has no role" in result.err
    assert "logs.jsonl:5: it holds no list of messages" in result.err
    assert "3 records could not be imported" in result.err
    failed = document(run(tmp_path, content, "--json"))["failed"]
    assert [(one["file"], one["line"]) for one in failed] == [
        ("logs.jsonl", 3),
        ("logs.jsonl", 4),
        ("logs.jsonl", 5),
    ]


@pytest.mark.parametrize("content", ["", "a,b\n1,2\n", '{"resourceSpans": []}', "[3]", "{}"])
def test_a_file_without_any_record_is_refused(tmp_path: Path, content: str) -> None:
    """Exit 2 and nothing written."""
    result = run(workspace(tmp_path), content)

    assert result.code == 2
    assert not (tmp_path / "traces").exists()


def test_the_round_must_be_named(tmp_path: Path) -> None:
    """Exit 2 with an example; a reserved or unsafe name is refused, too."""
    workspace(tmp_path, {"logs.jsonl": lines(chat("one"))})

    missing = run_cli("import", "logs.jsonl", cwd=tmp_path)
    assert missing.code == 2
    assert "--round production-1" in missing.err
    for name in ("dataset", "../up", "CON", "Über", ""):
        assert run_cli("import", "logs.jsonl", "--round", name, cwd=tmp_path).code == 2
    assert not (tmp_path / "traces").exists()


KEY = "sk-proj-abcdefghij0123456789ABCDEFGHIJ"
SECRETS = [MAIL, KEY, "4111 1111 1111 1111", "+49 151 12345678"]


def test_no_secret_reaches_the_disk(tmp_path: Path) -> None:
    """Not in titles, turns, arguments, results, ids, sessions, names, keys or the raw record."""
    arguments = json.dumps({"mail": MAIL, "card": 4111111111111111}).replace("@", "\\u0040")
    record = chat(
        f"I am {MAIL}, call +49 151 12345678",
        f"I use {KEY}",
        id=MAIL,
        session_id=f"session of {MAIL}",
        user=MAIL,
        metadata={MAIL: KEY, "card": 4111111111111111},
        password="hunter2hunter2",
        error={"message": f"no access for {MAIL}"},
    )
    call = {"id": "c1", "type": "function", "function": {"name": "f", "arguments": arguments}}
    record["messages"] += [
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "c1", "content": f'{{"to": ["{MAIL}"]}}'},
        {"role": "assistant", "content": [{"type": "text", "text": SECRETS[2]}]},
    ]

    result = run(
        workspace(tmp_path),
        lines(record, {**record, "id": "ben@example.com"}),
        "--dimension",
        "user=user",
        name=f"logs of {MAIL}.jsonl",
    )

    assert result.code == 0
    plain = [*SECRETS, "4111111111111111", "hunter2hunter2", "ben@example.com"]
    files = dict(written(tmp_path))
    assert len(files) == 2 + 2 + 1
    for path, text in files.items():
        assert [secret for secret in plain if secret in text or secret in str(path)] == []
        assert find(text) == ()
    first, second = traces(tmp_path).values()
    assert first.head.source_id != second.head.source_id
    calls = [p for turn in first.turns for p in turn.parts if p.type == "tool_call"]
    assert json.loads(calls[0].text or "") == {"mail": "[email-1]", "card": "[card-1]"}
    assert MAIL not in result.out


def test_placeholders_are_the_same_within_a_trace_only(tmp_path: Path) -> None:
    """One address has one number in a trace; the next trace counts from 1 again."""
    record = chat(f"{MAIL} and ben@example.com", f"{MAIL}?", id="a")

    run(workspace(tmp_path), lines(record, chat("ben@example.com", id="b")))

    found = traces(tmp_path)
    assert [p.text for turn in found["a"].turns[1:] for p in turn.parts] == [
        "[email-1] and [email-2]",
        "[email-1]?",
    ]
    assert found["b"].head.title == "[email-1]"


def test_a_hidden_id_is_known_again(tmp_path: Path) -> None:
    """Records named by an address are not imported twice, and are told apart."""
    content = lines(chat("one", id=MAIL), chat("two", id="ben@example.com"))
    run(workspace(tmp_path), content)

    assert document(run(tmp_path, content, "--json"))["skipped"] == 2
    assert len(traces(tmp_path)) == 2


HOSTILE = ["../../x", "/etc/passwd", "CON", "😀", "x" * 500, "a/b", "..", "A", "a", "a ", "\ud800"]


def test_hostile_ids_stay_in_the_round(tmp_path: Path) -> None:
    """Paths, devices, emoji and capitals give one file each, in the round's folder."""
    content = lines(*(chat("one", id=id_) for id_ in HOSTILE))

    result = document(run(workspace(tmp_path), content, "--json"))

    assert result["imported"] == len(HOSTILE)
    assert len({name.lower() for name in traces(tmp_path)}) == len(HOSTILE)
    assert {path.parent.name for path in tmp_path.rglob("*.md")} == {"r"}
    assert document(run(tmp_path, content, "--json"))["imported"] == 0


def test_one_id_for_several_records_loses_none(tmp_path: Path) -> None:
    """Each is a trace, and none comes again when the file is sorted anew."""
    records = [chat(text, id="1") for text in ("one", "two", "three")]
    run(workspace(tmp_path), lines(*records))

    again = document(run(tmp_path, lines(*records[::-1]), "--json"))

    assert sorted(t.head.title for t in traces(tmp_path).values()) == ["one", "three", "two"]
    assert again["imported"] == 0


def test_another_record_with_a_known_id_is_said(tmp_path: Path) -> None:
    """It is skipped as its id is there; `--prefix` tells files with small ids apart."""
    run(workspace(tmp_path), lines(chat("one", id=1)))

    other = run(tmp_path, lines(chat("two", id=1)), name="other.jsonl")
    assert (other.code, len(traces(tmp_path))) == (0, 1)
    assert "--prefix" in other.err
    apart = run(tmp_path, lines(chat("two", id=1)), "--prefix", "b", name="other.jsonl")
    assert apart.code == 0
    assert sorted(traces(tmp_path)) == ["1", "b-1"]


def test_ids_of_any_round_are_skipped(tmp_path: Path) -> None:
    """A source id that another round's trace has is not imported again."""
    there = {"traces/old/x.md": trace_text(source_id="req-1")}

    result = document(run(workspace(tmp_path, there), lines(chat("one", id="req-1")), "--json"))

    assert (result["imported"], result["skipped"]) == (0, 1)


def test_a_broken_trace_stops_the_import(tmp_path: Path) -> None:
    """Its id is not known, so nothing can be said to be new; exit 2, nothing written."""
    folder = workspace(tmp_path, {"traces/old/x.md": "---\nkind: [\n---\n"})

    assert run(folder, lines(chat("one"))).code == 2
    assert not (tmp_path / "traces/r").exists()


# ---------------------------------------------------------------- rounds and samples


def test_round_yaml_says_what_is_known(tmp_path: Path) -> None:
    """The file and how many there were; how they were drawn only if the person says it."""
    content = lines(*(chat(f"q{number}") for number in range(5)))
    folder = workspace(tmp_path)
    run(folder, content)
    run(folder, lines(chat("z")), "--round", "s", "--drawn", "random", name="z.jsonl")

    assert (folder / "traces/r/round.yaml").read_text() == "source: logs.jsonl\npopulation: 5\n"
    assert (folder / "traces/s/round.yaml").read_text() == "source: z.jsonl\ndrawn: random\n"


def test_a_sample_is_random_and_comes_again(tmp_path: Path) -> None:
    """round.yaml says drawn, seed and population; the next import of it draws no other."""
    records = [chat(f"q{number}", id=f"r{number}") for number in range(40)]
    folder = workspace(tmp_path)

    first = document(run(folder, lines(*records), "--sample", "10", "--seed", "3", "--json"))
    again = document(run(folder, lines(*records[::-1]), "--sample", "10", "--seed", "3", "--json"))
    more = document(run(folder, lines(*records), "--sample", "15", "--seed", "3", "--json"))

    assert (first["imported"], again["imported"], more["imported"]) == (10, 0, 5)
    text = (folder / "traces/r/round.yaml").read_text()
    assert text == "source: logs.jsonl\ndrawn: random\nseed: 3\npopulation: 40\n"
    assert first["traces"] != sorted(first["traces"])


def test_the_next_round_draws_from_what_is_left(tmp_path: Path) -> None:
    """A second sample holds no record of the first, and says how many were left."""
    records = [chat(f"q{number}", id=f"r{number}") for number in range(20)]
    folder = workspace(tmp_path)
    run(folder, lines(*records), "--sample", "5", "--round", "one")

    second = document(run(folder, lines(*records), "--sample", "5", "--round", "two", "--json"))

    assert second["imported"] == 5
    assert second["population"] == 15
    assert not set(traces(folder, "one")) & set(traces(folder, "two"))


@pytest.mark.parametrize(
    "options",
    [
        ("--sample", "2", "--seed", "4"),
        ("--drawn", "targeted"),
        (),
        ("--sample", "9", "--seed", "3", "--limit", "1"),
    ],
)
def test_a_drawn_round_takes_no_other_records(tmp_path: Path, options: tuple[str, ...]) -> None:
    """Another seed, another way or no draw at all would make it no random sample; exit 2."""
    records = [chat(f"q{number}", id=f"r{number}") for number in range(9)]
    folder = workspace(tmp_path)
    run(folder, lines(*records), "--sample", "2", "--seed", "3")
    more = [] if "--limit" not in options else [chat("new")]

    result = run(folder, lines(*records, *more), *options)

    assert result.code == 2
    assert "traces/r/round.yaml: the round" in result.err
    assert len(traces(folder)) == 2


def test_round_yaml_that_is_there_stays(tmp_path: Path) -> None:
    """A person's words and comments are kept, and its draw holds if the import says the same."""
    mine = "# from the warehouse\ndrawn: random\npopulation: 90000\n"
    folder = workspace(tmp_path, {"traces/r/round.yaml": mine})

    result = run(folder, lines(chat("one")))
    same = run(folder, lines(chat("two")), "--drawn", "random")

    assert (result.code, same.code) == (0, 0)
    assert (folder / "traces/r/round.yaml").read_text() == mine
    assert "stays as it is" in result.err
    assert len(traces(folder)) == 2


def test_the_first_of_a_file_are_no_random_draw(tmp_path: Path) -> None:
    """`--limit` takes the first ones, which `--drawn random` cannot cover."""
    folder = workspace(tmp_path)
    content = lines(chat("one", id="a"), chat("two", id="b"), chat("three", id="c"))

    assert run(folder, content, "--limit", "1", "--drawn", "random").code == 2
    assert document(run(folder, content, "--limit", "2", "--json"))["traces"] == ["r/a", "r/b"]
    assert document(run(folder, content, "--limit", "2", "--json"))["traces"] == ["r/c"]


# ---------------------------------------------------------------- the command


def test_dry_run_writes_nothing(tmp_path: Path) -> None:
    """It says how many, the first title and what round.yaml would be."""
    result = run(workspace(tmp_path), lines(chat("where is it?", id="a")), "--dry-run")

    assert result.code == 0
    assert "1 trace would be imported into r" in result.out
    assert 'r/a "where is it?"' in result.err
    assert "+source: logs.jsonl" in result.out
    assert list(written(tmp_path)) == []


def test_json_is_one_document(tmp_path: Path) -> None:
    """Counts, failures and what was hidden by kind; also when some records failed."""
    result = run(workspace(tmp_path), lines(chat(f"I am {MAIL}", id="a"), {"id": 2}), "--json")

    found = document(result)
    assert result.code == 1
    assert (found["round"], found["imported"], found["skipped"]) == ("r", 1, 0)
    assert found["redacted"] == {"email": 1}
    assert found["failed"] == [
        {"file": "logs.jsonl", "line": 2, "why": "it holds no list of messages"}
    ]
    assert found["traces"] == ["r/a"]


def test_dimensions_are_taken_from_the_record(tmp_path: Path) -> None:
    """A path of keys gives the value; a record without it has no such dimension."""
    content = lines(chat("one", id="a", metadata={"plan": "pro"}), chat("two", id="b"))

    run(workspace(tmp_path), content, "--dimension", "plan=metadata.plan")

    found = traces(tmp_path)
    assert found["a"].head.dimensions == {"plan": "pro"}
    assert found["b"].head.dimensions == {}
    assert run(tmp_path, content, "--dimension", "plan").code == 2


def test_several_files_are_one_import(tmp_path: Path) -> None:
    """The round names the first and how many more; a missing file stops everything."""
    folder = workspace(
        tmp_path, {"a.json": json.dumps([chat("one")]), "b.json": json.dumps(chat("two"))}
    )

    assert run_cli("import", "a.json", "missing.json", "--round", "r", cwd=folder).code == 2
    assert run_cli("import", "a.json", "b.json", "--round", "r", cwd=folder).code == 0
    assert len(traces(folder)) == 2
    text = (folder / "traces/r/round.yaml").read_text()
    assert text == "source: a.json and 1 more\npopulation: 2\n"


def test_a_stopped_import_goes_on(tmp_path: Path) -> None:
    """What was written before the interruption stays; the next import brings the rest."""
    records = [chat(f"q{number}", id=f"r{number}") for number in range(120)]
    folder = workspace(tmp_path, {"logs.jsonl": lines(*records)})

    def stop(done: int, _of: int) -> None:
        if done == 60:
            raise InterruptedByUserError("stop")

    with pytest.raises(InterruptedByUserError):
        import_files(find_workspace(folder), [folder / "logs.jsonl"], "r", progress=stop)
    partly = len(traces(folder))
    rest = import_files(find_workspace(folder), [folder / "logs.jsonl"], "r")

    assert partly == 50
    assert len(rest.imported) == 70
    assert len(traces(folder)) == 120


def test_a_stopped_sample_goes_on_with_the_same_records(tmp_path: Path) -> None:
    """The second try imports what is missing of the same sample."""
    records = [chat(f"q{number}", id=f"r{number}") for number in range(200)]
    folder = workspace(tmp_path, {"logs.jsonl": lines(*records)})
    whole = import_files(
        find_workspace(folder), [folder / "logs.jsonl"], "r", How(sample=80, dry_run=True)
    )

    def stop(done: int, _of: int) -> None:
        if done == 70:
            raise InterruptedByUserError("stop")

    with pytest.raises(InterruptedByUserError):
        import_files(
            find_workspace(folder), [folder / "logs.jsonl"], "r", How(sample=80), progress=stop
        )
    import_files(find_workspace(folder), [folder / "logs.jsonl"], "r", How(sample=80))

    assert {f"r/{name}" for name in traces(folder)} == set(whole.imported)


def test_a_name_that_is_taken_is_never_overwritten(tmp_path: Path) -> None:
    """A trace of that name that is there, whatever it holds, stays; the new one gets a hash."""
    mine = trace_text("mine")
    folder = workspace(tmp_path, {"traces/r/req-1.md": mine})

    run(folder, lines(chat("one", id="req-1")))

    assert (folder / "traces/r/req-1.md").read_text() == mine
    assert len(traces(folder)) == 2


def test_long_tool_outputs_are_attachments(tmp_path: Path) -> None:
    """More than 64 KB do not stand in the trace but in a file beside it, whole."""
    output = "line of output\n" * 6000
    record = chat("go", id="a")
    record["messages"].append({"role": "tool", "tool_call_id": "c", "content": output})

    run(workspace(tmp_path), lines(record))

    assert len((tmp_path / "traces/r/a.md").read_bytes()) < 20_000
    (attachment,) = [path for path in (tmp_path / "traces/r/a").rglob("*") if path.is_file()]
    assert attachment.read_text() == output
    assert traces(tmp_path)["a"].head.sha256


def test_the_workspace_is_sound_afterwards(tmp_path: Path) -> None:
    """`check` and `status` work on what the import wrote."""
    run(workspace(tmp_path), lines(chat("one", id="a"), chat("two", session_id="s")))

    checked = run_cli("check", "--json", cwd=tmp_path)
    status = run_cli("status", "--json", cwd=tmp_path)

    assert (checked.code, json.loads(checked.out)["problems"]) == (0, [])
    assert (status.code, json.loads(status.out)["traces"]) == (0, 2)


@pytest.mark.parametrize("how", [How(sample=0), How(limit=0), How(seed=-1)])
def test_bounds_are_checked_for_callers_of_the_function(tmp_path: Path, how: How) -> None:
    """Python callers are told as the command line tells."""
    folder = workspace(tmp_path, {"logs.jsonl": lines(chat("one"))})

    with pytest.raises(BadInputError, match="must be at least"):
        import_files(find_workspace(folder), [folder / "logs.jsonl"], "r", how)


# ---------------------------------------------------------------- anything at all

SCALAR = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12)
WORDS = (
    "id messages role content tool_calls function name arguments session_id metadata created "
    "usage error response title uuid data input output type"
).split()
ANYTHING = st.recursive(
    SCALAR,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(WORDS) | st.text(max_size=5), inner, max_size=5)
    ),
    max_leaves=15,
)
MESSAGE = st.fixed_dictionaries(
    {"role": st.sampled_from(["user", "assistant", "tool", "system", "odd one"])},
    optional={
        "content": ANYTHING,
        "tool_calls": st.lists(ANYTHING, max_size=2),
        "name": ANYTHING,
        "tool_call_id": ANYTHING,
        "weird": ANYTHING,
    },
)
RECORD = st.fixed_dictionaries(
    {"messages": st.lists(MESSAGE, max_size=4)},
    optional=dict.fromkeys(("id", "session_id", "error", "metadata", "created"), ANYTHING),
)


@settings(max_examples=60)
@given(st.lists(RECORD | ANYTHING, max_size=4) | ANYTHING)
def test_any_json_is_imported_or_refused(content: Any) -> None:
    """No file content crashes the import; what it writes is read back; again, nothing is new."""
    with tempfile.TemporaryDirectory() as name:
        folder = workspace(Path(name), {})
        (folder / "logs.json").write_text(json.dumps(content))
        place = find_workspace(folder)

        report = import_files(place, [folder / "logs.json"], "r")
        again = import_files(place, [folder / "logs.json"], "r")

        corpus = load(WorkingTree(folder), place.config)
        assert corpus.problems == ()
        assert set(corpus.traces) == set(report.imported)
        assert again.imported == ()
        for path in folder.glob("traces/r/*.md"):
            text = path.read_bytes().decode()
            read, problems = trace.parse(text, "x.md")
            assert problems == ()
            assert read is not None
            assert trace.parse(trace.render(read), "x.md") == (read, ())
