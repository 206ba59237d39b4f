"""The verifier as the gateway uses it, and what it keeps and shows of tokens."""

from __future__ import annotations

import gc
import logging
import traceback
from typing import TYPE_CHECKING

import pytest
from pydantic import SecretStr

from service.auth import keys
from service.auth.claims import ClaimRules
from service.auth.identity import ANONYMOUS, Identity
from service.auth.refusals import Reason
from service.auth.verifier import AnonymousVerifier, TokenVerifier
from service.errors import Unauthorized
from tests.service.auth.issuer import CLAIMS, NOW, SECRET, Clock, refusal, segment, shared

if TYPE_CHECKING:
    from service.auth.verifier import Verifier
    from tests.service.auth.conftest import Verifying


@pytest.fixture
def by_secret(verifying: Verifying) -> TokenVerifier:
    return verifying(keys.from_secret(SecretStr(SECRET)))


async def test_a_verified_caller_is_remembered(by_secret: TokenVerifier) -> None:
    header = shared()
    assert by_secret.cached(header) is None
    found = await by_secret.verify(header)
    assert found == Identity("ann", "ann", float(NOW + 600))
    assert by_secret.cached(header) is found


async def test_a_refused_caller_is_not_remembered(by_secret: TokenVerifier) -> None:
    header = shared({**CLAIMS, "exp": NOW - 3600})
    assert await refusal(by_secret, header) == "expired"
    assert by_secret.cached(header) is None


async def test_a_remembered_token_ends_when_it_says(by_secret: TokenVerifier, clock: Clock) -> None:
    header = shared({**CLAIMS, "exp": NOW + 60})
    await by_secret.verify(header)
    clock.now = NOW + 60
    assert by_secret.cached(header) is None
    assert (await by_secret.verify(header)).subject == "ann"
    assert by_secret.cached(header) is None
    clock.now = NOW + 90
    assert await refusal(by_secret, header) == "expired"


async def test_a_remembered_token_is_verified_again_after_five_minutes(
    by_secret: TokenVerifier, clock: Clock
) -> None:
    header = shared({**CLAIMS, "exp": NOW + 86400})
    await by_secret.verify(header)
    clock.now = NOW + 300
    assert by_secret.cached(header) is None


async def test_one_verifier_does_not_trust_what_another_remembers(
    by_secret: TokenVerifier, verifying: Verifying
) -> None:
    header = shared()
    await by_secret.verify(header)
    strict = verifying(
        keys.from_secret(SecretStr(SECRET)), rules=ClaimRules(issuers=frozenset({"https://a"}))
    )
    assert strict.cached(header) is None
    assert await refusal(strict, header) == "issuer"


def reachable(root: object) -> list[object]:
    """Everything that this object holds, however deep; no classes, modules or functions."""
    found: dict[int, object] = {}
    waiting = [root]
    while waiting:
        one = waiting.pop()
        kind = type(one)
        if id(one) in found or isinstance(one, type) or kind.__name__ in {"module", "function"}:
            continue
        found[id(one)] = one
        waiting.extend(gc.get_referents(one))
    return list(found.values())


async def test_no_token_stays_in_memory(by_secret: TokenVerifier) -> None:
    good, bad = shared(), shared({**CLAIMS, "exp": 0})
    parts = [part for token in (good, bad) for part in token[len("Bearer ") :].split(b".")[1:]]
    await by_secret.verify(good)
    await refusal(by_secret, bad)
    held = [one for one in reachable(by_secret) if isinstance(one, str | bytes)]
    assert "ann" in held
    for one in held:
        text = one.encode() if isinstance(one, str) else one
        assert not [part for part in parts if part in text]


async def test_no_token_is_in_the_log_or_in_an_error(
    by_secret: TokenVerifier, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    claims = [CLAIMS, {**CLAIMS, "exp": 0}, {**CLAIMS, "sub": "needle\n"}]
    tokens = [shared(each) for each in claims]
    tokens += [
        tokens[0][:-4],
        tokens[0] + b"AAAA",
        b"Bearer " + segment({"alg": "needle"}) + b".e30.",
    ]
    shown = ""
    chained: list[BaseException | None] = []
    for token in tokens:
        try:
            await by_secret.verify(token)
        except Unauthorized as error:
            shown += "".join(traceback.format_exception(error)) + error.body().decode()
            chained += [error.__context__]
    shown += "".join(f"{record.getMessage()}{record.exc_text}" for record in caplog.records)
    assert chained == [None] * 5
    assert "needle" not in shown
    for token in tokens:
        for part in token[len("Bearer ") :].split(b"."):
            assert len(part) < 8 or part.decode() not in shown


async def test_every_reason_is_one_of_the_labels(by_secret: TokenVerifier) -> None:
    assert await refusal(by_secret, b"") in list(Reason)


async def test_everyone_is_anonymous_without_tokens() -> None:
    everyone: Verifier = AnonymousVerifier()
    for header in (b"", b"Bearer x", shared()):
        assert everyone.cached(header) == ANONYMOUS
        assert await everyone.verify(header) == ANONYMOUS
    assert ANONYMOUS.subject == ANONYMOUS.tenant == "anonymous"
    assert everyone.concerns() is None
    await everyone.close()
