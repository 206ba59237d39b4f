from __future__ import annotations

import logging
import os
import re
import time
from typing import TYPE_CHECKING, Any

import orjson
import pytest

from service.observe.log import CURRENT_EXCHANGE, MESSAGE_LENGTH, Log
from service.observe.output import Output
from tests.service.observe.exchanges import answered

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from service.exchange import Exchange

KNOWN = "correct-horse-battery-staple"
TIME = re.compile(r"20\d\d-[01]\d-[0-3]\dT[0-2]\d:[0-5]\d:[0-5]\d\.\d{3}Z")


class Written:
    """A log and what it wrote."""

    def __init__(self, level: str = "info", *, prompts: bool = False) -> None:
        self._reading, self._writing = os.pipe()
        self._output = Output(self._writing)
        self.log = Log(level, prompts=prompts, output=self._output)
        self.log.redact([KNOWN])

    def text(self) -> str:
        """Everything so far, less than a pipe holds."""
        assert self.log.flush(1)
        os.set_blocking(self._reading, False)
        try:
            return os.read(self._reading, 2**16).decode()
        except BlockingIOError:
            return ""

    def lines(self) -> list[dict[str, Any]]:
        return [orjson.loads(line) for line in self.text().splitlines()]

    def line(self) -> dict[str, Any]:
        (line,) = self.lines()
        assert TIME.fullmatch(line.pop("time"))
        return line

    def record(self, *arguments: Any, level: int = logging.INFO, **named: Any) -> None:
        """As a logger would hand it over."""
        logger = logging.Logger("service.part")
        logger.addHandler(handler := Handler(self.log))
        logger.log(level, *arguments, **named)
        logger.removeHandler(handler)

    def close(self) -> None:
        self._output.close()
        os.close(self._reading)
        os.close(self._writing)


class Handler(logging.Handler):
    def __init__(self, log: Log) -> None:
        super().__init__()
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        self._log.record(record)


@pytest.fixture
def make() -> Iterator[Callable[..., Written]]:
    made: list[Written] = []

    def make_one(level: str = "info", *, prompts: bool = False) -> Written:
        made.append(Written(level, prompts=prompts))
        return made[-1]

    yield make_one
    for one in made:
        one.close()


@pytest.fixture
def written(make: Callable[..., Written]) -> Written:
    return make()


def test_a_request_is_one_line_with_everything_but_its_subject_and_content(
    written: Written,
) -> None:
    written.log.request(answered(), 0.0123456)
    assert written.line() == {
        "level": "info",
        "message": "POST /v1/chat/completions 200",
        "logger": "service.request",
        "request_id": "req_1",
        "route": "/v1/chat/completions",
        "method": "POST",
        "status": 200,
        "duration_ms": 12.35,
        "trace_id": "4bf92f3577b34da6a3ce929d0e0e4736",
        "subject": "ff8d9819fc0e",
        "model": "gpt-5",
        "provider": "openai",
        "input_tokens": 12,
        "output_tokens": 30,
        "cache": "miss",
    }


def test_a_stream_with_a_fallback_says_so(written: Written) -> None:
    written.log.request(
        answered(
            stream=True,
            first_token_seconds=0.25,
            attempts=3,
            fallbacks=1,
            served_by="claude",
            provider="anthropic",
        ),
        1.0,
    )
    line = written.line()
    fields = ("stream", "first_token_ms", "attempts", "fallbacks", "served_by", "provider")
    assert [line[name] for name in fields] == [True, 250.0, 3, 1, "claude", "anthropic"]


def test_a_refused_request_says_why_and_nothing_of_models(written: Written) -> None:
    refused = answered(
        status=401, model="", subject="", error_code="invalid_api_key", auth_failure="expired"
    )
    written.log.request(refused, 0.001)
    line = written.line()
    assert (line["error_code"], line["auth_failure"]) == ("invalid_api_key", "expired")
    assert not {"subject", "model", "provider", "input_tokens", "cache"} & set(line)


@pytest.mark.parametrize(
    ("exchange", "level"),
    [
        (answered(), "info"),
        (answered(status=429), "info"),
        (answered(status=500), "error"),
        (answered(route="/livez", status=200), "debug"),
        (answered(route="/readyz", status=503), "error"),
    ],
)
def test_a_requests_level_is_that_of_its_status(
    make: Callable[..., Written], exchange: Exchange, level: str
) -> None:
    written = make("debug")
    written.log.request(exchange, 0.001)
    assert written.line()["level"] == level


@pytest.mark.parametrize(
    ("level", "statuses"), [("info", [200, 500]), ("warning", [500]), ("error", [500])]
)
def test_what_is_below_the_level_is_not_written(
    make: Callable[..., Written], level: str, statuses: list[int]
) -> None:
    written = make(level)
    for exchange in (answered(), answered(status=500), answered(route="/livez")):
        written.log.request(exchange, 0.001)
    assert [line["status"] for line in written.lines()] == statuses


def test_prompts_and_completions_are_not_written_unless_switched_on(written: Written) -> None:
    written.log.request(answered(request_body=b'"canary-1"', answer=b'"canary-2"'), 0.001)
    assert "canary" not in written.text()


