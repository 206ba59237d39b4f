"""Smoke checks for programs, and the schema that says what they get."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import jsonschema_rs
import pytest

from plate_llm_cli.report.smoke_json import smoke_json
from tests.report.smoke_runs import (
    ANY_URL,
    EVIL,
    HOSTILE,
    HOSTILE_TARGET,
    LONG,
    MIXED,
    STAGING,
    UNREACHABLE,
    WELL,
)

if TYPE_CHECKING:
    from plate_llm_cli.report.smoke import Tested
    from plate_llm_cli.smoke.runner import Run


@pytest.fixture(scope="session")
def schema() -> jsonschema_rs.Validator:
    document: dict[str, Any] = json.loads(
        files("plate_llm_cli.report").joinpath("smoke.schema.json").read_text("utf-8")
    )
    jsonschema_rs.meta.validate(document)
    return jsonschema_rs.validator_for(document)


def loaded(run: Run, tested: Tested = ANY_URL) -> Any:
    return json.loads(smoke_json(run, tested))


def test_the_target_and_the_summary() -> None:
    data = loaded(MIXED, STAGING)
    assert list(data) == ["version", "target", "checks", "summary"]
    assert data["version"] == 1
    assert data["target"] == {
        "url": "https://llm.example.org",
        "environment": "stg",
        "way": "ingress",
        "address": "10.0.0.12:443",
    }
    assert data["summary"] == {
        "pass": 1,
        "warn": 1,
        "fail": 1,
        "skip": 3,
        "tokens": 412,
        "seconds": 3.421,
        "reachable": True,
    }


def test_a_check_says_what_was_seen_and_what_to_do() -> None:
    assert loaded(MIXED)["checks"][:2] == [
        {
            "name": "livez",
            "area": "health",
            "about": "the process answers",
            "verdict": "pass",
            "message": "in 9 ms",
            "advice": None,
            "seconds": 0.009,
        },
        {
            "name": "readyz",
            "area": "health",
            "about": "readyz is as it should be",
            "verdict": "fail",
            "message": "not ready: no key",
            "advice": "plate-llm status stg",
            "seconds": 0.214,
        },
    ]


def test_nothing_that_is_not_known_is_left_out() -> None:
    assert loaded(WELL)["target"] == {
        "url": "http://127.0.0.1:8000",
        "environment": None,
        "way": "url",
        "address": None,
    }


def test_that_nothing_answered_is_told() -> None:
    assert loaded(UNREACHABLE)["summary"]["reachable"] is False


def test_a_hostile_text_comes_through_unchanged() -> None:
    text = smoke_json(HOSTILE, ANY_URL)
    checks = json.loads(text)["checks"]
    assert [item["message"] for item in checks] == [EVIL, EVIL + LONG, EVIL, EVIL]
    assert [item["advice"] for item in checks] == [EVIL, LONG + EVIL, None, None]
    assert "##" not in text


@pytest.mark.parametrize("run", [MIXED, WELL, UNREACHABLE, HOSTILE])
@pytest.mark.parametrize("tested", [STAGING, ANY_URL, HOSTILE_TARGET])
def test_it_has_the_published_form(
    run: Run, tested: Tested, schema: jsonschema_rs.Validator
) -> None:
    schema.validate(loaded(run, tested))


@pytest.mark.parametrize("part", ["target", "summary"])
def test_the_published_form_allows_no_other_key(part: str, schema: jsonschema_rs.Validator) -> None:
    data = loaded(WELL)
    data[part]["note"] = 1
    assert not schema.is_valid(data)
