"""Smoke checks as GitLab and Jenkins read them."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from plate_llm_cli.report.smoke_junit import smoke_junit
from plate_llm_cli.report.untrusted import one_line
from tests.report.smoke_runs import (
    ANY_URL,
    EVIL,
    HOSTILE,
    HOSTILE_TARGET,
    LONG,
    MIXED,
    STAGING,
    WELL,
)

WHOLE = """\
<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="plate-llm" tests="6" failures="1" errors="0" skipped="3" time="3.421">
  <testsuite name="plate-llm smoke stg" tests="6" failures="1" errors="0" skipped="3" time="3.421">
    <properties>
      <property name="url" value="https://llm.example.org"/>
      <property name="environment" value="stg"/>
      <property name="way" value="ingress"/>
      <property name="address" value="10.0.0.12:443"/>
      <property name="tokens" value="412"/>
    </properties>
    <testcase classname="smoke stg: health" name="livez: the process answers" time="0.009"/>
    <testcase classname="smoke stg: health" name="readyz: readyz is as it should be" time="0.214">
      <failure message="not ready: no key" type="fail">not ready: no key
help: plate-llm status stg</failure>
    </testcase>
    <testcase classname="smoke stg: login" name="old-token: old-token is as it should be" \
time="1.260">
      <system-out>to know of: taken, but only until noon
help: renew it</system-out>
    </testcase>
    <testcase classname="smoke stg: api" name="chat: chat is as it should be" time="0.000">
      <skipped message="not tried, as readyz failed"/>
    </testcase>
    <testcase classname="smoke stg: api" name="stream: stream is as it should be" time="0.000">
      <skipped message="not tried, as readyz failed"/>
    </testcase>
    <testcase classname="smoke stg: api" name="cache: cache is as it should be" time="0.000">
      <skipped message="nothing is kept"/>
    </testcase>
  </testsuite>
</testsuites>
"""

WITHOUT_ENV = """\
<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="plate-llm" tests="2" failures="0" errors="0" skipped="0" time="0.500">
  <testsuite name="plate-llm smoke" tests="2" failures="0" errors="0" skipped="0" time="0.500">
    <properties>
      <property name="url" value="http://127.0.0.1:8000"/>
      <property name="way" value="url"/>
      <property name="tokens" value="0"/>
    </properties>
    <testcase classname="smoke: health" name="livez: livez is as it should be" time="0.009"/>
    <testcase classname="smoke: health" name="version: version is as it should be" time="0.010"/>
  </testsuite>
</testsuites>
"""


def parse(text: str) -> ET.Element:
    return ET.fromstring(text)  # noqa: S314 - our own output


def test_the_whole_of_a_run() -> None:
    assert smoke_junit(MIXED, STAGING) == WHOLE


def test_the_whole_of_a_good_run_against_a_url() -> None:
    assert smoke_junit(WELL, ANY_URL) == WITHOUT_ENV


def test_a_hostile_text_stays_text() -> None:
    document = parse(smoke_junit(HOSTILE, HOSTILE_TARGET))
    seen = one_line(EVIL)
    assert [(item.tag, item.get("message"), item.text) for item in document.iter("failure")] == [
        ("failure", seen, f"{seen}\nhelp: {seen}")
    ]
    assert [item.attrib for item in document.iter("skipped")] == [{"message": seen}]
    assert {item.tag for case in document.iter("testcase") for item in case} == {
        "failure",
        "skipped",
        "system-out",
    }


def test_a_long_text_is_whole_in_the_body() -> None:
    (output,) = parse(smoke_junit(HOSTILE, ANY_URL)).iter("system-out")
    said = f"to know of: {one_line(EVIL + LONG)}\nhelp: {one_line(LONG + EVIL)}"
    assert output.text == said
