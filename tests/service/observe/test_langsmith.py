from __future__ import annotations

import asyncio
import logging
import re
import time
import tracemalloc
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import orjson
import pytest
from langsmith import Client

from service.observe.langsmith import Tracer
from service.observe.langsmith_run import BODY_BYTES, new_run_id
from service.observe.outbox import Bounds, Counts
from service.trace_context import TraceContext, parse
from tests.service.observe.exchanges import answered
from tests.service.observe.langsmith_stand_in import LangSmithStandIn

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

KEY = "lsv2_pt_0123456789abcdef"
UUID7 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00")
ORDER = re.compile(r"\d{8}T\d{12}Z[0-9a-f-]{36}")


@pytest.fixture
async def langsmith() -> AsyncIterator[LangSmithStandIn]:
    async with LangSmithStandIn() as server:
        yield server


def tracer(endpoint: LangSmithStandIn | str, **options: Any) -> Tracer:
    options = {"bounds": Bounds(pauses=(0.0,)), **options}
    url = endpoint if isinstance(endpoint, str) else endpoint.url
    return Tracer(KEY, endpoint=url, project="chat", **options)


async def run_of(
    langsmith: LangSmithStandIn, seconds: float = 0.7, **fields: Any
) -> dict[str, Any]:
    """The run that a request becomes."""
    one = tracer(langsmith)
    one.record(answered(**fields), seconds)
    await one.close(5)
    (run,) = langsmith.runs
    return run


async def test_a_request_is_one_run(langsmith: LangSmithStandIn) -> None:
    before = datetime.now(UTC)
    run = await run_of(langsmith)
    run_id = run["id"]
    assert UUID7.fullmatch(run_id)
    start, end = (datetime.fromisoformat(run.pop(name)) for name in ("start_time", "end_time"))
    assert (end - start).total_seconds() == pytest.approx(0.7, abs=1e-4)
    assert before <= end <= datetime.now(UTC)
    assert run == {
        "id": run_id,
        "trace_id": run_id,
        "dotted_order": f"{start:%Y%m%dT%H%M%S%f}Z{run_id}",
        "name": "chat/completions",
        "run_type": "llm",
        "session_name": "chat",
        "inputs": {"model": "gpt-5", "messages": [{"role": "user", "content": "Hi"}]},
        "outputs": {
            "choices": [{"index": 0, "message": {"role": "assistant", "content": "Hello"}}]
        },
        "extra": {
            "metadata": {
                "request_id": "req_1",
                "trace_id": "4bf92f3577b34da6a3ce929d0e0e4736",
                "subject": "ff8d9819fc0e",
                "ls_provider": "openai",
                "ls_model_name": "gpt-5",
                "ls_model_type": "chat",
                "status": 200,
                "stream": False,
                "cache": "miss",
                "attempts": 1,
                "fallbacks": 0,
                "usage_metadata": {"input_tokens": 12, "output_tokens": 30, "total_tokens": 42},
            }
        },
    }


async def test_the_run_has_the_form_that_langsmiths_own_client_sends(
    langsmith: LangSmithStandIn,
) -> None:
    ours = await run_of(langsmith, status=503, error_code="overloaded", first_token_seconds=0.1)
    langsmith.runs.clear()

    def send() -> None:
        client = Client(api_url=langsmith.url, api_key=KEY, omit_traced_runtime_info=True)
        now = datetime.now(UTC)
        client.create_run(
            name="chat",
            run_type="llm",
            inputs=ours["inputs"],
            outputs=ours["outputs"],
            error="failed",
            events=[{"name": "new_token", "time": now.isoformat()}],
            id=ours["id"],
            trace_id=ours["id"],
            dotted_order=now.strftime("%Y%m%dT%H%M%S%fZ") + ours["id"],
            start_time=now,
            end_time=now,
            project_name="chat",
            extra={"metadata": {}},
        )
        client.close(timeout=5)

    await asyncio.to_thread(send)
    (theirs,) = langsmith.runs
    assert {name: type(value) for name, value in ours.items()} == {
        name: type(value) for name, value in theirs.items() if value is not None
    }
    for run in (ours, theirs):
        assert TIME.fullmatch(run["start_time"])
        assert ORDER.fullmatch(run["dotted_order"])


