"""The cluster: whether it answers, what we may do there, and what is installed in it."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from plate_llm_cli.cluster.argocd.application import API_VERSION
from plate_llm_cli.cluster.objects import Ref, Selection, items, mapping, text
from plate_llm_cli.errors import ForbiddenError, MissingKindError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from plate_llm_cli.cluster.api import Api
    from plate_llm_cli.doctor.checks import Findings
    from plate_llm_cli.graph.manifests import Manifest

_MINOR: Final = re.compile(r"v?(\d+)\.(\d+)")
_SKEW: Final = 60
"""Seconds between two clocks from which on tokens and certificates may be taken for others."""
_EXTERNAL_SECRETS: Final = ("ExternalSecret", "ClusterExternalSecret")

RIGHTS: Final = (
    ("argocd apply", "argocd", "create patch", API_VERSION, "Application"),
    ("argocd wait", "argocd", "get watch", API_VERSION, "Application"),
    ("argocd sync", "argocd", "get watch patch", API_VERSION, "Application"),
    ("diff --against live", "workloads", "get patch", "apps/v1", "Deployment"),
    ("status", "workloads", "list", "apps/v1", "Deployment"),
    ("status", "workloads", "list", "apps/v1", "ReplicaSet"),
    ("status", "workloads", "list", "v1", "Pod"),
    ("status", "workloads", "list", "v1", "Event"),
    ("status", "workloads", "list", "networking.k8s.io/v1", "Ingress"),
    ("secrets check --live", "workloads", "list", "external-secrets.io/v1", "ExternalSecret"),
    ("secrets check --live", "workloads", "get", "v1", "Secret"),
    ("secrets rotate --sync", "workloads", "patch", "external-secrets.io/v1", "ExternalSecret"),
    ("secrets rotate --restart", "workloads", "patch", "apps/v1", "Deployment"),
)
"""By command: the cluster, the verbs, and the kind that it needs them for."""


def look_at_server(found: Findings, api: Api, checked_for: str) -> None:
    """Version and clock; `checked_for` is the version that validate checks against."""
    running = api.version()
    theirs, ours = _MINOR.match(running), _MINOR.match(checked_for)
    where = f"{api.connection.address}, Kubernetes {running}"
    if theirs and ours and theirs.groups() != ours.groups():
        minor = ".".join(theirs.groups())
        advice = f'kubernetes-version = "{minor}" in [tool.plate-llm] checks against what runs'
        found.warn("API server", f"{where}; validate checks against {ours[0]}", advice)
    else:
        found.ok("API server", where)
    if api.connection.clock is not None:
        behind = (datetime.now(UTC) - api.connection.clock).total_seconds()
        if abs(behind) > _SKEW:
            said = f"this machine's is {abs(behind):.0f} s {'ahead' if behind > 0 else 'behind'}"
            found.warn("clock", said, "tokens and certificates are judged by it: set it right")


def look_at_rights(found: Findings, clusters: dict[str, tuple[Api, str]]) -> None:
    """What each command needs, against what we may; `clusters` have the namespace beside them."""
    lacking: dict[str, list[str]] = {}
    for command, cluster, verbs, api_version, kind in RIGHTS:
        api, namespace = clusters[cluster]
        ref = Ref(api_version, kind, namespace, "")
        missing = lacking.setdefault(command, [])
        with suppress(MissingKindError):  # another line says that it is not installed
            denied = [verb for verb in verbs.split() if not api.may(verb, ref)]
            missing += [f"{', '.join(denied)} {kind} in {namespace}"] if denied else []
    for command, missing in lacking.items():
        if missing:
            found.warn(command, f"may not {'; '.join(missing)}", "ask who runs the cluster for it")
        else:
            found.ok(command, "allowed")


def look_at_argocd(found: Findings, api: Api, namespace: str) -> None:
    """Whether ArgoCD is there, and which version."""
    for kind in ("Application", "AppProject"):
        if not api.has(API_VERSION, kind):
            found.fail("ArgoCD", f"the cluster knows no {kind}", "install ArgoCD with its CRDs")
            return
    version = _running(api, namespace, "argocd-application-controller", "StatefulSet", "Deployment")
    found.ok("ArgoCD", version or f"its CRDs are there; what runs in {namespace} is not visible")


def look_at_external_secrets(found: Findings, api: Api, manifests: Iterable[Manifest]) -> None:
    """Whether External Secrets is there, in the API versions that `manifests` use."""
    used = sorted({item.api_version for item in manifests if item.kind in _EXTERNAL_SECRETS})
    for version in used:
        if not api.has(version, "ExternalSecret"):
            advice = "install the operator, or use the version that it serves"
            found.fail("External Secrets", f"the cluster does not serve {version}", advice)
            return
    version = _running(api, "", "external-secrets", "Deployment")
    if version or used:
        found.ok("External Secrets", version or f"serves {', '.join(used)}")
    else:
        found.skip("External Secrets", "no ExternalSecret is rendered")


def _running(api: Api, namespace: str, name: str, *kinds: str) -> str:
    """The image of the workload called `name`, without its registry; '' where it is not seen."""
    labels = f"app.kubernetes.io/name={name}"
    for kind in kinds:
        with suppress(ForbiddenError):
            for item in api.find("apps/v1", kind, Selection(namespace, labels)):
                containers = items(mapping(item, "spec", "template", "spec"), "containers")
                image = text(containers[0], "image") if containers else ""
                return image.partition("@")[0].rpartition("/")[2]
    return ""
