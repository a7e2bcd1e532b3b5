"""A proposal into the taxonomy: every line checked, all of it or nothing, never a note."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from casefiles.documents.config import Annotator, Config
from casefiles.documents.judgements import judge
from casefiles.documents.problem import Problem
from casefiles.taxonomy.accepting import Accepted, accept, reject
from casefiles.taxonomy.working_copy import RefusedError
from corpora import carried_out, corpus, files
from workspaces import mode_text

PATH = "taxonomy/proposals/p.md"
DAY = "2026-11-24"
CONFIG = Config(annotators={"bot": Annotator(name="bot", kind="model")})
HEAD = "---\nkind: proposal/1\nstatus: open\nmethod: embedded/lexical\n---\nRead me first.\n\n"
FILES = files(
    {
        "notes/ana/r/t1.md": 'it rambles\n\nsays "no" & \\ twice\n',
        "notes/ana/r/t2.md": "---\nlabels: {tone: yes@1}\n---\nit is rude\n",
        "notes/ben/r/t1.md": "naïve — 日本語 ☃\n",
        "notes/bot/r/t1.md": "it rambles\n",
        "taxonomy/too-long.md": mode_text("Too long", version=2),
        "taxonomy/tone.md": mode_text("Tone", aliases="[manner]"),
        "taxonomy/misc.md": mode_text("Misc"),
        "taxonomy/gone.md": mode_text("Gone", status="retired", merged_into="tone@1"),
    },
    traces=("r/t1", "r/t2"),
)
NEW = """\
## new: Rambles on
Yes if it rambles.
No if it does not.

- [x] ana:r/t1#1 "it rambles"
"""
RAMBLES = '- [x] ana:r/t1#1 "it rambles"\n'
RUDE = '- [x] ana:r/t2#1 "it is rude"\n'


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of a proposal."""

    accepted: Accepted | None
    problems: tuple[Problem, ...]
    files: dict[str, str]

    @property
    def proposal(self) -> str:
        return self.files[PATH]

    @property
    def codes(self) -> list[str]:
        return [f"{problem.code}:{problem.line}" for problem in self.problems]


def run(body: str, *, head: str = HEAD, newline: str = "\n") -> Outcome:
    """Accept a proposal of this body and read everything back, which must be sound."""
    before = {**FILES, PATH: (head + body).replace("\n", newline)}
    accepted, problems = accept(corpus(before, config=CONFIG), "p", read=before.get, day=DAY)
    if accepted is None:
        return Outcome(accepted=None, problems=problems, files=before)
    after = carried_out(before, accepted.plan)
    assert not corpus(after).broken
    assert {path for path in after if after[path] != before.get(path)}.isdisjoint(
        path for path in after if path.startswith(("notes/", "traces/"))
    )
    return Outcome(accepted=accepted, problems=problems, files=after)


def errors(body: str) -> list[str]:
    """Accept a proposal that must be refused; return each problem as code and line of the body."""
    found = run(body)
    assert found.accepted is None
    first = HEAD.count("\n")
    return [f"{problem.code}:{problem.line - first}" for problem in found.problems]


def said(body: str) -> str:
    """Return the first problem of a proposal that must be refused, without its place."""
    found = run(body)
    assert found.accepted is None
    return str(found.problems[0]).partition(": ")[2]


