"""An issuer's keys, with an endpoint that works and changes its keys."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from aiohttp import web
from pydantic import SecretStr

from service.auth import keys
from service.auth.remote_keys import Pace
from tests.service.auth.conftest import EAGER, ONCE, QUICK
from tests.service.auth.issuer import SECRET, forged, refusal, shared, until

if TYPE_CHECKING:
    from tests.service.auth.conftest import Verifying
    from tests.service.auth.issuer import Clock, Issuer, Signer


async def test_the_first_request_waits_for_the_first_fetch(
    verifying: Verifying, published: Issuer, signer: dict[str, Signer]
) -> None:
    verifier = verifying(pace=ONCE)
    assert (await verifier.verify(signer["RS256"].header())).subject == "ann"
    assert published.asked == 1


async def test_keys_are_fetched_before_anybody_asks(
    verifying: Verifying, published: Issuer
) -> None:
    verifier = verifying(pace=ONCE)
    assert verifier.concerns() == (
        "AUTH_JWKS_URL: the keys are being fetched; no token can be verified"
    )
    await until(lambda: verifier.concerns() is None)
    assert published.asked == 1


async def test_the_endpoint_is_asked_for_plain_json_and_told_nothing(
    verifying: Verifying, published: Issuer, signer: dict[str, Signer]
) -> None:
    await verifying(pace=ONCE).verify(signer["RS256"].header())
    (headers,) = published.headers
    assert headers["accept"] == "application/json"
    assert not {"Authorization", "Cookie", "User-Agent"} & headers.keys()


@pytest.mark.parametrize("kind", ["RS256", "ES256", "ES384", "ES512", "EdDSA"])
async def test_a_token_of_every_kind_of_published_key_is_verified(
    verifying: Verifying, issuer: Issuer, signer: dict[str, Signer], kind: str
) -> None:
    issuer.keys = [one.jwk() for one in signer.values()]
    assert (await verifying(pace=ONCE).verify(signer[kind].header())).subject == "ann"


async def test_a_secret_and_published_keys_stand_beside_each_other(
    verifying: Verifying, published: Issuer, signer: dict[str, Signer]
) -> None:
    verifier = verifying(keys.from_secret(SecretStr(SECRET)), pace=ONCE)
    assert (await verifier.verify(shared())).subject == "ann"
    assert (await verifier.verify(signer["RS256"].header())).subject == "ann"
    assert published.asked == 1


async def test_a_token_without_kid_is_of_the_only_key(
    verifying: Verifying, published: Issuer, signer: dict[str, Signer]
) -> None:
    assert published.keys
    assert await refusal(verifying(pace=ONCE), signer["RS256"].header(kid=None)) == ""


async def test_a_token_without_kid_is_refused_where_there_are_several_keys(
    verifying: Verifying, issuer: Issuer, signer: dict[str, Signer]
) -> None:
    issuer.keys = [signer["RS256"].jwk(), signer["another"].jwk()]
    verifier = verifying(pace=EAGER)
    assert await refusal(verifier, signer["RS256"].header(kid=None)) == "unknown_key"
    assert issuer.asked == 1


async def test_a_new_key_is_fetched_when_a_token_names_it(
    verifying: Verifying, published: Issuer, signer: dict[str, Signer]
) -> None:
    verifier = verifying(pace=ONCE)
    await verifier.verify(signer["RS256"].header())
    published.keys = [signer["another"].jwk()]
    assert (await verifier.verify(signer["another"].header())).subject == "ann"
    assert published.asked == 2


async def test_unknown_kids_cause_one_fetch_and_no_storm(
    verifying: Verifying, published: Issuer, signer: dict[str, Signer]
) -> None:
    verifier = verifying(pace=ONCE)
    await verifier.verify(signer["RS256"].header())
    attacks = [forged({"alg": "RS256", "kid": f"kid-{number}"}) for number in range(200)]
    for batch in (attacks[:100], attacks[100:]):
        reasons = await asyncio.gather(*(refusal(verifier, attack) for attack in batch))
        assert set(reasons) == {"unknown_key"}
    assert published.asked == 2


async def test_unknown_kids_are_asked_for_again_after_the_pause(
    verifying: Verifying, published: Issuer, signer: dict[str, Signer], clock: Clock
) -> None:
    verifier = verifying(pace=Pace())
    attack = forged({"alg": "RS256", "kid": "unknown"})
    await verifier.verify(signer["RS256"].header())
    await refusal(verifier, attack)
    clock.now += 29.9
    await refusal(verifier, attack)
    assert published.asked == 2
    clock.now += 0.1
    await refusal(verifier, attack)
    assert published.asked == 3


async def test_kids_of_algorithms_that_no_published_key_has_are_not_asked_for(
    verifying: Verifying, published: Issuer
) -> None:
    verifier = verifying(pace=EAGER)
    await until(lambda: verifier.concerns() is None)
    for algorithm in ("none", "HS256", "PS256", "ES256K", "XX"):
        attack = forged({"alg": algorithm, "kid": "unknown"})
        assert await refusal(verifier, attack) == "algorithm"
    assert published.asked == 1


async def test_keys_are_fetched_again_from_time_to_time(
    verifying: Verifying, published: Issuer, signer: dict[str, Signer]
) -> None:
    verifier = verifying(pace=QUICK)
    await published.until_asked(3)
    published.keys = [signer["another"].jwk()]
    await published.until_asked(published.asked + 2)
    assert await refusal(verifier, signer["another"].header()) == ""


async def test_a_key_that_was_withdrawn_verifies_nothing_not_even_from_memory(
    verifying: Verifying, published: Issuer, signer: dict[str, Signer]
) -> None:
    verifier = verifying(pace=QUICK)
    header = signer["RS256"].header()
    await verifier.verify(header)
    assert verifier.cached(header) is not None
    published.keys = [signer["another"].jwk()]
    await published.until_asked(published.asked + 2)
    assert verifier.cached(header) is None
    assert await refusal(verifier, header) == "unknown_key"


async def test_callers_stay_remembered_when_the_keys_are_the_same(
    verifying: Verifying, published: Issuer, signer: dict[str, Signer]
) -> None:
    verifier = verifying(pace=QUICK)
    header = signer["RS256"].header()
    await verifier.verify(header)
    await published.until_asked(published.asked + 2)
    assert verifier.cached(header) is not None


@pytest.mark.parametrize("fetch", ["first", "on demand"])
async def test_who_leaves_does_not_end_the_fetch_that_others_wait_for(
    verifying: Verifying, published: Issuer, signer: dict[str, Signer], fetch: str
) -> None:
    let_go = asyncio.Event()

    async def late(request: web.Request) -> web.StreamResponse:
        del request
        await let_go.wait()
        return web.json_response({"keys": published.keys})

    verifier = verifying(pace=ONCE)
    if fetch == "on demand":
        await verifier.verify(signer["RS256"].header())
    published.keys, published.answer = [signer["another"].jwk()], late
    header, before = signer["another"].header(), published.asked
    leaving = asyncio.ensure_future(verifier.verify(header))
    staying = asyncio.ensure_future(verifier.verify(header))
    await published.until_asked(before + 1)
    leaving.cancel()
    let_go.set()
    assert (await staying).subject == "ann"
    assert published.asked == before + 1


async def test_nothing_runs_after_closing(verifying: Verifying, published: Issuer) -> None:
    published.answer = published.hang
    verifier = verifying(pace=ONCE)
    await published.until_asked(1)
    before = asyncio.all_tasks()
    await verifier.close()
    assert len(asyncio.all_tasks()) < len(before)
    names = [repr(task.get_coro()) for task in asyncio.all_tasks()]
    assert not [name for name in names if "RemoteKeys" in name]
