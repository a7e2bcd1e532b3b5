"""The configuration: every mistake is named with its line and what to write instead."""

from __future__ import annotations

import pytest
from hypothesis import given

from casefiles.documents.config import (
    Annotator,
    App,
    Config,
    Models,
    Review,
    Run,
    View,
)
from casefiles.documents.config_reader import parse
from casefiles.documents.targets import Command, Http, Model, Plugin, Python
from hostile import texts

FULL = """\
[app]
name = "Shop"
description = "Answers."
expert_domain = true
version = "$SHA"

[targets.demo]
command = ["python", "-m", "demo"]
stdin = "text"
output = "text"
cwd = ".."
env = { TOKEN = "$TOKEN" }

[targets.function]
python = "shop.app:answer"

[targets.web.http]
url = "http://127.0.0.1:8000/chat"
method = "PUT"
headers = { A = "Bearer $B" }
body = { message = "{query}", log = ["{messages}", 1, true] }
output = "reply.text"
messages = "new"
session = "id"
needs_human = "pending"
done = "over"
usage = "usage"
cost = "price"

[targets.short]
http = "$SHOP/chat"
output = "reply"

[targets.llm]
model = { model = "x/y", system = "a.md", options = { temperature = 0 } }

[targets.bare]
model = "x/y"

[targets.other]
plugin = "grpc"
settings = { port = 1 }

[run]
target = "demo"
concurrency = 8
timeout_s = 2.5
conversation_timeout_s = 30
approver = "Yes."
retries = 0
max_calls = 100
max_cost_usd = 1

[models]
generate = "a"
cluster = "b"
simulate = "d"
embed = "c"
prompts = "prompts"

[review]
annotators = ["ana", "ben"]
overlap = 20
order = "newest"
seed = 7

[view]
fold = ["system"]
hide = ["tool"]
final_first = true

[redact.patterns]
order = "ORD-[0-9]+"

[saturation]
smallest = 0.1

[annotators."ana@example.org"]
name = "ana"

[annotators.bot]
kind = "model"
"""


def read(text: str, path: str = "casefiles.toml") -> Config:
    """Read a configuration that must be sound."""
    found, problems = parse(text, path)
    assert problems == ()
    assert found is not None
    return found


def test_every_key_is_read() -> None:
    """The whole of it."""
    assert read(FULL) == Config(
        path="casefiles.toml",
        app=App(name="Shop", description="Answers.", expert_domain=True, version="$SHA"),
        targets={
            "demo": Command(
                name="demo",
                command=("python", "-m", "demo"),
                stdin="text",
                output="text",
                cwd="..",
                env={"TOKEN": "$TOKEN"},
            ),
            "function": Python(name="function", python="shop.app:answer"),
            "web": Http(
                name="web",
                url="http://127.0.0.1:8000/chat",
                method="PUT",
                headers={"A": "Bearer $B"},
                body={"message": "{query}", "log": ["{messages}", 1, True]},
                output="reply.text",
                messages="new",
                session="id",
                needs_human="pending",
                done="over",
                usage="usage",
                cost="price",
            ),
            "short": Http(name="short", url="$SHOP/chat", output="reply"),
            "llm": Model(name="llm", model="x/y", system="a.md", options={"temperature": 0}),
            "bare": Model(name="bare", model="x/y"),
            "other": Plugin(name="other", plugin="grpc", settings={"port": 1}),
        },
        run=Run(
            target="demo",
            concurrency=8,
            timeout_s=2.5,
            conversation_timeout_s=30,
            approver="Yes.",
            retries=0,
            max_calls=100,
            max_cost_usd=1,
        ),
        models=Models(generate="a", cluster="b", simulate="d", embed="c", prompts="prompts"),
        review=Review(annotators=("ana", "ben"), overlap=20, order="newest", seed=7),
        view=View(fold=("system",), hide=("tool",), final_first=True),
        redact={"order": "ORD-[0-9]+"},
        smallest=0.1,
        annotators={
            "ana@example.org": Annotator(name="ana"),
            "bot": Annotator(name="bot", kind="model"),
        },
    )


def test_an_empty_configuration_has_every_default() -> None:
    """`casefiles.toml` may be empty."""
    assert read("") == Config()
    assert read("[app]\n[run]\n[targets]\n") == Config()


