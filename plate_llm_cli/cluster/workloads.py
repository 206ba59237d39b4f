"""Deployments and their like in the cluster: which pods are of which, and of which revision."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from plate_llm_cli.cluster.objects import Object, Ref, Selection, items, mapping, number, text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from plate_llm_cli.cluster.api import Api

KINDS: Final = {
    "Deployment": "apps/v1",
    "StatefulSet": "apps/v1",
    "DaemonSet": "apps/v1",
    "Job": "batch/v1",
}
"""Kinds that have pods, with the version in which they are read."""

REVISION: Final = "deployment.kubernetes.io/revision"
"""The annotation that numbers the revisions of a Deployment, and its ReplicaSets by them."""


@dataclass(slots=True, eq=False)
class Owned:
    """What runs in one namespace, read once: the pods of a workload are those that it owns."""

    pods: list[Object]
    replica_sets: list[Object] = field(default_factory=list)

    @classmethod
    def read(cls, api: Api, namespace: str) -> Owned:
        """Every pod and ReplicaSet of `namespace`.

        Raises:
            ForbiddenError, ClusterError: they may not be read, or the API server is gone.
        """
        selection = Selection(namespace)
        return cls(api.find("v1", "Pod", selection), api.find("apps/v1", "ReplicaSet", selection))

    def sets_of(self, deployment: Object) -> list[Object]:
        """The ReplicaSets of a Deployment, the newest first."""
        found = [item for item in self.replica_sets if is_owned(item, deployment)]
        return sorted(found, key=_revision, reverse=True)

    def pods_of(self, workload: Object) -> list[Object]:
        """Every pod of a workload, those of older revisions included."""
        owners = [workload, *self.sets_of(workload)]
        return [pod for pod in self.pods if any(is_owned(pod, owner) for owner in owners)]

    def newest_of(self, workload: Object) -> list[Object]:
        """The pods that the workload's present template made: on their way up, or meant to stay."""
        if text(workload, "kind") == "Deployment":
            newest = self.sets_of(workload)[:1]
            return [pod for pod in self.pods if newest and is_owned(pod, newest[0])]
        return [pod for pod in self.pods if is_owned(pod, workload) and _is_updated(pod, workload)]


def is_owned(obj: Object, owner: Object) -> bool:
    """Whether `owner` controls `obj`."""
    uid = text(owner, "metadata", "uid")
    return bool(uid) and any(
        text(item, "uid") == uid and item.get("controller") is True
        for item in items(obj, "metadata", "ownerReferences")
    )


def is_observed(workload: Object) -> bool:
    """Whether its controller has seen its present template; its pods may be of the one before."""
    generation = number(workload, "metadata", "generation")
    return number(workload, "status", "observedGeneration") >= generation or (
        text(workload, "kind") == "Job"  # they do not say
    )


def workload_refs(refs: Iterable[Ref]) -> list[Ref]:
    """Those of `refs` that have pods, in the version in which they are read."""
    return [
        Ref(KINDS[ref.kind], ref.kind, ref.namespace, ref.name) for ref in refs if ref.kind in KINDS
    ]


def _revision(replica_set: Object) -> int:
    said = mapping(replica_set, "metadata", "annotations").get(REVISION, "")
    return int(said) if isinstance(said, str) and said.isdecimal() else 0


def _is_updated(pod: Object, workload: Object) -> bool:
    """Whether a pod of a StatefulSet is of the revision that it updates to; others do not say."""
    wanted = text(workload, "status", "updateRevision")
    has = text(pod, "metadata", "labels", "controller-revision-hash")
    return not wanted or not has or wanted == has
