"""Whether what a pod names is made by the tree, and if not, who else may make it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from plate_llm_cli.graph.external import declare
from plate_llm_cli.graph.references import references_of
from plate_llm_cli.graph.secret_fields import at, mapping, mappings, text
from plate_llm_cli.graph.secret_uses import place_of
from plate_llm_cli.source.violations import near_name, slip_of

if TYPE_CHECKING:
    from plate_llm_cli.graph.deployment import Deployment
    from plate_llm_cli.graph.manifests import Manifest
    from plate_llm_cli.graph.references import Reference

_NAME: Final = re.compile(r"[a-z0-9]([-a-z0-9.]*[a-z0-9])?")
_BY_CLUSTER: Final = {
    "ConfigMap": re.compile(
        r"kube-root-ca\.crt|istio-ca-root-cert|openshift-service-ca\.crt|openshift-.*|"
        r"linkerd-identity-trust-roots|extension-apiserver-authentication|cluster-info|"
        r"kube-proxy|kubeadm-config|kubelet-config.*|coredns|aws-auth|"
        r"rook-ceph-mon-endpoints|rook-config-override"
    ),
    "ServiceAccount": re.compile(r"default|builder|deployer|pipeline"),
    "PersistentVolumeClaim": re.compile(r"(?!)"),
}
"""What Kubernetes, its distributions, meshes and operators put into namespaces by themselves."""
_MAKERS: Final = {
    "ConfigMap": frozenset({"Bundle"}),  # trust-manager's
    "PersistentVolumeClaim": frozenset({"DataVolume", "ReplicationDestination"}),
    "ServiceAccount": frozenset[str](),
}
"""Kinds of operators that make an object of their own name."""
_COPIED: Final = (
    "reflector.v1.k8s.emberstack.com/",
    "replicator.v1.mittwald.de/",
    "kubed.appscode.com/",
)
"""Annotations that have an object copied into other namespaces."""


@dataclass(frozen=True, slots=True)
class Absence:
    """Something is not there. `certain`: the tree itself was to make it, nobody else will."""

    help: str
    certain: bool


class Absences:
    """What pods refer to, and which of it nothing makes."""

    def __init__(self, deployment: Deployment) -> None:
        self._deployment = deployment

    @cached_property
    def references(self) -> list[Reference]:
        """Every reference of a pod to a ConfigMap, a claim or an account."""
        found = references_of(self._deployment.wiring.workloads)
        return [item for item in found if _NAME.fullmatch(item.name)]

    @cached_property
    def _used(self) -> frozenset[tuple[str, str, str, str]]:
        by_pods = {(*item.place, item.kind, item.name) for item in self.references}
        by_operators = {
            (*place_of(item), "ServiceAccount", text(at(item.plain, "spec", "serviceAccountName")))
            for item in self._deployment.manifests
        }
        return frozenset(by_pods | by_operators)

    @cached_property
    def _claims(self) -> frozenset[tuple[str, str, str]]:
        """The claims that StatefulSets make, without the number of the pod."""
        return frozenset(
            (*place_of(item), f"{text(at(claim, 'metadata', 'name'))}-{item.name}")
            for item in self._deployment.manifests
            if item.kind == "StatefulSet"
            for _, claim in mappings(at(item.plain, "spec", "volumeClaimTemplates"))
        )

    def found(self, reference: Reference) -> Manifest | None:
        """The object that is meant, if the tree has it."""
        return self._deployment.wiring.find(reference.place, reference.kind, reference.name)

    def of(self, reference: Reference) -> Absence | None:
        """Why there will be no such object; None where there is one, or may well be."""
        if self.found(reference) is not None or self._is_made(reference):
            return None
        if self._deployment.external.has(reference.kind, reference.place[1], reference.name):
            return None
        if not self._deployment.known.is_known(reference.place):
            return None
        return self._judged(reference)

    def _is_made(self, reference: Reference) -> bool:
        if _BY_CLUSTER[reference.kind].fullmatch(reference.name):
            return True
        claim = reference.name.rpartition("-")
        if claim[2].isdecimal() and (*reference.place, claim[0]) in self._claims:
            return True
        makers = _MAKERS[reference.kind]
        return any(
            item.kind in makers and item.name == reference.name
            for item in self._deployment.manifests
        )

    def _judged(self, reference: Reference) -> Absence:
        kind, namespace = reference.kind, reference.place[1]
        names = self._deployment.wiring.names(reference.place, kind)
        own = [item for item in self._same_kind(reference) if self._is_own(item, reference)]
        unused = [
            item.name
            for item in own
            if (*reference.place, kind, item.name) not in self._used and not _is_collected(item)
        ]
        near = slip_of(reference.name, names) or near_name(reference.name, unused)
        if near:
            return Absence(f"did you mean {near}?", certain=True)
        elsewhere = self._elsewhere(reference)
        if elsewhere:
            return Absence(
                f"it is in namespace {elsewhere}, which pods of {namespace} cannot use",
                certain=True,
            )
        if own and (_is_named_after(reference) or (unused and kind == "ServiceAccount")):
            made = ", ".join(item.name for item in own)
            return Absence(f"what the same release makes is {made}", certain=True)
        return Absence(declare(kind, namespace, reference.name), certain=False)

    def _same_kind(self, reference: Reference) -> list[Manifest]:
        return [item for item in self._deployment.manifests if item.kind == reference.kind]

    def _is_own(self, item: Manifest, reference: Reference) -> bool:
        workload = reference.workload
        return item.release is workload.manifest.release and place_of(item) == workload.place

    def _elsewhere(self, reference: Reference) -> str:
        """Another namespace of the cluster that has it, unless something copies it from there."""
        there = [
            item
            for item in self._same_kind(reference)
            if item.name == reference.name and place_of(item)[0] == reference.place[0]
        ]
        if any(_is_copied(item) for item in there):
            return ""
        return there[0].namespace if there else ""


def _is_copied(manifest: Manifest) -> bool:
    annotations = mapping(at(manifest.plain, "metadata", "annotations"))
    return any(name.startswith(_COPIED) for name in annotations)


def _is_collected(manifest: Manifest) -> bool:
    """Whether a label has a sidecar find it, as dashboards are found: no pod has to name it."""
    return any(
        name.startswith("grafana_") for name in mapping(at(manifest.plain, "metadata", "labels"))
    )


def _is_named_after(reference: Reference) -> bool:
    """Whether its name begins with that of the workload or of the release, as in charts."""
    manifest = reference.workload.manifest
    release = manifest.chart.part.release_name if manifest.chart else ""
    owners = {manifest.name, release} - {""}
    return any(reference.name == name or reference.name.startswith(f"{name}-") for name in owners)
