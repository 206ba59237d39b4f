from __future__ import annotations

import json
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plate_llm_cli.findings import Finding, Location, Severity
from plate_llm_cli.report.json import JsonReporter

if TYPE_CHECKING:
    from collections.abc import Callable

    from hypothesis.strategies import SearchStrategy

    from plate_llm_cli.report.base import Report

SMALL = """\
{
  "version": 1,
  "findings": [
    {
      "rule": "version-is-number",
      "severity": "error",
      "message": "Helm reads this tag as the number 1.1.",
      "help": "Put it in quotes: \\"1.10\\".",
      "environments": [
        "web-stg"
      ],
      "location": {
        "path": "charts/web/values-stg.yaml",
        "line": 2,
        "column": 8,
        "end_line": 2,
        "end_column": 12
      },
      "related": [
        {
          "path": "charts/web/values.yaml",
          "line": 2,
          "column": 8,
          "message": "overrides"
        }
      ],
      "value": "image.tag",
      "resource": {
        "kind": "Deployment",
        "name": "web",
        "namespace": "stg",
        "field": "spec.template.spec.containers[0].image"
      },
      "fix": "safe"
    },
    {
      "rule": "dead-value",
      "severity": "warning",
      "message": "No template reads `설명`.",
      "help": "Remove it.",
      "environments": [
        "web-prod",
        "web-stg"
      ],
      "location": {
        "path": "charts/web/values-stg.yaml",
        "line": 3,
        "column": 1,
        "end_line": 3,
        "end_column": 3
      },
      "related": [],
      "value": "설명",
      "resource": null,
      "fix": null
    }
  ],
  "summary": {
    "error": 1,
    "warning": 1,
    "info": 0,
    "suppressed": 3,
    "known": 0,
    "environments": 2,
    "seconds": 0.421
  }
}
"""

CLEAN = """\
{
  "version": 1,
  "findings": [],
  "summary": {
    "error": 0,
    "warning": 0,
    "info": 0,
    "suppressed": 0,
    "known": 0,
    "environments": 2,
    "seconds": 0.421
  }
}
"""


@pytest.fixture(scope="session")
def schema() -> jsonschema_rs.Validator:
    document: dict[str, Any] = json.loads(
        files("plate_llm_cli.report").joinpath("findings.schema.json").read_text("utf-8")
    )
    jsonschema_rs.meta.validate(document)
    return jsonschema_rs.validator_for(document)


def test_the_whole_of_a_small_report(small: Report, written: Callable[..., str]) -> None:
    assert written(JsonReporter(), small) == SMALL


def test_the_whole_of_a_clean_report(clean: Report, written: Callable[..., str]) -> None:
    assert written(JsonReporter(), clean) == CLEAN


@pytest.mark.parametrize("text", [SMALL, CLEAN])
def test_it_has_the_published_form(text: str, schema: jsonschema_rs.Validator) -> None:
    schema.validate(json.loads(text))


def test_the_published_form_allows_no_other_key(schema: jsonschema_rs.Validator) -> None:
    assert not schema.is_valid(json.loads(CLEAN) | {"note": "x"})


def test_positions_count_from_one(of: Callable[..., Report], written: Callable[..., str]) -> None:
    report = of(Finding("a-rule", Severity.ERROR, "m", "h", Location("a.yaml", 0, 0, 0, 0)))
    location = json.loads(written(JsonReporter(), report))["findings"][0]["location"]
    assert location == {"path": "a.yaml", "line": 1, "column": 1, "end_line": 1, "end_column": 1}


def test_a_stream_without_hangul_loses_nothing(small: Report, written: Callable[..., str]) -> None:
    assert json.loads(written(JsonReporter(), small, "ascii")) == json.loads(SMALL)


@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_any_report_has_the_published_form_and_hides_nothing(
    data: st.DataObject,
    any_report: SearchStrategy[Report],
    written: Callable[..., str],
    schema: jsonschema_rs.Validator,
) -> None:
    text = written(JsonReporter(), data.draw(any_report))
    schema.validate(json.loads(text))
    assert text.replace("\n", "").isprintable()
    assert "##" not in text
