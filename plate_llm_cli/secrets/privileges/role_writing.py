"""Auth roles in OpenBao: what differs, what is written, and what else a login needs."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from plate_llm_cli.errors import OpenBaoError
from plate_llm_cli.secrets.values.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.secrets.privileges.access import Role
    from plate_llm_cli.secrets.server.openbao import OpenBao

WRAP_SECONDS: Final = 600
"""How long a wrapped secret_id can be fetched."""
_TYPES: Final = {"jwt": ("jwt", "oidc")}
_CONFIGURED: Final = {"kubernetes": "kubernetes_host", "jwt": "oidc_discovery_url"}
"""What the configuration of a method has at least: who checks tokens, whose tokens count."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A field of a role; `there` is None where OpenBao has no such role."""

    field: str
    there: Any
    wanted: Any


@dataclass(frozen=True, slots=True)
class RoleComparison:
    """A role, and the fields that differ in OpenBao."""

    role: Role
    exists: bool
    differences: tuple[Difference, ...]

    @property
    def same(self) -> bool:
        """Whether there is nothing to write."""
        return self.exists and not self.differences


def compare(bao: OpenBao, role: Role) -> RoleComparison:
    """`role` with what OpenBao has.

    Raises:
        OpenBaoError: the auth method is not there, is another one, or may not be read.
    """
    answer = bao.get(role.path)
    if "no handler for route" in answer.errors:
        raise _no_method(role)
    _require_type(bao, role)
    found = [*_fields(role, answer.data), *_role_id(bao, role, exists=answer.status != 404)]
    return RoleComparison(role, answer.status != 404, tuple(found))


def _fields(role: Role, present: dict[str, Any]) -> Iterator[Difference]:
    for name, wanted in role.fields.items():
        if _plain(present.get(name)) != _plain(wanted):
            yield Difference(name, present.get(name), wanted)
    for name in role.cleared:
        if present.get(name):
            yield Difference(name, present[name], "")


def _role_id(bao: OpenBao, role: Role, *, exists: bool) -> Iterator[Difference]:
    if role.role_id:
        there = bao.get(f"{role.path}/role-id").data.get("role_id") if exists else None
        if there != role.role_id:
            yield Difference("role_id", there, role.role_id)


def _plain(value: Any) -> Any:
    """Lists are sets, 10.0.0.1/32 is 10.0.0.1, and what is empty is not there."""
    if isinstance(value, list):
        return sorted(_address(str(item)) for item in value)
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    return value or ""


def _address(text: str) -> str:
    try:
        return str(ipaddress.ip_network(text))
    except ValueError:
        return text


def _no_method(role: Role) -> OpenBaoError:
    at = "" if role.mount == role.method else f"-path={role.mount} "
    hint = f"`bao auth enable {at}{role.method}` makes it"
    return OpenBaoError(f"OpenBao has no auth method at {role.mount}/", hint)


def _require_type(bao: OpenBao, role: Role) -> None:
    """Another method would take what it knows of the fields, and leave out the rest."""
    kind = bao.get(f"sys/internal/ui/mounts/auth/{role.mount}").data.get("type", role.method)
    if kind not in _TYPES.get(role.method, (role.method,)):
        message = f"the auth method at {role.mount}/ is {kind}, not {role.method}"
        raise OpenBaoError(message, "name another mount, in the store or with --mount")


def write(bao: OpenBao, compared: RoleComparison) -> None:
    """Write a role over what is there.

    Raises:
        OpenBaoError: OpenBao refuses, or has something else afterwards.
    """
    role = compared.role
    changed = {item.field: item.wanted for item in compared.differences}
    changed.pop("role_id", None)
    bao.put(role.path, role.fields | changed)
    if role.role_id:
        bao.put(f"{role.path}/role-id", {"role_id": role.role_id})
    left = compare(bao, role)
    if not left.same:
        names = ", ".join(item.field for item in left.differences)
        hint = "is another program writing it, or is OpenBao of another version?"
        raise OpenBaoError(f"{role.path} is written, and OpenBao has other values: {names}", hint)


def lacks(bao: OpenBao, role: Role, env: str) -> Iterator[str]:
    """What else a login needs and OpenBao does not have, as far as the token may know."""
    config, policy = f"auth/{role.mount}/config", f"sys/policies/acl/{role.policy}"
    if role.method in _CONFIGURED and _is_absent(bao, config):
        example = f"bao write {config} {_CONFIGURED[role.method]}=https://..."
        yield f"nobody can log in before {role.mount}/ is configured: {example}"
    if _is_absent(bao, policy):
        yield f"there is no policy {role.policy} yet: plate-llm secrets policy {env} --apply"


def _is_absent(bao: OpenBao, path: str) -> bool:
    """False as well where the token may not know it."""
    try:
        return bao.get(path).status == 404
    except OpenBaoError:
        return False


def wrapped_secret_id(bao: OpenBao, role: Role) -> Secret:
    """A wrapping token with a new secret_id of an AppRole: it can be fetched once, for 10 minutes.

    Raises:
        OpenBaoError: OpenBao refuses.
    """
    wrap = {"X-Vault-Wrap-TTL": f"{WRAP_SECONDS}s"}
    answer = bao.call("POST", f"{role.path}/secret-id", {}, wrap)
    token = ((answer.body or {}).get("wrap_info") or {}).get("token")
    if not isinstance(token, str) or not token:
        raise OpenBaoError(f"OpenBao gives no wrapped secret_id for {role.path}")
    return Secret(token)
