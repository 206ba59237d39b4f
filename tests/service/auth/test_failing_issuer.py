"""An issuer whose endpoint fails, in every way, and what requests get meanwhile."""

from __future__ import annotations

import asyncio
import gzip
import logging
import socket
from typing import TYPE_CHECKING

import pytest
from aiohttp import web

from service.auth.refusals import KeysUnavailableError
from service.auth.remote_keys import LARGEST_SET, Endpoint, RemoteKeys
from tests.service.auth.conftest import IMPATIENT, ONCE, QUICK
from tests.service.auth.issuer import refusal, until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    import aiohttp

    from service.auth.verifier import TokenVerifier
    from tests.service.auth.conftest import Verifying
    from tests.service.auth.issuer import Issuer, Signer

    Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


async def unavailable(verifier: TokenVerifier, authorization: bytes) -> KeysUnavailableError:
    with pytest.raises(KeysUnavailableError) as caught:
        await verifier.verify(authorization)
    return caught.value


def status(number: int) -> Answer:
    async def answer(request: web.Request) -> web.StreamResponse:
        del request
        return web.Response(status=number, text='{"keys":[]}')

    return answer


def body(content: bytes, **headers: str) -> Answer:
    async def answer(request: web.Request) -> web.StreamResponse:
        del request
        return web.Response(body=content, headers=headers)

    return answer


async def redirect(request: web.Request) -> web.StreamResponse:
    """To a place that would give the keys."""
    raise web.HTTPFound(str(request.url.with_path("/elsewhere")))


async def cut(request: web.Request) -> web.StreamResponse:
    """Half an answer, and the connection is gone."""
    assert request.transport is not None
    request.transport.write(b'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"keys":')
    request.transport.close()
    await asyncio.sleep(0.01)
    return web.Response()


async def endless(request: web.Request) -> web.StreamResponse:
    """An answer without length that does not end by itself."""
    response = web.StreamResponse()
    await response.prepare(request)
    for _ in range(64):
        await response.write(b" " * 65536)
    return response


HUGE = b'{"keys":[' + b" " * LARGEST_SET + b"]}"
FAILURES: dict[str, tuple[Answer, str]] = {
    "status 500": (status(500), "it answered with status 500"),
    "status 404": (status(404), "it answered with status 404"),
    "status 204": (status(204), "it answered with status 204"),
    "redirect": (redirect, "it answered with status 302"),
    "no JSON": (body(b"<html>"), "its answer is no set of keys"),
    "nothing": (body(b""), "its answer is no set of keys"),
    "no keys": (body(b'{"keys":[]}'), "its answer has no key that can be used"),
    "too large": (body(HUGE), f"its answer is larger than {LARGEST_SET} bytes"),
    "endless": (endless, f"its answer is larger than {LARGEST_SET} bytes"),
    "small until unpacked": (
        body(gzip.compress(HUGE * 40), **{"Content-Encoding": "gzip"}),
        f"its answer is larger than {LARGEST_SET} bytes",
    ),
    "no gzip": (body(b"{}", **{"Content-Encoding": "gzip"}), "it cannot be reached"),
    "cut": (cut, "it cannot be reached"),
}


@pytest.mark.parametrize("failure", FAILURES)
async def test_without_any_keys_a_failure_is_ours_and_told_to_the_operator(
    verifying: Verifying, published: Issuer, signer: dict[str, Signer], failure: str
) -> None:
    published.answer, told = FAILURES[failure]
    verifier = verifying(pace=ONCE)
    error = await unavailable(verifier, signer["RS256"].header())
    assert (error.status, error.reason, error.headers) == (
        503,
        "keys_unavailable",
        ((b"retry-after", b"5"),),
    )
    assert error.message == "Tokens cannot be verified at the moment: try again in a few seconds."
    assert verifier.concerns() == f"AUTH_JWKS_URL: {told}; no token can be verified"
    assert published.asked == 1