async def test_the_key_and_the_type_of_content_are_in_the_headers(
    langsmith: LangSmithStandIn,
) -> None:
    await run_of(langsmith)
    (headers,) = langsmith.posts
    assert headers["x-api-key"] == KEY
    assert headers["Content-Type"].startswith("multipart/form-data; boundary=")


async def test_a_streams_output_is_its_whole_answer(langsmith: LangSmithStandIn) -> None:
    chunks = [{"choices": [{"index": 0, "delta": {"content": text}}]} for text in ("Hel", "lo")]
    stream = b"".join(b"data: " + orjson.dumps(chunk) + b"\n\n" for chunk in chunks)
    run = await run_of(
        langsmith, stream=True, first_token_seconds=0.2, answer=stream + b"data: [DONE]\n\n"
    )
    assert run["outputs"]["choices"][0]["message"] == {"content": "Hello"}
    (event,) = run["events"]
    waited = datetime.fromisoformat(event["time"]) - datetime.fromisoformat(run["start_time"])
    assert event["name"] == "new_token"
    assert waited.total_seconds() == pytest.approx(0.2, abs=1e-4)


async def test_a_request_that_failed_is_a_run_with_an_error(langsmith: LangSmithStandIn) -> None:
    run = await run_of(langsmith, status=504, error_code="upstream_timeout", answer=b"")
    assert run["error"] == "504 upstream_timeout"
    assert "outputs" not in run


async def test_embeddings_are_a_run_of_their_own_type(langsmith: LangSmithStandIn) -> None:
    run = await run_of(langsmith, route="/v1/embeddings")
    assert (run["name"], run["run_type"]) == ("embeddings", "embedding")


async def test_of_a_body_that_is_too_large_only_the_size_is_sent(
    langsmith: LangSmithStandIn,
) -> None:
    body = b'{"messages":"' + b"x" * BODY_BYTES + b'"}'
    run = await run_of(langsmith, request_body=body, answer=b"data: " + b"x" * BODY_BYTES)
    assert run["inputs"] == {"omitted_bytes": len(body)}
    assert run["outputs"] == {"omitted_bytes": BODY_BYTES + 6}


async def test_a_request_that_never_had_a_model_is_no_run(langsmith: LangSmithStandIn) -> None:
    one = tracer(langsmith)
    one.record(answered(model="", status=401), 0.001)
    await one.close(5)
    assert langsmith.posts == []


async def test_many_requests_go_in_few_batches(langsmith: LangSmithStandIn) -> None:
    one = tracer(langsmith)
    for _ in range(250):
        one.record(answered(), 0.7)
    await one.close(5)
    assert sorted(langsmith.sizes) == [50, 100, 100]
    assert len({run["id"] for run in langsmith.runs}) == 250
    assert one.counts == Counts(sent=250)


async def test_the_sampling_rate_is_the_share_of_requests(langsmith: LangSmithStandIn) -> None:
    one = tracer(langsmith, sampling_rate=0.25)
    exchanges = [answered(trace=parse(None, None)) for _ in range(2000)]
    wanted = [exchange for exchange in exchanges if one.wants(exchange)]
    assert 400 < len(wanted) < 600
    for exchange in exchanges:
        one.record(exchange, 0.1)
    await one.close(5)
    sent = {run["extra"]["metadata"]["trace_id"] for run in langsmith.runs}
    assert sent == {exchange.trace.trace_id for exchange in wanted if exchange.trace}


@pytest.mark.parametrize(("rate", "wanted"), [(0.0, False), (1.0, True)])
@pytest.mark.parametrize("end", ["0" * 8, "f" * 8])
async def test_the_ends_of_the_sampling_rate_are_all_and_nothing(
    rate: float, wanted: bool, end: str
) -> None:
    trace = TraceContext("1" * 24 + end, "2" * 16, "", 0, "")
    assert tracer("http://127.0.0.1:9", sampling_rate=rate).wants(answered(trace=trace)) is wanted


