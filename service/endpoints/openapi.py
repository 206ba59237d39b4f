"""GET /openapi.json: the description of this API, in OpenAPI 3.1."""

from __future__ import annotations

from typing import Any

import orjson

import service
from service.endpoints.schemas.answers import CHAT_HEADERS, RATE_HEADERS, answer, errors, headers
from service.endpoints.schemas.chat_answer import chat_answer
from service.endpoints.schemas.chat_request import chat_request
from service.endpoints.schemas.embeddings import embeddings
from service.endpoints.schemas.messages import messages
from service.endpoints.schemas.service_state import service_state
from service.endpoints.schemas.vocabulary import Schema, ref, text

Operation = dict[str, Any]

DESCRIPTION = """An OpenAI-compatible gateway to the models of several providers.

Every client of OpenAI's chat completions works: set its base URL to this service's `/v1` and its
API key to a token. Errors have OpenAI's form; `x-request-id` names a request in the log."""


def document(*, tokens: bool = True) -> bytes:
    """The description as JSON. `tokens` says whether /v1 asks for one."""
    return orjson.dumps(description(tokens=tokens))


def description(*, tokens: bool = True) -> dict[str, Any]:
    """The description. `tokens` says whether /v1 asks for one."""
    return {
        "openapi": "3.1.1",
        "info": {
            "title": "plate-llm",
            "version": service.__version__,
            "description": DESCRIPTION,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "tags": [
            {"name": "models", "description": "What OpenAI's clients use."},
            {"name": "operation", "description": "What operators and the kubelet use."},
        ],
        "paths": _paths(tokens=tokens),
        "components": _components(tokens=tokens),
    }


def _paths(*, tokens: bool) -> dict[str, Any]:
    """Each path with its one method."""
    models = {
        "/v1/chat/completions": {"post": _chat()},
        "/v1/embeddings": {"post": _embeddings()},
        "/v1/models": {"get": _model_list()},
        "/v1/models/{id}": {"get": _model()},
    }
    operation = {
        "/livez": {"get": _liveness()},
        "/readyz": {"get": _readiness()},
        "/version": {"get": _document("version", "Which release and image is running", "Version")},
        "/openapi.json": {"get": _document("openapi", "This description", None)},
    }
    refused = errors("401", "403") if tokens else {}
    for path in models.values():
        for details in path.values():
            details["tags"] = ["models"]
            details["responses"] |= refused
            if tokens:
                details["security"] = [{"bearerAuth": []}]
    for path in operation.values():
        for details in path.values():
            details["tags"] = ["operation"]
    return models | operation


def _components(*, tokens: bool) -> dict[str, Any]:
    schemas = {
        **chat_request(),
        **messages(),
        **chat_answer(),
        **embeddings(),
        **service_state(),
    }
    components: dict[str, Any] = {"schemas": schemas, "headers": headers()}
    if tokens:
        components["securitySchemes"] = {
            "bearerAuth": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
        }
    return components


def _chat() -> Operation:
    return {
        "operationId": "createChatCompletion",
        "summary": "Continue a conversation",
        "parameters": [
            {
                "name": "x-plate-cache",
                "in": "header",
                "description": "`on`: the answer may be cached although chance plays a part in it; "
                "`off`: it is neither looked up nor kept. Anything else means nothing.",
                "schema": text(examples=["on", "off"]),
            }
        ],
        "requestBody": _body("ChatCompletionRequest"),
        "responses": {
            "200": answer(
                "The answer; events where `stream` is true",
                {
                    "application/json": ref("ChatCompletion"),
                    "text/event-stream": ref("ChatCompletionEvent"),
                },
                CHAT_HEADERS,
            ),
            **errors(*ASKING_A_PROVIDER),
        },
    }


def _embeddings() -> Operation:
    return {
        "operationId": "createEmbedding",
        "summary": "Turn texts into vectors",
        "requestBody": _body("EmbeddingsRequest"),
        "responses": {
            "200": answer("The vectors", {"application/json": ref("Embeddings")}, RATE_HEADERS),
            **errors(*ASKING_A_PROVIDER),
        },
    }


ASKING_A_PROVIDER = (
    "400", "404", "408", "413", "429", "500", "502", "503", "504", "4XX", "5XX",
)  # fmt: skip


def _model_list() -> Operation:
    return {
        "operationId": "listModels",
        "summary": "The models, the default one first",
        "responses": {"200": answer("The models", {"application/json": ref("ModelList")})},
    }


def _model() -> Operation:
    return {
        "operationId": "retrieveModel",
        "summary": "One model, by any of its names",
        "parameters": [
            {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
        ],
        "responses": {
            "200": answer("The model", {"application/json": ref("Model")}),
            **errors("404"),
        },
    }


def _liveness() -> Operation:
    return {
        "operationId": "livez",
        "summary": "Whether the process runs",
        "responses": {"200": answer("It does", {"application/json": ref("Liveness")})},
    }


def _readiness() -> Operation:
    content = {"application/json": ref("Readiness")}
    return {
        "operationId": "readyz",
        "summary": "Whether requests can be answered, and what is the matter",
        "responses": {"200": answer("They can", content), "503": answer("They cannot", content)},
    }


def _document(name: str, summary: str, schema: str | None) -> Operation:
    content: dict[str, Schema] = {"application/json": ref(schema) if schema else {"type": "object"}}
    return {
        "operationId": name,
        "summary": summary,
        "responses": {"200": answer(summary, content)},
    }


def _body(name: str) -> dict[str, Any]:
    return {"required": True, "content": {"application/json": {"schema": ref(name)}}}
