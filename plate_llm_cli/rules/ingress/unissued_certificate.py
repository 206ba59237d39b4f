"""A Secret with a certificate that nobody makes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from plate_llm_cli.findings import Severity
from plate_llm_cli.graph.certificates import TLS_ACME, issuer_of
from plate_llm_cli.graph.external import declare
from plate_llm_cli.graph.ingress_controllers import Controller
from plate_llm_cli.graph.secret_fields import at, mapping
from plate_llm_cli.rules.base import Defect, ManifestPlace, Rule
from plate_llm_cli.source.violations import slip_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.graph.deployment import Deployment
    from plate_llm_cli.graph.ingresses import Ingress, IngressTls
    from plate_llm_cli.graph.secret_sources import ProducedSecret

_OTHER_ISSUERS: Final = (
    TLS_ACME,
    "cert.gardener.cloud/purpose",
    "traefik.ingress.kubernetes.io/router.tls.certresolver",
    "haproxy-ingress.github.io/cert-signer",
)
_COPIES: Final = ("reflector", "replicator", "kubed", "sync")
"""Words in the annotations of Secrets that an operator copies to other namespaces."""


class UnissuedCertificate(Rule):
    """Nobody in the tree makes the certificate of an Ingress.

    ## What it does
    Looks for what makes the Secret of each `tls` entry: an issuer in an annotation of the Ingress,
    a Certificate, a Secret, or an ExternalSecret in its namespace. Somebody may have made it by
    hand, so this is an info. It is a warning where that is unlikely: all other certificates of the
    cluster are issued, one of nearly the same name is made there, or one of the same name in
    another namespace. An entry without `secretName` asks for the controller's own certificate and
    is right.

    ## Why is this bad?
    Without the Secret the controller answers with a certificate of its own, of which browsers warn.

    ## Example
    ```yaml
    kind: Ingress
    metadata:
      annotations: {}
    spec:
      tls:
        - secretName: web-tls
          hosts: [web.example.com]
    ```

    ## Use instead
    ```yaml
    kind: Ingress
    metadata:
      annotations:
        cert-manager.io/cluster-issuer: letsencrypt-prod
    ```
    """

    id = "unissued-certificate"
    severity = Severity.INFO
    summary = "Nobody in the tree makes the certificate of an Ingress"
    asks_external = ("Secret",)

    def check(self, deployment: Deployment) -> Iterator[Defect]:
        """Every certificate that is not made."""
        made = deployment.secrets.produced
        there = {(item.place, item.name) for item in made}
        there |= {(item.place, item.secret) for item in deployment.wiring.certificates.requests}
        unmade = list(_unmade(deployment, there))
        for ingress, tls in unmade:
            others = {(item.place, entry.secret) for item, entry in unmade}
            others.discard((ingress.place, tls.secret))
            of_cluster = {place for place, _ in others if place[0] == ingress.place[0]}
            issued = any(
                item.place[0] == ingress.place[0]
                for item in deployment.wiring.certificates.requests
            )
            names = [name for place, name in there if place == ingress.place]
            near = slip_of(tls.secret, names)
            elsewhere = [
                item
                for item in made
                if item.name == tls.secret and item.place[0] == ingress.place[0]
            ]
            advice = _advice(ingress, tls, near, elsewhere)
            yield _defect(ingress, tls, advice, alone=issued and not of_cluster)


def _unmade(
    deployment: Deployment, there: set[tuple[tuple[str, str], str]]
) -> Iterator[tuple[Ingress, IngressTls]]:
    for ingress in deployment.wiring.ingresses:
        if deployment.wiring.controllers.of(ingress) is Controller.ALB or _has_issuer(ingress):
            continue
        for tls in ingress.tls:
            if not tls.secret or "/" in tls.secret or (ingress.place, tls.secret) in there:
                continue
            if deployment.external.has("Secret", ingress.place[1], tls.secret):
                continue
            if deployment.known.is_known(ingress.place):
                yield ingress, tls


def _has_issuer(ingress: Ingress) -> bool:
    return issuer_of(ingress) is not None or any(
        key in ingress.annotations for key in _OTHER_ISSUERS
    )


def _advice(
    ingress: Ingress, tls: IngressTls, near: str | None, elsewhere: list[ProducedSecret]
) -> tuple[str, bool]:
    """What to do, and whether it is sure that something is wrong."""
    if near:
        return f"did you mean {near}?", True
    if elsewhere:
        copied = any(_is_copied(item) for item in elsewhere)
        text = f"it is made in namespace {elsewhere[0].place[1]}, which this Ingress cannot use"
        return ("nothing to do where an operator copies it here" if copied else text), not copied
    make = "name an issuer (cert-manager.io/cluster-issuer), or make the Secret"
    return f"{make}; {declare('Secret', ingress.place[1], tls.secret)}", False


def _is_copied(secret: ProducedSecret) -> bool:
    notes = mapping(at(secret.manifest.plain, "metadata", "annotations"))
    template = mapping(at(secret.manifest.plain, "spec", "secretTemplate", "annotations"))
    return any(word in key for key in (*notes, *template) for word in _COPIES)


def _defect(ingress: Ingress, tls: IngressTls, advice: tuple[str, bool], *, alone: bool) -> Defect:
    text, sure = advice
    return Defect(
        ManifestPlace(ingress.manifest, (*tls.route, "secretName")),
        f"nobody issues the certificate in Secret {tls.secret} of namespace {ingress.place[1]}",
        text,
        severity=Severity.WARNING if sure or alone else None,
    )
