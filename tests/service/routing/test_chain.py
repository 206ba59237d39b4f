"""Fallbacks, retries and deadlines, with providers that do as they are told."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

import pytest

from service.chat.request import ChatRequest
from service.errors import BadRequest, UpstreamError
from service.exchange import Exchange
from service.models.catalogue import Model
from service.providers.base import Call
from service.routing import chain as chains
from service.routing.breaker import FAILURES, Breaker
from service.routing.chain import Chain, Target
from service.upstream.session import Timeouts

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

REQUEST = ChatRequest(raw=b"{}", body={}, stream=False, include_usage=False)


def broken(status: int = 500, retry_after: float | None = None, code: str = "") -> UpstreamError:
    return UpstreamError(
        status, f"broken {status}", code=code or None, retryable=True, retry_after=retry_after
    )


class Scripted:
    """A provider that gives what its script says: bytes are an answer, errors are raised."""

    takes_bytes = False
    supported: frozenset[str] | None = None

    def __init__(self, *script: Any) -> None:
        self.name = "scripted"
        self.script = list(script)
        self.asked = 0
        self.closed = 0

    async def complete(self, call: Call) -> bytes:
        del call
        self.asked += 1
        step = self.script.pop(0)
        if isinstance(step, Exception):
            raise step
        if step is None:
            await asyncio.sleep(600)
        return bytes(step)

    async def stream(self, call: Call) -> AsyncGenerator[bytes, None]:
        del call
        self.asked += 1
        try:
            for step in self.script.pop(0):
                if isinstance(step, Exception):
                    raise step
                if step is None:
                    await asyncio.sleep(600)
                yield step
        finally:
            self.closed += 1

    async def embed(self, call: Call) -> bytes:
        del call
        raise NotImplementedError

    def missing(self) -> None:
        return None

    async def close(self) -> None:
        return None


class Heard:
    """Writes down what a chain tells."""

    def __init__(self) -> None:
        self.told: list[tuple[Any, ...]] = []

    def attempted(self, provider: str, outcome: str) -> None:
        self.told.append(("attempted", provider, outcome))

    def retried(self, provider: str) -> None:
        self.told.append(("retried", provider))

    def fell_back(self, model: str, other: str) -> None:
        self.told.append(("fell back", model, other))

    def breaker_changed(self, upstream: str, state: int) -> None:
        self.told.append(("breaker", upstream, int(state)))


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chains, "FIRST_PAUSE", 0.0)


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def exchange() -> Exchange:
    return Exchange(request_id="r", method="POST", path="/", started=0.0)


def target(name: str, provider: Scripted) -> Target:
    model = Model(
        name=name,
        provider="scripted",
        upstream=name,
        names=(name,),
        defaults={},
        refuses=frozenset(),
        max_tokens=None,
        stream_usage=True,
        requests_per_minute=0,
        tokens_per_minute=0,
    )
    return Target(model, provider, Breaker())


def prepare(target: Target) -> Call:
    return Call(request=REQUEST, model=target.model.upstream, body={}, raw=None, request_id="r")


async def whole(
    chain: Chain, exchange: Exchange, *targets: Target, prepare: Any = prepare
) -> bytes:
    return await chain.whole(
        exchange, targets, prepare, lambda target, call: target.provider.complete(call)
    )


async def streamed(chain: Chain, exchange: Exchange, *targets: Target) -> list[bytes]:
    async with aclosing(chain.stream(exchange, targets, prepare)) as pieces:
        return [piece async for piece in pieces]


def chain_of(heard: Heard, retries: int = 2, timeouts: Timeouts | None = None) -> Chain:
    return Chain(retries, timeouts or Timeouts(), heard)


async def test_an_answer_at_once(heard: Heard, exchange: Exchange) -> None:
    assert await whole(chain_of(heard), exchange, target("a", Scripted(b"yes"))) == b"yes"
    assert heard.told == [("attempted", "scripted", "ok")]
    assert (exchange.attempts, exchange.fallbacks, exchange.served_by) == (1, 0, "a")


async def test_a_failure_is_tried_again(heard: Heard, exchange: Exchange) -> None:
    provider = Scripted(broken(), broken(), b"yes")
    assert await whole(chain_of(heard), exchange, target("a", provider)) == b"yes"
    assert heard.told == [
        ("attempted", "scripted", "500"),
        ("retried", "scripted"),
        ("attempted", "scripted", "500"),
        ("retried", "scripted"),
        ("attempted", "scripted", "ok"),
    ]


async def test_when_all_attempts_failed_the_next_model_is_asked(
    heard: Heard, exchange: Exchange
) -> None:
    first, second = Scripted(broken(), broken()), Scripted(b"yes")
    chain = chain_of(heard, retries=1)
    assert await whole(chain, exchange, target("a", first), target("b", second)) == b"yes"
    assert ("fell back", "a", "b") in heard.told
    assert (exchange.attempts, exchange.fallbacks, exchange.served_by) == (3, 1, "b")


async def test_when_all_models_failed_the_first_one_s_error_is_told(
    heard: Heard, exchange: Exchange
) -> None:
    first, second = target("a", Scripted(broken(503))), target("b", Scripted(broken(500)))
    with pytest.raises(UpstreamError) as raised:
        await whole(chain_of(heard, retries=0), exchange, first, second)
    assert raised.value.status == 503


async def test_what_no_attempt_cures_is_not_tried_again(heard: Heard, exchange: Exchange) -> None:
    first, second = Scripted(UpstreamError(400, "no")), Scripted(b"yes")
    with pytest.raises(UpstreamError):
        await whole(chain_of(heard), exchange, target("a", first), target("b", second))
    assert (first.asked, second.asked) == (1, 0)


async def test_a_long_retry_after_is_not_waited_for(heard: Heard, exchange: Exchange) -> None:
    provider = Scripted(broken(429, retry_after=60.0))
    with pytest.raises(UpstreamError) as raised:
        await whole(chain_of(heard), exchange, target("a", provider))
    assert raised.value.retry_after == 60.0
    assert provider.asked == 1


async def test_a_short_retry_after_is_waited_for(heard: Heard, exchange: Exchange) -> None:
    provider = Scripted(broken(429, retry_after=0.02), b"yes")
    started = asyncio.get_running_loop().time()
    await whole(chain_of(heard), exchange, target("a", provider))
    assert asyncio.get_running_loop().time() - started >= 0.02


async def test_an_answer_that_takes_too_long_is_a_504(heard: Heard, exchange: Exchange) -> None:
    provider = Scripted(None)
    with pytest.raises(UpstreamError) as raised:
        await whole(chain_of(heard, timeouts=Timeouts(total=0.02)), exchange, target("a", provider))
    assert (raised.value.status, raised.value.code) == (504, "upstream_timeout")
    assert provider.asked == 1


async def test_a_model_that_hangs_leaves_time_for_the_next(
    heard: Heard, exchange: Exchange
) -> None:
    targets = target("a", Scripted(None)), target("b", Scripted(b"yes"))
    assert await whole(chain_of(heard, timeouts=Timeouts(total=0.04)), exchange, *targets) == b"yes"


async def test_a_model_that_cannot_take_the_request_refuses_it(
    heard: Heard, exchange: Exchange
) -> None:
    def refuse(target: Target) -> Call:
        raise BadRequest(f"not for {target.model.name}")

    with pytest.raises(BadRequest, match="not for a"):
        await whole(chain_of(heard), exchange, target("a", Scripted()), prepare=refuse)


async def test_a_fallback_that_cannot_take_the_request_is_passed_over(
    heard: Heard, exchange: Exchange
) -> None:
    def refuse_b(target: Target) -> Call:
        if target.model.name == "b":
            raise BadRequest("not for b")
        return prepare(target)

    targets = [
        target("a", Scripted(broken())),
        target("b", Scripted()),
        target("c", Scripted(b"yes")),
    ]
    chain = chain_of(heard, retries=0)
    assert await whole(chain, exchange, *targets, prepare=refuse_b) == b"yes"
    assert exchange.served_by == "c"


async def test_a_model_that_keeps_failing_is_left_alone(heard: Heard, exchange: Exchange) -> None:
    failing = target("a", Scripted(*[broken()] * FAILURES))
    other = target("b", Scripted(*[b"yes"] * (FAILURES + 1)))
    chain = chain_of(heard, retries=0)
    for _ in range(FAILURES + 1):
        await whole(chain, exchange, failing, other)
    assert failing.provider.asked == FAILURES  # type: ignore[attr-defined]
    assert ("breaker", "a", 2) in heard.told


async def test_an_open_circuit_says_what_the_failure_was(heard: Heard, exchange: Exchange) -> None:
    failing = target("a", Scripted())
    for _ in range(FAILURES):
        failing.breaker.failed("broken 500")
    with pytest.raises(UpstreamError) as raised:
        await whole(chain_of(heard), exchange, failing)
    assert (raised.value.status, raised.value.code) == (503, "upstream_unavailable")
    assert raised.value.message.endswith("the last failure: broken 500")
    assert raised.value.headers == ((b"retry-after", b"5"),)


async def test_too_many_requests_do_not_open_the_circuit(heard: Heard, exchange: Exchange) -> None:
    busy = target("a", Scripted(*[broken(429)] * (FAILURES + 1)))
    for _ in range(FAILURES + 1):
        with pytest.raises(UpstreamError) as raised:
            await whole(chain_of(heard, retries=0), exchange, busy)
        assert raised.value.status == 429


async def test_a_cancelled_request_frees_the_probe(heard: Heard, exchange: Exchange) -> None:
    hanging = target("a", Scripted(None))
    task = asyncio.create_task(whole(chain_of(heard), exchange, hanging))
    await asyncio.sleep(0.01)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert heard.told == [("attempted", "scripted", "cancelled")]


async def test_a_stream_falls_back_before_its_first_piece(heard: Heard, exchange: Exchange) -> None:
    first, second = Scripted([broken()]), Scripted([b"1", b"2"])
    chain = chain_of(heard, retries=0)
    assert await streamed(chain, exchange, target("a", first), target("b", second)) == [b"1", b"2"]
    assert (first.closed, second.closed) == (1, 1)


async def test_a_stream_does_not_fall_back_after_its_first_piece(
    heard: Heard, exchange: Exchange
) -> None:
    first, second = Scripted([b"1", broken()]), Scripted([b"2"])
    with pytest.raises(UpstreamError):
        await streamed(chain_of(heard), exchange, target("a", first), target("b", second))
    assert second.asked == 0


@pytest.mark.parametrize(
    ("script", "timeouts"),
    [
        ([None], Timeouts(first=0.02)),
        ([b"1", None], Timeouts(stall=0.02)),
        ([b"1", None], Timeouts(total=0.02)),
    ],
)
async def test_each_deadline_of_a_stream(
    script: list[Any], timeouts: Timeouts, heard: Heard, exchange: Exchange
) -> None:
    provider = Scripted(script)
    with pytest.raises(UpstreamError) as raised:
        await streamed(chain_of(heard, timeouts=timeouts), exchange, target("a", provider))
    assert raised.value.status == 504
    assert provider.closed == 1


async def test_a_stream_without_anything_is_a_failure(heard: Heard, exchange: Exchange) -> None:
    with pytest.raises(UpstreamError, match="empty"):
        await streamed(chain_of(heard, retries=0), exchange, target("a", Scripted([])))


async def test_leaving_a_stream_closes_it(heard: Heard, exchange: Exchange) -> None:
    provider = Scripted([b"1", b"2"])
    stream = chain_of(heard).stream(exchange, [target("a", provider)], prepare)
    await anext(stream)
    await stream.aclose()
    assert provider.closed == 1