class TestNewAndAdd:
    def test_a_new_mode_is_written_and_its_lines_become_codes(self) -> None:
        """The proposal says under which version; the observations now show the mode."""
        found = run(NEW + '- [ ] ana:r/t2#1 "it is rude"\n')

        assert found.accepted is not None
        assert found.accepted.codes == 1
        assert [change.path for change in found.accepted.plan.changes] == [
            "taxonomy/rambles-on.md",
            PATH,
        ]
        assert found.files["taxonomy/rambles-on.md"].endswith(
            "Yes if it rambles.\nNo if it does not.\n\n## Memo\n- 2026-11-24 v1: new (proposal p)\n"
        )
        settled = judge(corpus(found.files))
        assert settled.of("r/t1", "rambles-on").by["ana"].value == "yes"
        assert settled.of("r/t2", "rambles-on").value is None

    def test_the_proposal_keeps_every_byte_but_status_and_applied(self) -> None:
        """Comments, unknown keys, remarks, odd spacing and unticked lines included."""
        head = HEAD.replace("method:", "# mine\nlead: ana   # yes\nmethod:")
        body = f'{NEW}\n\n  (still thinking)\n\n## left over\n- ben:r/t1#1 "naïve — 日本語 ☃"\n'

        found = run(body, head=head)

        expected = (head + body).replace("status: open", "status: accepted")
        applied = "applied:\n  new rambles-on: rambles-on@1\n"
        assert found.proposal == expected.replace("---\nRead", f"{applied}---\nRead")

    def test_a_file_with_windows_line_ends_keeps_them(self) -> None:
        """In every line, also in those that are added."""
        found = run(NEW, newline="\r\n")

        assert found.accepted is not None
        assert found.proposal.count("\n") == found.proposal.count("\r\n")
        assert "\r" not in found.files["taxonomy/rambles-on.md"]
        assert judge(corpus(found.files)).of("r/t1", "rambles-on").value == "yes"

    def test_add_codes_for_the_version_of_now_and_leaves_the_mode_alone(self) -> None:
        """By id, by old name or by name."""
        found = run(f"## add: too-long\n{RAMBLES}\n## add: manner\n{RUDE}")

        assert found.accepted is not None
        assert [change.path for change in found.accepted.plan.changes] == [PATH]
        assert "  add too-long: too-long@2\n  add manner: tone@1\n" in found.proposal
        assert judge(corpus(found.files)).of("r/t1", "too-long").value == "yes"

    def test_what_people_do_to_a_file_is_understood(self) -> None:
        """Other bullets, indents, capital ticks, definitions over several lines, lines above."""
        body = """\
## new: Rambles on

* [X] ana:r/t1#1 "it rambles"
  - [x] ana:r/t2#1  "it  is rude"

Yes if it rambles
on and on.

No if it does not.
Unless asked.
"""
        found = run(body)

        assert found.accepted is not None
        assert found.accepted.codes == 2
        assert (
            "---\nYes if it rambles\non and on.\n\nNo if it does not.\nUnless asked.\n\n## Memo"
            in found.files["taxonomy/rambles-on.md"]
        )

    def test_texts_are_compared_with_quotes_marks_and_any_script(self) -> None:
        """As the tool escapes them, or as a person types them."""
        found = run(
            "## add: tone\n"
            '- [x] ana:r/t1#2 "says \\"no\\" & \\\\ twice"\n'
            '- [x] ben:r/t1#1 "naïve — 日本語 ☃"\n'
        )
        typed = run('## add: tone\n- [x] ana:r/t1#2 "says "no" & \\ twice"\n')

        assert found.accepted is not None
        assert found.accepted.codes == 2
        assert typed.accepted is not None

    def test_a_number_that_is_wrong_is_refreshed(self) -> None:
        """The text identifies; only the digits change, also in lines without a tick."""
        found = run(
            '## add: tone\n- [x]  ana:r/t1#17  "it rambles"\n- ana:r/t1#1 "says "no" & \\ twice"\n'
        )

        assert '- [x]  ana:r/t1#1  "it rambles"\n' in found.proposal
        assert '- ana:r/t1#2 "says "no" & \\ twice"\n' in found.proposal

    def test_one_observation_may_show_two_modes(self) -> None:
        """A trace may show several."""
        found = run(f"## add: tone\n{RAMBLES}\n## add: misc\n{RAMBLES}")

        assert found.accepted is not None
        assert found.accepted.codes == 2

    def test_a_mode_may_be_added_before_it_was_ever_seen(self) -> None:
        """A definition is enough."""
        assert run(NEW.replace("[x]", "[ ]")).accepted is not None


