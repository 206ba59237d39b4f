"""Tokens that may read what External Secrets may, and no more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from plate_llm_cli.secrets.privileges import granting
from plate_llm_cli.secrets.privileges.policies import reader_policy
from plate_llm_cli.secrets.values.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Sequence

    from plate_llm_cli.secrets.privileges.readers import Reader
    from plate_llm_cli.secrets.server.openbao import OpenBao

_TOKEN: Final = {"no_default_policy": True, "display_name": "plate-llm-up", "ttl": "1h"}


def token_of(bao: OpenBao, readers: Sequence[Reader]) -> Secret:
    """A token with the policies that `secrets policy` writes for `readers`, which are written.

    Raises:
        OpenBaoError: OpenBao refuses, or is gone.
    """
    policies = [reader_policy(reader) for reader in readers]
    for policy in policies:
        if policy.grants:
            granting.write(bao, policy)
    names = [policy.name for policy in policies if policy.grants]
    names = names or ["default"]  # of nothing named, OpenBao would give all that we have
    answer = bao.put("auth/token/create", {"policies": names, **_TOKEN})
    return Secret((answer.body or {})["auth"]["client_token"])
