"""Custom resources of which an operator makes objects that no file shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from plate_llm_cli.graph.secret_uses import place_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from plate_llm_cli.graph.manifests import Manifest
    from plate_llm_cli.graph.secret_uses import ClusterNamespace

_IDLE_GROUPS: Final = frozenset(
    {
        *("apps", "batch", "autoscaling", "policy", "argoproj.io", "cert-manager.io", "keda.sh"),
        *("external-secrets.io", "generators.external-secrets.io", "bitnami.com", "traefik.io"),
        *("networking.istio.io", "security.istio.io", "telemetry.istio.io", "kyverno.io"),
        *("traefik.containo.us", "monitoring.coreos.com", "cilium.io", "policy.linkerd.io"),
        *("linkerd.io", "configuration.konghq.com", "secrets.hashicorp.com"),
    }
)
"""Groups of kinds that configure what is there, and make no Service."""
_OPERATED: Final = {
    "prometheus-operated": "Prometheus",
    "alertmanager-operated": "Alertmanager",
    "thanos-ruler-operated": "ThanosRuler",
}
"""Services of one name for all objects of a kind."""


def maker_of(name: str, place: ClusterNamespace, manifests: Iterable[Manifest]) -> Manifest | None:
    """The custom resource in `place` whose operator may make the Service `name`.

    Operators call what they make like their resource, or put something behind its name.
    """
    for item in manifests:
        if place_of(item) != place:
            continue
        if _OPERATED.get(name) == item.kind:
            return item
        named = item.name != "" and f"{name}-".startswith(f"{item.name}-")
        if named and _is_operated(item):
            return item
    return None


def makes_pods(place: ClusterNamespace, manifests: Iterable[Manifest]) -> bool:
    """Whether `place` has a custom resource of which an operator may make pods."""
    return any(
        place_of(item) == place and (item.kind in _OPERATED.values() or _is_operated(item))
        for item in manifests
    )


def _is_operated(manifest: Manifest) -> bool:
    group = manifest.api_version.rpartition("/")[0]
    if group == "argoproj.io" and manifest.kind == "ArgoCD":
        return True
    return "." in group and not group.endswith("k8s.io") and group not in _IDLE_GROUPS
