"""The auth roles with which External Secrets logs in, as its stores name them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from plate_llm_cli.graph.secret_stores import CLUSTER_STORE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from plate_llm_cli.graph.secret_stores import SecretStore
    from plate_llm_cli.secrets.openbao import OpenBao
    from plate_llm_cli.secrets.policies import Reader

_TTL: Final = 600
_MAX_TTL: Final = 3600
"""Seconds: the operator logs in anew for each refresh."""


@dataclass(frozen=True, slots=True)
class Role:
    """A role of an auth method: where it is in the API, and its fields."""

    method: str
    mount: str
    name: str
    fields: dict[str, Any]
    role_id: str = field(default="")
    """AppRole: the id that the store gives, which is no secret."""

    @property
    def path(self) -> str:
        """`auth/kubernetes/role/NAME`."""
        return f"auth/{self.mount}/role/{self.name}"


@dataclass(frozen=True, slots=True)
class RoleComparison:
    """A role, and the fields that differ in OpenBao: name, there, wanted."""

    role: Role
    exists: bool
    differences: tuple[tuple[str, Any, Any], ...]

    @property
    def same(self) -> bool:
        """Whether there is nothing to write."""
        return self.exists and not self.differences


def roles(reader: Reader) -> Iterator[Role]:
    """The roles of a reader, one for each method and mount that its stores use."""
    stores: dict[tuple[str, str], list[SecretStore]] = {}
    for store in reader.stores:
        stores.setdefault((store.login.method, store.login.mount), []).append(store)
    for (method, mount), members in stores.items():
        if method in _FIELDS:
            fields = _token_fields(reader) | _FIELDS[method](members)
            role_id = members[0].login.role if method == "appRole" else ""
            yield Role(method, mount, reader.name, fields, role_id)


def without_role(reader: Reader) -> list[str]:
    """Stores of a reader whose login has no role to set up, and why."""
    return [_why(store) for store in reader.stores if store.login.method not in _FIELDS]


def _why(store: SecretStore) -> str:
    if store.login.method == "token":
        return f"{store.label} logs in with a token, which nobody renews: prefer kubernetes"
    method = store.login.method or "no method that is known"
    return f"{store.label} logs in with {method}, which is set up by hand"


def _token_fields(reader: Reader) -> dict[str, Any]:
    return {"token_policies": [reader.name], "token_ttl": _TTL, "token_max_ttl": _MAX_TTL}


def _accounts(stores: Iterable[SecretStore]) -> list[tuple[str, str]]:
    return sorted({(_namespace(store), store.login.account) for store in stores})


def _namespace(store: SecretStore) -> str:
    """A namespaced store takes the account of its own namespace, whatever it names."""
    if store.manifest.kind == CLUSTER_STORE:
        return store.login.account_namespace
    return store.manifest.namespace


def _kubernetes(stores: list[SecretStore]) -> dict[str, Any]:
    accounts = _accounts(stores)
    fields: dict[str, Any] = {
        "bound_service_account_names": sorted({name for _, name in accounts}),
        "bound_service_account_namespaces": sorted({namespace for namespace, _ in accounts}),
    }
    audiences = sorted({name for store in stores for name in store.login.audiences})
    return fields | ({"audience": audiences[0]} if audiences else {})


def _jwt(stores: list[SecretStore]) -> dict[str, Any]:
    namespace, name = _accounts(stores)[0]
    audiences = sorted({item for store in stores for item in store.login.audiences})
    return {
        "role_type": "jwt",
        "user_claim": "sub",
        "bound_subject": f"system:serviceaccount:{namespace}:{name}",
        "bound_audiences": audiences or ["openbao"],
    }


def _approle(_stores: list[SecretStore]) -> dict[str, Any]:
    return {"bind_secret_id": True, "secret_id_num_uses": 0}


_FIELDS: Final = {"kubernetes": _kubernetes, "jwt": _jwt, "appRole": _approle}


def compare(bao: OpenBao, role: Role) -> RoleComparison:
    """`role` with what OpenBao has.

    Raises:
        OpenBaoError: the auth method is not mounted, or may not be read.
    """
    answer = bao.get(role.path)
    present = answer.data
    differences = tuple(
        (name, present.get(name), wanted)
        for name, wanted in role.fields.items()
        if _plain(present.get(name)) != _plain(wanted)
    )
    return RoleComparison(role, answer.status != 404, differences)


def _plain(value: Any) -> Any:
    return sorted(map(str, value)) if isinstance(value, list) else value


def write(bao: OpenBao, role: Role) -> None:
    """Write `role`."""
    bao.put(role.path, role.fields)
    if role.role_id:
        bao.put(f"{role.path}/role-id", {"role_id": role.role_id})
