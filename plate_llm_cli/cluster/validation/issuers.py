"""Whether those who issue certificates are there, and able to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from plate_llm_cli.cluster.messages import spoken
from plate_llm_cli.cluster.objects import Ref, condition, mapping, text
from plate_llm_cli.cluster.validation.complaints import NO_ISSUER, about, at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.cluster.validation.complaints import Complaint
    from plate_llm_cli.cluster.validation.site import Site
    from plate_llm_cli.graph.manifests import Manifest
    from plate_llm_cli.source.nodes import Route

_GROUP: Final = "cert-manager.io"
_ANNOTATED: Final = ("Ingress", "Gateway")


@dataclass(frozen=True, slots=True)
class _Issuer:
    """An issuer as an object names it, and where."""

    manifest: Manifest
    route: Route
    name: str
    kind: str
    group: str

    @property
    def namespace(self) -> str:
        """Where it has to be; '' for one of the cluster."""
        return "" if self.kind.startswith("Cluster") else self.manifest.namespace


def issuers(site: Site) -> Iterator[Complaint]:
    """Issuers that are named, and are not there or not ready."""
    for manifest in site.manifests:
        for issuer in _named(manifest):
            yield from _judged(site, issuer)


def _named(manifest: Manifest) -> Iterator[_Issuer]:
    if manifest.kind in _ANNOTATED:
        notes = mapping(manifest.plain, "metadata", "annotations")
        kind = text(notes, f"{_GROUP}/issuer-kind") or "Issuer"
        group = text(notes, f"{_GROUP}/issuer-group") or _GROUP
        for key, of, where in (
            (f"{_GROUP}/cluster-issuer", "ClusterIssuer", _GROUP),
            (f"{_GROUP}/issuer", kind, group),
        ):
            if name := text(notes, key):
                yield _Issuer(manifest, ("metadata", "annotations", key), name, of, where)
    elif manifest.kind == "Certificate" and manifest.api_version.startswith(f"{_GROUP}/"):
        reference: dict[str, Any] = mapping(manifest.plain, "spec", "issuerRef")
        kind, group = text(reference, "kind") or "Issuer", text(reference, "group") or _GROUP
        route = ("spec", "issuerRef", "name")
        if name := text(reference, "name"):
            yield _Issuer(manifest, route, name, kind, group)


def _judged(site: Site, issuer: _Issuer) -> Iterator[Complaint]:
    if site.makes(issuer.kind, issuer.namespace, issuer.name):
        return
    place = at(issuer.manifest, *issuer.route)
    where = f" in {issuer.namespace}" if issuer.namespace else ""
    versions = site.versions(issuer.group)
    if not versions:
        hint = "install cert-manager, with its CRDs" if issuer.group == _GROUP else ""
        message = f"there is no {issuer.kind} {issuer.name}{where}: nothing serves {issuer.group}"
        yield about(NO_ISSUER, place, message, hint)
        return
    look = site.look(Ref(versions[0], issuer.kind, issuer.namespace, issuer.name), place)
    if look.absent:
        message = f"there is no {issuer.kind} {issuer.name}{where}"
        yield about(NO_ISSUER, place, message, "no certificate comes before it is there")
    elif look.known:
        status, reason, said = condition(look.found, "Ready")
        if status != "True":
            why = ": ".join(word for word in (reason, said) if word) or "it has no condition Ready"
            message = f"{issuer.kind} {issuer.name}{where} is not ready: {spoken(why)}"
            hint = f"kubectl describe {issuer.kind.lower()} {issuer.name} shows more"
            yield about(NO_ISSUER, place, message, hint)
