"""Which object of a cluster something is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeAlias

from plate_llm_cli.graph.differences.changes import ObjectIdentity
from plate_llm_cli.graph.manifests import Manifest

if TYPE_CHECKING:
    from collections.abc import Mapping

KubernetesObject: TypeAlias = "Manifest | Mapping[str, Any]"
"""A manifest of a release, or an object as the API server has it."""

_OF_CLUSTER: Final = frozenset(
    (
        "APIService",
        "CSIDriver",
        "CSINode",
        "CertificateSigningRequest",
        "ClusterExternalSecret",
        "ClusterGenerator",
        "ClusterIssuer",
        "ClusterPushSecret",
        "ClusterRole",
        "ClusterRoleBinding",
        "ClusterSecretStore",
        "ClusterTrustBundle",
        "ClusterWorkflowTemplate",
        "CustomResourceDefinition",
        "DeviceClass",
        "FlowSchema",
        "GatewayClass",
        "IPAddress",
        "IngressClass",
        "MutatingAdmissionPolicy",
        "MutatingAdmissionPolicyBinding",
        "MutatingWebhookConfiguration",
        "Namespace",
        "Node",
        "PersistentVolume",
        "PriorityClass",
        "PriorityLevelConfiguration",
        "ResourceSlice",
        "RuntimeClass",
        "ServiceCIDR",
        "StorageClass",
        "ValidatingAdmissionPolicy",
        "ValidatingAdmissionPolicyBinding",
        "ValidatingWebhookConfiguration",
        "VolumeAttachment",
        "VolumeAttributesClass",
    )
)
"""Kinds without a namespace: `kubectl api-resources --namespaced=false` of Kubernetes 1.34, and
those of cert-manager, External Secrets, Argo and the Gateway API."""


def identity_of(obj: KubernetesObject) -> ObjectIdentity:
    """Group, kind, namespace and name. A manifest is in its release's namespace by default."""
    plain = plain_object(obj)
    meta = plain.get("metadata")
    meta = meta if isinstance(meta, dict) else {}
    group = str(plain.get("apiVersion") or "").rpartition("/")[0]
    kind = str(plain.get("kind") or "")
    namespace = obj.namespace if isinstance(obj, Manifest) else meta.get("namespace")
    name = meta.get("name") or (f"{meta['generateName']}*" if meta.get("generateName") else "")
    place = "" if kind in _OF_CLUSTER else str(namespace or "")
    return ObjectIdentity(place, kind, str(name), group)


def plain_object(obj: KubernetesObject) -> dict[str, Any]:
    """The object as data."""
    return obj.plain if isinstance(obj, Manifest) else dict(obj)