def test_pyproject_holds_the_same_keys_below_tool_casefiles() -> None:
    """Other tools' tables are none of ours."""
    text = '[project]\nname = 1\n[tool.other]\nx = 1\n[tool.casefiles.app]\nname = "Shop"\n'

    assert read(text, "pyproject.toml") == Config(path="pyproject.toml", app=App(name="Shop"))


def test_who_is_not_configured_is_human() -> None:
    """Kinds are looked up by the annotator's name and by the key of the table."""
    config = read(FULL + '[annotators."old@example.org"]\nname = "log"\nkind = "import"\n')

    kinds = {name: config.kind_of(name) for name in ("ana", "bot", "log", "old@example.org", "eve")}
    assert kinds == {
        "ana": "human",
        "bot": "model",
        "log": "import",
        "old@example.org": "import",
        "eve": "human",
    }


ONE_OF = "[targets.d] needs exactly one of command, http, python, model, plugin"
NO_URL = "an http target needs the 'url' of the server, as in http = \"http://…\""
NO_MODEL = 'a model target needs the name of a model, as in model = "provider/name"'
TABLES = "app targets run models review view redact saturation annotators".split()
MISTAKES = [
    ('[app]\nnmae = "x"', 2, "unknown key 'nmae' in [app]", "did you mean 'name'?"),
    ("[aap]\n", 1, "unknown key 'aap'", "did you mean 'app'?"),
    ("\n\nzzz = 1", 3, "unknown key 'zzz'", f"known: {', '.join(TABLES)}"),
    (
        "[saturation]\nsmalest = 0.1",
        2,
        "unknown key 'smalest' in [saturation]",
        "did you mean 'smallest'?",
    ),
    ('[redact]\npattern = "x"', 2, "unknown key 'pattern' in [redact]", "did you mean 'patterns'?"),
    (
        '[annotators.a]\nname = "a"\n[annotators.b]\nnmae = "b"',
        4,
        "unknown key 'nmae' in [annotators.b]",
        "did you mean 'name'?",
    ),
    (
        "[targets.d]\ncommand = ['x']\nenvv = {}",
        3,
        "unknown key 'envv' in [targets.d]",
        "did you mean 'env'?",
    ),
    (
        "[targets.d]\npython = 'a:b'\nstdin = 'json'",
        3,
        "unknown key 'stdin' in [targets.d]",
        "known: cwd, env, python",
    ),
    ("app = 3", 1, "'app' must be a table", None),
    ("[targets]\nd = 3", 2, "'d' must be a table, as in [targets.d]", None),
    ("[annotators]\na = 'x'", 2, "'a' must be a table, as in [annotators.a]", None),
    ("[redact]\npatterns = 'x'", 2, "'patterns' must be a table", None),
    ("[app]\nname = 3", 2, "'name' must be text, not 3", None),
    ("[app]\nexpert_domain = 1", 2, "'expert_domain' must be true or false, not 1", None),
    ("[app]\nexpert_domain = 'yes'", 2, "'expert_domain' must be true or false, not 'yes'", None),
    ("[run]\nconcurrency = true", 2, "'concurrency' must be a whole number, not true", None),
    ("[run]\nconcurrency = 1.5", 2, "'concurrency' must be a whole number, not 1.5", None),
    ("[run]\nconcurrency = 0", 2, "'concurrency' must be at least 1", None),
    ("[run]\nretries = -1", 2, "'retries' must be at least 0", None),
    ("[run]\nmax_calls = -1", 2, "'max_calls' must be at least 0", None),
    ("[run]\nmax_cost_usd = -0.5", 2, "'max_cost_usd' must be at least 0", None),
    ("[run]\nmax_cost_usd = nan", 2, "'max_cost_usd' must be a number, not nan", None),
    ("[run]\nmax_cost_usd = false", 2, "'max_cost_usd' must be a number, not false", None),
    ("[run]\ntimeout_s = 0", 2, "'timeout_s' must be more than 0", None),
    ("[run]\ntimeout_s = inf", 2, "'timeout_s' must be more than 0", None),
    ("[run]\ntimeout_s = '5'", 2, "'timeout_s' must be a number, not '5'", None),
    ("[review]\noverlap = -1", 2, "'overlap' must be at least 0", None),
    (
        "[review]\norder = 'randon'",
        2,
        "'order' is 'randon', not one of random | path | newest",
        "did you mean 'random'?",
    ),
    ("[review]\nannotators = 'ana'", 2, "'annotators' must be a list of words, not 'ana'", None),
    (
        "[review]\nannotators = ['ana', 3]",
        2,
        "'annotators' must be a list of words, not ['ana', 3]",
        None,
    ),
    (
        "[review]\nannotators = ['Ana B']",
        2,
        "'Ana B' cannot name a folder; use a-z, 0-9, - and _",
        None,
    ),
    ("[review]\nannotators = ['dataset']", 2, "'dataset' is a reserved name", "choose another"),
    ("[review]\nannotators = ['a', 'b', 'a']", 2, "'a' stands twice in 'annotators'", None),
    ("[annotators.adjudicated]\n", 1, "'adjudicated' is a reserved name", "choose another"),
    ("[annotators.'x@y']\n", 1, "'x@y' cannot name a folder; use a-z, 0-9, - and _", None),
    ("[annotators.a]\nkind = 'bot'", 2, "'kind' is 'bot', not one of human | import | model", None),
    ("[saturation]\nsmallest = 1", 2, "'smallest' must lie between 0 and 1", None),
    ("[saturation]\nsmallest = nan", 2, "'smallest' must be a number, not nan", None),
    ("[view]\nfold = [['a']]", 2, "'fold' must be a list of words, not [['a']]", None),
    (
        "[redact.patterns]\na = 'x'\nb = '['",
        3,
        "the pattern 'b' is no regular expression (unterminated character set at position 0)",
        None,
    ),
    (
        "[redact.patterns]\nb = 'a{99999999999}'",
        2,
        "the pattern 'b' is no regular expression (the repetition number is too large)",
        None,
    ),
    (
        "[targets.d]\n",
        1,
        f"{ONE_OF}; has none of them",
        None,
    ),
    (
        "[targets.d]\ncommand = ['x']\nhttp = {}",
        1,
        f"{ONE_OF}; has command and http",
        None,
    ),
    ("[targets.d]\ncommand = []", 2, "'command' must be a list of words", None),
    ("[targets.d]\ncommand = 'a b'", 2, "'command' must be a list of words, not 'a b'", None),
    (
        "[targets.d]\ncommand = ['x']\nstdin = 'xml'",
        3,
        "'stdin' is 'xml', not one of json | text | none",
        None,
    ),
    ("[targets.d]\ncommand = ['x']\nenv = { A = 1 }", 3, "'A' must be text, not 1", None),
    ("[targets.d]\npython = 'app'", 2, "'python' must be module:function", None),
    ("[targets.d]\npython = 3", 2, "'python' must be text, not 3", None),
    (
        "[targets.d]\nhttp = 'http://x'\noutptu = 'a'",
        3,
        "unknown key 'outptu' in [targets.d]",
        "did you mean 'output'?",
    ),
    (
        "[targets.d]\nhttp = {url = 'http://x', bdy = 'a'}",
        2,
        "unknown key 'bdy' in [targets.d.http]",
        "did you mean 'body'?",
    ),
    (
        "[targets.d]\noutput = 'a'\n[targets.d.http]\nurl = 'http://x'",
        2,
        "unknown key 'output' in [targets.d]",
        "known: http",
    ),
    (
        "[targets.d]\nhttp = 'http://x'\nurl = 'http://y'",
        3,
        "'url' is said twice, by 'http' too",
        None,
    ),
    *(
        (f"[targets.d]\nhttp = {value}", 2, NO_URL, None)
        for value in ("'127.0.0.1:80'", "{}", "'http://a b'", "''")
    ),
    ("[targets.d]\nhttp = 3", 2, "'http' must be text, not 3", None),
    (
        "[targets.d]\nhttp = 'http://x'\nmethod = 'post'",
        3,
        "'method' is 'post', not one of POST | GET | PUT | PATCH",
        None,
    ),
    ("[targets.d]\nhttp = 'http://x'\nheaders = {A = 1}", 3, "'A' must be text, not 1", None),
    (
        "[targets.d]\nhttp = 'http://x'\nbody = [{a = 2026-01-01}]",
        3,
        "'body' holds 2026-01-01, which JSON cannot",
        None,
    ),
    (
        "[targets.d]\nhttp = 'http://x'\nbody = [nan]",
        3,
        "'body' holds nan, which JSON cannot",
        None,
    ),
    (
        "[targets.d]\nhttp = 'http://x'\nsession = 'a['",
        3,
        "'session' is no JMESPath expression (Invalid jmespath expression: Incomplete expression)",
        "see https://jmespath.org",
    ),
    ("[targets.d]\nmodel = ''", 2, NO_MODEL, None),
    ("[targets.d]\nmodel = {system = 'a'}", 2, NO_MODEL, None),
    (
        "[targets.d]\nmodel = 'a/b'\nsytem = 'a'",
        3,
        "unknown key 'sytem' in [targets.d]",
        "did you mean 'system'?",
    ),
    (
        "[targets.d]\nmodel = 'a/b'\noptions = {stop = inf}",
        3,
        "'options' holds inf, which JSON cannot",
        None,
    ),
    ("[targets.d]\nplugin = ' '", 2, "'plugin' must name an entry point", None),
    (
        "[targets.d]\nplugin = 'a'\nport = 1",
        3,
        "unknown key 'port' in [targets.d]",
        "known: plugin, settings",
    ),
    ("[run]\nconversation_timeout_s = 0", 2, "'conversation_timeout_s' must be more than 0", None),
]


