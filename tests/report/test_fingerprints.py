from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from plate_llm_cli.findings import Finding, Location, Resource, Severity
from plate_llm_cli.report.base import RuleInfo
from plate_llm_cli.report.fingerprints import Fingerprints, line_hashes

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from plate_llm_cli.report.base import Report

FOUND = Finding(
    "a-rule", Severity.ERROR, "message", "help", Location("v.yaml", 2, 1, 2, 4), value="image.tag"
)


def of_one(report: Report) -> dict[str, str]:
    return Fingerprints(report).of(report.findings[0])


# What the upload-sarif action itself computes (github/codeql-action, fingerprints.test.ts).
@pytest.mark.parametrize(
    ("lines", "hashes"),
    [
        (
            [" hello; \t", "world!!!", "", "", "  \t\tGreetings", " End"],
            [
                "e9496ae3ebfced30:1",
                "fb7c023a8b9ccb3f:1",
                "ce8ba1a563dcdaca:1",
                "e20e36e16fcb0cc8:1",
                "b3edc88f2938467e:1",
                "c8e28b0b4002a3a0:1",
            ],
        ),
        (
            ["Lorem ipsum dolor sit amet."] * 10,
            [
                *(f"a7f2ff13bc495cf2:{number}" for number in range(1, 7)),
                "a7f2ff1481e87703:1",
                "a9cf91f7bbf1862b:1",
                "55ec222b86bcae53:1",
                "cc97dc7b1d7d8f7b:1",
            ],
        ),
    ],
)
def test_lines_hash_as_in_the_upload_action(lines: Sequence[str], hashes: Sequence[str]) -> None:
    assert list(line_hashes(lines).values()) == hashes


def test_characters_beyond_the_basic_plane_count_as_two_units() -> None:
    # A JavaScript string sees the surrogates.
    assert line_hashes(["🚀"]) == line_hashes(["\ud83d\ude80"])


def test_fingerprints_survive_lines_that_are_put_above(of: Callable[..., Report]) -> None:
    lines = ["image:", "  tag: 1.10", "extra: " + "x" * 120]
    before = of(FOUND, lines=lambda _path: lines)
    moved = replace(FOUND, location=Location("v.yaml", 4, 1, 4, 4))
    after = of(moved, lines=lambda _path: ["# new", "other: 1", *lines])
    assert of_one(before) == of_one(after)


def test_the_identity_survives_a_changed_line(of: Callable[..., Report]) -> None:
    before = of_one(of(FOUND, lines=lambda _path: ["image:", "  tag: 1.10"]))
    after = of_one(of(FOUND, lines=lambda _path: ["image:", "  tag: 1.20"]))
    assert before["findingIdentity/v1"] == after["findingIdentity/v1"]
    assert before["primaryLocationLineHash"] != after["primaryLocationLineHash"]


@pytest.mark.parametrize(
    "other",
    [
        replace(FOUND, rule="other-rule"),
        replace(FOUND, location=Location("w.yaml", 2, 1, 2, 4)),
        replace(FOUND, value="image.name"),
        replace(FOUND, resource=Resource("Service", "web")),
    ],
)
def test_the_identity_tells_findings_apart(other: Finding, of: Callable[..., Report]) -> None:
    assert of_one(of(FOUND)) != of_one(of(other))


def test_equal_findings_are_numbered(of: Callable[..., Report]) -> None:
    report = of(FOUND, replace(FOUND, location=Location("v.yaml", 9, 1, 9, 4)), lines=lambda _p: ())
    fingerprints = Fingerprints(report)
    identities = [fingerprints.of(found)["findingIdentity/v1"] for found in report.findings]
    assert identities == ["f146aab25a745c74:1", "f146aab25a745c74:2"]


def test_without_the_file_the_identity_stands_for_the_line(of: Callable[..., Report]) -> None:
    found = of_one(of(FOUND, lines=lambda _path: ()))
    assert found["primaryLocationLineHash"] == found["findingIdentity/v1"]


def test_a_sensitive_line_is_not_hashed(of: Callable[..., Report]) -> None:
    rules = {"a-rule": RuleInfo("a-rule", Severity.ERROR, "Secret.", sensitive=True)}
    found = of_one(of(FOUND, rules=rules, lines=lambda _path: ["a", "b"]))
    assert found["primaryLocationLineHash"] == found["findingIdentity/v1"]