async def test_a_batch_that_was_not_taken_is_sent_again(langsmith: LangSmithStandIn) -> None:
    langsmith.statuses = [503]
    one = tracer(langsmith, bounds=Bounds(gather_seconds=0.0, pauses=(0.0,)))
    one.record(answered(), 0.7)
    while not langsmith.runs:
        await asyncio.sleep(0.005)
    await one.close(5)
    assert (len(langsmith.posts), len(langsmith.runs)) == (2, 1)
    assert one.counts == Counts(sent=1)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 413, 422])
async def test_a_batch_that_is_refused_is_not_sent_again_and_said_once_without_the_key(
    langsmith: LangSmithStandIn, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    langsmith.statuses = [status] * 3
    one = tracer(langsmith, bounds=Bounds(gather_seconds=0.0, batch_items=1, pauses=(0.0,)))
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            one.record(answered(), 0.7)
        await one.close(5)
    assert len(langsmith.posts) == 3
    assert one.counts == Counts(failed=3)
    (message,) = caplog.messages
    assert message == (
        f"LangSmith does not take the traces: status {status} (0 sent, 0 lost so far)"
    )
    assert KEY not in caplog.text


async def test_a_run_that_had_arrived_after_all_is_sent(langsmith: LangSmithStandIn) -> None:
    langsmith.statuses = [409]
    one = tracer(langsmith)
    one.record(answered(), 0.7)
    await one.close(5)
    assert one.counts == Counts(sent=1)


async def test_an_endpoint_that_is_not_there_is_no_error(unused_tcp_port: int) -> None:
    one = tracer(f"http://127.0.0.1:{unused_tcp_port}", bounds=Bounds(gather_seconds=0.0))
    one.record(answered(), 0.7)
    await asyncio.sleep(0.02)
    await one.close(0.05)
    assert one.counts == Counts(failed=1)


async def test_a_redirect_does_not_take_the_key_elsewhere(langsmith: LangSmithStandIn) -> None:
    langsmith.statuses = [307]
    one = tracer(langsmith)
    one.record(answered(), 0.7)
    await one.close(5)
    assert len(langsmith.posts) == 1
    assert one.counts == Counts(failed=1)


async def test_an_endpoint_that_hangs_delays_nobody_and_memory_stays_bounded(
    langsmith: LangSmithStandIn,
) -> None:
    langsmith.hangs = True
    one = tracer(langsmith, post_seconds=30)
    body = b'{"messages":"' + b"x" * 60_000 + b'"}'
    tracemalloc.start()
    slowest = 0.0
    for number in range(1000):
        before = time.perf_counter()
        one.record(answered(request_body=body), 0.7)
        slowest = max(slowest, time.perf_counter() - before)
        if number % 50 == 0:
            await asyncio.sleep(0.001)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert slowest < 0.1
    # 8 MiB wait, and four batches of 1 MiB are on their way: as pieces, as a body, received.
    assert peak < 28 * 2**20
    assert one.counts.dropped > 700
    before = time.perf_counter()
    await one.close(0.05)
    assert time.perf_counter() - before < 1
    assert one.counts.dropped + one.counts.failed == 1000


async def test_a_post_that_takes_too_long_is_given_up(langsmith: LangSmithStandIn) -> None:
    langsmith.hangs = True
    one = tracer(langsmith, post_seconds=0.05, bounds=Bounds(gather_seconds=0.0, pauses=()))
    one.record(answered(), 0.7)
    while not one.counts.failed:
        await asyncio.sleep(0.005)
    await one.close(1)


async def test_no_connection_is_made_before_the_first_run(langsmith: LangSmithStandIn) -> None:
    one = tracer(langsmith)
    await one.close(1)
    assert one._session is None
    assert langsmith.posts == []


def test_run_ids_are_in_the_order_of_time() -> None:
    ids = [new_run_id(1_700_000_000 + number / 1000) for number in range(1000)]
    assert ids == sorted(ids)
    assert all(UUID7.fullmatch(each) for each in ids)
    assert ids[0].startswith("018bcfe5-6800-7")
