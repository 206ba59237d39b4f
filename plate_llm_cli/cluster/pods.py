"""What keeps a pod from being ready: container by container, with the likely cause."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import IntEnum
from typing import TYPE_CHECKING, Any, Final

from plate_llm_cli.cluster.objects import condition, items, mapping, moment, number, text
from plate_llm_cli.cluster.pod_ends import OUT_OF_MEMORY, end_cause, start_cause
from plate_llm_cli.cluster.pod_messages import (
    Cause,
    config_cause,
    mount_cause,
    placement_cause,
    pull_cause,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from plate_llm_cli.cluster.objects import Object


class Sort(IntEnum):
    """What kind of trouble it is; the lower, the nearer to the root of what else is wrong."""

    IMAGE = 1
    CONFIG = 2
    CRASH = 3
    PLACEMENT = 4
    NOT_READY = 5
    ENDING = 6
    PAST = 7
    """It runs again, and may do so another time."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something wrong with a container, or with the pod, where `container` is ''."""

    container: str
    what: str
    """As Kubernetes calls it: OOMKilled, ImagePullBackOff, Unschedulable."""
    cause: str
    advice: str
    sort: Sort
    restarts: int = 0
    exit_code: int | None = None
    """Of the end before; None where the container did not end."""
    terminal: bool = False
    """Whether it stays so until somebody changes something; else it may end, if not soon."""


_PULL: Final = frozenset({"ErrImagePull", "ImagePullBackOff", "RegistryUnavailable"})
_NEVER: Final = {
    "InvalidImageName": Cause("no image can have this name", "correct image.repository, image.tag"),
    "ErrImageNeverPull": Cause(
        "imagePullPolicy is Never, and the node has no such image", "let it be pulled"
    ),
}
_STARTING: Final = frozenset({"", "ContainerCreating", "PodInitializing"})
_PATIENCE: Final = timedelta(seconds=60)
"""After its grace period, a pod that is still there is stuck."""


def troubles(pod: Object, now: datetime | None = None, heard: Sequence[str] = ()) -> list[Trouble]:
    """What is wrong with `pod`, the nearest to the root first; nothing where it is well.

    `now` is the cluster's time; without it nothing counts as taking too long. `heard` are the
    messages of Warning events about the pod, newest first: the status names a cause not always.
    """
    if text(pod, "status", "phase") == "Succeeded":
        return []
    if ends := moment(pod, "metadata", "deletionTimestamp"):
        late = now is not None and now - ends > _PATIENCE
        return [_stuck(pod)] if late else []
    found = [*_of_pod(pod), *_of_containers(pod, heard)]
    return sorted(found, key=lambda trouble: trouble.sort)


def _stuck(pod: Object) -> Trouble:
    held = mapping(pod, "metadata").get("finalizers")
    cause = "finalizers hold it" if held else "its node does not end it"
    advice = "is its node up? kubectl get nodes"
    return Trouble("", "Terminating", cause, "" if held else advice, Sort.ENDING)


def _of_pod(pod: Object) -> Iterator[Trouble]:
    status, reason, message = condition(pod, "PodScheduled")
    if status == "False" and reason == "Unschedulable":
        cause = placement_cause(message)
        yield Trouble("", reason, cause.text, cause.advice, Sort.PLACEMENT)
    elif status == "False" and reason == "SchedulingGated":
        yield Trouble("", reason, "a scheduling gate holds it", "", Sort.PLACEMENT)
    why = text(pod, "status", "reason")
    if text(pod, "status", "phase") == "Failed" and why:
        yield Trouble("", why, _EVICTIONS.get(why, "the node ended it"), "", Sort.PLACEMENT)


_EVICTIONS: Final = {
    "Evicted": "its node ran short of memory or disk",
    "NodeLost": "its node is gone",
    "Preempting": "a pod of higher priority took its place",
    "Preempted": "a pod of higher priority took its place",
    "DeadlineExceeded": "it ran longer than activeDeadlineSeconds",
    "NodeAffinity": "its node no longer has the labels that it asks for",
    "UnexpectedAdmissionError": "its node could not give what it asked for",
}


