"""The auth role of who seeds: a person's, a CI job's or a pod's."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from plate_llm_cli.errors import UsageError
from plate_llm_cli.secrets.privileges.access import CLEARED, SERVICE_ACCOUNT, Role, token_fields

if TYPE_CHECKING:
    from collections.abc import Iterable

_TTL: Final = 1200
"""Seconds: a person who is asked for values needs some time."""
_UNITS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_ACCOUNT: Final = re.compile(rf"(?:{SERVICE_ACCOUNT}:)?([a-z0-9.-]+)[:/]([a-z0-9.-]+)")


@dataclass(frozen=True, slots=True)
class Terms:
    """On which terms who seeds may log in; each method reads what concerns it."""

    subject: str = ""
    """Who a JWT or a service account's token is of."""
    audience: str = ""
    """Whom such a token is for."""
    networks: tuple[str, ...] = ()
    """From where; () is from anywhere."""
    secret_id_ttl: int = 3600
    """Seconds; 0 is for ever."""
    secret_id_uses: int = 1
    """0 is without limit."""


def seeder_role(name: str, method: str, mount: str, terms: Terms) -> Role:
    """The role for the policy `name`.

    Raises:
        UsageError: the method needs terms that are not given.
    """
    fields = token_fields(name, _TTL) | _FIELDS[method](terms)
    if terms.networks:
        fields["token_bound_cidrs"] = list(terms.networks)
    cleared = CLEARED[method] if method == "kubernetes" else ()
    return Role(method, mount or method, name, name, fields, cleared)


def _approle(terms: Terms) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "bind_secret_id": True,
        "secret_id_ttl": terms.secret_id_ttl,
        "secret_id_num_uses": terms.secret_id_uses,
    }
    return fields | ({"secret_id_bound_cidrs": list(terms.networks)} if terms.networks else {})


def _jwt(terms: Terms) -> dict[str, Any]:
    if not terms.subject or not terms.audience:
        hint = "as in the claims `sub` and `aud` of the job's token"
        raise UsageError("jwt needs --subject and --audience", hint)
    return {
        "role_type": "jwt",
        "user_claim": "sub",
        "bound_audiences": [terms.audience],
        "bound_subject": terms.subject,
    }


def _kubernetes(terms: Terms) -> dict[str, Any]:
    found = _ACCOUNT.fullmatch(terms.subject)
    if found is None:
        hint = "the service account that seeds, as namespace/name"
        raise UsageError("kubernetes needs --subject", hint)
    namespace, name = found.groups()
    fields: dict[str, Any] = {
        "bound_service_account_names": [name],
        "bound_service_account_namespaces": [namespace],
    }
    return fields | ({"audience": terms.audience} if terms.audience else {})


_FIELDS: Final = {"approle": _approle, "jwt": _jwt, "kubernetes": _kubernetes}


def networks(texts: Iterable[str]) -> tuple[str, ...]:
    """Networks and addresses as OpenBao compares them.

    Raises:
        UsageError: one is neither.
    """
    return tuple(_network(text) for text in texts)


def _network(text: str) -> str:
    try:
        return str(ipaddress.ip_network(text))
    except ValueError:
        hint = "10.0.0.0/8 and 10.1.2.3 are; bits behind the prefix are 0"
        raise UsageError(f"--cidr {text!r} is no network", hint) from None


def seconds(text: str, option: str) -> int:
    """A time as `10m`, `1h`, `90d`; 0 is for ever.

    Raises:
        UsageError: it is none; `option` is named.
    """
    found = re.fullmatch(r"([0-9]{1,9})([smhd]?)", text, re.ASCII)
    if found is None or (found[1].strip("0") and not found[2]):
        raise UsageError(f"{option} {text!r} is no time", "10m, 1h and 90d are; 0 is for ever")
    return int(found[1]) * _UNITS.get(found[2], 1)
