"""What becomes of a pod, in the words of kubelet and scheduler."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.cluster.double.store import Object


@dataclass(frozen=True)
class PodState:
    """How a pod is: its containers' state, the events about it (reason, message, type)."""

    phase: str = "Running"
    ready: bool = True
    state: Sequence[tuple[str, Any]] = (("running", {}),)
    last: Sequence[tuple[str, Any]] = ()
    restarts: int = 0
    unschedulable: str = ""
    events: Sequence[tuple[str, str, str]] = ()

    def status(self, pod: Object, now: str) -> Object:
        """The pod's status."""
        ready = str(self.ready)
        conditions = [_condition("PodScheduled", now, message=self.unschedulable)]
        if not self.unschedulable:
            conditions += [
                _condition("Initialized", now),
                _condition("ContainersReady", now, ready),
                _condition("Ready", now, ready),
            ]
        status: Object = {"phase": self.phase, "conditions": conditions}
        if not self.unschedulable:
            containers = pod["spec"]["containers"]
            status["startTime"] = now
            status["containerStatuses"] = [self._container(one, now) for one in containers]
        return status

    def _container(self, container: Object, now: str) -> Object:
        name = container["name"]
        started = self.state[0][0] == "running"
        state = {kind: _timed(kind, about, now) for kind, about in self.state}
        return {
            "name": name,
            "image": container["image"],
            "imageID": f"{container['image']}@sha256:{'0' * 64}" if started else "",
            "containerID": f"containerd://{name}" if started else "",
            "ready": self.ready,
            "started": started,
            "restartCount": self.restarts,
            "state": state,
            "lastState": {kind: _timed(kind, about, now) for kind, about in self.last},
        }


def _timed(kind: str, about: Object, now: str) -> Object:
    if kind == "running":
        return {"startedAt": now} | about
    return about | ({"startedAt": now, "finishedAt": now} if kind == "terminated" else {})


def _condition(kind: str, now: str, status: str = "True", message: str = "") -> Object:
    condition = {"type": kind, "status": status, "lastTransitionTime": now}
    if message:
        condition |= {"status": "False", "reason": "Unschedulable", "message": message}
    return condition


def running(restarts: int = 0) -> PodState:
    """All is well."""
    return PodState(restarts=restarts)


def not_ready() -> PodState:
    """It runs, and its readiness probe fails."""
    message = "Readiness probe failed: HTTP probe failed with statuscode: 503"
    return PodState(ready=False, events=(("Unhealthy", message, "Warning"),))


def crash_looping(
    exit_code: int = 1, reason: str = "Error", restarts: int = 5, message: str = ""
) -> PodState:
    """It ends again and again."""
    waiting = {"reason": "CrashLoopBackOff", "message": "back-off 5m0s restarting failed container"}
    ended: Object = {"exitCode": exit_code, "reason": reason}
    ended |= {"message": message} if message else {}
    back_off = ("BackOff", "Back-off restarting failed container", "Warning")
    return PodState(
        ready=False,
        state=(("waiting", waiting),),
        last=(("terminated", ended),),
        restarts=restarts,
        events=(back_off,),
    )


def out_of_memory(restarts: int = 3) -> PodState:
    """It takes more memory than it may, again and again."""
    return crash_looping(137, "OOMKilled", restarts)


def recovered_from_memory(restarts: int = 2) -> PodState:
    """It runs, after it once took more memory than it may."""
    ended = {"exitCode": 137, "reason": "OOMKilled"}
    return PodState(last=(("terminated", ended),), restarts=restarts)


def image_pull_fails(
    message: str = "failed to resolve reference: not found", reason: str = "ImagePullBackOff"
) -> PodState:
    """Its image cannot be had."""
    waiting = {"reason": reason, "message": f"Back-off pulling image: {message}"}
    failed = ("Failed", f"Failed to pull image: {message}", "Warning")
    return PodState("Pending", ready=False, state=(("waiting", waiting),), events=(failed,))


def config_error(message: str = 'secret "web-secrets" not found') -> PodState:
    """A Secret, a ConfigMap or a key of one is missing."""
    waiting = {"reason": "CreateContainerConfigError", "message": message}
    failed = ("Failed", f"Error: {message}", "Warning")
    return PodState("Pending", ready=False, state=(("waiting", waiting),), events=(failed,))


def unschedulable(
    message: str = "0/3 nodes are available: 3 Insufficient memory.",
) -> PodState:
    """No node takes it."""
    failed = ("FailedScheduling", message, "Warning")
    return PodState("Pending", ready=False, state=(), unschedulable=message, events=(failed,))


def creating() -> PodState:
    """It is being made."""
    waiting = {"reason": "ContainerCreating"}
    return PodState("Pending", ready=False, state=(("waiting", waiting),))
