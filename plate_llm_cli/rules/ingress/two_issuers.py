"""Two who write one certificate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plate_llm_cli.findings import Severity
from plate_llm_cli.rules.base import Defect, ManifestPlace, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.graph.certificates import CertificateRequest
    from plate_llm_cli.graph.deployment import Deployment


class TwoIssuers(Rule):
    """Two objects have a certificate issued into one Secret.

    ## What it does
    Compares the Secrets that Certificates and annotated Ingresses of a namespace have made. Two
    Ingresses with the same issuer may share one for the same hosts.

    ## Why is this bad?
    cert-manager issues for one of them and tells the other that the Secret is taken, or each
    replaces the certificate of the other until Let's Encrypt refuses more. Where two Ingresses
    differ in their hosts, those of the second are not in the certificate.

    ## Example
    ```yaml
    kind: Certificate
    spec:
      secretName: web-tls
    ---
    kind: Ingress
    metadata:
      annotations:
        cert-manager.io/cluster-issuer: letsencrypt-prod
    spec:
      tls:
        - secretName: web-tls
    ```

    ## Use instead
    ```yaml
    kind: Ingress
    spec:
      tls:
        - secretName: web-tls     # the Certificate has it made: no annotation
    ```
    """

    id = "two-issuers"
    severity = Severity.WARNING
    summary = "Two objects have a certificate issued into one Secret"

    def check(self, deployment: Deployment) -> Iterator[Defect]:
        """Every second one."""
        taken: dict[tuple[tuple[str, str], str], CertificateRequest] = {}
        for asked in deployment.wiring.certificates.requests:
            if not asked.secret or asked.manifest.hook:
                continue
            first = taken.setdefault((asked.place, asked.secret), asked)
            if first is not asked and first.label != asked.label:
                text = _trouble(first, asked)
                if text:
                    yield _defect(asked, first, text)


def _trouble(first: CertificateRequest, asked: CertificateRequest) -> str:
    kinds = {first.manifest.kind, asked.manifest.kind}
    who = f"{first.label} has a certificate issued into Secret {asked.secret} already"
    if kinds != {"Ingress"}:
        return who
    one, other = first.issuer, asked.issuer
    if one and other and (one.kind, one.name, one.group) != (other.kind, other.name, other.group):
        return f"{who}, by {one.kind} {one.name} instead of {other.kind} {other.name}"
    more = set(asked.hosts) - set(first.hosts)
    return f"{who}, without {', '.join(sorted(more))}" if more else ""


def _defect(asked: CertificateRequest, first: CertificateRequest, text: str) -> Defect:
    of_ingress = asked.manifest.kind == "Ingress"
    route = asked.issuer.route if of_ingress and asked.issuer else asked.secret_route
    if first.manifest.kind == "Ingress":
        route = asked.secret_route
    return Defect(
        ManifestPlace(asked.manifest, route),
        text,
        "take the issuer away from this Ingress"
        if of_ingress and first.manifest.kind == "Certificate"
        else "give one of them a Secret of its own",
        related=((ManifestPlace(first.manifest, first.secret_route), f"{first.label}"),),
    )
