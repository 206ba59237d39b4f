"""Comments silence what they name, where they stand, and say so when they silence nothing."""

from __future__ import annotations

import pytest

from plate_llm_cli.findings import Finding, Location, Severity
from plate_llm_cli.rules.suppression import Suppressed, find_ignores, suppress

PATH = "values.yaml"


def finding(line: int, rule: str = "dead-value") -> Finding:
    return Finding(rule, Severity.WARNING, "m", "h", Location(PATH, line, 1, line, 2))


def run(text: str, *findings: Finding) -> Suppressed:
    return suppress(findings, [PATH], lambda _: text.splitlines())


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a: 1  # plate-llm: ignore[dead-value] read by the operator\n", 1),
        ("# plate-llm: ignore[dead-value]\na: 1\n", 2),
        ("  # plate-llm: ignore[dead-value] indented\n  a: 1\n", 2),
        ("# plate-llm: ignore[dead-value]\n# another comment\na: 1\n", 3),
        ("# plate-llm: ignore[other]\n# plate-llm: ignore[dead-value]\na: 1\n", 3),
        ("{{/* plate-llm: ignore[dead-value] */}}\na: {{ .x }}\n", 2),
        ("{{- /* plate-llm: ignore[dead-value] why */ -}}\na: {{ .x }}\n", 2),
        (
            "{{/* plate-llm: ignore[other] */}}\n{{- /* plate-llm: ignore[dead-value] */}}\na: 1\n",
            3,
        ),
        ("a: {{ .x }} {{/* plate-llm: ignore[dead-value] */}}\n", 1),
        ("a: 1  # plate-llm: ignore[other, dead-value]\n", 1),
        ("a: 1  #plate-llm:ignore[dead-value]\n", 1),
        ("이름: 값  # plate-llm: ignore[dead-value] 운영자가 읽음\n", 1),
    ],
)
def test_a_comment_silences_the_finding_of_its_line(text: str, line: int) -> None:
    result = run(text, finding(line))
    assert (result.kept, len(result.silenced)) == ([], 1)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("# plate-llm: ignore[dead-value]\n\na: 1\n", 3),
        ("a: 1  # plate-llm: ignore[dead-value]\nb: 2\n", 2),
        ("a: 1  # plate-llm: ignore[dead]\n", 1),
        ("a: 1  # plate-llm: ignore dead-value\n", 1),
        ("a: 1  # plate-llm: ignore[]\n", 1),
    ],
)
def test_a_comment_elsewhere_silences_nothing(text: str, line: int) -> None:
    assert run(text, finding(line)).silenced == []


def test_a_comment_silences_only_what_it_names() -> None:
    result = run("a: 1  # plate-llm: ignore[dead-value]\n", finding(1), finding(1, "other"))
    assert [item.rule for item in result.kept] == ["other"]


def test_a_comment_silences_every_finding_of_its_rule_there() -> None:
    result = run("a: 1  # plate-llm: ignore[dead-value]\n", finding(1), finding(1))
    assert (result.kept, len(result.silenced)) == ([], 2)


def test_the_name_that_silences_nothing_is_unused() -> None:
    result = run("a: 1  # plate-llm: ignore[dead-value, gated-value]\n", finding(1))
    assert [idle for _, idle in result.unused] == [("gated-value",)]


def test_a_comment_that_names_no_rule_is_unused() -> None:
    assert [idle for _, idle in run("a: 1  # plate-llm: ignore[]\n").unused] == [()]


def test_a_comment_knows_its_columns_and_its_reason() -> None:
    (ignore,) = find_ignores(PATH, ["키: 1  # plate-llm: ignore[dead-value] 왜"])
    assert (ignore.column, ignore.end_column, ignore.reason) == (7, 40, "왜")


def test_text_that_only_looks_like_a_comment_is_none() -> None:
    assert find_ignores(PATH, ["plate-llm: ignore[dead-value]"]) == []
