from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import jsonschema_rs
import pytest
from schemathesis.specs.openapi.definitions import OPENAPI_31_VALIDATOR

import service
from service import errors
from service.app import routes_of
from service.endpoints import openapi
from service.observe.log import Log
from service.runtime import Runtime
from service.settings.settings import load

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.routing import Route

DESCRIPTION = openapi.description()


def test_the_description_is_an_openapi_document() -> None:
    assert [error.message for error in OPENAPI_31_VALIDATOR.iter_errors(DESCRIPTION)] == []


@pytest.mark.parametrize("name", DESCRIPTION["components"]["schemas"])
def test_each_schema_is_a_json_schema(name: str) -> None:
    jsonschema_rs.meta.validate(DESCRIPTION["components"]["schemas"][name])


def test_each_reference_leads_to_something_and_nothing_is_there_in_vain() -> None:
    defined = {
        f"#/components/{kind}/{name}"
        for kind in ("schemas", "headers")
        for name in DESCRIPTION["components"][kind]
    }
    assert set(references(DESCRIPTION)) == defined


def test_the_bytes_are_the_description() -> None:
    assert json.loads(openapi.document()) == DESCRIPTION


def test_the_release_is_named() -> None:
    assert DESCRIPTION["info"]["version"] == service.__version__


def test_a_token_is_asked_for_below_v1_alone() -> None:
    secured = {path for path, item in operations(DESCRIPTION) if "security" in item}
    assert secured == {path for path in DESCRIPTION["paths"] if path.startswith("/v1/")}


def test_without_tokens_none_is_asked_for() -> None:
    open_to_all = openapi.description(tokens=False)
    assert "securitySchemes" not in open_to_all["components"]
    assert [item for _, item in operations(open_to_all) if "security" in item] == []


def test_what_a_token_may_be_refused_with_is_told_where_one_is_asked_for() -> None:
    telling = {path for path, item in operations(DESCRIPTION) if "401" in item["responses"]}
    assert telling == {path for path, item in operations(DESCRIPTION) if "security" in item}


@pytest.mark.parametrize(
    "error",
    [kind for kind in errors.ApiError.__subclasses__() if kind is not errors.MethodNotAllowed],
)
def test_each_status_that_an_error_of_ours_has_is_told(error: type[errors.ApiError]) -> None:
    answers = DESCRIPTION["paths"]["/v1/chat/completions"]["post"]["responses"]
    assert str(error.status) in answers


def test_each_answer_names_its_request() -> None:
    for _, operation in operations(DESCRIPTION):
        for answer in operation["responses"].values():
            assert answer["headers"]["x-request-id"] == {
                "$ref": "#/components/headers/x-request-id"
            }


def test_each_path_of_the_application_is_described_with_its_method() -> None:
    settings, _ = load({"LLM_MODEL_NAME": "builtin:echo", "AUTH_MODE": "none"})
    routes = routes_of(Runtime(settings, Log()))
    served = {
        (route.path.replace(":path", ""), method) for route in routes for method in only(route)
    }
    assert {(path, method.upper()) for path, method in methods()} == served


def only(route: Route) -> set[str]:
    """The methods of a route, without HEAD, which every GET brings along."""
    return (route.methods or set()) - {"HEAD"}


def methods() -> Iterator[tuple[str, str]]:
    """Path and method of what is described."""
    for path, item in DESCRIPTION["paths"].items():
        for method in item:
            yield path, method


def test_an_error_is_described_as_it_is_written() -> None:
    error = errors.BadRequest("No messages.", code="missing", param="messages")
    assert schema("Error").is_valid(json.loads(error.body()))


def references(part: Any) -> Iterator[str]:
    """Every $ref below a part of the document."""
    if isinstance(part, dict):
        if isinstance(part.get("$ref"), str):
            yield part["$ref"]
        for value in part.values():
            yield from references(value)
    elif isinstance(part, list):
        for value in part:
            yield from references(value)


def operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Path and operation; each path has one."""
    for path, item in document["paths"].items():
        for operation in item.values():
            yield path, operation


def schema(name: str) -> jsonschema_rs.Draft202012Validator:
    """The validator of one of the document's schemas."""
    root = {"$ref": f"#/components/schemas/{name}", "components": DESCRIPTION["components"]}
    return jsonschema_rs.Draft202012Validator(root)
