"""What Prometheus is told: each metric has a bounded number of series, named by configuration."""

from __future__ import annotations

import platform
from typing import TYPE_CHECKING

from prometheus_client import (
    CollectorRegistry,
    Gauge,
    GCCollector,
    Info,
    PlatformCollector,
    ProcessCollector,
)
from prometheus_client.exposition import choose_encoder

from service.observe.series import Counter, Histogram, Total

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from service.exchange import Exchange

PREFIX = "plate_llm_"
OTHER = "other"
"""The value of a label that would otherwise be whatever a client or a provider likes."""
REQUEST_BOUNDS = (
    *(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
    *(10, 20, 30, 60, 120, 300, 600),
)
"""Seconds. A cache hit takes less than the first, LLM_TIMEOUT_SECONDS is the last by default."""
FIRST_TOKEN_BOUNDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 1, 1.5, 2.5, 5, 10, 20, 30, 60)
METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE"})
OUTCOMES = frozenset({"ok", "cancelled"})
CACHE_RESULTS = ("hit", "miss", "shared")


class Metrics:
    """All metrics of the process. `models` and `providers` are those that are configured.

    It is also what `service.routing.chain.Watcher` describes. Called from the event loop only.
    """

    def __init__(self, models: Iterable[str], providers: Iterable[str]) -> None:
        self._models = frozenset(models)
        self._providers = frozenset(providers)
        self._registry = CollectorRegistry()
        for standard in (ProcessCollector, PlatformCollector, GCCollector):
            standard(registry=self._registry)
        self._make_request_metrics()
        self._make_upstream_metrics()
        self._in_flight = self._gauge("in_flight_requests", "Requests that are being answered.")
        self._queued = self._gauge("queued_requests", "Requests that wait for their turn.")

    def _make_request_metrics(self) -> None:
        self._requests = self._counter(
            "requests", "Requests that were answered.", "route", "method", "status"
        )
        self._durations = self._histogram(
            "request_duration_seconds", "Time to the end of an answer.", "route", REQUEST_BOUNDS
        )
        self._first_tokens = self._histogram(
            "time_to_first_token_seconds",
            "Time to the first piece of a streamed answer.",
            "model",
            FIRST_TOKEN_BOUNDS,
        )
        self._tokens = self._counter(
            "tokens", "Tokens that providers were sent and gave.", "model", "provider", "kind"
        )
        self._cache = self._counter("cache_requests", "Look-ups in the cache.", "result")
        self._limited = self._counter("rate_limited", "Requests over a limit.", "kind")
        self._refused = self._counter("auth_failures", "Requests without a valid token.", "reason")
        for result in CACHE_RESULTS:
            self._cache.add((result,), 0)

    def _make_upstream_metrics(self) -> None:
        self._attempts = self._counter(
            "upstream_attempts", "Requests to providers.", "provider", "outcome"
        )
        self._retries = self._counter("upstream_retries", "Attempts after the first.", "provider")
        self._fallbacks = self._counter(
            "fallbacks", "Requests that another model was asked for.", "from", "to"
        )
        self._breakers = Gauge(
            PREFIX + "breaker_state",
            "Circuit of an upstream: 0 closed, 1 half open, 2 open.",
            ["upstream"],
            registry=self._registry,
        )
        for model in self._models:
            self._breakers.labels(model).set(0)
        for provider in self._providers:
            self._attempts.add((provider, "ok"), 0)
            self._retries.add((provider,), 0)

    def _counter(self, name: str, documentation: str, *labels: str) -> Counter:
        counter = Counter(PREFIX + name, documentation, *labels)
        self._registry.register(counter)
        return counter

    def _histogram(
        self, name: str, documentation: str, label: str, bounds: tuple[float, ...]
    ) -> Histogram:
        histogram = Histogram(PREFIX + name, documentation, label, bounds)
        self._registry.register(histogram)
        return histogram

    def _gauge(self, name: str, documentation: str) -> Gauge:
        return Gauge(PREFIX + name, documentation, registry=self._registry)

    def observe(self, exchange: Exchange, seconds: float) -> None:
        """Count a request that is answered; it took so many seconds."""
        method = exchange.method if exchange.method in METHODS else OTHER
        status = str(exchange.status) if 100 <= exchange.status <= 599 else OTHER
        self._requests.add((exchange.route, method, status))
        trace = exchange.trace
        self._durations.observe(exchange.route, seconds, trace.trace_id if trace else "")
        if exchange.auth_failure:
            self._refused.add((exchange.auth_failure,))
        if exchange.model:
            self._observe_model(exchange)

    def _observe_model(self, exchange: Exchange) -> None:
        model = self._model(exchange.served_by or exchange.model)
        if exchange.first_token_seconds is not None:
            self._first_tokens.observe(model, exchange.first_token_seconds)
        cache = exchange.cache
        if cache:
            self._cache.add((cache,))

    def count_tokens(self, exchange: Exchange) -> None:
        """Count the tokens of an answer that a provider gave."""
        usage = exchange.usage
        model = self._model(exchange.served_by or exchange.model)
        provider = self._provider(exchange.provider)
        self._tokens.add((model, provider, "input"), usage.input_tokens)
        self._tokens.add((model, provider, "output"), usage.output_tokens)

    def attempted(self, provider: str, outcome: str) -> None:
        """An attempt ended: `ok`, a status, or `cancelled`."""
        known = outcome in OUTCOMES or (len(outcome) == 3 and outcome.isdecimal())
        self._attempts.add((self._provider(provider), outcome if known else OTHER))

    def retried(self, provider: str) -> None:
        """The same model is asked again."""
        self._retries.add((self._provider(provider),))

    def fell_back(self, model: str, other: str) -> None:
        """Another model is asked instead."""
        self._fallbacks.add((self._model(model), self._model(other)))

    def breaker_changed(self, upstream: str, state: int) -> None:
        """A circuit opened (2), is tried (1) or closed (0)."""
        self._breakers.labels(self._model(upstream)).set(state)

    def rate_limited(self, kind: str) -> None:
        """A request was over a limit, as of `requests` or `tokens`."""
        self._limited.add((kind,))

    def watch_admission(self, in_use: Callable[[], int], waiting: Callable[[], int]) -> None:
        """From where to read how many requests are being answered, and how many wait."""
        self._in_flight.set_function(in_use)
        self._queued.set_function(waiting)

    def watch_total(self, name: str, documentation: str, read: Callable[[], int]) -> None:
        """A total that somebody else keeps, as `log_lines_dropped`."""
        self._registry.register(Total(PREFIX + name, documentation, read))

    def show_build(self, version: str, revision: str) -> None:
        """What is running: `plate_llm_build_info`."""
        info = Info(PREFIX + "build", "What is running.", registry=self._registry)
        build = {"version": version, "revision": revision, "python": platform.python_version()}
        info.info(build)

    def page(self, accept: str) -> tuple[bytes, bytes]:
        """All metrics in the format that the header Accept asks for, and its content type.

        OpenMetrics has exemplars: the trace of one request for each bucket of a duration.
        """
        encode, content_type = choose_encoder(accept)
        return encode(self._registry), content_type.encode()

    def _model(self, name: str) -> str:
        return name if name in self._models else OTHER

    def _provider(self, name: str) -> str:
        return name if name in self._providers else OTHER
