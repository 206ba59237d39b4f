"""The parts of a running service, and how they are put together."""

from __future__ import annotations

import time
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Self

from service.auth import verifier
from service.cache import store
from service.cache.flight import Flights
from service.cache.keys import cache_key
from service.chat.request import Limits
from service.limits.admission import Admission
from service.limits.budget import ByteBudget
from service.limits.rate import RateLimiter
from service.models import catalogue
from service.observe.langsmith import Tracer
from service.observe.metrics import Metrics
from service.providers.registry import Providers, Surroundings
from service.release import version_document
from service.routing.breaker import Breaker
from service.routing.chain import Chain, Target
from service.upstream.session import Timeouts, open_session

if TYPE_CHECKING:
    from types import TracebackType

    from service.chat.request import ChatRequest
    from service.exchange import Exchange
    from service.models.catalogue import Model
    from service.observe.log import Log
    from service.settings.settings import Settings

HELD_BODIES = 256 * 2**20
"""Bytes of requests at once. Read and decoded, one takes about three times its size."""
FLUSH_SECONDS = 3.0
"""For the traces that are still on their way when the service ends."""
QUIET = frozenset({"/livez", "/readyz"})
"""Probes that succeed are not logged: they would be most of the log."""


class Runtime:
    """Everything that requests share.

    What needs the event loop (connections, tasks) is there while the runtime is entered.
    """

    def __init__(self, settings: Settings, log: Log) -> None:
        self.settings = settings
        self.started = int(time.time())
        self.draining = False
        self.catalogue = catalogue.read(settings)
        names = [model.name for model in self.catalogue]
        self.metrics = Metrics(names, {model.provider for model in self.catalogue})
        self.limits = Limits(settings.limit_messages, settings.limit_image_megabytes * 2**20)
        self.body_limit = settings.limit_body_megabytes * 2**20
        self.bodies = ByteBudget(max(HELD_BODIES, 2 * self.body_limit))
        self.drops_unsupported = settings.llm_drop_unsupported
        self.log = log
        self.tracer: Tracer | None = None
        self.keeps_answers = settings.langchain_tracing_v2 or settings.log_prompts
        self.flights = Flights()
        self.leading: dict[bytes, Exchange] = {}
        """Requests that others wait for, by their place in the cache."""
        self.admission = Admission(
            settings.limit_concurrency, settings.limit_queue, settings.limit_queue_seconds
        )
        self._cache_scope = _cache_scope(settings)
        timeouts = Timeouts(
            settings.llm_timeout_seconds,
            settings.llm_first_token_seconds,
            settings.llm_stall_seconds,
        )
        self.chain = Chain(settings.llm_retries, timeouts, self.metrics)
        version = version_document()
        self.metrics.show_build(version["version"] or "", version["revision"] or "")
        self.metrics.watch_total(
            "log_lines_dropped", "Lines that nobody read in time.", lambda: log.dropped
        )
        self.metrics.watch_total("traces_lost", "Traces that never arrived.", self._traces_lost)
        self.metrics.watch_admission(lambda: self.admission.in_use, lambda: self.admission.waiting)

    async def __aenter__(self) -> Self:
        """Open everything. Raises FactoryError for a model that cannot be made."""
        async with AsyncExitStack() as opened:
            await self._open(opened)
            self._opened = opened.pop_all()
        return self

    async def _open(self, opened: AsyncExitStack) -> None:
        """What is opened last is closed first, also where a later part cannot be opened."""
        settings = self.settings
        session = await opened.enter_async_context(open_session())
        self.verifier = verifier.build(settings, session)
        opened.push_async_callback(self.verifier.close)
        self.cache = store.build(settings)
        if self.cache is not None:
            opened.push_async_callback(self.cache.close)
        self.limiter = RateLimiter(settings)
        opened.push_async_callback(self.limiter.close)
        compatible = any(model.provider == "openai-compatible" for model in self.catalogue)
        providers = Providers(Surroundings(settings, session, compatible))
        opened.push_async_callback(providers.close)
        self._targets = self._make_targets(providers)
        self.tracer = _tracer(settings)
        if self.tracer is not None:
            opened.push_async_callback(self.tracer.close, FLUSH_SECONDS)

    def _make_targets(self, providers: Providers) -> dict[str, tuple[Target, ...]]:
        targets = {
            model.name: Target(model, providers.of(model), Breaker()) for model in self.catalogue
        }
        return {
            model.name: tuple(targets[other.name] for other in self.catalogue.chain(model))
            for model in self.catalogue
        }

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close everything."""
        await self._opened.aclose()

    def targets(self, model: Model) -> tuple[Target, ...]:
        """Who is asked for an answer of this model, in this order."""
        return self._targets[model.name]

    def cache_key(
        self, model: Model, request: ChatRequest, tenant: str, choice: bytes
    ) -> bytes | None:
        """Where the answer to a request lies in the cache; None where it has no place there."""
        if self.cache is None or choice == b"off":
            return None
        whose = "" if self.settings.cache_shared else tenant
        return cache_key(model, request, self._cache_scope + whose, opted_in=choice == b"on")

    def used(self, exchange: Exchange) -> None:
        """Count the tokens of an answer that a provider gave, once."""
        tokens = exchange.usage.total
        if tokens:
            self.limiter.spend(exchange.subject, exchange.model, tokens, time.time())
            self.metrics.count_tokens(exchange)

    def finished(self, exchange: Exchange) -> None:
        """Count and log a request that has had its answer."""
        seconds = time.perf_counter() - exchange.started
        self.metrics.observe(exchange, seconds)
        if exchange.path not in QUIET or exchange.status != 200:
            self.log.request(exchange, seconds)
        if self.tracer is not None:
            self.tracer.record(exchange, seconds)

    def _traces_lost(self) -> int:
        if self.tracer is None:
            return 0
        return self.tracer.counts.dropped + self.tracer.counts.failed

    def reasons(self) -> list[dict[str, str]]:
        """Why no traffic should come here now."""
        reasons = []
        if self.draining:
            reasons.append({"name": "shutdown", "message": "the service is shutting down"})
        model = self.catalogue.default
        missing = self.targets(model)[0].provider.missing()
        if missing is not None:
            reasons.append({"name": "model", "message": f"{model.name}: {missing}"})
        return reasons

    def concerns(self) -> list[dict[str, str]]:
        """What an operator should know, and what keeps no traffic away."""
        told = [("auth", self.verifier.concerns())]
        if self.cache is not None:
            told.append(("cache", self.cache.concerns()))
        for model in list(self.catalogue)[1:]:
            missing = self.targets(model)[0].provider.missing()
            told.append(("model", missing and f"{model.name}: {missing}"))
        return [{"name": name, "message": message} for name, message in told if message]


def _cache_scope(settings: Settings) -> str:
    """What two deployments must have in common that share a plate-cache, to share its answers.

    Models of one name may be other models elsewhere, and tenants of one name other tenants.
    """
    issuer = settings.auth_issuer or settings.plate_api_url
    return repr((settings.llm_base_url, settings.anthropic_base_url, issuer))


def _tracer(settings: Settings) -> Tracer | None:
    """Off by default, and then nothing ever connects to LangSmith."""
    if not settings.langchain_tracing_v2 or settings.langchain_api_key is None:
        return None
    return Tracer(
        settings.langchain_api_key.get_secret_value(),
        endpoint=settings.langchain_endpoint,
        project=settings.langchain_project,
        sampling_rate=settings.langchain_tracing_sampling_rate,
    )
