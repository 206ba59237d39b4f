"""What befalls an Application while ArgoCD syncs it, step by step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.cluster.double.store import Object


@dataclass(frozen=True)
class Resource:
    """One resource of an Application; without a namespace it is in the destination's."""

    kind: str
    name: str
    group: str = ""
    version: str = "v1"
    namespace: str = ""
    status: str = "Synced"
    health: str = "Healthy"
    health_message: str = ""
    message: str = ""
    hook: str = ""
    hook_phase: str = ""

    def listed(self, destination: str, health: str = "", status: str = "") -> Object:
        """The entry of `status.resources`."""
        entry: Object = self._identity(destination) | {"status": status or self.status}
        said = {"message": self.health_message} if self.health_message else {}
        return entry | {"health": {"status": health or self.health} | said}

    def result(self, destination: str) -> Object:
        """The entry of `status.operationState.syncResult.resources`."""
        entry: Object = self._identity(destination)
        entry |= {"status": self.status, "message": self.message, "syncPhase": "Sync"}
        if self.hook:
            entry |= {"hookType": self.hook, "syncPhase": self.hook}
        return entry | {"hookPhase": self.hook_phase or "Running"}

    def _identity(self, destination: str) -> dict[str, str]:
        named = {"group": self.group, "version": self.version, "kind": self.kind}
        named |= {"namespace": self.namespace or destination, "name": self.name}
        return {name: value for name, value in named.items() if value}


@dataclass(frozen=True)
class Step:
    """What the controller sees `after` seconds; "" leaves a thing as it is.

    `reconciled=False` changes the status without a look at the Application (a stale status);
    `conditions` replaces them; `removed` deletes the Application.
    """

    after: float = 0.0
    sync: str = ""
    health: str = ""
    phase: str = ""
    message: str = ""
    health_message: str = ""
    conditions: Sequence[tuple[str, str]] | None = None
    resources: Sequence[Resource] | None = None
    reconciled: bool = True
    removed: bool = False


Script = tuple[Step, ...]

PACE = 0.01  # seconds between two steps
REVISION = "1" * 40


def success(pace: float = PACE) -> Script:
    """Synced, then Healthy."""
    return (
        Step(pace, sync="OutOfSync", health="Missing"),
        Step(pace, phase="Running", message="one or more tasks are running"),
        Step(pace, "Synced", "Progressing", "Succeeded", "successfully synced (all tasks run)"),
        Step(pace, health="Healthy"),
    )


def failed_operation(
    message: str = "one or more objects failed to apply", resources: Sequence[Resource] = ()
) -> Script:
    """The operation fails; `resources` are those of its result."""
    condition = ("SyncError", f"Failed last sync attempt to [{REVISION}]: {message}")
    return (
        Step(PACE, sync="OutOfSync", health="Missing", phase="Running"),
        Step(PACE, phase="Failed", message=message, conditions=(condition,), resources=resources),
    )


def comparison_error(message: str = "Failed to load target state: no such chart") -> Script:
    """ArgoCD cannot work out what should be there."""
    error = (("ComparisonError", message),)
    return (Step(PACE, sync="Unknown", health="Healthy", conditions=error),)


def degraded(message: str = "", resources: Sequence[Resource] = ()) -> Script:
    """Synced, and Degraded from then on."""
    last = Step(PACE, health="Degraded", health_message=message, resources=tuple(resources) or None)
    return (*success()[:3], last)


def stuck() -> Script:
    """Synced, and Progressing for ever."""
    return success()[:3]


def stale() -> Script:
    """The controller never looks: whatever the status said before stays."""
    return ()


def deleted() -> Script:
    """The Application goes away while it is synced."""
    return (*success()[:2], Step(PACE, removed=True))


def recovered() -> Script:
    """Degraded for a moment, then Healthy."""
    return (*success()[:3], Step(PACE, health="Degraded"), Step(PACE, health="Healthy"))
