"""The values of the chart openbao-secrets-manager, with what they must be.

The chart's templates stop at the same mistakes with `fail`; here each points at its value.

Imports pydantic, which takes 100 ms: import it through the registry.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from plate_llm_cli.source.strict_model import StrictModel, needed, optional
from plate_llm_cli.source.strict_types import TextForm
from plate_llm_cli.source.violations import ModelViolation, ViolationKind
from plate_llm_cli.values.kubernetes_parts import ChartValues
from plate_llm_cli.values.types import (
    DnsLabel,
    DnsSubdomain,
    HttpUrl,
    OptionalDnsSubdomain,
    SecretKey,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

_PATH = "[A-Za-z0-9_.-]+(?:/[A-Za-z0-9_.-]+)*"

VaultPath = Annotated[
    str,
    TextForm(
        _PATH,
        "a path of OpenBao such as server/staging",
        hint="Without the mount, and without / at either end.",
        example="server/staging",
    ),
]
WrittenDuration = Annotated[
    str,
    TextForm(
        "[1-9][0-9]*h[0-5]?[0-9]m[0-5]?[0-9]s|[1-5]?[0-9]m[0-5]?[0-9]s|[1-5]?[0-9]s",
        "a duration as the operator writes it back, such as 1h0m0s or 15m0s",
        hint="Any other spelling is a difference that ArgoCD sees for ever.",
        example="1h0m0s",
    ),
]


class CaProvider(StrictModel):
    """Where the CA of a private certificate lies."""

    type: Literal["ConfigMap", "Secret"] | None = optional("ConfigMap or Secret.")
    name: DnsSubdomain | None = optional("Its name.")
    key: SecretKey | None = optional("The key that holds the certificate.")
    namespace: DnsLabel | None = optional("Its namespace; with the cluster store only.")

    def complaints(self) -> Iterator[ModelViolation]:
        """Half of a reference."""
        given = self.model_dump(exclude_none=True)
        for name in ("type", "name"):
            if given and name not in given:
                message = f"caProvider needs `{name}`"
                yield ModelViolation((name,), message, "", ViolationKind.MISSING_FIELD)


class TokenAccount(StrictModel):
    """The service account whose tokens OpenBao knows."""

    create: bool = needed("Create it, without any Kubernetes permission.")
    name: OptionalDnsSubdomain | None = optional("Its name.")
    namespace: DnsLabel | None = optional("null: the release's namespace.")


class KubernetesAuth(StrictModel):
    """Login with the token of a service account."""

    mount_path: VaultPath = needed("Mount of OpenBao's Kubernetes auth method.")
    role: str | None = optional("Role in OpenBao, bound to the service account.")
    service_account: TokenAccount = needed("The service account.")
    audiences: list[str] | None = optional("Audiences of the token, as the role has them.")


class TokenAuth(StrictModel):
    """Login with a token from a Secret, which nobody renews."""

    secret_name: OptionalDnsSubdomain | None = optional("Secret that holds the token.")
    secret_key: SecretKey = needed("Key that holds the token.")
    namespace: DnsLabel | None = optional("null: the release's namespace.")


class OpenBaoAuth(StrictModel):
    """How the operator logs in."""

    method: Literal["kubernetes", "token"] = needed("kubernetes or token.")
    kubernetes: KubernetesAuth = needed("Login with the token of a service account.")
    token: TokenAuth = needed("Login with a token from a Secret.")


class OpenBao(StrictModel):
    """The server."""

    server: HttpUrl = needed("Address as the External Secrets Operator reaches it.")
    mount: VaultPath = needed("Mount of the KV v2 engine.")
    ca_provider: CaProvider | None = optional("CA of a private certificate; {} trusts the system.")
    auth: OpenBaoAuth = needed("How the operator logs in.")


class Store(StrictModel):
    """SecretStore in the release's namespace."""

    enabled: bool = needed("Needed by externalSecrets.")
    name: DnsSubdomain = needed("By which the ExternalSecrets refer to it.")


class ClusterStore(StrictModel):
    """ClusterSecretStore, usable from some namespaces only."""

    enabled: bool = needed("Needed by clusterExternalSecrets.")
    name: DnsSubdomain = needed("By which the ClusterExternalSecrets refer to it.")
    namespaces: list[DnsLabel] | None = optional("Namespaces that may read through it.")

    def complaints(self) -> Iterator[ModelViolation]:
        """A store for everybody."""
        if self.enabled and not self.namespaces:
            message = "clusterStore.namespaces is empty"
            hint = (
                "Every namespace of the cluster could read through the store: name those it is for."
            )
            yield ModelViolation(("namespaces",), message, hint)


class SecretEntry(StrictModel):
    """A path of OpenBao that becomes a Secret."""

    name: DnsSubdomain = needed("Name of the Secret.")
    path: VaultPath = needed("Path in the mount; every key becomes a key of the Secret.")
    type: Literal["Opaque", "kubernetes.io/dockerconfigjson"] | None = optional(
        "Opaque, or kubernetes.io/dockerconfigjson from registry, username and password."
    )


class OpenbaoSecretsManagerValues(ChartValues):
    """All values of the chart."""

    chart: ClassVar[str] = "openbao-secrets-manager"

    openbao: OpenBao = needed("The server, and how to log in.")
    store: Store = needed("SecretStore in the release's namespace.")
    cluster_store: ClusterStore = needed("ClusterSecretStore.")
    refresh_interval: WrittenDuration = needed("How often a secret is read again.")
    external_secrets: list[SecretEntry] | None = optional("ExternalSecrets, from `store`.")
    cluster_external_secrets: list[SecretEntry] | None = optional(
        "ClusterExternalSecrets, from `clusterStore`."
    )

    def complaints(self) -> Iterator[ModelViolation]:
        """Secrets without a store, two for one Secret, a store that cannot log in."""
        pairs = (("externalSecrets", self.external_secrets, "store", self.store.enabled),)
        cluster = ("clusterExternalSecrets", self.cluster_external_secrets, "clusterStore")
        for name, entries, store, enabled in (*pairs, (*cluster, self.cluster_store.enabled)):
            if entries and not enabled:
                message = f"{name} needs {store}.enabled: nothing else could read the secrets"
                yield ModelViolation((name,), message)
            yield from _twice(name, entries or [])
        if self.store.enabled or self.cluster_store.enabled:
            yield from self._login()
        if self.openbao.ca_provider and self.openbao.ca_provider.namespace and self.store.enabled:
            message = "openbao.caProvider.namespace is for the cluster store"
            route = ("openbao", "caProvider", "namespace")
            yield ModelViolation(route, message, "A SecretStore reads its own namespace only.")

    def _login(self) -> Iterator[ModelViolation]:
        auth = self.openbao.auth
        needs = {
            ("kubernetes", "role"): auth.kubernetes.role,
            ("kubernetes", "serviceAccount", "name"): auth.kubernetes.service_account.name,
            ("token", "secretName"): auth.token.secret_name,
        }
        for route, value in needs.items():
            if route[0] == auth.method and not value:
                message = f"openbao.auth.{'.'.join(route)} is empty"
                hint = f"The login by {auth.method} needs it."
                kind = ViolationKind.MISSING_FIELD
                yield ModelViolation(("openbao", "auth", *route), message, hint, kind)


def _twice(name: str, entries: list[SecretEntry]) -> Iterator[ModelViolation]:
    names = [entry.name for entry in entries]
    for index, found in enumerate(names):
        if found in names[:index]:
            message = f"{name} names {found} twice: both would write the same Secret"
            yield ModelViolation((name, index, "name"), message)