class TestOperations:
    def test_merge_retire_rename_and_redefine_run_from_top_to_bottom(self) -> None:
        """Each sees what those above it made; prose under retire and rename is the reason."""
        found = run(
            f"{NEW}\n"
            f"## merge: rambles-on + misc -> too-long\n{RUDE}\n"
            "## redefine: tone\nYes if it is rude.\nNo if it is kind.\n\n"
            "## rename: tone -> Rude tone\nclearer\n\n"
            "## retire: rude-tone\nno failure\n"
        )

        assert found.accepted is not None
        modes = corpus(found.files).modes
        assert [str(source) for source in modes["too-long"].merged_from] == [
            "rambles-on@1",
            "misc@1",
        ]
        assert modes["rude-tone"].status == "retired"
        assert modes["rude-tone"].aliases == ("manner", "tone")
        assert "(proposal p: no failure)" in modes["rude-tone"].memo
        assert dict(corpus(found.files).proposals["p"].applied) == {
            "new rambles-on": "rambles-on@1",
            "merge too-long": "too-long@3",
            "redefine tone": "tone@2",
            "rename Rude tone": "rude-tone@2",
            "retire rude-tone": "rude-tone@2",
        }
        settled = judge(corpus(found.files))
        assert settled.of("r/t1", "too-long").value == "yes"
        assert not settled.of("r/t1", "too-long").stale
        assert settled.of("r/t2", "too-long").value == "yes"

    def test_a_merge_into_a_new_mode_takes_its_definition_from_the_section(self) -> None:
        """Without one it is an error."""
        merge = "## merge: misc + tone -> Unhelpful\n"

        found = run(f"{merge}Yes if it does not help.\nNo otherwise.\n")

        assert corpus(found.files).modes["unhelpful"].definition.is_complete
        assert "a new one needs a definition" in said(merge + RAMBLES)

    def test_a_split_makes_its_parts_and_codes_for_them(self) -> None:
        """Labels of the parent can be given to a part by name."""
        found = run(
            "## split: tone -> too-casual + lectures\n"
            "### too-casual\nYes if a.\nNo if b.\n- [x] ana:r/t2 (label)\n"
            f"### Lectures\nYes if c.\nNo if d.\n{RAMBLES}"
        )

        assert found.accepted is not None
        assert found.accepted.codes == 2
        modes = corpus(found.files).modes
        assert [str(mode) for mode in modes["tone"].split_into] == ["too-casual@1", "lectures@1"]
        assert str(modes["lectures"].split_from) == "tone@1"
        settled = judge(corpus(found.files))
        assert settled.of("r/t2", "too-casual").value == "yes"
        assert settled.of("r/t2", "lectures").unresolved
        assert settled.of("r/t1", "lectures").value == "yes"

    @pytest.mark.parametrize(
        "parts",
        [
            "",
            "### too-casual\nYes if a.\nNo if b.\n",
            "### too-casual\nYes if a.\nNo if b.\n### other\nYes if a.\nNo if b.\n",
            "### lectures\nYes if a.\nNo if b.\n" * 2,
        ],
    )
    def test_a_split_whose_parts_differ_from_its_heading_is_an_error(self, parts: str) -> None:
        """Each part stands once below it."""
        assert errors(f"## split: tone -> too-casual + lectures\n{parts}")[0] == "split:1"