def _of_containers(pod: Object, heard: Sequence[str]) -> Iterator[Trouble]:
    for group, statuses in _GROUPS:
        by_name = {text(spec, "name"): spec for spec in items(pod, "spec", group)}
        for status in items(pod, "status", statuses):
            spec = by_name.get(text(status, "name"), {})
            seen = _Container(pod, spec, status, heard, is_init=group == "initContainers")
            if trouble := seen.trouble():
                yield trouble


_GROUPS: Final = (
    ("initContainers", "initContainerStatuses"),
    ("containers", "containerStatuses"),
)


@dataclass(frozen=True, slots=True, eq=False)
class _Container:
    """One container of a pod with its status."""

    pod: Object
    spec: Object
    status: Object
    heard: Sequence[str]
    is_init: bool

    def trouble(self) -> Trouble | None:
        """What is wrong with it, if anything is."""
        if "waiting" in mapping(self.status, "state"):
            return self._waiting(mapping(self.status, "state", "waiting"))
        if ended := mapping(self.status, "state", "terminated"):
            return self._ended(ended, Sort.CRASH) if self._counts(ended) else None
        return self._running()

    def _counts(self, ended: Object) -> bool:
        """Whether an end is one too many: init containers and those of Jobs are to end well."""
        never = text(self.pod, "spec", "restartPolicy") != "Always"
        return number(ended, "exitCode") != 0 or not (self.is_init or never)

    def _waiting(self, waiting: Object) -> Trouble | None:
        reason, message = text(waiting, "reason"), text(waiting, "message")
        last = mapping(self.status, "lastState", "terminated")
        if reason in _NEVER:
            return self._made(reason, _NEVER[reason], Sort.IMAGE, terminal=True)
        if reason in _PULL:
            return self._made(reason, self._pull(message), Sort.IMAGE)
        if reason == "CreateContainerConfigError":
            cause = config_cause(message)
            return self._made(reason, cause, Sort.CONFIG, terminal=cause.terminal)
        if reason == "CrashLoopBackOff" and last:
            return self._ended(last, Sort.CRASH)
        if reason in _STARTING:
            return self._ended(last, Sort.CRASH) if last else self._unmounted()
        return self._made(reason, start_cause(message), Sort.CRASH)

    def _pull(self, message: str) -> Cause:
        named = [text(item, "name") for item in items(self.pod, "spec", "imagePullSecrets")]
        image = text(self.spec, "image")
        about = [said for said in self.heard if image and image in said]
        return pull_cause([message, *about], [name for name in named if name])

    def _unmounted(self) -> Trouble | None:
        said = next((text for text in self.heard if "MountVolume" in text), "")
        return self._made("FailedMount", mount_cause(said), Sort.CONFIG) if said else None

    def _running(self) -> Trouble | None:
        last = mapping(self.status, "lastState", "terminated")
        ready = self.status.get("ready") is True
        if self.is_init and "restartPolicy" not in self.spec:
            return None  # at its work
        if ready:
            ill = last and (text(last, "reason") == OUT_OF_MEMORY or number(last, "exitCode"))
            return self._ended(last, Sort.PAST) if ill else None
        if last:
            return self._ended(last, Sort.CRASH)
        probe = "startupProbe" if self.status.get("started") is False else "readinessProbe"
        if probe not in self.spec:
            return None  # kubelet has not looked yet
        cause = Cause(f"its {probe} does not succeed", "kubectl logs shows what it waits for")
        return self._made("NotReady", cause, Sort.NOT_READY)

    def _ended(self, ended: Object, sort: Sort) -> Trouble:
        waiting = text(self.status, "state", "waiting", "reason")
        code, reason = number(ended, "exitCode"), text(ended, "reason")
        cause = end_cause(ended, text(self.spec, "resources", "limits", "memory"))
        looped = waiting == "CrashLoopBackOff" and reason != OUT_OF_MEMORY
        return self._made(waiting if looped else reason or "Error", cause, sort, exit_code=code)

    def _made(self, what: str, cause: Cause, sort: Sort, **more: Any) -> Trouble:
        name, restarts = text(self.status, "name"), number(self.status, "restartCount")
        return Trouble(name, what, cause.text, cause.advice, sort, restarts, **more)
