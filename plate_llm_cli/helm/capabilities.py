"""The API versions that a cluster has beside those that Helm takes for granted.

Helm's own list names groups and versions only, so that `.Capabilities.APIVersions.Has
"policy/v1/PodDisruptionBudget"` is false offline and true under ArgoCD, which passes every
`group/version` and `group/version/Kind` of the cluster (`--api-versions`). Charts that ask so
would render for a cluster that nobody has.
"""

from __future__ import annotations

import re
from functools import cache

_SINCE: dict[int, dict[str, str]] = {
    25: {
        "admissionregistration.k8s.io/v1": (
            "MutatingWebhookConfiguration ValidatingWebhookConfiguration"
        ),
        "apiextensions.k8s.io/v1": "CustomResourceDefinition",
        "apiregistration.k8s.io/v1": "APIService",
        "apps/v1": "ControllerRevision DaemonSet Deployment ReplicaSet StatefulSet",
        "autoscaling/v1": "HorizontalPodAutoscaler",
        "autoscaling/v2": "HorizontalPodAutoscaler",
        "batch/v1": "CronJob Job",
        "certificates.k8s.io/v1": "CertificateSigningRequest",
        "coordination.k8s.io/v1": "Lease",
        "discovery.k8s.io/v1": "EndpointSlice",
        "events.k8s.io/v1": "Event",
        "networking.k8s.io/v1": "Ingress IngressClass NetworkPolicy",
        "node.k8s.io/v1": "RuntimeClass",
        "policy/v1": "PodDisruptionBudget",
        "rbac.authorization.k8s.io/v1": "ClusterRole ClusterRoleBinding Role RoleBinding",
        "scheduling.k8s.io/v1": "PriorityClass",
        "storage.k8s.io/v1": "CSIDriver CSINode CSIStorageCapacity StorageClass VolumeAttachment",
        "v1": (
            "ConfigMap Endpoints Event LimitRange Namespace Node PersistentVolume "
            "PersistentVolumeClaim Pod PodTemplate ReplicationController ResourceQuota Secret "
            "Service ServiceAccount"
        ),
    },
    29: {"flowcontrol.apiserver.k8s.io/v1": "FlowSchema PriorityLevelConfiguration"},
    30: {
        "admissionregistration.k8s.io/v1": (
            "ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding"
        )
    },
    33: {"networking.k8s.io/v1": "IPAddress ServiceCIDR"},
    34: {
        "resource.k8s.io/v1": "DeviceClass ResourceClaim ResourceClaimTemplate ResourceSlice",
        "storage.k8s.io/v1": "VolumeAttributesClass",
    },
    36: {
        "admissionregistration.k8s.io/v1": "MutatingAdmissionPolicy MutatingAdmissionPolicyBinding"
    },
    37: {"storagemigration.k8s.io/v1": "StorageVersionMigration"},
}
"""Stable kinds by the minor version of Kubernetes that first served them (25: or before)."""

_MINOR = re.compile(r"v?1\.(\d+)")


@cache
def core_api_versions(kube_version: str) -> tuple[str, ...]:
    """What a cluster of `kube_version` serves in stable versions, as ArgoCD names it to Helm.

    Each version, `apps/v1`, is followed by its kinds, `apps/v1/Deployment`. A version that is no
    Kubernetes version has none.
    """
    match = _MINOR.match(kube_version)
    minor = int(match[1]) if match else 0
    found: dict[str, None] = {}
    for since, groups in _SINCE.items():
        if since <= minor:
            for version, kinds in groups.items():
                found[version] = None
                found.update(dict.fromkeys(f"{version}/{kind}" for kind in kinds.split()))
    return tuple(found)
