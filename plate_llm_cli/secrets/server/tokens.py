"""What OpenBao knows about the token that we have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from plate_llm_cli.secrets.server.answers import time_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class TokenFacts:
    """A token without the token: nothing in it is a secret."""

    kind: str
    """`service` or `batch`."""
    policies: tuple[str, ...]
    ttl: int
    """Seconds until it ends; 0 is never."""
    expires: datetime | None
    renewable: bool
    period: int
    """Seconds that each renewal gives; 0 where there is a last one."""
    uses_left: int
    """0 is without limit."""
    orphan: bool
    display_name: str


def token_facts(data: Mapping[str, Any]) -> TokenFacts:
    """The facts in an answer of auth/token/lookup-self."""
    expires = data.get("expire_time")
    own, inherited = data.get("policies") or (), data.get("identity_policies") or ()
    return TokenFacts(
        kind=str(data.get("type", "")),
        policies=tuple(dict.fromkeys(str(name) for name in (*own, *inherited))),
        ttl=int(data.get("ttl") or 0) or int(bool(expires)),  # the last second is said to be 0
        expires=time_of(expires) if expires else None,
        renewable=data.get("renewable") is True,
        period=int(data.get("period") or 0),
        uses_left=int(data.get("num_uses") or 0),
        orphan=data.get("orphan") is True,
        display_name=str(data.get("display_name", "")),
    )
