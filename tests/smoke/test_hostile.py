"""Whatever a peer does: an end in time, a verdict, little memory, and a report of it all."""

from __future__ import annotations

import gzip
import ssl
import time
import tracemalloc
from typing import TYPE_CHECKING

import pytest

from plate_llm_cli.report import smoke as smoke_report
from plate_llm_cli.report.smoke_registry import SMOKE_REPORTS
from plate_llm_cli.smoke import certificates
from plate_llm_cli.smoke.certificates import shown_by
from plate_llm_cli.smoke.checks import limits
from plate_llm_cli.smoke.http import Http, NoAnswerError, Question
from plate_llm_cli.smoke.registry import CHECKS
from plate_llm_cli.smoke.runner import run
from plate_llm_cli.smoke.target import Target
from tests.smoke.checks.signed import settings, signed
from tests.smoke.hostile import HEAD, Behaviour, answering, endless, hostile, raw

if TYPE_CHECKING:
    import socket
    import threading
    from collections.abc import Mapping

    from tests.smoke.ca import Authority

PATIENCE = 0.1
CHUNKED = b"transfer-encoding: chunked\r\n\r\n"
STREAM = b"content-type: text/event-stream\r\n"
BOMB = gzip.compress(gzip.compress(bytes(200_000_000)))
"""A few hundred bytes, of 200 MB."""

SLOW: Mapping[str, Behaviour] = {
    "a byte of the head now and then": endless(HEAD, b"a", 0.05),
    "a byte of the body now and then": endless(HEAD + b"\r\n", b"a", 0.05),
    "100 Continue for ever": endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "trailers for ever": endless(HEAD + CHUNKED + b"0\r\n", b"a: b\r\n"),
}
BROKEN: Mapping[str, Behaviour] = {
    "headers for ever": endless(HEAD, b"a: b\r\n"),
    "a header without an end": endless(HEAD + b"a: ", bytes(65536)),
    "a chunk of a negative size": raw(HEAD + CHUNKED + b"-5\r\nabc"),
    "a chunk size without an end": endless(HEAD + CHUNKED, b"f" * 65536),
    "two lengths": raw(HEAD + b"content-length: 3\r\ncontent-length: 5\r\n\r\nabc"),
    "what is no gzip": answering(b"nothing", b"content-encoding: gzip\r\n"),
    "many encodings": answering(b"", b"content-encoding: " + b"gzip, " * 500 + b"gzip\r\n"),
    "NUL bytes": raw(bytes(10_000)),
    "another protocol": raw(b"SSH-2.0-OpenSSH_9.6\r\n"),
    "nothing": raw(b""),
}
ODD: Mapping[str, Behaviour] = {
    "a body without an end": endless(HEAD + b"\r\n", bytes(65536)),
    "a stream without an end of its line": endless(HEAD + STREAM + b"\r\ndata: ", b"a" * 65536),
    "events for ever": endless(HEAD + STREAM + b"\r\n", b'data: {"choices": [{}]}\n\n' * 99),
    "a bomb": answering(BOMB, STREAM + b"content-encoding: gzip, gzip\r\n"),
    "brackets": answering(b"[" * 1_000_000),
    "brackets in an event": answering(b"data: " + b"[" * 200_000 + b"\n\n", STREAM),
    "objects in objects": answering(b'{"data":' * 900 + b"1" + b"}" * 900),
    "what steers": answering(b"\0\x1b[31m\xff", b"server: \0\x1b[31m\xff\r\n"),
    "halves of characters": answering(
        b'{"id": "\\ud800", "data": [{"id": "\\ud800"}], "error": {"message": "\\udfff\\u0000"}}'
    ),
    "a number of 4,300 digits": answering(
        b'{"data": [{"id": "m"}], "choices": [{"message": {"content": "a"}}],'
        b'"usage": {"total_tokens": %s}}' % (b"9" * 4300)
    ),
    "tokens that are given back": answering(
        b'{"data": [{"id": "m"}], "choices": [{"message": {"content": "a"}}],'
        b'"usage": {"total_tokens": -1000000}}'
    ),
    "early hints for ever": endless(b"", b"HTTP/1.1 103 Early Hints\r\n\r\n"),
    "a length of 5,000 digits": raw(HEAD + b"content-length: %s\r\n\r\n" % (b"9" * 5000)),
    "status 999": raw(b"HTTP/1.1 999 \xff\r\n\r\n"),
    "a redirect to nowhere": raw(b"HTTP/1.1 302 Found\r\nlocation: http://[\r\n\r\n"),
}


