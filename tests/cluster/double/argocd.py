"""Plays ArgoCD's application controller over the Applications of a cluster.

An Application that is created with automated sync, that gets an `operation`, or the annotation
`argocd.argoproj.io/refresh` is acted on as ArgoCD v3 does: the annotation and the operation go,
`operationState` follows the operation, and each look at the Application sets `reconciledAt`,
`sync.comparedTo` and `sync.revision`.
"""

from __future__ import annotations

import copy
import datetime
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.cluster.double.argocd_scripts import PACE, REVISION, Resource, Script, Step, success
from tests.cluster.double.controllers import Controller

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.cluster.double.cluster import Cluster
    from tests.cluster.double.store import Event, Key, Object

REFRESH = "argocd.argoproj.io/refresh"
_MANAGER = "argocd-controller"


@dataclass
class Plan:
    """What befalls an Application: a script a sync, the last one again and again."""

    syncs: list[Script] = field(default_factory=lambda: [success()])
    revisions: list[str] = field(default_factory=lambda: [REVISION])
    refreshes: bool = True
    ran: int = 0

    def next(self) -> tuple[Script, str]:
        """Script and revision of the next sync."""
        script = self.syncs[min(self.ran, len(self.syncs) - 1)]
        revision = self.revisions[min(self.ran, len(self.revisions) - 1)]
        self.ran += 1
        return script, revision


class ArgoCD(Controller):
    """The simulator; it starts at once. `resources` are those that every Application has.

    `scripts` and `revisions` are taken one a sync; `plans` gives single Applications, by name,
    others. `refreshes=False` leaves the refresh annotation where it is, as an overloaded
    controller does.
    """

    def __init__(
        self,
        cluster: Cluster,
        *scripts: Script,
        revisions: Sequence[str] = (REVISION,),
        resources: Sequence[Resource] = (Resource("Deployment", "web", "apps"),),
        refreshes: bool = True,
    ) -> None:
        super().__init__(cluster, "Application")
        self.resources = tuple(resources)
        self.plans: dict[str, Plan] = {}
        self._common = (list(scripts) or [success()], list(revisions), refreshes)
        self._running: set[Key] = set()
        self.start()

    def plan(self, name: str, *scripts: Script, **how: Any) -> None:
        """Give one Application scripts of its own; `how` are the fields of Plan."""
        self.plans[name] = Plan(list(scripts) or [success()], **how)

    def saw(self, event: Event) -> None:
        """React as the controller does."""
        if event.change == "DELETED":
            return
        metadata = event.object["metadata"]
        key = (metadata["namespace"], metadata["name"])
        app = self._current(key)
        if app is None or key in self._running:
            return
        plan = self._plan(key)
        policy = (app["spec"].get("syncPolicy") or {}).get("automated")
        automated = policy is not None and policy.get("enabled", True)
        changed = _was_compared(app) and _compared(app) != app["status"]["sync"]["comparedTo"]
        if app.get("operation") or (automated and (event.change == "ADDED" or changed)):
            self._sync(key, app, plan)
        elif REFRESH in (metadata.get("annotations") or {}) and plan.refreshes:
            self.later(PACE, lambda: self._refresh(key))

    def _plan(self, key: Key) -> Plan:
        if key[1] not in self.plans:
            scripts, revisions, refreshes = self._common
            self.plans[key[1]] = Plan(scripts, revisions, refreshes)
        return self.plans[key[1]]

    def _sync(self, key: Key, app: Object, plan: Plan) -> None:
        script, revision = plan.next()
        if not script:
            return
        self._running.add(key)
        automatic: Object = {"initiatedBy": {"automated": True}, "sync": {"revision": revision}}
        operation = app.get("operation") or automatic
        run = Run(self, key, operation, revision)
        due = 0.0
        for step in script:
            due += step.after
            self.later(due, lambda step=step: run.take(step))  # type: ignore[misc]
        self.later(due, lambda: self._running.discard(key))
        self.later(due, lambda: self._again(key))

    def _again(self, key: Key) -> None:
        """Look once more at what was asked for while a sync ran."""
        app = self._current(key)
        if app is None:
            return
        if app.get("operation"):
            self._sync(key, app, self._plan(key))
        elif REFRESH in (app["metadata"].get("annotations") or {}) and self._plan(key).refreshes:
            self._refresh(key)

    def _refresh(self, key: Key) -> None:
        app = self._current(key)
        if app is None or REFRESH not in (app["metadata"].get("annotations") or {}):
            return
        status = app.get("status") or {}
        revision = (status.get("sync") or {}).get("revision", REVISION)
        self.look(key, {}, revision)

    def _current(self, key: Key) -> Object | None:
        resource = self.cluster.resource("Application")
        return self.cluster.api.store.find(resource.id, key)

    def look(self, key: Key, status: Object, revision: str, *, reconciled: bool = True) -> None:
        """Write a status after a look at the Application, and take the annotation away."""
        with self.cluster.api.store.changed:
            app = self._current(key)
            if app is None:
                return
            if reconciled:
                status = _over(app.get("status") or {}, status)
                status["reconciledAt"] = self.cluster.api.clock.text()
                status["sync"] = {"status": "Unknown"} | (status.get("sync") or {})
                status["sync"] |= {"comparedTo": _compared(app), "revision": revision}
            patch: Object = {"status": status, "operation": None}
            patch["metadata"] = {"annotations": {REFRESH: None}}
            self.cluster.patch("Application", key[1], patch, key[0], manager=_MANAGER)


