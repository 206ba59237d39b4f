"""A certificate that is asked of an issuer who is not there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from plate_llm_cli.findings import Severity
from plate_llm_cli.graph.external import declare
from plate_llm_cli.rules.base import Defect, ManifestPlace, Rule
from plate_llm_cli.source.violations import near_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.graph.certificates import CertificateRequest, Issuer, IssuerName
    from plate_llm_cli.graph.deployment import Deployment

_NEAR: Final = 0.82
"""`letsencrypt` is meant to be `letsencrypt-prod`; `letsencrypt-dns` may be another issuer."""


class MissingIssuer(Rule):
    """An Ingress or a Certificate names an issuer that the tree does not make.

    ## What it does
    Looks for the Issuer, in the same namespace, or the ClusterIssuer that a Certificate or an
    annotation names, where the tree makes issuers for that cluster at all. It is an error where
    one of nearly that name is there, or one of that name of the other kind or in another
    namespace. Otherwise it may be made elsewhere, and is an info.

    ## Why is this bad?
    No certificate comes. Browsers warn of the controller's own.

    ## Example
    ```yaml
    kind: ClusterIssuer
    metadata:
      name: letsencrypt-prod
    ---
    kind: Ingress
    metadata:
      annotations:
        cert-manager.io/issuer: letsencrypt-prod
    ```

    ## Use instead
    ```yaml
    kind: Ingress
    metadata:
      annotations:
        cert-manager.io/cluster-issuer: letsencrypt-prod
    ```
    """

    id = "missing-issuer"
    severity = Severity.ERROR
    summary = "An Ingress or Certificate names an issuer that the tree does not make"
    asks_external = ("ClusterIssuer", "Issuer")

    def check(self, deployment: Deployment) -> Iterator[Defect]:
        """Every issuer that is not there, once for each object that names it."""
        certificates, seen = deployment.wiring.certificates, set()
        for asked in certificates.requests:
            named = asked.issuer
            if named is None or not named.is_ours or (id(asked.manifest), named) in seen:
                continue
            seen.add((id(asked.manifest), named))
            others = [item for item in certificates.issuers if item.place[0] == asked.place[0]]
            missing = certificates.issuer(asked) is None
            if not missing or deployment.external.has(named.kind, asked.place[1], named.name):
                continue
            if others and deployment.known.is_known(asked.place):
                yield _defect(asked, named, others)


def _defect(asked: CertificateRequest, named: IssuerName, others: list[Issuer]) -> Defect:
    reached = [
        item
        for item in others
        if item.manifest.kind == "ClusterIssuer" or item.place == asked.place
    ]
    same = [item for item in others if item.manifest.name == named.name]
    near = near_name(
        named.name,
        [item.manifest.name for item in reached if item.manifest.kind == named.kind],
        _NEAR,
    )
    where = "" if named.kind == "ClusterIssuer" else f" in namespace {asked.place[1]}"
    if same and same[0] in reached:
        help_text = f"{same[0].label} is there: name that kind"
    elif same:
        help_text = f"{same[0].label} is in namespace {same[0].place[1]}, where it serves alone"
    elif near:
        help_text = f"did you mean {near}?"
    else:
        help_text = declare(named.kind, asked.place[1], named.name)
    other = same[0] if same else next((i for i in reached if i.manifest.name == near), None)
    return Defect(
        ManifestPlace(asked.manifest, named.route),
        f"there is no {named.kind} {named.name}{where}",
        help_text,
        related=((ManifestPlace(other.manifest, ("metadata", "name")), other.label),)
        if other
        else (),
        severity=None if other else Severity.INFO,
    )
