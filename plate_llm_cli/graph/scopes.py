"""Which kinds belong to the cluster and not to a namespace."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from plate_llm_cli.graph.secret_fields import at, text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_OF_CLUSTER: Final = frozenset(
    {
        ("", "Namespace"),
        ("", "Node"),
        ("", "PersistentVolume"),
        ("admissionregistration.k8s.io", "MutatingAdmissionPolicy"),
        ("admissionregistration.k8s.io", "MutatingAdmissionPolicyBinding"),
        ("admissionregistration.k8s.io", "MutatingWebhookConfiguration"),
        ("admissionregistration.k8s.io", "ValidatingAdmissionPolicy"),
        ("admissionregistration.k8s.io", "ValidatingAdmissionPolicyBinding"),
        ("admissionregistration.k8s.io", "ValidatingWebhookConfiguration"),
        ("apiextensions.k8s.io", "CustomResourceDefinition"),
        ("apiregistration.k8s.io", "APIService"),
        ("certificates.k8s.io", "CertificateSigningRequest"),
        ("certificates.k8s.io", "ClusterTrustBundle"),
        ("flowcontrol.apiserver.k8s.io", "FlowSchema"),
        ("flowcontrol.apiserver.k8s.io", "PriorityLevelConfiguration"),
        ("gateway.networking.k8s.io", "GatewayClass"),
        ("networking.k8s.io", "IngressClass"),
        ("networking.k8s.io", "IPAddress"),
        ("networking.k8s.io", "ServiceCIDR"),
        ("node.k8s.io", "RuntimeClass"),
        ("rbac.authorization.k8s.io", "ClusterRole"),
        ("rbac.authorization.k8s.io", "ClusterRoleBinding"),
        ("resource.k8s.io", "DeviceClass"),
        ("resource.k8s.io", "ResourceSlice"),
        ("scheduling.k8s.io", "PriorityClass"),
        ("snapshot.storage.k8s.io", "VolumeSnapshotClass"),
        ("snapshot.storage.k8s.io", "VolumeSnapshotContent"),
        ("storage.k8s.io", "CSIDriver"),
        ("storage.k8s.io", "CSINode"),
        ("storage.k8s.io", "StorageClass"),
        ("storage.k8s.io", "VolumeAttachment"),
        ("storage.k8s.io", "VolumeAttributesClass"),
    }
)
"""`kubectl api-resources --namespaced=false` of Kubernetes 1.34, the Gateway API and snapshots."""
_BUILT_IN: Final = frozenset(
    {
        "coordination.k8s.io",
        "discovery.k8s.io",
        "events.k8s.io",
        "networking.k8s.io",
        "rbac.authorization.k8s.io",
        "storage.k8s.io",
    }
)
"""Groups of Kubernetes itself with kinds that belong to a namespace."""
_SAYS_SO: Final = re.compile(r"Cluster[A-Z]")
_MISLEADING: Final = frozenset({("cluster.x-k8s.io", "ClusterClass")})


def scopes_of(crds: Iterable[object]) -> dict[tuple[str, str], str]:
    """By group and kind the scope that CustomResourceDefinitions give it."""
    specs = [at(crd, "spec") for crd in crds]
    return {
        (text(at(spec, "group")), text(at(spec, "names", "kind"))): text(at(spec, "scope"))
        for spec in specs
    }


def known_scope(group: str, kind: str, scopes: Mapping[tuple[str, str], str]) -> str:
    """`Cluster` or `Namespaced`; '' for a custom kind whose CRD is not among `scopes`."""
    found = scopes.get((group, kind))
    if found or (group, kind) in _OF_CLUSTER:
        return found or "Cluster"
    of_kubernetes = "." not in group or group in _BUILT_IN
    return "Namespaced" if of_kubernetes or group == "argoproj.io" else ""


def of_cluster(
    group: str, kind: str, scopes: Mapping[tuple[str, str], str] = MappingProxyType({})
) -> bool:
    """Whether a kind is cluster-scoped; `scopes` is what the CRDs of the tree say.

    Of a kind that nobody knows its name decides, which is what the field goes by: ClusterIssuer.
    """
    known = scopes.get((group, kind))
    if known is not None:
        return known == "Cluster"
    if (group, kind) in _OF_CLUSTER:
        return True
    custom = "." in group and not group.endswith(".k8s.io")
    misleading = (group, kind) in _MISLEADING
    return custom and not misleading and _SAYS_SO.match(kind) is not None