@pytest.mark.parametrize(("text", "line", "message", "remedy"), MISTAKES)
def test_each_mistake_is_one_problem(
    text: str, line: int, message: str, remedy: str | None
) -> None:
    """With its line, what is wrong, and where it helps what to write."""
    found, problems = parse(text, "casefiles.toml")

    assert found is None
    assert [(p.line, p.message, p.remedy) for p in problems] == [(line, message, remedy)]
    assert {(p.level, p.code, p.path) for p in problems} == {("error", "config", "casefiles.toml")}


@pytest.mark.parametrize(("text", "line", "message", "remedy"), MISTAKES[:4])
def test_in_pyproject_the_line_is_that_of_our_table(
    text: str, line: int, message: str, remedy: str | None
) -> None:
    """Other tables may have keys of the same name."""
    del remedy
    head = '[app]\nnmae = "not ours"\n[tool.other]\nzzz = 1\n'
    ours = text.replace("[", "[tool.casefiles.") if "[" in text else f"[tool.casefiles]{text}"

    _, problems = parse(head + ours, "pyproject.toml")

    shift = head.count("\n")
    assert [(p.line, p.message) for p in problems] == [(line + shift, message)]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("[app]\nname = \n", 2),
        ("[app]\n[app]\n", 2),
        ("[app]\nname = 'x\n", 2),
        ("[app]\nname = 'a'\nname = 'b'\n", 3),
        ("[app]\ndescription = '''\nx\n\n", 3),
        ("x = " + "[" * 5_000, 1),
        ("x = " + "9" * 5_000, 1),
    ],
)
def test_a_mistake_of_syntax_has_its_line(text: str, line: int) -> None:
    """TOML's own message, without its place said twice."""
    found, problems = parse(text, "casefiles.toml")

    assert found is None
    assert [(p.code, p.line) for p in problems] == [("toml", line)]
    assert "(at " not in problems[0].message


@pytest.mark.parametrize("text", ["tool = 1", "[tool]\ncasefiles = 3", "[[tool]]\nx = 1"])
def test_a_tool_table_that_is_none_is_a_problem(text: str) -> None:
    """Not a crash."""
    found, problems = parse(text, "pyproject.toml")

    assert found is None
    assert len(problems) == 1


@given(texts)
def test_any_text_is_a_configuration_or_a_problem(text: str) -> None:
    """Nothing raises."""
    for body in (
        text,
        f"[app]\n{text}",
        f"[targets.x]\n{text}",
        f"[redact.patterns]\na = '{text}'",
    ):
        for path in ("casefiles.toml", "pyproject.toml"):
            found, problems = parse(body, path)
            assert (found is None) == bool(problems)
            assert all(1 <= problem.line <= body.count("\n") + 1 for problem in problems)


def test_every_problem_is_said_at_once() -> None:
    """Nobody mends a file one error at a time."""
    _, problems = parse("[app]\nname = 3\n[run]\nretries = -1\nx = 1\n", "casefiles.toml")

    assert sorted(problem.line for problem in problems) == [2, 4, 5]