def test_prompts_and_completions_are_written_bounded_and_cleaned_when_switched_on(
    make: Callable[..., Written],
) -> None:
    written = make(prompts=True)
    prompt = ("é" * MESSAGE_LENGTH + KNOWN).encode()
    written.log.request(answered(request_body=prompt, answer=f"it is {KNOWN}".encode()), 0.001)
    line = written.line()
    assert line["prompt"] == "é" * MESSAGE_LENGTH + "…"
    assert line["completion"] == "it is [redacted]"


def test_a_record_is_one_line_with_its_extras(written: Written) -> None:
    written.record(
        "circuit of %s\nopened",
        "gpt-5",
        extra={"upstream": "gpt-5", "seconds": 5.0, "it": object()},
    )
    assert written.line() == {
        "level": "info",
        "message": "circuit of gpt-5\nopened",
        "logger": "service.part",
        "upstream": "gpt-5",
        "seconds": 5.0,
        "it": "<object>",
    }


def test_extras_do_not_replace_what_each_line_has(written: Written) -> None:
    written.record("x", extra={"level": "debug", "time": "never", "logger": "me"})
    line = written.line()
    assert (line["level"], line["logger"]) == ("info", "service.part")


def test_a_record_within_a_request_names_it(written: Written) -> None:
    token = CURRENT_EXCHANGE.set(answered())
    written.record("x")
    CURRENT_EXCHANGE.reset(token)
    line = written.line()
    assert line["request_id"] == "req_1"
    assert line["trace_id"] == "4bf92f3577b34da6a3ce929d0e0e4736"


def test_a_record_whose_arguments_do_not_fit_is_written_without_them(written: Written) -> None:
    written.record("%d items", "many")
    assert written.line()["message"] == "%d items (its arguments do not fit)"


@pytest.mark.parametrize("value", ["\ud800", 2**70, float("nan"), b"\xff".decode(errors="replace")])
def test_what_json_cannot_hold_is_written_as_text(written: Written, value: object) -> None:
    written.record("value %s", value, extra={"value": value})
    assert written.line()["message"].startswith("value ")


def fail() -> None:
    try:
        raise KeyError("inner")
    except KeyError as error:
        raise ValueError(f"outer with {KNOWN}") from error


def test_an_error_is_one_field_with_types_texts_and_stacks(written: Written) -> None:
    try:
        fail()
    except ValueError:
        written.record("it failed", exc_info=True, level=logging.ERROR)
    line = written.line()
    error = line["exception"]
    assert (line["level"], error["type"], error["message"]) == (
        "error",
        "builtins.ValueError",
        "outer with [redacted]",
    )
    assert re.fullmatch(r".*tests/service/observe/test_log\.py:\d+ in fail", error["stack"][-1])
    assert (error["cause"]["type"], error["cause"]["message"]) == ("builtins.KeyError", "'inner'")


def test_an_errors_stack_shows_our_frames_and_the_one_that_raised(written: Written) -> None:
    try:
        Log("no such level", output=Output(0))
    except KeyError:
        written.record("it failed", exc_info=True)
    (frame,) = written.line()["exception"]["stack"]
    assert re.fullmatch(r"service/observe/log\.py:\d+ in __init__", frame)


def test_a_group_of_errors_shows_its_members(written: Written) -> None:
    try:
        raise ExceptionGroup("several", [ValueError(KNOWN), KeyError("other")])
    except ExceptionGroup:
        written.record("it failed", exc_info=True)
    errors = written.line()["exception"]["errors"]
    assert [error["message"] for error in errors] == ["[redacted]", "'other'"]


def test_a_message_is_bounded(written: Written) -> None:
    written.record("x" * 100_000)
    assert written.line()["message"] == "x" * MESSAGE_LENGTH + "…"


CANARIES = (
    KNOWN,
    "sk-proj-canary0123456789",
    "lsv2_pt_canary0123456789",
    "eyJjYW5hcnki.eyJjYW5hcnki.Y2FuYXJ5",
    "Bearer canary0123456789",
    "redis://:canary-word@cache:6379",
)
CANARY = re.compile("canary|Y2Fu|staple", re.IGNORECASE)


@pytest.mark.parametrize("canary", CANARIES)
def test_a_secret_in_any_call_never_reaches_the_output(
    make: Callable[..., Written], canary: str
) -> None:
    written = make("debug", prompts=True)
    content = orjson.dumps({"messages": [{"role": "user", "content": canary}]})
    try:
        raise RuntimeError(canary) from ValueError(canary)
    except RuntimeError as error:
        written.record(canary)
        written.record("%s and %r", canary, {"key": canary})
        written.record("x", extra={"field": canary})
        written.record("x", exc_info=True)
        written.record("%s", error)
        written.record("%d", canary)
        written.record(("x" * MESSAGE_LENGTH)[:-10] + canary)
    written.log.request(answered(request_body=content, answer=content, error_code=canary), 0.1)
    written.log.request(answered(request_id=canary, subject=canary), 0.1)
    text = written.text()
    assert len(text.splitlines()) == 9
    assert not CANARY.search(text)


def test_a_request_costs_little(written: Written) -> None:
    """6 us is the goal; ten times as much still tells work from waiting."""
    exchange = answered()
    before = time.thread_time()
    for _ in range(100):
        written.log.request(exchange, 0.1)
    assert (time.thread_time() - before) / 100 < 60e-6
