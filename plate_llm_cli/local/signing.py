"""Tokens for a person who tries the service by hand, as plate-api would sign them."""

from __future__ import annotations

import time
import warnings
from typing import TYPE_CHECKING, Final

import jwt
from jwt.warnings import InsecureKeyLengthWarning

from plate_llm_cli.secrets.values.secret import Secret

if TYPE_CHECKING:
    from plate_llm_cli.smoke.expectations import Expectations

TOKEN_SECONDS: Final = 900
SUBJECT: Final = "plate-llm-up"


def person_token(expected: Expectations, key: Secret) -> Secret:
    """A token for the service of `expected`, good for `TOKEN_SECONDS`."""
    now = int(time.time())
    named = {"aud": expected.audience, "iss": expected.issuer, "scope": expected.scopes}
    tenant = expected.text("AUTH_TENANT_CLAIM")
    named |= {tenant: SUBJECT} if tenant else {}
    claims: dict[str, object] = {name: value for name, value in named.items() if value}
    claims |= {"sub": SUBJECT, "iat": now, "exp": now + TOKEN_SECONDS}
    with warnings.catch_warnings():  # the smoke checks tell of a key that is too short
        warnings.simplefilter("ignore", InsecureKeyLengthWarning)
        return Secret(jwt.encode(claims, key.reveal(), algorithm="HS256"))
