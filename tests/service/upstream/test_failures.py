from __future__ import annotations

import json
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.errors import UpstreamError
from service.upstream import failures


def openai(message: str, **fields: object) -> bytes:
    return json.dumps({"error": {"message": message, **fields}}).encode()


def test_a_providers_error_keeps_its_words() -> None:
    body = openai("Too long.", type="invalid_request_error", code="too_long", param="messages")
    error = failures.from_status(400, body, {})
    assert json.loads(error.body()) == {
        "error": {
            "message": "Too long.",
            "type": "invalid_request_error",
            "code": "too_long",
            "param": "messages",
        }
    }
    assert error.status == 400
    assert not error.retryable


@pytest.mark.parametrize(
    ("given_by_provider", "seen_by_client"),
    [
        (404, 404),
        (429, 429),
        (500, 500),
        (503, 503),
        (529, 503),
        (302, 502),
        (401, 502),
        (403, 502),
    ],
)
def test_status(given_by_provider: int, seen_by_client: int) -> None:
    assert failures.from_status(given_by_provider, b"", {}).status == seen_by_client


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504, 520, 529])
def test_what_another_attempt_may_cure(status: int) -> None:
    assert failures.from_status(status, b"", {}).retryable


@pytest.mark.parametrize("words", ["a" * 60_000, "a." * 30_000, "eyJ-" * 15_000])
def test_a_long_message_costs_nothing(words: str) -> None:
    started = time.process_time()
    assert failures.presentable(words) == words[: failures.MESSAGE_LENGTH]
    assert time.process_time() - started < 0.1


@pytest.mark.parametrize("status", [400, 401, 403, 404, 413, 422])
def test_what_no_other_attempt_cures(status: int) -> None:
    assert not failures.from_status(status, b"", {}).retryable


def test_a_refused_key_is_told_without_the_provider_s_words() -> None:
    body = openai("Incorrect API key provided: sk-abc***xyz.", code="invalid_api_key")
    error = failures.from_status(401, body, {})
    assert error.message == "the provider refused the credentials of this service"
    assert error.code == "upstream_unauthorized"


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        ("see https://internal.example/x?key=1 for more", "see [redacted] for more"),
        ("key sk-proj-abcdef1234 is over its limit", "key [redacted] is over its limit"),
        ("organization org-AbCd1234: too fast", "organization [redacted]: too fast"),
        ("Bearer abc.def failed", "[redacted] failed"),
        ("token eyJhbGciOiJI.eyJzdWIi.c2ln refused", "token [redacted] refused"),
        ("host llm.plate.svc.cluster.local:80 down", "host [redacted] down"),
        ("first line\n  File x.py, line 3", "first line"),
        ("  spaces  ", "spaces"),
        ("x" * 600, "x" * 500),
    ],
)
def test_messages_go_on_without_what_is_private(message: str, shown: str) -> None:
    assert failures.presentable(message) == shown


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"null", b'{"error": 7}', b"\xff"])
def test_a_body_without_an_error_gives_a_message_of_ours(body: bytes) -> None:
    assert failures.from_status(500, body, {}).message == "the provider answered with status 500"


@pytest.mark.parametrize("body", [b'{"error":"no"}', b'{"message":"no"}', openai("no")])
def test_the_places_where_servers_put_their_message(body: bytes) -> None:
    assert failures.from_status(500, body, {}).message == "no"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "3"}, 3.0),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after-ms": "250", "retry-after": "9"}, 0.25),
        ({"retry-after": "-1"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": f"Mon, {'9' * 20} Jan 2020 00:00:00 GMT"}, None),
        ({"retry-after": "9" * 30}, failures.LONGEST_RETRY_AFTER),
        ({}, None),
    ],
)
def test_retry_after(headers: dict[str, str], seconds: float | None) -> None:
    assert failures.retry_after(headers) == seconds


def test_retry_after_as_a_date() -> None:
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)
    seconds = failures.retry_after({"retry-after": date})
    assert seconds is not None
    assert 28 <= seconds <= 30


@given(st.integers(300, 599), st.binary(), st.dictionaries(st.just("retry-after"), st.text()))
def test_any_answer_is_an_error_that_can_be_told(
    status: int, body: bytes, headers: dict[str, str]
) -> None:
    error = failures.from_status(status, body, headers)
    assert isinstance(error, UpstreamError)
    assert 400 <= error.status < 600
    assert json.loads(error.body())["error"]["message"]


@given(st.recursive(st.none() | st.integers() | st.text(), st.lists))
def test_any_error_event_can_be_told(event: object) -> None:
    assert json.loads(failures.from_event(event).body())["error"]["message"]
