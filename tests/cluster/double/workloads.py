"""Plays the controllers of Deployments: ReplicaSets and Pods come and go with the template."""

from __future__ import annotations

import copy
import hashlib
import json
from typing import TYPE_CHECKING, Any

from tests.cluster.double.controllers import Controller
from tests.cluster.double.pod_states import PodState, running

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.cluster.double.cluster import Cluster
    from tests.cluster.double.store import Event, Object

_REVISION = "deployment.kubernetes.io/revision"


def deployment(
    name: str, namespace: str = "default", *, image: str = "web:1", replicas: int = 1, **spec: Any
) -> Object:
    """A small Deployment; `spec` is laid over its pod's."""
    labels = {"app.kubernetes.io/name": name}
    pod = {"containers": [{"name": name, "image": image}]} | spec
    template = {"metadata": {"labels": labels}, "spec": pod}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "namespace": namespace, "labels": labels},
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": labels},
            "template": template,
        },
    }


class Workloads(Controller):
    """The simulator; it starts at once.

    A roll-out takes the next of `states`, the last one again and again; `plan` gives a
    Deployment states of its own. It takes `pace` seconds until the pods are as the state says.
    """

    def __init__(self, cluster: Cluster, *states: PodState, pace: float = 0.01) -> None:
        super().__init__(cluster, "Deployment")
        self.pace = pace
        self._states: dict[str, Sequence[PodState]] = {"": states or (running(),)}
        self._rollouts: dict[tuple[str, str], list[str]] = {}
        self._generations: dict[tuple[str, str], int] = {}
        self.start()

    def plan(self, name: str, *states: PodState) -> None:
        """What befalls the pods of one Deployment, a roll-out a state."""
        self._states[name] = states

    def saw(self, event: Event) -> None:
        """React as the controllers do."""
        obj, metadata = event.object, event.object["metadata"]
        namespace, name = metadata["namespace"], metadata["name"]
        if event.change == "DELETED":
            self._remove("Pod", namespace, name)
            self._remove("ReplicaSet", namespace, name)
            return
        if self._generations.get((namespace, name)) == metadata["generation"]:
            return
        self._generations[namespace, name] = metadata["generation"]
        digest = _digest(obj["spec"]["template"])
        rollouts = self._rollouts.setdefault((namespace, name), [])
        if digest not in rollouts[-1:]:
            rollouts.append(digest)
        number = len(rollouts)
        self._roll_out(obj, digest, number)
        self.later(self.pace, lambda: self._settle(obj, digest, number))

    def _roll_out(self, obj: Object, digest: str, number: int) -> None:
        """Make the ReplicaSet and its pods, and say that it has begun."""
        metadata, spec = obj["metadata"], obj["spec"]
        namespace, name = metadata["namespace"], metadata["name"]
        full, labels = f"{name}-{digest}", {"pod-template-hash": digest}
        template = copy.deepcopy(spec["template"])
        template["metadata"]["labels"] |= labels
        if not self.cluster.exists("ReplicaSet", full, namespace):
            replica_set = _owned(obj, "apps/v1", "ReplicaSet", full)
            replica_set["metadata"]["annotations"] = {_REVISION: str(number)}
            replica_set["metadata"]["labels"] = template["metadata"]["labels"]
            selector = {"matchLabels": spec["selector"].get("matchLabels", {}) | labels}
            replicas = spec["replicas"]
            replica_set["spec"] = {"replicas": replicas, "selector": selector, "template": template}
            self.cluster.create(replica_set, manager="kube-controller-manager")
        owner = self.cluster.read("ReplicaSet", full, namespace)
        present = [pod["metadata"]["name"] for pod in self._owned_by("Pod", owner)]
        for count in range(len(present), spec["replicas"]):
            suffix = hashlib.sha256(f"{full}{count}".encode()).hexdigest()[:5]
            pod = _owned(owner, "v1", "Pod", f"{full}-{suffix}")
            pod["metadata"]["labels"] = template["metadata"]["labels"]
            pod["spec"] = template["spec"]
            self.cluster.create(pod, manager="kube-controller-manager")
        for extra in present[spec["replicas"] :]:
            self.cluster.delete("Pod", extra, namespace)
        annotations = {"metadata": {"annotations": {_REVISION: str(number)}}}
        manager = "kube-controller-manager"
        self.cluster.patch("Deployment", name, annotations, namespace, manager=manager)
        self._report(obj, updated=spec["replicas"], ready=0, reason="ReplicaSetUpdated")

    def _settle(self, obj: Object, digest: str, number: int) -> None:
        """Let the pods become what the state says; if they run, the old ones go."""
        namespace, name = obj["metadata"]["namespace"], obj["metadata"]["name"]
        current = self.cluster.read("Deployment", name, namespace)
        if current["metadata"]["generation"] != obj["metadata"]["generation"]:
            return
        states = self._states.get(name, self._states[""])
        state = states[min(number, len(states)) - 1]
        owner = self.cluster.read("ReplicaSet", f"{name}-{digest}", namespace)
        now = self.cluster.api.clock.text()
        for pod in self._owned_by("Pod", owner):
            status = state.status(pod, now)
            manager = "kubelet"
            self.cluster.set_status(
                "Pod", pod["metadata"]["name"], status, namespace, manager=manager
            )
            for reason, message, kind in state.events:
                self.cluster.event(pod, reason, message, kind=kind)
        replicas = obj["spec"]["replicas"]
        ready = replicas if state.ready else 0
        counts = {"replicas": replicas, "readyReplicas": ready, "availableReplicas": ready}
        self.cluster.set_status("ReplicaSet", owner["metadata"]["name"], counts, namespace)
        if state.ready:
            self._retire(obj, owner["metadata"]["name"])
        reason = "NewReplicaSetAvailable" if state.ready else "ReplicaSetUpdated"
        self._report(obj, updated=replicas, ready=ready, reason=reason)

    def _retire(self, obj: Object, newest: str) -> None:
        namespace = obj["metadata"]["namespace"]
        for owner in self._owned_by("ReplicaSet", obj):
            name = owner["metadata"]["name"]
            if name != newest:
                for pod in self._owned_by("Pod", owner):
                    self.cluster.delete("Pod", pod["metadata"]["name"], namespace)
                self.cluster.patch("ReplicaSet", name, {"spec": {"replicas": 0}}, namespace)
                self.cluster.set_status("ReplicaSet", name, {"replicas": 0}, namespace)

    def _report(self, obj: Object, *, updated: int, ready: int, reason: str) -> None:
        now, namespace = self.cluster.api.clock.text(), obj["metadata"]["namespace"]
        wanted = obj["spec"]["replicas"]
        old = [
            pod
            for owner in self._owned_by("ReplicaSet", obj)
            for pod in self._owned_by("Pod", owner)
        ]
        conditions = (
            ("Available", str(ready >= wanted), "MinimumReplicasAvailable"),
            ("Progressing", "True", reason),
        )
        status: Object = {
            "observedGeneration": obj["metadata"]["generation"],
            "replicas": len(old),
            "updatedReplicas": updated,
            "readyReplicas": ready,
            "availableReplicas": ready,
            "unavailableReplicas": max(wanted - ready, 0),
            "conditions": [
                {"type": kind, "status": is_so, "reason": why, "message": why}
                | {"lastUpdateTime": now, "lastTransitionTime": now}
                for kind, is_so, why in conditions
            ],
        }
        status = {name: value for name, value in status.items() if value != 0}
        manager = "kube-controller-manager"
        name = obj["metadata"]["name"]
        self.cluster.set_status("Deployment", name, status, namespace, manager=manager)

    def _owned_by(self, kind: str, owner: Object) -> list[Object]:
        uid = owner["metadata"]["uid"]
        found = self.cluster.objects(kind, owner["metadata"]["namespace"])
        return [one for one in found if uid in _owners(one)]

    def _remove(self, kind: str, namespace: str, name: str) -> None:
        for one in self.cluster.objects(kind, namespace):
            if one["metadata"]["name"].startswith(f"{name}-"):
                self.cluster.delete(kind, one["metadata"]["name"], namespace)


def _owners(obj: Object) -> list[str]:
    return [owner["uid"] for owner in obj["metadata"].get("ownerReferences") or ()]


def _owned(owner: Object, api_version: str, kind: str, name: str) -> Object:
    """The beginning of an object that belongs to another."""
    metadata = owner["metadata"]
    reference = {"apiVersion": owner["apiVersion"], "kind": owner["kind"], "controller": True}
    reference |= {"name": metadata["name"], "uid": metadata["uid"], "blockOwnerDeletion": True}
    about = {"name": name, "namespace": metadata["namespace"], "ownerReferences": [reference]}
    return {"apiVersion": api_version, "kind": kind, "metadata": about}


def _digest(template: Object) -> str:
    text = json.dumps(template, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:10]
