"""The stores of External Secrets: which OpenBao, which mount, and how the operator logs in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from plate_llm_cli.graph.secret_fields import at, mapping, text, texts
from plate_llm_cli.graph.secret_reach import admits
from plate_llm_cli.graph.secret_uses import place_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from plate_llm_cli.graph.manifests import Manifest

ESO_GROUP: Final = "external-secrets.io/"
CLUSTER_STORE: Final = "ClusterSecretStore"
NAMESPACED_STORE: Final = "SecretStore"
CLUSTER_EXTERNAL: Final = "ClusterExternalSecret"
CLUSTER_WIDE: Final = frozenset((CLUSTER_STORE, CLUSTER_EXTERNAL))
"""Kinds whose Secrets may turn up in any namespace."""
_LOGIN_MOUNTS: Final = {
    "kubernetes": "mountPath",
    "appRole": "path",
    "jwt": "path",
    "ldap": "path",
    "userPass": "path",
    "iam": "path",
    "gcp": "path",
    "cert": "path",
}
"""By method: the field that names where it is mounted in OpenBao."""
_DEFAULT_MOUNTS: Final = {"appRole": "approle", "userPass": "userpass", "iam": "aws"}


@dataclass(frozen=True, slots=True)
class StoreLogin:
    """How the operator logs in to OpenBao; `method` is '' where the store does not say."""

    method: str = ""
    mount: str = ""
    role: str = ""
    account: str = ""
    """The service account whose tokens are used."""
    account_namespace: str = ""
    """Its namespace; '' where a namespaced store takes its own."""
    audiences: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class SecretStore:
    """A SecretStore or ClusterSecretStore."""

    manifest: Manifest
    provider: str
    """`vault` for OpenBao, too; other providers hold no path of it."""
    server: str = ""
    mount: str | None = None
    """`path` of the provider; None where it is left out."""
    version: str = "v2"
    login: StoreLogin = StoreLogin()
    bao_namespace: str = ""

    @property
    def name(self) -> str:
        """Its name."""
        return self.manifest.name

    @property
    def label(self) -> str:
        """Its kind and name."""
        return f"{self.manifest.kind} {self.name}"

    @property
    def in_openbao(self) -> bool:
        """Whether what it reads is in an OpenBao."""
        return self.provider == "vault"

    def admits(self, namespace: str) -> bool | None:
        """Whether ExternalSecrets of `namespace` may use it; None where labels decide."""
        if self.manifest.kind != CLUSTER_STORE:
            return self.manifest.namespace == namespace
        return admits(at(self.manifest.plain, "spec", "conditions"), namespace)

    def find(self, key: str) -> tuple[str, str]:
        """The mount and the path in it that `remoteRef.key` means.

        As `buildPath` of the operator's Vault provider has it: `secret/data/x`, `secret/x` and `x`
        are the same in a store with the path `secret`. Without a path the mount is the key's own.
        """
        second = self.version == "v2"
        if self.mount is None:
            before, marked, after = key.partition("/data/") if second else (key, "", "")
            if marked:
                return before, after
            mount, _, path = key.partition("/")
            return mount, path
        path = key
        if key.startswith(f"{self.mount}/"):
            path = key.removeprefix(f"{self.mount}/")
            if second:
                path = path.removeprefix("data/")
        return self.mount.strip("/"), path


Stores = dict[tuple[str, str, str, str], SecretStore]
"""By cluster, kind, namespace ('' for a cluster's own) and name."""


def secret_stores(manifests: Iterable[Manifest]) -> Stores:
    """Every store that the releases apply."""
    found: Stores = {}
    for manifest in manifests:
        if manifest.kind in (CLUSTER_STORE, NAMESPACED_STORE) and is_eso(manifest):
            cluster, namespace = place_of(manifest)
            place = "" if manifest.kind == CLUSTER_STORE else namespace
            found[cluster, manifest.kind, place, manifest.name] = _store(manifest)
    return found


def is_eso(manifest: Manifest) -> bool:
    """Whether the object is one of External Secrets."""
    return manifest.api_version.startswith(ESO_GROUP)


def external_name(manifest: Manifest) -> str:
    """What the ExternalSecrets are called in the cluster that `manifest` is, or makes."""
    if manifest.kind != CLUSTER_EXTERNAL:
        return manifest.name
    return text(at(manifest.plain, "spec", "externalSecretName")) or manifest.name


def _store(manifest: Manifest) -> SecretStore:
    providers = mapping(at(manifest.plain, "spec", "provider"))
    vault = providers.get("vault")
    if not isinstance(vault, dict):
        return SecretStore(manifest, next(iter(providers), ""))
    path = vault.get("path")
    return SecretStore(
        manifest,
        "vault",
        server=text(vault.get("server")),
        mount=path if isinstance(path, str) and path else None,
        version=text(vault.get("version")) or "v2",
        login=_login(mapping(vault.get("auth"))),
        bao_namespace=text(vault.get("namespace")),
    )


def _login(auth: dict[str, Any]) -> StoreLogin:
    if isinstance(auth.get("tokenSecretRef"), dict):
        return StoreLogin("token")
    for method, field in _LOGIN_MOUNTS.items():
        settings = auth.get(method)
        if isinstance(settings, dict):
            account = _account(method, settings)
            return StoreLogin(
                method,
                text(settings.get(field)) or _DEFAULT_MOUNTS.get(method, method),
                _role(settings),
                text(account.get("name")),
                text(account.get("namespace")),
                texts(account.get("audiences")),
            )
    return StoreLogin()


def _account(method: str, settings: dict[str, Any]) -> dict[str, Any]:
    if method == "jwt":
        return mapping(at(settings, "kubernetesServiceAccountToken", "serviceAccountRef"))
    return mapping(settings.get("serviceAccountRef"))


def _role(settings: dict[str, Any]) -> str:
    named = (text(settings.get(field)) for field in ("role", "roleId", "vaultRole", "username"))
    return next((name for name in named if name), "")
