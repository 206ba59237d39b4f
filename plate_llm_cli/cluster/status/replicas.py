"""How far a roll-out is, by what the controller has written down.

Source: `kubectl rollout status`, `k8s.io/kubectl/pkg/polymorphichelpers/rollout_status.go`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from plate_llm_cli.cluster.messages import spoken
from plate_llm_cli.cluster.objects import condition, number, text, value
from plate_llm_cli.cluster.status.item import Level, Problem, Root
from plate_llm_cli.cluster.workloads import is_observed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.cluster.objects import Object


@dataclass(frozen=True, slots=True)
class Replicas:
    """Pods of a workload: wanted, of the present template, ready, available, and all there are."""

    wanted: int
    updated: int
    ready: int
    available: int
    total: int

    @property
    def complete(self) -> bool:
        """Whether all are of the present template, and up."""
        return (
            self.updated >= self.wanted
            and self.available >= self.wanted
            and self.total <= self.updated
        )


_FIELDS: Final = {
    "DaemonSet": (
        "updatedNumberScheduled",
        "numberReady",
        "numberAvailable",
        "currentNumberScheduled",
    ),
}
_USUAL: Final = ("updatedReplicas", "readyReplicas", "availableReplicas", "replicas")


def replicas_of(workload: Object) -> Replicas:
    """The numbers of a Deployment, StatefulSet or DaemonSet."""
    kind = text(workload, "kind")
    if kind == "DaemonSet":
        wanted = number(workload, "status", "desiredNumberScheduled")
    else:
        said = value(workload, "spec", "replicas")
        wanted = said if isinstance(said, int) else 1
    counts = [number(workload, "status", name) for name in _FIELDS.get(kind, _USUAL)]
    return Replicas(wanted, *counts)


def problems_of(workload: Object) -> Iterator[Problem]:
    """What the workload itself says; the reasons are with its pods."""
    if text(workload, "metadata", "deletionTimestamp"):
        yield Problem(Level.FAILING, Root.ROLL_OUT, "it is being deleted")
    elif not is_observed(workload):  # its numbers are of before
        made = number(workload, "metadata", "generation")
        seen = number(workload, "status", "observedGeneration")
        said = f"generation {made}, seen {seen}"
        advice = "is the controller manager of the cluster up?"
        text_ = f"the last change is not taken up yet ({said})"
        yield Problem(Level.WAITING, Root.ROLL_OUT, text_, advice)
    else:
        yield from _of_progress(workload)


def _of_progress(workload: Object) -> Iterator[Problem]:
    status, _, message = condition(workload, "ReplicaFailure")
    if status == "True":
        advice = "kubectl describe quota, and the admission rules of the namespace"
        what = f"pods are refused: {spoken(message)}"
        yield Problem(Level.FAILING, Root.PLACEMENT, what, advice)
    replicas = replicas_of(workload)
    if value(workload, "spec", "paused") is True and not replicas.complete:
        advice = f"kubectl rollout resume deployment {text(workload, 'metadata', 'name')}"
        yield Problem(Level.WAITING, Root.ROLL_OUT, "the roll-out is paused", advice)
    elif replicas.wanted == 0:
        yield Problem(Level.NOTE, Root.ROLL_OUT, "scaled to no replica at all")
    elif not replicas.complete:
        yield _incomplete(workload, replicas)


def _incomplete(workload: Object, replicas: Replicas) -> Problem:
    _, reason, _ = condition(workload, "Progressing")
    if reason == "ProgressDeadlineExceeded":
        seconds = number(workload, "spec", "progressDeadlineSeconds") or 600
        stuck = f"the roll-out is stuck: no progress within {seconds} s"
        return Problem(Level.FAILING, Root.ROLL_OUT, stuck)
    if replicas.updated < replicas.wanted:
        missing = f"{replicas.updated} of {replicas.wanted} are of the new revision"
        return Problem(Level.WAITING, Root.ROLL_OUT, missing)
    if replicas.available < replicas.wanted:
        lacking = f"{replicas.available} of {replicas.wanted} are available"
        # Set when the last roll-out came up: this is no roll-out, but something that broke.
        broke = reason == "NewReplicaSetAvailable"
        return Problem(Level.FAILING if broke else Level.WAITING, Root.NOT_READY, lacking)
    left = replicas.total - replicas.updated
    return Problem(Level.WAITING, Root.ROLL_OUT, f"{left} of the old revision still to end")
