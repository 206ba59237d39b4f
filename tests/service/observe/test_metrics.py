from __future__ import annotations

import platform
import re

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as open_metrics
from prometheus_client.parser import text_string_to_metric_families

from service.exchange import Usage
from service.observe.metrics import Metrics
from tests.service.observe.exchanges import TRACE, answered

OPEN_METRICS = "application/openmetrics-text; version=1.0.0"
CHAT = "/v1/chat/completions"


@pytest.fixture
def metrics() -> Metrics:
    return Metrics(["gpt-5", "claude"], ["openai", "anthropic"])


def read(metrics: Metrics) -> dict[str, float]:
    """All samples of ours, by their text: `name{label="value",...}`, labels in order."""
    content, _ = metrics.page("")
    return {
        sample.name
        + "{"
        + ",".join(f'{name}="{value}"' for name, value in sorted(sample.labels.items()))
        + "}": sample.value
        for family in text_string_to_metric_families(content.decode())
        for sample in family.samples
        if sample.name.startswith("plate_llm_")
    }


def test_a_request_is_counted_by_route_method_and_status(metrics: Metrics) -> None:
    metrics.observe(answered(), 0.7)
    metrics.observe(answered(status=503), 0.7)
    samples = read(metrics)
    for status in (200, 503):
        name = f'plate_llm_requests_total{{method="POST",route="{CHAT}",status="{status}"}}'
        assert samples[name] == 1


@pytest.mark.parametrize(
    ("seconds", "bounds"),
    [
        (0.0049, ["0.005", "0.01", "600.0", "+Inf"]),
        (0.005, ["0.005", "0.01", "600.0", "+Inf"]),
        (600.1, ["+Inf"]),
    ],
)
def test_a_duration_falls_into_the_buckets_that_hold_it(
    metrics: Metrics, seconds: float, bounds: list[str]
) -> None:
    metrics.observe(answered(), seconds)
    samples = read(metrics)
    name = "plate_llm_request_duration_seconds"
    for bound in ("0.005", "0.01", "600.0", "+Inf"):
        expected = 1 if bound in bounds else 0
        assert samples[f'{name}_bucket{{le="{bound}",route="{CHAT}"}}'] == expected
    assert samples[f'{name}_count{{route="{CHAT}"}}'] == 1
    assert samples[f'{name}_sum{{route="{CHAT}"}}'] == seconds


def test_a_duration_names_the_trace_of_a_request_where_the_format_can(metrics: Metrics) -> None:
    metrics.observe(answered(), 0.7)
    content, content_type = metrics.page(OPEN_METRICS)
    assert content_type.startswith(b"application/openmetrics-text; version=1.0.0; charset=utf-8")
    exemplars = [
        (sample.labels["le"], sample.exemplar.labels, sample.exemplar.value)
        for family in open_metrics(content.decode())  # type: ignore[no-untyped-call]
        for sample in family.samples
        if sample.exemplar
    ]
    assert exemplars == [("1.0", {"trace_id": TRACE.trace_id}, 0.7)]


def test_a_request_without_a_trace_has_no_exemplar(metrics: Metrics) -> None:
    metrics.observe(answered(trace=None), 0.7)
    assert b"# {" not in metrics.page(OPEN_METRICS)[0]


def test_the_plain_format_is_the_default(metrics: Metrics) -> None:
    assert metrics.page("*/*")[1] == b"text/plain; version=0.0.4; charset=utf-8"


def test_tokens_are_counted_by_the_model_that_answered(metrics: Metrics) -> None:
    metrics.count_tokens(answered(served_by="claude", provider="anthropic", fallbacks=1))
    samples = read(metrics)
    name = 'plate_llm_tokens_total{{kind="{}",model="claude",provider="anthropic"}}'
    assert samples[name.format("input")] == 12
    assert samples[name.format("output")] == 30


@pytest.mark.parametrize("cache", ["hit", "shared"])
def test_what_the_cache_answered_is_counted(metrics: Metrics, cache: str) -> None:
    metrics.observe(answered(cache=cache), 0.001)
    assert read(metrics)[f'plate_llm_cache_requests_total{{result="{cache}"}}'] == 1


def test_the_first_token_of_a_stream_is_timed_by_model(metrics: Metrics) -> None:
    metrics.observe(answered(stream=True, first_token_seconds=0.4), 0.7)
    name = "plate_llm_time_to_first_token_seconds"
    samples = read(metrics)
    assert samples[name + '_bucket{le="0.25",model="gpt-5"}'] == 0
    assert samples[name + '_bucket{le="0.5",model="gpt-5"}'] == 1
    assert samples[name + '_sum{model="gpt-5"}'] == 0.4


