"""Tokens for a person who tries the service by hand, as plate-api would sign them."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from plate_llm_cli.smoke.tokens import claims_of, signed

if TYPE_CHECKING:
    from plate_llm_cli.secrets.values.secret import Secret
    from plate_llm_cli.smoke.expectations import Expectations

_TOKEN_SECONDS: Final = 900
_SUBJECT: Final = "plate-llm-up"


def person_token(expected: Expectations, key: Secret) -> Secret:
    """A token for the service of `expected`, good for 15 minutes.

    Raises:
        EndedError: `key` is no secret for HS256.
    """
    return signed(claims_of(expected, _SUBJECT, int(time.time()), _TOKEN_SECONDS), key)
