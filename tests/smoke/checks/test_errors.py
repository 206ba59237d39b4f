"""Errors as clients see them, with and without a proxy that has its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from plate_llm_cli.smoke.expectations import Expectations
from tests.service.running import SECRET, Service
from tests.smoke.checks.signed import checked, settings, signed
from tests.smoke.checks.stub import HTML, stub
from tests.smoke.nginx import ingress

if TYPE_CHECKING:
    from collections.abc import Iterator

MEGABYTE = 2**20
RAISE = (
    "clients are told in HTML, and the service would take 20 MiB: raise the annotation "
    "nginx.ingress.kubernetes.io/proxy-body-size, or lower limits.bodyMegabytes"
)


@pytest.fixture(scope="module")
def small() -> Iterator[Service]:
    """It takes requests of 1 MiB."""
    started = Service(
        LLM_MODEL_NAME="builtin:echo", AUTH_JWT_SECRET=SECRET, LIMIT_BODY_MEGABYTES="1"
    )
    yield started
    started.kill()


@pytest.mark.parametrize(
    ("check", "said"),
    [
        ("unknown-model", "status 404, model_not_found"),
        ("malformed-body", "status 400, invalid_json"),
        ("oversized-body", "status 413 over 20 MiB"),
    ],
)
def test_mistake_is_told_as_openai_tells_it(echo: Service, check: str, said: str) -> None:
    assert checked(check, signed(echo.url)) == ("pass", said, "")


@pytest.mark.parametrize(("check", "status"), [("unknown-model", 404), ("malformed-body", 400)])
def test_page_of_a_proxy_in_its_place_is_a_failure(check: str, status: int) -> None:
    with stub(HTML, status) as url:
        assert checked(check, signed(url)) == (
            "fail",
            f"status {status}, without an error in OpenAI's form",
            "a proxy puts its own page in place of the service's error: take 400 and 404 out of "
            "the annotation nginx.ingress.kubernetes.io/custom-http-errors",
        )


@pytest.mark.parametrize("check", ["unknown-model", "malformed-body"])
def test_mistake_that_is_taken_is_a_failure(check: str) -> None:
    with stub({}) as url:
        assert checked(check, signed(url)) == (
            "fail",
            "status 200: it was taken",
            "does another service answer at this address?",
        )


@pytest.mark.parametrize("check", ["unknown-model", "malformed-body"])
def test_no_pod_is_told(check: str) -> None:
    with ingress(None) as way_in:
        verdict, said, advice = checked(check, signed(way_in.target))
    assert (verdict, said[:20]) == ("fail", "status 503 of nginx")
    assert advice == "no pod is ready behind it: plate-llm status stg"


def test_limit_of_the_proxy_that_is_the_services_is_well(echo: Service) -> None:
    with ingress(echo.port) as way_in:
        verdict, said, _ = checked("oversized-body", signed(way_in.target))
    assert verdict == "pass"
    assert said == "status 413 of nginx over 20 MiB, not in OpenAI's form"


def test_limit_of_the_proxy_below_the_services_is_told(echo: Service) -> None:
    with ingress(echo.port, body_size="1m") as way_in:
        expected = Expectations(proxy_body_bytes=MEGABYTE)
        assert checked("oversized-body", signed(way_in.target, expected)) == (
            "warn",
            "status 413 of nginx over 1 MiB, not in OpenAI's form",
            RAISE,
        )


def test_request_goes_whole_through_a_proxy_that_wants_all_of_it(small: Service) -> None:
    expected = settings(LIMIT_BODY_MEGABYTES="1")
    with ingress(small.port, body_size="0") as way_in:
        outcome = checked("oversized-body", signed(way_in.target, expected))
    assert outcome == ("pass", "status 413 over 1 MiB", "")


def test_limit_that_the_pods_do_not_have_yet_is_told(echo: Service) -> None:
    expected = settings(LIMIT_BODY_MEGABYTES="1")
    assert checked("oversized-body", signed(echo.url, expected)) == (
        "fail",
        "a request of more than 1 MiB was read",
        "is the roll-out of limits.bodyMegabytes at its end?",
    )


def test_limit_that_is_very_high_is_not_tried(echo: Service) -> None:
    expected = settings(LIMIT_BODY_MEGABYTES="64")
    assert checked("oversized-body", signed(echo.url, expected)) == (
        "skip",
        "the limit of 64 MiB is more than is sent to try it",
        "",
    )