@dataclass
class Run:
    """One operation as it goes on."""

    simulator: ArgoCD
    key: Key
    operation: Object
    revision: str
    started: str = ""

    def take(self, step: Step) -> None:
        """Do what a step says."""
        cluster, (namespace, name) = self.simulator.cluster, self.key
        if step.removed:
            cluster.delete("Application", name, namespace)
            return
        app = cluster.read("Application", name, namespace)
        status = self._status(app, step)
        self.simulator.look(self.key, status, self.revision, reconciled=step.reconciled)

    def _status(self, app: Object, step: Step) -> Object:
        now = self.simulator.cluster.api.clock.text()
        old: Object = app.get("status") or {}
        status: Object = {}
        if step.sync:
            status["sync"] = {"status": step.sync}
        health = step.health or (old.get("health") or {}).get("status", "Missing")
        sync = step.sync or (old.get("sync") or {}).get("status", "OutOfSync")
        if step.health:
            status["health"] = {"status": step.health, "lastTransitionTime": now}
            status["health"] |= {"message": step.health_message} if step.health_message else {}
        if step.conditions is not None:
            status["conditions"] = [
                {"type": kind, "message": message, "lastTransitionTime": now}
                for kind, message in step.conditions
            ]
        if step.phase:
            status["operationState"] = self._state(app, step, now)
        listed = step.resources if step.resources is not None else self.simulator.resources
        place = app["spec"]["destination"].get("namespace", "")
        own = step.resources is not None
        status["resources"] = [
            one.listed(place) if own else one.listed(place, health, sync)
            for one in listed
            if not one.hook
        ]
        status["sourceType"] = "Helm"
        status["summary"] = {"images": ["registry.example.com/web:1.0"]}
        if step.phase == "Succeeded":
            status["history"] = self._history(app, now)
        return status

    def _state(self, app: Object, step: Step, now: str) -> Object:
        self.started = self.started or now
        listed = step.resources if step.resources is not None else self.simulator.resources
        state: Object = {"operation": self.operation, "phase": step.phase}
        state |= {"message": step.message, "startedAt": self.started}
        place = app["spec"]["destination"].get("namespace", "")
        result: Object = {"revision": self.revision, "source": app["spec"].get("source", {})}
        result["resources"] = [one.result(place) for one in listed]
        state |= {"syncResult": result, "retryCount": 0}
        ended = step.phase in {"Succeeded", "Failed", "Error"}
        return state | ({"finishedAt": now} if ended else {})

    def _history(self, app: Object, now: str) -> list[Object]:
        before: list[Object] = list((app.get("status") or {}).get("history") or ())
        number = before[-1]["id"] + 1 if before else 0
        entry: Object = {"id": number, "revision": self.revision, "deployedAt": now}
        entry["deployStartedAt"] = self.started or now
        sync = self.operation.get("sync") or {}
        for name in ("source", "sources"):
            if name in sync or name in app["spec"]:
                entry[name] = sync.get(name, app["spec"].get(name))
        entry["initiatedBy"] = self.operation.get("initiatedBy") or {}
        return [*before, entry][-app["spec"].get("revisionHistoryLimit", 10) :]


def _compared(app: Object) -> Object:
    """What `sync.comparedTo` holds of a specification."""
    names = ("source", "sources", "destination", "ignoreDifferences")
    return {name: app["spec"][name] for name in names if name in app["spec"]}


def _was_compared(app: Object) -> bool:
    return "comparedTo" in ((app.get("status") or {}).get("sync") or {})


def _over(old: Object, new: Object) -> Object:
    """A status with the parts of `new`; only `sync` is merged."""
    result = copy.deepcopy(old) | new
    if "sync" in new:
        result["sync"] = (old.get("sync") or {}) | new["sync"]
    return result


def status(
    app: Object,
    *,
    sync: str = "Synced",
    health: str = "Healthy",
    at: datetime.datetime | None = None,
    **more: Any,
) -> Object:
    """A status as ArgoCD would have left it at a time, for an Application set up with one."""
    moment = at or datetime.datetime.now(datetime.UTC)
    return {
        "health": {"status": health},
        "reconciledAt": moment.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "sync": {"status": sync, "revision": REVISION, "comparedTo": _compared(app)},
    } | more