def test_a_refused_token_is_counted_by_its_reason(metrics: Metrics) -> None:
    metrics.observe(answered(status=401, model="", auth_failure="expired"), 0.001)
    samples = read(metrics)
    assert samples['plate_llm_auth_failures_total{reason="expired"}'] == 1
    assert samples['plate_llm_cache_requests_total{result="miss"}'] == 0


def test_what_happens_to_upstreams_is_counted(metrics: Metrics) -> None:
    for outcome in ("ok", "503", "cancelled"):
        metrics.attempted("openai", outcome)
    metrics.retried("openai")
    metrics.fell_back("gpt-5", "claude")
    metrics.breaker_changed("gpt-5", 2)
    metrics.rate_limited("tokens")
    samples = read(metrics)
    attempts = 'plate_llm_upstream_attempts_total{{outcome="{}",provider="openai"}}'
    assert [samples[attempts.format(each)] for each in ("ok", "503", "cancelled")] == [1, 1, 1]
    assert samples['plate_llm_upstream_retries_total{provider="openai"}'] == 1
    assert samples['plate_llm_fallbacks_total{from="gpt-5",to="claude"}'] == 1
    assert samples['plate_llm_breaker_state{upstream="gpt-5"}'] == 2
    assert samples['plate_llm_breaker_state{upstream="claude"}'] == 0
    assert samples['plate_llm_rate_limited_total{kind="tokens"}'] == 1


def test_what_a_client_or_a_provider_makes_up_is_other(metrics: Metrics) -> None:
    for number in range(100):
        made_up = f"made-up-{number}"
        metrics.observe(
            answered(
                method=made_up,
                model=made_up,
                served_by=made_up,
                provider=made_up,
                status=1000 + number,
                first_token_seconds=0.1,
                usage=Usage(1, 1),
            ),
            0.1,
        )
        metrics.attempted(made_up, made_up)
        metrics.retried(made_up)
        metrics.fell_back(made_up, made_up)
        metrics.breaker_changed(made_up, 2)
    samples = read(metrics)
    assert not [
        name for name in samples if "made-up" in name or "10" in re.findall("status=.*", name)
    ]
    assert (
        samples[f'plate_llm_requests_total{{method="other",route="{CHAT}",status="other"}}'] == 100
    )
    assert samples['plate_llm_fallbacks_total{from="other",to="other"}'] == 100
    assert samples['plate_llm_upstream_attempts_total{outcome="other",provider="other"}'] == 100


def test_series_that_are_known_at_the_start_are_there_at_the_start(metrics: Metrics) -> None:
    assert read(metrics) == {
        'plate_llm_cache_requests_total{result="hit"}': 0,
        'plate_llm_cache_requests_total{result="miss"}': 0,
        'plate_llm_cache_requests_total{result="shared"}': 0,
        'plate_llm_upstream_attempts_total{outcome="ok",provider="openai"}': 0,
        'plate_llm_upstream_attempts_total{outcome="ok",provider="anthropic"}': 0,
        'plate_llm_upstream_retries_total{provider="openai"}': 0,
        'plate_llm_upstream_retries_total{provider="anthropic"}': 0,
        'plate_llm_breaker_state{upstream="gpt-5"}': 0,
        'plate_llm_breaker_state{upstream="claude"}': 0,
        "plate_llm_in_flight_requests{}": 0,
        "plate_llm_queued_requests{}": 0,
    }


def test_the_state_of_the_admission_is_read_when_it_is_asked_for(metrics: Metrics) -> None:
    running = [1, 2]
    metrics.watch_admission(lambda: len(running), lambda: 7)
    running.append(3)
    samples = read(metrics)
    assert samples["plate_llm_in_flight_requests{}"] == 3
    assert samples["plate_llm_queued_requests{}"] == 7


def test_a_total_that_others_keep_is_read_when_it_is_asked_for(metrics: Metrics) -> None:
    metrics.watch_total("log_lines_dropped", "Lines that nobody read.", lambda: 5)
    assert read(metrics)["plate_llm_log_lines_dropped_total{}"] == 5


def test_the_build_is_shown(metrics: Metrics) -> None:
    metrics.show_build("1.2.3", "4f2a9c1")
    python = platform.python_version()
    name = f'plate_llm_build_info{{python="{python}",revision="4f2a9c1",version="1.2.3"}}'
    assert read(metrics)[name] == 1


@pytest.mark.parametrize(
    "name", [b"process_resident_memory_bytes", b"python_info", b"python_gc_collections_total"]
)
def test_the_process_is_shown(metrics: Metrics, name: bytes) -> None:
    assert name in metrics.page("")[0]


def test_two_sets_of_metrics_do_not_know_each_other(metrics: Metrics) -> None:
    Metrics([], []).observe(answered(), 0.1)
    assert not [name for name in read(metrics) if name.startswith("plate_llm_requests")]
