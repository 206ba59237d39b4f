"""Streams, held back and broken off in real ways; nginx stands for the ingress controller."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from plate_llm_cli.smoke.budget import Budget
from plate_llm_cli.smoke.http import Http, Question, Streamed
from tests.smoke.checks.conftest import gateway
from tests.smoke.checks.signed import PLACE, checked, signed
from tests.smoke.checks.stub import HTML, stub
from tests.smoke.nginx import HOST, ingress

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.smoke.trial import Trial
    from tests.service.running import Service, Upstream
    from tests.smoke.ca import Authority

SECONDS = r"\d+\.\d\d s"
UNBUFFER = (
    'set the annotation nginx.ingress.kubernetes.io/proxy-buffering: "off", and let no proxy take '
    "the service's header x-accel-buffering: no away, buffer or compress text/event-stream"
)
PATIENCE = (
    "did its pod end (shutdown.*, memory: plate-llm status stg), or a proxy's patience (the "
    "annotation nginx.ingress.kubernetes.io/proxy-read-timeout)?"
)


def streamed(trial: Trial, verdict: str, said: str) -> str:
    """The advice of the check, once it has seen what it must."""
    outcome = checked("streaming", trial)
    assert outcome[0] == verdict, outcome
    assert re.fullmatch(said, outcome[1]), outcome
    return outcome[2]


def test_stream_comes_as_it_is_made(service: Service) -> None:
    budget = Budget()
    trial = signed(service.url, model="paced", budget=budget)
    streamed(trial, "pass", f"first token after {SECONDS}, 202 events until {SECONDS}")
    assert budget.spent == 217


def test_stream_comes_through_an_ingress_as_it_is_made(
    service: Service, authority: Authority
) -> None:
    certificate = authority.issue(HOST)
    with ingress(service.port, certificate=certificate, ca=authority.root) as way_in:
        trial = signed(way_in.target, model="paced")
        streamed(trial, "pass", f"first token after {SECONDS}, 202 events until {SECONDS}")


def test_buffers_of_a_proxy_are_told(service: Service, authority: Authority) -> None:
    issued = authority.issue(HOST)
    with ingress(service.port, certificate=issued, ca=authority.root, buffering=True) as way_in:
        said = (
            rf"the stream came in \d+ pieces of up to \d+ bytes, first token after {SECONDS}: "
            "buffers that are sent when they are full"
        )
        assert streamed(signed(way_in.target, model="paced"), "fail", said) == UNBUFFER


def test_stream_that_comes_at_once_through_an_ingress_is_a_failure(service: Service) -> None:
    with ingress(service.port) as way_in:
        said = f"the whole stream came at once after {SECONDS}"
        assert streamed(signed(way_in.target, model="late"), "fail", said) == UNBUFFER


def test_stream_that_comes_at_once_without_a_proxy_is_the_providers(service: Service) -> None:
    said = f"the whole stream came at once after {SECONDS}"
    assert streamed(signed(service.url, model="late"), "warn", said) == (
        "no proxy is known on this way: it is the provider that sends it so, or llm.modelName is a "
        "model that does not stream"
    )


@pytest.mark.parametrize("model", ["quick", "few"])
def test_short_and_quick_streams_tell_nothing(service: Service, model: str) -> None:
    said = (
        rf"first token after {SECONDS}; \d+ events in {SECONDS} are too few or too quick to tell "
        "whether they were held back"
    )
    assert streamed(signed(service.url, model=model), "pass", said) == ""


def test_built_in_model_that_takes_its_time_is_named(echo: Service) -> None:
    assert checked("streaming", signed(echo.url))[1].endswith(
        " whether they were held back (builtin:echo-slow takes its time)"
    )


@pytest.mark.parametrize(
    ("model", "code", "advice"),
    [
        (
            "breaking",
            "upstream_lost",
            "the provider, or something between, ends connections: try again, then look at the "
            "service's log",
        ),
        ("failing", "server_error", "plate-llm status stg"),
    ],
)
def test_error_in_a_stream_is_told(service: Service, model: str, code: str, advice: str) -> None:
    said = f"the stream ended after {SECONDS} with {code}"
    assert streamed(signed(service.url, model=model), "fail", said) == advice


def test_failure_before_a_stream_is_told(service: Service) -> None:
    assert checked("streaming", signed(service.url, model="unauthorized")) == (
        "fail",
        "status 502, upstream_unauthorized: the provider refused the credentials of this service",
        f"the provider refuses OPENAI_API_KEY (from {PLACE}): plate-llm secrets check stg --live",
    )


def test_patience_of_a_proxy_in_a_stream_is_told(service: Service) -> None:
    with ingress(service.port, read_seconds=1) as way_in:
        said = f"the stream broke off after {SECONDS}, before " + re.escape("[DONE]")
        assert streamed(signed(way_in.target, model="stalling"), "fail", said) == PATIENCE


def test_page_in_place_of_a_stream_is_told() -> None:
    with stub(HTML) as url:
        assert checked("streaming", signed(url)) == (
            "fail",
            "content-type is text/html, not text/event-stream",
            "something between answers instead of the service",
        )


def test_stream_of_nothing_is_told() -> None:
    with stub("data: [DONE]\n\n", headers={"content-type": "text/event-stream"}) as url:
        assert checked("streaming", signed(url)) == (
            "fail",
            "the stream has no events but [DONE]",
            "is it a chat model that llm.modelName names?",
        )


class Ending(Http):
    """Ends the service as soon as a stream has begun."""

    def __init__(self, service: Service) -> None:
        super().__init__(signed(service.url).target)
        self._service = service

    @contextmanager
    def stream(self, question: Question) -> Iterator[Streamed]:
        with super().stream(question) as begun:
            if question.method == "POST":
                self._service.kill()
            yield begun


def test_end_of_a_pod_in_a_stream_is_told(provider: Upstream) -> None:
    ended = gateway(provider)
    trial = signed(ended.url, model="endless")
    trial.http = Ending(ended)
    said = f"the stream broke off after {SECONDS}, before " + re.escape("[DONE]")
    assert streamed(trial, "fail", said) == PATIENCE
    assert trial.budget.spent > 200