@pytest.mark.parametrize("failure", FAILURES)
async def test_the_last_keys_stay_when_the_endpoint_fails(
    verifying: Verifying, published: Issuer, signer: dict[str, Signer], failure: str
) -> None:
    verifier = verifying(pace=QUICK)
    await verifier.verify(signer["RS256"].header())
    published.answer, told = FAILURES[failure]
    await until(lambda: verifier.concerns() is not None)
    assert verifier.concerns() == f"AUTH_JWKS_URL: {told}; the last keys stay in use"
    claims = {"sub": "bob", "exp": 1_800_000_600}
    assert (await verifier.verify(signer["RS256"].header(claims))).subject == "bob"


async def test_a_redirect_is_not_followed(
    verifying: Verifying, published: Issuer, signer: dict[str, Signer]
) -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        if request.path == "/elsewhere":
            return web.json_response({"keys": published.keys})
        return await redirect(request)

    published.answer = answer
    await unavailable(verifying(pace=ONCE), signer["RS256"].header())
    assert published.asked == 1


async def test_an_endpoint_that_does_not_answer_is_given_up(
    verifying: Verifying, published: Issuer, signer: dict[str, Signer]
) -> None:
    published.answer = published.hang
    verifier = verifying(pace=IMPATIENT)
    async with asyncio.timeout(2):
        await unavailable(verifier, signer["RS256"].header())
    assert verifier.concerns() == (
        "AUTH_JWKS_URL: it did not answer within 0.05 s; no token can be verified"
    )


async def test_an_answer_that_drips_is_given_up(
    verifying: Verifying, published: Issuer, signer: dict[str, Signer]
) -> None:
    async def drip(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while not published.closing.is_set():
            await response.write(b" ")
            await asyncio.sleep(0.005)
        return response

    published.answer = drip
    verifier = verifying(pace=IMPATIENT)
    async with asyncio.timeout(2):
        await unavailable(verifier, signer["RS256"].header())
    assert verifier.concerns() == (
        "AUTH_JWKS_URL: it did not answer within 0.05 s; no token can be verified"
    )


async def test_while_there_are_no_keys_requests_neither_wait_nor_ask(
    verifying: Verifying, published: Issuer, signer: dict[str, Signer]
) -> None:
    published.answer = status(500)
    verifier = verifying(pace=ONCE)
    header = signer["RS256"].header()
    await unavailable(verifier, header)
    await asyncio.gather(*(unavailable(verifier, header) for _ in range(100)))
    assert published.asked == 1


async def test_keys_that_come_late_are_used_without_a_restart(
    verifying: Verifying, published: Issuer, signer: dict[str, Signer]
) -> None:
    published.answer = status(500)
    verifier = verifying(pace=QUICK)
    await published.until_asked(3)
    published.answer = None
    await until(lambda: verifier.concerns() is None)
    assert await refusal(verifier, signer["RS256"].header()) == ""


@pytest.fixture
async def unreachable(session: aiohttp.ClientSession) -> AsyncIterator[RemoteKeys]:
    """Keys at a port that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        endpoint = Endpoint(f"http://127.0.0.1:{free.getsockname()[1]}/secret", "PLATE_API_URL")
        remote = RemoteKeys(session, endpoint, lambda: None, ONCE)
        remote.start()
        yield remote
        await remote.close()


async def test_an_endpoint_that_is_down_is_told_without_its_address(
    unreachable: RemoteKeys, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(KeysUnavailableError):
        await unreachable.key("RS256", "key-1")
    told = "PLATE_API_URL: it cannot be reached"
    assert unreachable.concerns() == f"{told}; no token can be verified"
    (record,) = [one for one in caplog.records if one.name.startswith("service")]
    assert record.levelno == logging.WARNING
    assert record.getMessage() == f"keys were not fetched: {told}"


async def test_a_failure_that_goes_on_is_logged_once(
    verifying: Verifying, published: Issuer, caplog: pytest.LogCaptureFixture
) -> None:
    published.answer = status(500)
    verifying(pace=QUICK)
    await published.until_asked(4)
    assert len([one for one in caplog.records if one.name.startswith("service")]) == 1
