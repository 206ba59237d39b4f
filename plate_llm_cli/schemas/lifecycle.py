"""When a kind came to Kubernetes and when it went, so far as the schemas and one table tell."""

from __future__ import annotations

import json
import re
from functools import cache

from plate_llm_cli.schemas.versions import known_versions, parse_minor, schema_folder

_WORD = re.compile(r"[A-Za-z0-9]{1,100}")
_API_VERSION = re.compile(r"(?:([a-z0-9.-]{1,253})/)?(v[a-z0-9]{1,20})")

# APIs that were gone before the oldest schemas, from the Kubernetes documentation:
# kubernetes.io/docs/reference/using-api/deprecation-guide/
_GONE: dict[str, dict[str, str]] = {
    "1.16": {
        "apps/v1beta1": "Deployment ReplicaSet StatefulSet",
        "apps/v1beta2": "DaemonSet Deployment ReplicaSet StatefulSet",
        "extensions/v1beta1": "DaemonSet Deployment NetworkPolicy PodSecurityPolicy ReplicaSet",
    },
    "1.22": {
        "admissionregistration.k8s.io/v1beta1": (
            "MutatingWebhookConfiguration ValidatingWebhookConfiguration"
        ),
        "apiextensions.k8s.io/v1beta1": "CustomResourceDefinition",
        "apiregistration.k8s.io/v1beta1": "APIService",
        "authentication.k8s.io/v1beta1": "TokenReview",
        "authorization.k8s.io/v1beta1": (
            "LocalSubjectAccessReview SelfSubjectAccessReview SubjectAccessReview"
        ),
        "certificates.k8s.io/v1beta1": "CertificateSigningRequest",
        "coordination.k8s.io/v1beta1": "Lease",
        "extensions/v1beta1": "Ingress",
        "networking.k8s.io/v1beta1": "Ingress IngressClass",
        "rbac.authorization.k8s.io/v1beta1": "ClusterRole ClusterRoleBinding Role RoleBinding",
        "scheduling.k8s.io/v1beta1": "PriorityClass",
        "storage.k8s.io/v1beta1": "CSIDriver CSINode StorageClass VolumeAttachment",
    },
    "1.25": {
        "autoscaling/v2beta1": "HorizontalPodAutoscaler",
        "batch/v1beta1": "CronJob",
        "discovery.k8s.io/v1beta1": "EndpointSlice",
        "events.k8s.io/v1beta1": "Event",
        "node.k8s.io/v1beta1": "RuntimeClass",
        "policy/v1beta1": "PodDisruptionBudget PodSecurityPolicy",
    },
}


def removed_in(api_version: str, kind: str, version: str) -> str | None:
    """The minor version that dropped an API which `version` no longer has, or None."""
    known = known_versions()
    position = known.index(version)
    for before, after in zip(known[position - 1 :: -1], known[position:0:-1], strict=False):
        if has_kind(before, api_version, kind):
            return after
    for gone, apis in _GONE.items():
        if kind in apis.get(api_version, "").split() and parse_minor(gone) <= parse_minor(version):
            return gone
    return None


def arrives_in(api_version: str, kind: str, version: str) -> str | None:
    """The first minor version after `version` that has the API, or None."""
    known = known_versions()
    later = known[known.index(version) + 1 :]
    return next((minor for minor in later if has_kind(minor, api_version, kind)), None)


def leaves_in(api_version: str, kind: str, version: str) -> str | None:
    """The first minor version after `version` without an API that `version` has, or None."""
    known = known_versions()
    later = known[known.index(version) + 1 :]
    if not later or has_kind(later[-1], api_version, kind):
        return None
    return next(minor for minor in later if not has_kind(minor, api_version, kind))


@cache
def has_kind(version: str, api_version: str, kind: str) -> bool:
    """Whether the schemas of `version` have the kind; asks its one small file, not the big one."""
    match = _API_VERSION.fullmatch(api_version)
    if match is None or not _WORD.fullmatch(kind):
        return False
    group, api = match[1] or "", match[2]
    short = f"{group.split('.')[0]}-" if group else ""
    try:
        text = (schema_folder(version) / f"{kind.lower()}-{short}{api}.json").read_bytes()
    except OSError:
        return False
    named = json.loads(text).get("x-kubernetes-group-version-kind", ())
    return {"group": group, "kind": kind, "version": api} in named
