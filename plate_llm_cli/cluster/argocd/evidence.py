"""Why an Application does not come up: its objects, the containers of its pods, and events."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from plate_llm_cli.cluster.argocd.waiting import Doubt
from plate_llm_cli.cluster.events import warnings_about
from plate_llm_cli.cluster.objects import Ref
from plate_llm_cli.cluster.pods import Sort, troubles
from plate_llm_cli.cluster.workloads import Owned, is_observed, workload_refs
from plate_llm_cli.errors import ClusterError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from plate_llm_cli.cluster.api import Api
    from plate_llm_cli.cluster.argocd.application import LiveApplication, Resource
    from plate_llm_cli.cluster.events import EventLine
    from plate_llm_cli.cluster.objects import Object
    from plate_llm_cli.cluster.pods import Trouble

_WELL = frozenset(("", "Healthy", "Synced", "Pruned"))
_STUBBORN = (Sort.IMAGE, Sort.CONFIG)
"""What seldom ends by itself: an image may yet be pushed, a Secret yet be made."""

_MANY_RESTARTS = 3
_MOST = 10
"""Of each sort; the rest says the same."""


@dataclass(frozen=True, slots=True)
class Hindrance:
    """An object that ArgoCD could not bring up, with its state and what is said of it."""

    ref: Ref
    state: str
    message: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was found; `notes` say what could not be looked at."""

    objects: tuple[Hindrance, ...] = ()
    troubles: tuple[tuple[Ref, Trouble], ...] = ()
    events: tuple[EventLine, ...] = ()
    notes: tuple[str, ...] = ()


def gather(api: Api, app: LiveApplication | None) -> Evidence:
    """Look around `app` in the cluster of its workloads; what cannot be read becomes a note."""
    if app is None:
        return Evidence()
    notes: list[str] = []
    owned = _Look(api, app, notes)
    pods = owned.pods()
    refs = [resource.ref for resource in app.resources] + [Ref.of(pod) for pod in pods]
    refs += [Ref.of(item) for item in owned.replica_sets]
    events = owned.events(refs)
    return Evidence(
        tuple(_hindrances(app))[:_MOST],
        tuple(_troubles(pods, events, app.ref.name))[:_MOST],
        tuple(events[:_MOST]),
        tuple(dict.fromkeys(notes)),
    )


def doubt(api: Api, app: LiveApplication) -> Doubt | None:
    """Why the pods will hardly run as they are; None when they may, or cannot be looked at."""
    for ref, trouble in _troubles(_Look(api, app, []).pods(), (), app.ref.name):
        if trouble.terminal or trouble.sort in _STUBBORN or trouble.restarts >= _MANY_RESTARTS:
            advice = f"; {trouble.advice}" if trouble.advice else ""
            reason = f"{ref}: {trouble.what}: {trouble.cause}{advice}"
            return Doubt(reason, certain=trouble.terminal)
    return None


@dataclass(slots=True, eq=False)
class _Look:
    """One look into the namespace that an Application deploys to."""

    api: Api
    app: LiveApplication
    notes: list[str]
    replica_sets: tuple[Object, ...] = ()

    def pods(self) -> list[Object]:
        """The pods that its present templates made."""
        refs = workload_refs(resource.ref for resource in self.app.resources)
        if not refs:
            return []
        found: list[Object] = []
        try:
            for namespace in dict.fromkeys(ref.namespace for ref in refs):
                owned = Owned.read(self.api, namespace)
                for ref in refs:
                    workload = self.api.get(ref) if ref.namespace == namespace else None
                    if workload is not None and is_observed(workload):
                        found += owned.newest_of(workload)
                        self.replica_sets += tuple(owned.sets_of(workload)[:1])
        except ClusterError as error:
            self.notes.append(error.message)
        return found

    def events(self, refs: list[Ref]) -> list[EventLine]:
        """The warnings about `refs`."""
        found: list[EventLine] = []
        try:
            for namespace in dict.fromkeys(ref.namespace for ref in refs if ref.namespace):
                found += warnings_about(self.api, namespace, refs)
        except ClusterError as error:
            self.notes.append(error.message)
        return found


def _hindrances(app: LiveApplication) -> Iterator[Hindrance]:
    """What failed in the sync, then what is not healthy, then what is not as Git has it."""
    operation, seen = app.operation, set()
    failed = [item for item in operation.results if item.sync not in _WELL] if operation else []
    unwell = [item for item in app.resources if item.health not in _WELL]
    behind = [item for item in app.resources if item.sync not in _WELL]
    states = [(item, item.sync) for item in failed if operation and operation.failed]
    states += [(item, item.health) for item in unwell] + [(item, item.sync) for item in behind]
    for item, state in states:
        if item.ref not in seen:
            seen.add(item.ref)
            yield Hindrance(item.ref, state, _said(item))


def _said(item: Resource) -> str:
    return item.message or ("Git no longer has it" if item.requires_pruning else "")


def _troubles(
    pods: Iterable[Object], events: Iterable[EventLine], env: str
) -> Iterator[tuple[Ref, Trouble]]:
    """Each thing that is wrong once: replicas of one pod have the same troubles."""
    seen: set[tuple[str, str, str]] = set()
    heard = [event for event in events if event.about.kind == "Pod"]
    for pod in pods:
        ref = Ref.of(pod)
        messages = [event.message for event in heard if event.about.name == ref.name]
        for trouble in troubles(pod, heard=messages):
            key = (trouble.container, trouble.what, trouble.cause)
            if key not in seen:
                seen.add(key)
                yield ref, replace(trouble, advice=trouble.advice.replace("ENV", env))
