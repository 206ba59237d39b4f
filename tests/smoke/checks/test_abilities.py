"""Calls of tools and JSON schemas: where they work, where a model lacks them, where they fail."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.smoke.checks.signed import checked, signed
from tests.smoke.checks.stub import saying, stub

if TYPE_CHECKING:
    from tests.service.running import Service

BOTH = pytest.mark.parametrize("check", ["tool-call", "json-schema"])
ADVICE = (
    "clients that build on it will fail: is it a model that can do this, and does llm.baseUrl "
    "speak this part of OpenAI's language?"
)


def calling(name: str, arguments: object) -> dict[str, Any]:
    """A message that calls a tool."""
    function = {"name": name, "arguments": arguments}
    return {"tool_calls": [{"id": "1", "type": "function", "function": function}]}


@pytest.mark.parametrize(
    ("check", "said"),
    [
        ("tool-call", "called, and its result was taken"),
        ("json-schema", "the answer fits the schema"),
    ],
)
def test_model_that_can_do_it_passes(
    service: Service, echo: Service, check: str, said: str
) -> None:
    assert checked(check, signed(service.url)) == ("pass", said, "")
    assert checked(check, signed(echo.url)) == ("pass", said, "")


@BOTH
def test_model_that_refuses_it_is_not_at_fault(service: Service, check: str) -> None:
    assert checked(check, signed(service.url, model="incapable")) == (
        "skip",
        "incapable does not take it: no-tools-here",
        "",
    )


@BOTH
def test_model_that_thinks_too_long_is_not_at_fault(check: str) -> None:
    with stub(saying({"content": ""}, "length")) as url:
        assert checked(check, signed(url)) == ("skip", "128 tokens were too few for other", "")


@BOTH
def test_failure_of_the_provider_is_none_of_the_model(service: Service, check: str) -> None:
    verdict, said, _ = checked(check, signed(service.url, model="lost"))
    assert verdict == "fail"
    assert said == "status 502, upstream_lost: the connection to the provider was lost"


def test_tool_that_is_not_called_is_a_failure(service: Service) -> None:
    assert checked("tool-call", signed(service.url, model="talkative")) == (
        "fail",
        "the model did not call the tool that it had to call",
        ADVICE,
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("{", "no JSON"),
        (None, "no JSON"),
        ('{"city": "Seoul"}', "an object with other fields than the schema has"),
        (
            '{"city": "Seoul", "degrees": "21"}',
            "an object with values of other types than the schema has",
        ),
        (
            '{"city": "Seoul", "degrees": true}',
            "an object with values of other types than the schema has",
        ),
    ],
)
def test_arguments_that_do_not_fit_are_a_failure(arguments: object, said: str) -> None:
    with stub(saying(calling("set_temperature", arguments))) as url:
        outcome = checked("tool-call", signed(url))
    assert outcome == ("fail", f"what the tool is called with is {said}", ADVICE)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("Here you are: {}", "no JSON"),
        (None, "no JSON"),
        ("[]", "an object with other fields than the schema has"),
        ('{"city": 1, "degrees": 21}', "an object with values of other types than the schema has"),
    ],
)
def test_answer_that_does_not_fit_is_a_failure(content: object, said: str) -> None:
    with stub(saying({"content": content})) as url:
        assert checked("json-schema", signed(url)) == ("fail", f"the answer is {said}", ADVICE)


@BOTH
def test_page_of_something_else_is_no_answer(check: str) -> None:
    with stub("<html></html>") as url:
        verdict, said, _ = checked(check, signed(url))
    assert (verdict, said.partition(" of ")[0]) == ("fail", "status 200")
