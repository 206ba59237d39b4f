from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plate_llm_cli.findings import Finding, Location, Severity
from plate_llm_cli.report.junit import JunitReporter

if TYPE_CHECKING:
    from collections.abc import Callable

    from hypothesis.strategies import SearchStrategy

    from plate_llm_cli.report.base import Report

SMALL = """\
<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="plate-llm" tests="3" failures="1" errors="0" skipped="1" time="0.421">
  <testsuite name="charts/web/values-stg.yaml" tests="2" failures="1" errors="0" skipped="1">
    <testcase classname="charts/web/values-stg.yaml" \
name="version-is-number: Helm reads this tag as the number 1.1." time="0" \
file="charts/web/values-stg.yaml" line="2">
      <failure message="Helm reads this tag as the number 1.1." type="error">\
charts/web/values-stg.yaml:2:8: error
Helm reads this tag as the number 1.1.
    tag: 1.10
         ^^^^
overrides: charts/web/values.yaml:2:8
    tag: &quot;&quot;
         ^^
in: web-stg
help: Put it in quotes: &quot;1.10&quot;.</failure>
    </testcase>
    <testcase classname="charts/web/values-stg.yaml" name="dead-value: No template reads `설명`." \
time="0" file="charts/web/values-stg.yaml" line="3">
      <skipped message="No template reads `설명`.">charts/web/values-stg.yaml:3:1: warning
No template reads `설명`.
  설명: 웹 🚀  # 이름
  ^^^^
in: web-prod, web-stg
help: Remove it.</skipped>
    </testcase>
  </testsuite>
  <testsuite name="plate-llm" tests="1" failures="0" errors="0" skipped="0">
    <testcase classname="plate-llm" name="missing-service" time="0"/>
  </testsuite>
</testsuites>
"""

CLEAN = """\
<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="plate-llm" tests="3" failures="0" errors="0" skipped="0" time="0.421">
  <testsuite name="plate-llm" tests="3" failures="0" errors="0" skipped="0">
    <testcase classname="plate-llm" name="dead-value" time="0"/>
    <testcase classname="plate-llm" name="missing-service" time="0"/>
    <testcase classname="plate-llm" name="version-is-number" time="0"/>
  </testsuite>
</testsuites>
"""

FOUND = Finding("a-rule", Severity.WARNING, "message", "", Location("a.yaml", 1, 1, 1, 2))


def parse(text: str) -> ET.Element:
    return ET.fromstring(text)  # noqa: S314 - our own output


def names(text: str) -> list[str | None]:
    return [case.get("name") for case in parse(text).iter("testcase")]


def test_the_whole_of_a_small_report(small: Report, written: Callable[..., str]) -> None:
    assert written(JunitReporter(), small) == SMALL


def test_a_clean_report_has_a_passed_case_a_rule(
    clean: Report, written: Callable[..., str]
) -> None:
    assert written(JunitReporter(), clean) == CLEAN


@pytest.mark.parametrize(
    ("rest", "passed"),
    [
        ({"environments": ("prod", "stg")}, ["prod", "stg"]),
        ({}, ["No findings (0.00 s)"]),
    ],
)
def test_a_clean_report_is_never_empty(
    rest: dict[str, object],
    passed: list[str],
    of: Callable[..., Report],
    written: Callable[..., str],
) -> None:
    assert names(written(JunitReporter(), of(**rest))) == passed


def test_a_finding_fails_when_the_run_does(
    of: Callable[..., Report], written: Callable[..., str]
) -> None:
    text = written(JunitReporter(), of(FOUND, fail_on=Severity.WARNING))
    (failure,) = parse(text).iter("failure")
    assert failure.attrib == {"message": "message", "type": "warning"}


def test_no_two_cases_have_one_name(of: Callable[..., Report], written: Callable[..., str]) -> None:
    numbered = replace(FOUND, message="message (2)")
    text = written(JunitReporter(), of(FOUND, FOUND, numbered, FOUND))
    assert names(text) == [
        "a-rule: message",
        "a-rule: message (2)",
        "a-rule: message (3)",
        "a-rule: message (2) (2)",
    ]


def test_a_name_stays_when_lines_move(
    of: Callable[..., Report], written: Callable[..., str]
) -> None:
    moved = replace(FOUND, location=Location("a.yaml", 9, 1, 9, 2))
    before, after = (written(JunitReporter(), of(found)) for found in (FOUND, moved))
    assert names(before) == names(after)


def test_what_xml_forbids_is_written_out(
    of: Callable[..., Report], written: Callable[..., str]
) -> None:
    found = replace(FOUND, message="a\x00b\x1b[31m <c>&]]>")
    (skipped,) = parse(written(JunitReporter(), of(found))).iter("skipped")
    assert skipped.get("message") == r"a\x00b\x1b[31m <c>&]]>"


def test_a_stream_without_hangul_loses_nothing(small: Report, written: Callable[..., str]) -> None:
    assert names(written(JunitReporter(), small, "ascii")) == names(SMALL)


@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_any_report_is_xml_with_a_case_a_finding(
    data: st.DataObject, any_report: SearchStrategy[Report], written: Callable[..., str]
) -> None:
    report = data.draw(any_report)
    text = written(JunitReporter(), report)
    cases = list(parse(text).iter("testcase"))
    assert len(cases) == (len(report.findings) or len(report.environments) or 1)
    assert len({(case.get("classname"), case.get("name")) for case in cases}) == len(cases)
    assert text.replace("\n", "").isprintable()
    assert "##" not in text
    assert not any(line.lstrip().startswith("::") for line in text.splitlines())