def known_as(behaviours: Mapping[str, Behaviour]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("behave", behaviours.values(), ids=list(behaviours))


@known_as(SLOW)
def test_an_answer_ends_in_time(behave: Behaviour) -> None:
    begun = time.monotonic()
    with hostile(behave) as port, pytest.raises(NoAnswerError) as caught:
        Http(Target(f"http://127.0.0.1:{port}")).ask(Question(seconds=PATIENCE))
    assert caught.value.reason == f"the answer was not at its end after {PATIENCE} s"
    assert time.monotonic() - begun < 20 * PATIENCE


@known_as(BROKEN)
def test_what_is_no_answer_is_none(behave: Behaviour) -> None:
    with hostile(behave) as port, pytest.raises(NoAnswerError):
        Http(Target(f"http://127.0.0.1:{port}")).ask(Question(seconds=5))


@known_as({**ODD, "drip": SLOW["a byte of the head now and then"]})
def test_every_check_comes_to_a_verdict_that_can_be_told(
    behave: Behaviour, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "_PATIENCE", PATIENCE)
    expected = settings(
        LIMIT_REQUESTS_PER_MINUTE="5",
        LIMIT_BODY_MEGABYTES="1",
        HTTP_CORS_ORIGINS='["https://web.example"]',
        AUTH_AUDIENCE="plate-llm",
    )
    with hostile(behave) as port:
        trial = signed(Target(f"http://127.0.0.1:{port}"), expected)
        trial.http.seconds = PATIENCE
        for check in CHECKS:  # each by itself, so that none is left out
            done = run(trial, [check])
            for report in SMOKE_REPORTS.values():
                report(done, smoke_report.Tested(trial.target, "stg")).encode()
    assert trial.budget.spent >= 0


@pytest.mark.parametrize("name", ["a body without an end", "a bomb"])
def test_an_answer_takes_little_memory(name: str) -> None:
    with hostile(ODD[name]) as port:
        tracemalloc.start()
        try:
            before = tracemalloc.get_traced_memory()[0]
            Http(Target(f"http://127.0.0.1:{port}")).ask(Question(seconds=5))
            assert tracemalloc.get_traced_memory()[1] - before < 32 * 1024 * 1024
        finally:
            tracemalloc.stop()


def test_a_stream_without_an_end_is_left() -> None:
    with (
        hostile(ODD["events for ever"]) as port,
        Http(Target(f"http://127.0.0.1:{port}")).stream(Question(seconds=5)) as streamed,
        pytest.raises(NoAnswerError, match="longer than any that was asked for"),
    ):
        list(streamed.events())


def test_a_handshake_ends_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(certificates, "CONNECT_SECONDS", PATIENCE)

    def stall(connection: socket.socket, _request: bytes, ended: threading.Event) -> None:
        while not ended.wait(0.05):
            connection.sendall(b"\x16")

    with hostile(stall) as port, pytest.raises(NoAnswerError):
        shown_by(Target(f"https://127.0.0.1:{port}"))


def test_deadline_is_kept_over_tls(authority: Authority) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    issued = authority.issue("localhost")
    context.load_cert_chain(issued.chain, issued.key)
    behave = SLOW["a byte of the body now and then"]
    with hostile(behave, context) as port:
        end = ("127.0.0.1", port)
        http = Http(Target(f"https://localhost:{port}", address=end, ca=authority.root))
        with pytest.raises(NoAnswerError, match="not at its end"):
            http.ask(Question(seconds=PATIENCE))


def test_ipv6_is_spoken() -> None:
    try:
        with hostile(answering(b"{}"), host="::1") as port:
            assert Http(Target(f"http://[::1]:{port}")).get("/").status == 200
    except OSError as error:
        pytest.skip(f"no IPv6 on this machine: {error}")


def test_redirects_are_not_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "_PATIENCE", PATIENCE)
    asked: list[bytes] = []

    def note(connection: socket.socket, request: bytes, _ended: threading.Event) -> None:
        asked.append(request)
        connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}")

    with hostile(note) as other:
        lead = b"HTTP/1.1 307 No\r\nlocation: http://127.0.0.1:%d/\r\ncontent-length: 0\r\n\r\n"
        with hostile(raw(lead % other)) as port:
            trial = signed(f"http://127.0.0.1:{port}")
            for check in CHECKS:
                run(trial, [check])
    assert asked == []
