"""A certificate that its issuer cannot issue."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from plate_llm_cli.findings import Severity
from plate_llm_cli.graph.secret_fields import mapping, texts
from plate_llm_cli.rules.base import Defect, ManifestPlace, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.graph.certificates import CertificateRequest, Issuer
    from plate_llm_cli.graph.deployment import Deployment

_PRODUCTION: Final = frozenset({"prod", "production", "prd"})
_STAGING: Final = "acme-staging"
_SOLVERS: Final = ("spec", "acme", "solvers")


class UnissuableCertificate(Rule):
    """A certificate is asked of an issuer that cannot issue it.

    ## What it does
    Looks, where the ACME issuer is in the tree, for a solver that may serve each host: wildcards
    need one over DNS01, and a solver's `selector` has to let the host through. That Let's Encrypt's
    staging server issues for something called `prod` is an info.

    ## Why is this bad?
    cert-manager finds no solver, and the certificate is never issued. Browsers do not trust what
    the staging server issues.

    ## Example
    ```yaml
    kind: Certificate
    spec:
      dnsNames: ["*.example.com"]
      issuerRef: {kind: ClusterIssuer, name: letsencrypt-http01}
    ```

    ## Use instead
    ```yaml
      issuerRef: {kind: ClusterIssuer, name: letsencrypt-dns01}
    ```
    """

    id = "unissuable-certificate"
    severity = Severity.ERROR
    summary = "A certificate is asked of an issuer that cannot issue it"

    def check(self, deployment: Deployment) -> Iterator[Defect]:
        """Every host without a solver, and what staging issues for production."""
        certificates = deployment.wiring.certificates
        told: set[int] = set()
        for asked in certificates.requests:
            issuer = certificates.issuer(asked)
            if issuer is None or issuer.acme is None:
                continue
            if issuer.solvers:
                yield from _unsolved(asked, issuer)
            if (
                _STAGING in issuer.server
                and _is_production(asked)
                and id(asked.manifest) not in told
            ):
                told.add(id(asked.manifest))
                yield _from_staging(asked, issuer)


def _unsolved(asked: CertificateRequest, issuer: Issuer) -> Iterator[Defect]:
    for index, host in enumerate(asked.hosts):
        serving = [solver for _, solver in issuer.solvers if _lets_through(solver, host)]
        wildcard = host.startswith("*.")
        if wildcard and not any("dns01" in solver for solver in serving):
            text = f"{issuer.label} has no solver over DNS01 for it, as a wildcard needs"
        elif not serving:
            text = f"no solver of {issuer.label} lets it through"
        else:
            continue
        yield Defect(
            ManifestPlace(asked.manifest, (*asked.hosts_route, index)),
            f"{host} gets no certificate: {text}",
            "add such a solver, or name another issuer",
            related=((ManifestPlace(issuer.manifest, _SOLVERS), "its solvers"),),
        )


def _lets_through(solver: dict[str, Any], host: str) -> bool:
    """Whether a solver's selector may pick `host`; labels are left to others."""
    selector = mapping(solver.get("selector"))
    names, zones = texts(selector.get("dnsNames")), texts(selector.get("dnsZones"))
    if not names and not zones:
        return True
    bare = host.removeprefix("*.")
    return host in names or any(bare == zone or bare.endswith(f".{zone}") for zone in zones)


def _is_production(asked: CertificateRequest) -> bool:
    words = re.split(r"[-_.]", f"{asked.place[1]}-{asked.manifest.release.name}")
    return not _PRODUCTION.isdisjoint(words)


def _from_staging(asked: CertificateRequest, issuer: Issuer) -> Defect:
    route = asked.issuer.route if asked.issuer else asked.secret_route
    return Defect(
        ManifestPlace(asked.manifest, route),
        f"{issuer.label} asks Let's Encrypt's staging server, whose certificates nobody trusts",
        "name the issuer of the real server for production",
        related=((ManifestPlace(issuer.manifest, ("spec", "acme", "server")), "its server"),),
        severity=Severity.INFO,
    )
