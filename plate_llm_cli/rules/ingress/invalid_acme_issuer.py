"""An ACME account or solver that will be refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from plate_llm_cli.findings import Severity
from plate_llm_cli.graph.secret_fields import at, mapping, text
from plate_llm_cli.rules.base import Defect, ManifestPlace, Rule
from plate_llm_cli.source.violations import near_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.graph.certificates import Issuer
    from plate_llm_cli.graph.deployment import Deployment
    from plate_llm_cli.source.nodes import Route

_RESERVED: Final = ("example.com", "example.net", "example.org")
_NEAR: Final = 0.8
"""`ngnix` is `nginx`; `traefik` is no slip of it."""
_WAYS: Final = ("ingressClassName", "class", "name")
_SOLVERS: Final[Route] = ("spec", "acme", "solvers")


class InvalidAcmeIssuer(Rule):
    """An ACME issuer has an account or solvers that are refused.

    ## What it does
    Looks at Issuers and ClusterIssuers of cert-manager for an address at `example.com`, which Let's
    Encrypt refuses, for missing solvers, and for a solver over HTTP01 whose class of Ingress is
    not there: an error where it is a slip, a warning where the tree makes other classes, and an
    info where Ingresses of the cluster have other classes only.

    ## Why is this bad?
    The account is not registered, or nobody answers the challenge: no certificate is issued.

    ## Example
    ```yaml
    kind: ClusterIssuer
    spec:
      acme:
        server: https://acme-v02.api.letsencrypt.org/directory
        email: you@example.com
    ```

    ## Use instead
    ```yaml
        email: platform@your-domain.net
        solvers:
          - http01:
              ingress:
                ingressClassName: nginx
    ```
    """

    id = "invalid-acme-issuer"
    severity = Severity.ERROR
    summary = "An ACME issuer has an account or solvers that are refused"

    def check(self, deployment: Deployment) -> Iterator[Defect]:
        """Everything that stops an ACME issuer."""
        for issuer in deployment.wiring.certificates.issuers:
            if issuer.acme is None:
                continue
            yield from _account(issuer)
            if not issuer.solvers:
                yield Defect(
                    ManifestPlace(issuer.manifest, _SOLVERS, absent="solvers" not in issuer.acme),
                    f"{issuer.label} has no solver: it answers no challenge",
                    "add a solver for HTTP01 or DNS01",
                )
            for index, solver in issuer.solvers:
                ingress = mapping(at(solver, "http01", "ingress"))
                base = (*_SOLVERS, index, "http01", "ingress")
                given = [key for key in _WAYS if text(ingress.get(key))]
                if len(given) > 1:
                    yield Defect(
                        ManifestPlace(issuer.manifest, (*base, given[1]), key=True),
                        f"a solver takes one of {' and '.join(given)}",
                        "take the other away",
                    )
                elif given and given[0] != "name":
                    wanted = text(ingress[given[0]])
                    yield from _class(issuer, (*base, given[0]), wanted, deployment)


def _account(issuer: Issuer) -> Iterator[Defect]:
    email = text(mapping(issuer.acme).get("email"))
    domain = email.rpartition("@")[2].lower()
    if "letsencrypt.org" in issuer.server and domain in _RESERVED:
        yield Defect(
            ManifestPlace(issuer.manifest, ("spec", "acme", "email")),
            f"Let's Encrypt refuses accounts of {domain}",
            "give an address that somebody reads",
        )


def _class(issuer: Issuer, route: Route, wanted: str, deployment: Deployment) -> Iterator[Defect]:
    cluster, wiring = issuer.place[0], deployment.wiring
    made = wiring.controllers.classes(cluster)
    used = {item.class_name for item in wiring.ingresses if item.place[0] == cluster} - {""}
    if wanted in made or wanted in used or not (made or used):
        return
    near = near_name(wanted, [*made, *used], _NEAR)
    if not near and not deployment.known.is_known(issuer.place):
        return
    if near:
        severity, help_text = None, f"did you mean {near}?"
    else:
        severity = Severity.WARNING if made else Severity.INFO
        help_text = f"Ingresses there have {', '.join(sorted({*made, *used}))}"
    yield Defect(
        ManifestPlace(issuer.manifest, route),
        f"nothing of the tree knows the class {wanted}, which has to serve the challenges",
        help_text,
        severity=severity,
    )
