"""Whatever stands in a header is a caller or an answer, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from service.auth import keys
from service.errors import Forbidden, NotReady, Unauthorized
from tests.service.auth.conftest import ONCE
from tests.service.auth.issuer import CLAIMS, SECRET, segment, shared

if TYPE_CHECKING:
    from service.auth.verifier import TokenVerifier
    from tests.service.auth.conftest import Verifying
    from tests.service.auth.issuer import Issuer, Signer

GOOD = shared()
HEADERS: list[object] = [
    {"alg": "HS256"},
    {"alg": "RS256", "kid": "RS256"},
    {"alg": "none"},
    {},
    [],
    None,
]


def parts(*examples: object) -> st.SearchStrategy[bytes]:
    """A part of a token, or anything in its place."""
    return st.binary() | st.binary().map(segment) | st.sampled_from([*map(segment, examples)])


TOKENS = st.tuples(parts(*HEADERS), parts(CLAIMS, [], 1), parts(bytes(32))).map(b".".join)
AUTHORIZATIONS = st.binary() | st.builds(
    bytes.__add__, st.sampled_from([b"Bearer ", b"bearer  ", b"Basic ", b""]), TOKENS
)
CHANGES = st.lists(st.tuples(st.integers(0, len(GOOD) - 1), st.integers(0, 255)), min_size=1)


@pytest.fixture
async def verifier(
    verifying: Verifying, issuer: Issuer, signer: dict[str, Signer]
) -> TokenVerifier:
    """Knows a secret and a published key of each kind."""
    issuer.keys = [one.jwk() for one in signer.values()]
    return verifying(keys.from_secret(SecretStr(SECRET)), pace=ONCE)


@given(authorization=AUTHORIZATIONS)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
async def test_what_nobody_has_signed_is_refused(
    verifier: TokenVerifier, authorization: bytes
) -> None:
    assert verifier.cached(authorization) is None
    with pytest.raises((Unauthorized, Forbidden, NotReady)):
        await verifier.verify(authorization)


@given(changes=CHANGES)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
async def test_a_token_with_changed_bytes_is_the_same_or_refused(
    verifier: TokenVerifier, changes: list[tuple[int, int]]
) -> None:
    changed = bytearray(GOOD)
    for position, value in changes:
        changed[position] = value
    header = bytes(changed)
    try:
        await verifier.verify(header)
    except Unauthorized:
        assert verifier.cached(header) is None
    else:
        assert header.lower()[:7] == b"bearer "
        assert header[7:] == GOOD[7:]
