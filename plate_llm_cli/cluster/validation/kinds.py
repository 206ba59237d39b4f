"""Whether the cluster knows the kinds that are deployed, and the APIs that controllers ask."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from plate_llm_cli.cluster.answers import missing_kind
from plate_llm_cli.cluster.objects import items, text
from plate_llm_cli.cluster.validation.complaints import NO_KIND, UNCHECKED, about, at
from plate_llm_cli.findings import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.cluster.validation.complaints import Complaint
    from plate_llm_cli.cluster.validation.site import Site
    from plate_llm_cli.graph.manifests import Manifest

_METRICS: Final = {
    "Resource": "metrics.k8s.io",
    "ContainerResource": "metrics.k8s.io",
    "Pods": "custom.metrics.k8s.io",
    "Object": "custom.metrics.k8s.io",
    "External": "external.metrics.k8s.io",
}
"""By type of metric the API that an autoscaler reads it from."""

_PROVIDERS: Final = {
    "metrics.k8s.io": "install metrics-server",
    "custom.metrics.k8s.io": "install an adapter, such as prometheus-adapter",
    "external.metrics.k8s.io": "install an adapter, such as KEDA",
}


def kinds(site: Site) -> Iterator[Complaint]:
    """Kinds that the cluster does not know, at the first object of each."""
    first: dict[tuple[str, str], Manifest] = {}
    for manifest in site.manifests:
        if manifest.api_version and manifest.kind:
            first.setdefault((manifest.api_version, manifest.kind), manifest)
    for (api_version, kind), manifest in first.items():
        if not site.api.has(api_version, kind):
            yield _unknown(site, manifest)


def _unknown(site: Site, manifest: Manifest) -> Complaint:
    api_version, kind = manifest.api_version, manifest.kind
    place = at(manifest, "apiVersion")
    if _is_brought(site, api_version, kind):
        message = f"{kind} cannot be tried: the tree brings its CRD, which is not there yet"
        return about(UNCHECKED, place, message, severity=Severity.INFO)
    group = api_version.rpartition("/")[0]
    served = [it for it in (site.versions(group) if group else ["v1"]) if site.api.has(it, kind)]
    if served:
        message = f"the cluster serves {kind} as {' and '.join(served)}, not as {api_version}"
        return about(NO_KIND, place, message, f"write apiVersion: {served[0]}")
    error = missing_kind(api_version, kind)
    return about(NO_KIND, place, error.message, error.hint or "install what brings its CRD")


def _is_brought(site: Site, api_version: str, kind: str) -> bool:
    group, _, version = api_version.rpartition("/")
    return any(
        text(item.plain, "spec", "group") == group
        and text(item.plain, "spec", "names", "kind") == kind
        and version in [text(it, "name") for it in items(item.plain, "spec", "versions")]
        for item in site.tree
        if item.kind == "CustomResourceDefinition"
    )


def metrics(site: Site) -> Iterator[Complaint]:
    """APIs of metrics that autoscalers read and that nothing serves."""
    for manifest in site.manifests:
        if manifest.kind == "HorizontalPodAutoscaler":
            for index, group in _read(manifest):
                if not site.versions(group):
                    route = ("spec", "metrics", index) if index is not None else ("spec",)
                    message = f"nothing serves {group}, which {manifest.name} scales by"
                    yield about(NO_KIND, at(manifest, *route), message, _PROVIDERS[group])


def _read(manifest: Manifest) -> Iterator[tuple[int | None, str]]:
    listed = items(manifest.plain, "spec", "metrics")
    for index, metric in enumerate(listed):
        if text(metric, "type") in _METRICS:
            yield index, _METRICS[text(metric, "type")]
    if not listed:
        yield None, _METRICS["Resource"]  # of the CPU, as is the default
