"""Baselines: what is in the file, what it knows again, and which files are refused."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from plate_llm_cli.errors import UsageError
from plate_llm_cli.findings import Finding, Location, Resource, Severity
from plate_llm_cli.report.base import Report, RuleInfo
from plate_llm_cli.report.baseline import Baseline, read_baseline

if TYPE_CHECKING:
    from pathlib import Path

FOUND = Finding(
    "a-rule",
    Severity.WARNING,
    "message",
    "help",
    Location("v.yaml", 2, 1, 2, 4),
    ("stg",),
    value="hosts[0].host",
    resource=Resource("Ingress", "web-stg", "stg", "spec.rules[0].host"),
)
ENTRY = {
    "rule": "a-rule",
    "severity": "warning",
    "path": "v.yaml",
    "message": "message",
    "fingerprint": "0123456789abcdef",
    "count": 1,
}


def _new(before: list[Finding], *now: Finding) -> tuple[Finding, ...]:
    return Baseline.of(before).applied(Report(now)).findings


def _read(path: Path, data: object) -> Baseline:
    path.write_bytes(data if isinstance(data, bytes) else json.dumps(data).encode())
    return read_baseline(path)


def test_same_finding_is_known() -> None:
    applied = Baseline.of([FOUND]).applied(Report((FOUND,)))
    assert (applied.findings, applied.known) == ((), (FOUND,))


@pytest.mark.parametrize(
    "moved",
    [
        replace(FOUND, location=Location("v.yaml", 9, 3, 9, 6)),
        replace(FOUND, value="hosts[1].host"),
        replace(FOUND, resource=Resource("Ingress", "web-stg", "stg", "spec.rules[3].host")),
        replace(FOUND, resource=Resource("Ingress", "web-prod", "prod", "spec.rules[0].host")),
        replace(FOUND, environments=("prod", "stg")),
        replace(FOUND, help="another help"),
        replace(FOUND, severity=Severity.INFO),
    ],
    ids=["lines", "value in a list", "field in a list", "release", "environments", "help", "less"],
)
def test_finding_that_moved_is_known(moved: Finding) -> None:
    assert _new([FOUND], moved) == ()


@pytest.mark.parametrize(
    "other",
    [
        replace(FOUND, rule="b-rule"),
        replace(FOUND, message="another message"),
        replace(FOUND, location=Location("w.yaml", 2, 1, 2, 4)),
        replace(FOUND, value="tls[0].host"),
        replace(FOUND, severity=Severity.ERROR),
    ],
    ids=["rule", "message", "file", "value", "severity"],
)
def test_other_finding_is_new(other: Finding) -> None:
    assert _new([FOUND], other) == (other,)


def test_one_more_of_the_same_is_new() -> None:
    second = replace(FOUND, location=Location("v.yaml", 5, 1, 5, 4))
    assert _new([FOUND], FOUND, second) == (second,)


def _together(*findings: Finding) -> Finding:
    return replace(findings[0], message="message (and more like it)", members=findings)


def test_those_that_are_told_together_are_known_one_by_one() -> None:
    second = replace(FOUND, message="second")
    baseline = Baseline.of([_together(FOUND, second)])
    assert baseline.size == 2
    assert baseline.applied(Report((FOUND, second))).findings == ()
    assert baseline.applied(Report((_together(FOUND, second),))).known == (FOUND, second)


def test_new_one_of_those_that_are_told_together_is_left() -> None:
    second, third = replace(FOUND, message="second"), replace(FOUND, message="third")
    assert _new([FOUND, third], _together(FOUND, second, third)) == (second,)


def test_those_that_are_all_new_are_told_together() -> None:
    together = _together(FOUND, replace(FOUND, message="second"))
    assert _new([], together) == (together,)


def test_rule_that_failed_is_never_known() -> None:
    failed = replace(FOUND, rule="internal-error")
    assert _new([failed], failed) == (failed,)


def test_what_is_not_met_again_is_gone() -> None:
    other = replace(FOUND, rule="b-rule")
    baseline = Baseline.of([FOUND, FOUND, other])
    assert baseline.gone(baseline.applied(Report((FOUND,))), {"a-rule", "b-rule"}) == 2


def test_what_no_rule_looked_for_is_not_gone() -> None:
    baseline = Baseline.of([FOUND])
    assert baseline.gone(baseline.applied(Report(())), {"b-rule"}) == 0


def test_file_does_not_depend_on_order() -> None:
    other = replace(FOUND, rule="b-rule")
    assert Baseline.of([FOUND, other]).text() == Baseline.of([other, FOUND]).text()


def test_file_says_what_is_accepted(tmp_path: Path) -> None:
    written = json.loads(Baseline.of([FOUND, FOUND]).text())
    fingerprint = written["findings"][0]["fingerprint"]
    entry = ENTRY | {"fingerprint": fingerprint, "count": 2}
    assert written == {"version": 1, "findings": [entry]}
    assert _read(tmp_path / "b.json", written).size == 2


def test_entries_that_two_branches_added_count_together(tmp_path: Path) -> None:
    assert _read(tmp_path / "b.json", {"version": 1, "findings": [ENTRY, ENTRY]}).size == 2


def test_file_holds_no_line_of_the_tree() -> None:
    rule = RuleInfo("a-rule", Severity.WARNING, "A rule.", sensitive=True)
    report = Report((FOUND,), rules={"a-rule": rule}, lines=lambda _: ["", "key: hunter2"])
    assert "hunter2" not in Baseline.of(report.findings).text()


def test_path_that_is_no_text_can_be_written(tmp_path: Path) -> None:
    strange = replace(FOUND, location=Location("\udcff.yaml", 1, 1, 1, 1))
    baseline = _read(tmp_path / "b.json", Baseline.of([strange]).text().encode())
    assert baseline.applied(Report((strange,))).findings == ()


BROKEN: dict[str, tuple[object, str]] = {
    "no JSON": (b"{", "is not JSON"),
    "no text": (b"\xff\xfe\xff", "is not JSON"),
    "too deep": (b"[" * 100_000, "is not JSON"),
    "a list": ([], "is no baseline"),
    "other JSON": ({"version": 1}, "is no baseline"),
    "later version": ({"version": 2, "findings": []}, "is no baseline of version 1"),
    "a report": (
        {"version": 1, "findings": [{"rule": "a-rule"}], "summary": {}},
        "is no baseline: findings[0] is no entry of one",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken_file_is_refused(name: str, tmp_path: Path) -> None:
    data, reason = BROKEN[name]
    path = tmp_path / "b.json"
    with pytest.raises(UsageError) as caught:
        _read(path, data)
    assert caught.value.message == f"--baseline {path} {reason}"
    assert caught.value.hint == "plate-llm validate --write-baseline FILE"


@pytest.mark.parametrize(
    "change",
    [
        {"count": 0},
        {"count": True},
        {"count": "1"},
        {"count": None},
        {"rule": 5},
        {"severity": "bad"},
    ],
    ids=str,
)
def test_entry_that_is_none_is_refused(change: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"findings\[1\] is no entry of one"):
        _read(tmp_path / "b.json", {"version": 1, "findings": [ENTRY, ENTRY | change]})
