"""Who asks for which certificate, into which Secret, and from which issuer of cert-manager."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from plate_llm_cli.graph.secret_fields import at, mapping, mappings, text, texts
from plate_llm_cli.graph.secret_uses import place_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from plate_llm_cli.graph.ingresses import Ingress
    from plate_llm_cli.graph.manifests import Manifest
    from plate_llm_cli.graph.secret_uses import ClusterNamespace
    from plate_llm_cli.source.nodes import Route

GROUP: Final = "cert-manager.io"
CLUSTER_ISSUER: Final = f"{GROUP}/cluster-issuer"
ISSUERS: Final = (f"{GROUP}/issuer", f"{GROUP}/issuer-name")
TLS_ACME: Final = "kubernetes.io/tls-acme"
_ANNOTATIONS: Final[Route] = ("metadata", "annotations")


@dataclass(frozen=True, slots=True)
class IssuerName:
    """An issuer as it is named; `route` leads to its name."""

    kind: str
    name: str
    group: str
    route: Route

    @property
    def is_ours(self) -> bool:
        """Whether it is one of cert-manager's own kinds."""
        return self.group == GROUP and self.kind in ("Issuer", "ClusterIssuer")


@dataclass(frozen=True, slots=True, eq=False)
class Issuer:
    """An Issuer or a ClusterIssuer of the tree."""

    manifest: Manifest

    @property
    def place(self) -> ClusterNamespace:
        """Its cluster and namespace; the namespace means nothing for a ClusterIssuer."""
        return place_of(self.manifest)

    @property
    def label(self) -> str:
        """Its kind and name."""
        return f"{self.manifest.kind} {self.manifest.name}"

    @property
    def acme(self) -> dict[str, Any] | None:
        """What it says of its ACME account; None where it issues in another way."""
        found = at(self.manifest.plain, "spec", "acme")
        return found if isinstance(found, dict) else None

    @property
    def server(self) -> str:
        """The directory of its ACME server, or ''."""
        return text(mapping(self.acme).get("server"))

    @property
    def solvers(self) -> tuple[tuple[int, dict[str, Any]], ...]:
        """Its ACME solvers, each with its index."""
        return tuple(mappings(mapping(self.acme).get("solvers")))


@dataclass(frozen=True, slots=True, eq=False)
class CertificateRequest:
    """A Certificate, or a TLS entry of an Ingress that an annotation has one made for.

    `issuer` is None where cert-manager's own default is asked (`kubernetes.io/tls-acme`).
    """

    manifest: Manifest
    secret: str
    hosts: tuple[str, ...]
    issuer: IssuerName | None
    secret_route: Route
    hosts_route: Route

    @property
    def place(self) -> ClusterNamespace:
        """The cluster and namespace of the Secret."""
        return place_of(self.manifest)

    @property
    def label(self) -> str:
        """Its kind and name."""
        return f"{self.manifest.kind} {self.manifest.name}"


@dataclass(eq=False)
class Certificates:
    """The issuers of a deployment and what is asked of them."""

    manifests: Iterable[Manifest]
    ingresses: Iterable[Ingress]

    @cached_property
    def issuers(self) -> list[Issuer]:
        """Every Issuer and ClusterIssuer."""
        return [
            Issuer(item)
            for item in self.manifests
            if item.kind in ("Issuer", "ClusterIssuer") and item.api_version.startswith(f"{GROUP}/")
        ]

    @cached_property
    def requests(self) -> list[CertificateRequest]:
        """What is asked for: by Certificates first, then by Ingresses."""
        found = [
            _of_certificate(item)
            for item in self.manifests
            if item.kind == "Certificate" and item.api_version.startswith(f"{GROUP}/")
        ]
        return [*found, *(asked for item in self.ingresses for asked in _of_ingress(item))]

    def issuer(self, asked: CertificateRequest) -> Issuer | None:
        """The issuer of the tree that a request names."""
        return self.issuer_at(asked.place, asked.issuer) if asked.issuer else None

    def issuer_at(self, place: ClusterNamespace, named: IssuerName) -> Issuer | None:
        """The issuer of the tree that is named in a namespace."""
        if not named.is_ours:
            return None
        found = (
            item
            for item in self.issuers
            if (item.manifest.kind, item.manifest.name) == (named.kind, named.name)
            and item.place[0] == place[0]
            and (named.kind == "ClusterIssuer" or item.place == place)
        )
        return next(found, None)


def _of_certificate(manifest: Manifest) -> CertificateRequest:
    spec = mapping(manifest.plain.get("spec"))
    ref = mapping(spec.get("issuerRef"))
    issuer = IssuerName(
        text(ref.get("kind")) or "Issuer",
        text(ref.get("name")),
        text(ref.get("group")) or GROUP,
        ("spec", "issuerRef", "name"),
    )
    return CertificateRequest(
        manifest,
        text(spec.get("secretName")),
        texts(spec.get("dnsNames")),
        issuer if issuer.name else None,
        ("spec", "secretName"),
        ("spec", "dnsNames"),
    )


def _of_ingress(ingress: Ingress) -> Iterator[CertificateRequest]:
    issuer = issuer_of(ingress)
    if issuer is None and ingress.annotations.get(TLS_ACME) != "true":
        return
    for entry in ingress.tls:
        if entry.secret:
            yield CertificateRequest(
                ingress.manifest,
                entry.secret,
                entry.hosts,
                issuer,
                (*entry.route, "secretName"),
                (*entry.route, "hosts"),
            )


def issuer_of(ingress: Ingress) -> IssuerName | None:
    """The issuer that annotations of an Ingress name. That of the cluster wins."""
    notes = ingress.annotations
    name = text(notes.get(CLUSTER_ISSUER))
    if name:
        return IssuerName("ClusterIssuer", name, GROUP, (*_ANNOTATIONS, CLUSTER_ISSUER))
    key = next((key for key in ISSUERS if text(notes.get(key))), None)
    if key is None:
        return None
    kind = text(notes.get(f"{GROUP}/issuer-kind")) or "Issuer"
    group = text(notes.get(f"{GROUP}/issuer-group")) or GROUP
    return IssuerName(kind, text(notes[key]), group, (*_ANNOTATIONS, key))
