"""What is said once, and what stays on its own."""

from __future__ import annotations

from plate_llm_cli.findings import Finding, Location, Resource, Severity
from plate_llm_cli.rules.gathering import gathered, key_of


def _finding(name: str, line: int, release: str = "shop") -> Finding:
    return Finding(
        rule="weak-pod-security",
        severity=Severity.INFO,
        message=f"{name} is weak",
        help="",
        location=Location("all.yaml", line, 1, line, 5),
        environments=(release,),
        resource=Resource("Deployment", name, "shop", None),
    )


def _all_alike(*findings: Finding) -> list[Finding]:
    return gathered(findings, {key_of(finding): "x" for finding in findings})


def test_four_of_a_release_are_told_by_the_first() -> None:
    told = _all_alike(*(_finding(name, line) for line, name in enumerate("abcd", 1)))
    assert [(item.message, item.location.line) for item in told] == [
        ("a is weak (and 3 more like it)", 1)
    ]
    assert [item.message for item in told[0].related] == [
        "and Deployment b",
        "and Deployment c",
        "and Deployment d",
    ]


def test_those_that_are_told_together_are_kept() -> None:
    found = [_finding(name, line) for line, name in enumerate("abcd", 1)]
    assert _all_alike(*found)[0].members == tuple(found)


def test_three_of_a_release_stay_on_their_own() -> None:
    assert len(_all_alike(*(_finding(name, line) for line, name in enumerate("abc", 1)))) == 3


def test_four_of_different_releases_stay_on_their_own() -> None:
    found = [_finding(name, line, name) for line, name in enumerate("abcd", 1)]
    assert len(_all_alike(*found)) == 4


def test_two_releases_of_one_line_are_told_together() -> None:
    (told,) = _all_alike(_finding("a", 3, "prod"), _finding("b", 3, "stg"))
    assert (told.message, told.environments, told.related) == (
        "a is weak (and 1 more like it)",
        ("prod", "stg"),
        (),
    )


def test_what_differs_is_not_hidden_among_what_is_alike() -> None:
    same = [_finding(name, line) for line, name in enumerate("abcd", 1)]
    other, plain = _finding("e", 5), _finding("f", 6)
    alike = {key_of(item): "x" for item in same} | {key_of(other): "y"}
    told = gathered([*same, other, plain], alike)
    assert [item.location.line for item in told] == [1, 5, 6]
