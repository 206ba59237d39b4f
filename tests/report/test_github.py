from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plate_llm_cli.findings import Finding, Location, Related, Severity
from plate_llm_cli.report.github import LONGEST_MESSAGE, GithubReporter

if TYPE_CHECKING:
    from collections.abc import Callable

    from hypothesis.strategies import SearchStrategy

    from plate_llm_cli.report.base import Report

SMALL = """\
::error file=charts/web/values-stg.yaml,line=2,endLine=2,col=8,endColumn=12,\
title=version-is-number::Helm reads this tag as the number 1.1.%0A\
overrides: charts/web/values.yaml:2:8%0Aonly in: web-stg%0Ahelp: Put it in quotes: "1.10".
::warning file=charts/web/values-stg.yaml,line=3,endLine=3,col=1,endColumn=3,\
title=dead-value::No template reads `설명`.%0Ahelp: Remove it.
1 error, 1 warning in 2 releases (3 suppressed, 0.42 s)
"""

FOUND = Finding("a-rule", Severity.ERROR, "message", "", Location("a.yaml", 1, 1, 1, 2))


def commands(text: str) -> list[str]:
    """The lines that GitHub's runner obeys, by its own test."""
    return [line for line in text.split("\n") if line.lstrip().startswith("::") or "##[" in line]


def test_the_whole_of_a_small_report(small: Report, written: Callable[..., str]) -> None:
    assert written(GithubReporter(), small) == SMALL


def test_a_clean_report_is_its_summary(clean: Report, written: Callable[..., str]) -> None:
    assert written(GithubReporter(), clean) == "No findings in 2 releases (0.42 s)\n"


def test_info_is_a_notice(of: Callable[..., Report], written: Callable[..., str]) -> None:
    text = written(GithubReporter(), of(replace(FOUND, severity=Severity.INFO)))
    assert text.startswith("::notice file=a.yaml,")


def test_properties_and_message_are_escaped(
    of: Callable[..., Report], written: Callable[..., str]
) -> None:
    place = Location("a,b:c%.yaml", 1, 1, 1, 2)
    found = Finding("a-rule", Severity.ERROR, "100%: a,\r\nb; c", "", place)
    assert written(GithubReporter(), of(found)).splitlines()[0] == (
        "::error file=a%2Cb%3Ac%25.yaml,line=1,endLine=1,col=1,endColumn=2,title=a-rule"
        "::100%25: a,%0Ab; c"
    )


@pytest.mark.parametrize(
    ("place", "numbers"),
    [
        (Location("a.yaml", 2, 3, 2, 3), "line=2,endLine=2,col=3,endColumn=3"),
        (Location("a.yaml", 2, 3, 4, 2), "line=2,endLine=4"),
        (Location("a.yaml", 2, 3, 4, 1), "line=2,endLine=3"),
        (Location("a.yaml", 2, 3, 3, 1), "line=2,endLine=2,col=3"),
    ],
)
def test_columns_are_given_within_a_line_only(
    place: Location, numbers: str, of: Callable[..., Report], written: Callable[..., str]
) -> None:
    text = written(GithubReporter(), of(replace(FOUND, location=place)))
    assert text.startswith(f"::error file=a.yaml,{numbers},title=")


def test_a_long_message_is_cut_where_the_runner_cuts_it(
    of: Callable[..., Report], written: Callable[..., str]
) -> None:
    text = written(GithubReporter(), of(replace(FOUND, message="x" * 9000)))
    assert text.splitlines()[0].endswith("::" + "x" * LONGEST_MESSAGE)


def test_a_related_place_without_a_message_is_named(
    of: Callable[..., Report], written: Callable[..., str]
) -> None:
    found = replace(FOUND, related=(Related(Location("b.yaml", 3, 4, 3, 5), ""),))
    assert "::message%0Asee also: b.yaml:3:4\n" in written(GithubReporter(), of(found))


def test_what_github_drops_is_folded_into_the_log_and_the_worst_come_first(
    of: Callable[..., Report], written: Callable[..., str]
) -> None:
    def numbered(severity: Severity, line: int) -> Finding:
        return replace(FOUND, severity=severity, location=Location("a.yaml", line, 1, line, 2))

    errors = [numbered(Severity.ERROR, line) for line in range(20, 32)]
    infos = [numbered(Severity.INFO, line) for line in range(1, 4)]
    lines = written(GithubReporter(), of(*errors, *infos)).splitlines()
    assert [line.split(" ")[0] for line in lines[:13]] == ["::error"] * 10 + ["::notice"] * 3
    assert lines[13:] == [
        "::group::2 more, beyond what GitHub annotates",
        "a.yaml:30:1: error: a-rule: message",
        "a.yaml:31:1: error: a-rule: message",
        "::endgroup::",
        "12 errors, 3 info (0.00 s)",
    ]


def test_a_folded_finding_is_no_command(
    of: Callable[..., Report], written: Callable[..., str]
) -> None:
    place = Location("::add-mask::x", 1, 1, 1, 2)
    found = replace(FOUND, location=place, message="##[stop-commands]x")
    text = written(GithubReporter(), of(*[found] * 11))
    assert text.splitlines()[11] == (r"\x3a:add-mask::x:1:1: error: a-rule: #\x23[stop-commands]x")


@given(data=st.data())
@settings(max_examples=100, deadline=None)
def test_a_tree_gives_the_runner_no_command_of_its_own(
    data: st.DataObject, any_report: SearchStrategy[Report], written: Callable[..., str]
) -> None:
    report = data.draw(any_report)
    text = written(GithubReporter(), report)
    assert text.replace("\n", "").isprintable()
    assert len(commands(text)) == len(report.findings)
    assert all(
        line.startswith(("::error file=", "::warning file=", "::notice file="))
        for line in commands(text)
    )
