"""The auth roles with which External Secrets logs in, as its stores name them.

What the operator does is in its source, `providers/v1/vault`: it asks Kubernetes for a token of the
service account (`auth.go`; without an audience it is the API server's own, for jwt it is `vault`,
`auth_jwt.go`), logs in, and when it is done looks its token up and revokes it. The policy `default`
allows both, so roles keep it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from plate_llm_cli.graph.secret_fields import at, texts
from plate_llm_cli.graph.secret_stores import CLUSTER_STORE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from plate_llm_cli.graph.secret_stores import SecretStore
    from plate_llm_cli.secrets.privileges.readers import Reader

TOKEN_TTL: Final = 600
TOKEN_MAX_TTL: Final = 3600
"""Seconds: the operator logs in anew for each refresh."""
_METHODS: Final = {"kubernetes": "kubernetes", "jwt": "jwt", "appRole": "approle"}
"""As a store names them, and as OpenBao does."""
_AUDIENCE_OF_JWT: Final = "vault"
SERVICE_ACCOUNT: Final = "system:serviceaccount"
CLEARED: Final[dict[str, tuple[str, ...]]] = {
    "kubernetes": ("bound_service_account_namespace_selector",),
    "jwt": ("bound_subject",),
    "approle": (),
}


@dataclass(frozen=True, slots=True)
class Role:
    """A role of an auth method: where it is in the API, and its fields."""

    method: str
    mount: str
    name: str
    policy: str
    fields: dict[str, Any]
    cleared: tuple[str, ...] = ()
    """Fields that must be empty where OpenBao has them: they would let others in, or nobody."""
    role_id: str = ""
    """AppRole: the id that a store gives, which is no secret."""

    @property
    def path(self) -> str:
        """`auth/kubernetes/role/NAME`."""
        return f"auth/{self.mount}/role/{self.name}"


def roles(reader: Reader) -> Iterator[Role]:
    """The roles of a reader: one for each method and mount that its stores use."""
    stores: dict[tuple[str, str], list[SecretStore]] = {}
    for store in reader.stores:
        if _method(store) and not _obstacle(store):
            stores.setdefault((_method(store), store.login.mount), []).append(store)
    for (method, mount), members in stores.items():
        name = reader.role or reader.name
        fields = token_fields(reader.name) | _FIELDS[method](members)
        cleared = () if len(_accounts(members)) == 1 and method == "jwt" else CLEARED[method]
        role_id = members[0].login.role if method == "approle" else ""
        yield Role(method, mount, name, reader.name, fields, cleared, role_id)


def notes(reader: Reader) -> Iterator[str]:
    """What a person has to know or to do about the logins of a reader."""
    for store in reader.stores:
        if why := _obstacle(store):
            yield f"{_named(store)} {why}"
    stores = [store for store in reader.stores if not _obstacle(store)]
    accounts = _accounts([store for store in stores if _method(store) == "kubernetes"])
    if len(_product(accounts)) > len(accounts):
        yield (
            f"the role {reader.role} lets in each of its accounts in each of its namespaces: "
            "give the stores roles of their own"
        )
    if _differ_in_audience(stores):
        yield f"the role {reader.role} has no audience: its stores have none in common"
    if len({store.login.role for store in stores if _method(store) == "approle"}) > 1:
        yield f"{reader.name} is one role, and its stores have the ids of several"


def _named(store: SecretStore) -> str:
    where = f" of {store.manifest.namespace}" if store.manifest.kind != CLUSTER_STORE else ""
    return f"{store.label}{where}"


def _method(store: SecretStore) -> str:
    return _METHODS.get(store.login.method, "")


def _obstacle(store: SecretStore) -> str:
    """Why no role can be made for a store, or ''."""
    method = store.login.method
    if method == "token":
        return "logs in with a token, which nobody renews: prefer kubernetes"
    if not _method(store):
        return f"logs in with {method or 'no method that is known'}: set that up by hand"
    if _method(store) == "approle":
        return ""
    if not store.login.role:
        return f"names no role to log in as by {method}"
    if not store.login.account or not _namespace(store):
        return f"names no service account for {method}: bind its role by hand"
    return ""


def token_fields(policy: str, ttl: int = TOKEN_TTL) -> dict[str, Any]:
    """What the tokens of a role are like; times are in seconds."""
    return {
        "token_policies": [policy],
        "token_ttl": ttl,
        "token_max_ttl": TOKEN_MAX_TTL,
        "token_no_default_policy": False,
    }


def _accounts(stores: Iterable[SecretStore]) -> list[tuple[str, str]]:
    """Namespace and name of the service accounts."""
    return sorted({(_namespace(store), store.login.account) for store in stores})


def _product(accounts: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
    """What a role of kubernetes makes of them: it has a list of each."""
    known = list(accounts)
    return {(namespace, name) for namespace, _ in known for _, name in known}


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
    common = set.intersection(*(set(store.login.audiences) for store in stores))
    return fields | ({"audience": min(common)} if common else {})


def _differ_in_audience(stores: list[SecretStore]) -> bool:
    wanted = [set(store.login.audiences) for store in stores if _method(store) == "kubernetes"]
    return any(wanted) and not set.intersection(*wanted)


def _jwt(stores: list[SecretStore]) -> dict[str, Any]:
    subjects = [f"{SERVICE_ACCOUNT}:{namespace}:{name}" for namespace, name in _accounts(stores)]
    audiences = sorted({item for store in stores for item in _audiences_of_jwt(store)})
    return {"role_type": "jwt", "user_claim": "sub", "bound_audiences": audiences} | (
        {"bound_subject": subjects[0]}
        if len(subjects) == 1
        else {"bound_claims": {"sub": subjects}}
    )


def _audiences_of_jwt(store: SecretStore) -> tuple[str, ...]:
    """What is asked for; the default counts where nothing is."""
    route = ("spec", "provider", "vault", "auth", "jwt", "kubernetesServiceAccountToken")
    asked = texts(at(store.manifest.plain, *route, "audiences"))
    return (*store.login.audiences, *asked) or (_AUDIENCE_OF_JWT,)


def _approle(_stores: list[SecretStore]) -> dict[str, Any]:
    return {"bind_secret_id": True}


_FIELDS: Final = {"kubernetes": _kubernetes, "jwt": _jwt, "approle": _approle}