class TestRefusals:
    @pytest.mark.parametrize(
        ("line", "code", "remedy"),
        [
            ('- [x] anna:r/t1#1 "it rambles"', "unknown-annotator", "did you mean 'ana'?"),
            ('- [x] zoe:r/t1#1 "it rambles"', "unknown-annotator", "delete the line"),
            ('- [x] bot:r/t1#1 "it rambles"', "not-human", "untick the line"),
            ('- [x] ana:r/t3#1 "it rambles"', "unknown-trace", "did you mean 'r/t"),
            ('- [x] ben:r/t2#1 "it rambles"', "no-note", "did you mean 'r/t1'?"),
            ('- [x] ana:r/t1#1 "it rumbles"', "no-observation", 'did you mean "it rambles"?'),
            ('- [x] ana:r/t1#2 "quite another"', "no-observation", 'did you mean "says'),
            ("- [x] ana:r/t1 (label)", "no-label", "delete the line"),
        ],
    )
    def test_a_line_that_cites_nothing_is_an_error_at_its_line(
        self, line: str, code: str, remedy: str
    ) -> None:
        """With the nearest thing that is there."""
        found = run(f"## add: tone\n{line}\n")

        assert found.codes == [f"{code}:{HEAD.count(chr(10)) + 2}"]
        assert remedy in str(found.problems[0].remedy)

    def test_a_line_without_a_tick_that_cites_nothing_is_a_warning(self) -> None:
        """It does nothing, so it stops nothing."""
        found = run(f'{NEW}\n## left over\n- ana:r/t1#1 "gone by now"\n')

        assert found.accepted is not None
        assert [problem.level for problem in found.accepted.warnings] == ["warning"]

    def test_every_problem_is_said_at_once(self) -> None:
        """A person mends a file in one go."""
        body = (
            "## new: Too long\nYes if a.\nNo if b.\n"
            "## new: Fresh\nYes if …\nNo if …\n"
            '- [x] ana:r/t1#1 "made up"\n'
            "## add: ton\n"
            "## retire: gone\n"
        )

        assert errors(body) == [
            "mode-exists:1",
            "definition:4",
            "no-observation:7",
            "unknown-mode:8",
            "retired-mode:9",
        ]

    def test_what_refers_to_a_mode_that_failed_is_no_further_problem(self) -> None:
        """Its own heading is where to mend it."""
        body = "## new: Fresh\nYes if …\nNo if …\n## add: fresh\n## merge: fresh + misc -> tone\n"

        assert errors(body) == ["definition:1"]

    @pytest.mark.parametrize(
        ("body", "text"),
        [
            ("## new: Manner\nYes if a.\nNo if b.\n", "in a proposal write `## add: tone`"),
            ("## add: too-lon\n", "there is no mode 'too-lon'; did you mean 'too-long'?"),
            ("## add: gone\n", "gone was merged into tone; use 'tone'"),
            ("## merge: gone + misc -> tone\n", "gone was merged into tone; use 'tone'"),
            (
                "## add: tone\nYes if a.\nNo if b.\n",
                "`add` takes no definition; write `## redefine",
            ),
            (f"{NEW}### Part\n", "`### Part` stands under no split; write `## new: Part`"),
            ("## merge: misc -> tone\n## merge: too-long -> tone\n", "`merge tone` stands twice"),
            ("## redefine: tone\n", "there is no definition"),
        ],
    )
    def test_a_heading_that_cannot_be_carried_out_says_what_to_write(
        self, body: str, text: str
    ) -> None:
        """In one line, at the heading."""
        assert text in said(body)

    def test_the_same_observation_twice_under_one_mode_is_an_error(self) -> None:
        """Also in two sections, under an old name, or with another number."""
        twice = RAMBLES.replace("#1", "#5")

        assert errors(f"## add: tone\n{RAMBLES}{RUDE}{twice}") == ["ticked-twice:4"]
        assert errors(f"## add: tone\n{RAMBLES}## add: manner\n{RAMBLES}") == ["ticked-twice:4"]

    @pytest.mark.parametrize("heading", ["retire: misc", "rename: misc -> Other", "left over"])
    def test_a_tick_where_nothing_is_coded_is_an_error(self, heading: str) -> None:
        """Else a person would believe it was."""
        assert errors(f"{NEW}## {heading}\n{RUDE}") == ["tick-without-mode:7"]

    def test_a_tick_above_the_parts_of_a_split_is_an_error(self) -> None:
        """It says of no part that it is shown."""
        parts = "### a\nYes if a.\nNo if b.\n### b\nYes if a.\nNo if b.\n"

        assert errors(f"## split: tone -> a + b\n{RUDE}{parts}") == ["tick-without-mode:2"]

    @pytest.mark.parametrize(
        "body", ["", '## left over\n- ana:r/t1#1 "it rambles"\n', "## add: tone\n"]
    )
    def test_a_proposal_that_changes_nothing_is_an_error(self, body: str) -> None:
        """It would be closed without having been read."""
        assert run(body).codes == ["proposal-empty:1"]

    @pytest.mark.parametrize("status", ["accepted", "rejected"])
    def test_a_proposal_that_is_not_open_is_an_error(self, status: str) -> None:
        """Accepting twice would raise versions twice."""
        found = run(NEW, head=HEAD.replace("open", status))

        assert found.codes == ["proposal-not-open:3"]

    def test_a_file_that_cannot_be_read_gives_its_own_problems(self) -> None:
        """With their lines."""
        assert errors("## nwe: Fresh\n- [x] nobody\n") == ["proposal-heading:1"]
        assert errors(f"{NEW}- [x] nobody\n") == ["proposal-line:6"]


class TestReject:
    def test_only_the_status_and_the_reason_change(self) -> None:
        """The file stays as a record of what was thought of."""
        text = HEAD + NEW

        plan = reject("p", "groups by\nproduct: no", read={PATH: text}.get)

        assert plan.changes[0].after == text.replace("open", "rejected").replace(
            "---\nRead", 'why: "groups by product: no"\n---\nRead'
        )

    @pytest.mark.parametrize("status", ["accepted", "rejected"])
    def test_only_an_open_one_can_be_rejected(self, status: str) -> None:
        """The codes of an accepted one are in use."""
        text = HEAD.replace("open", status) + NEW

        with pytest.raises(RefusedError, match="proposal"):
            reject("p", "no", read={PATH: text}.get)
