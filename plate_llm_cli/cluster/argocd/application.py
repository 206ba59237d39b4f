"""An Application as it is in the cluster, with what ArgoCD says of it.

Source: argo-cd `pkg/apis/application/v1alpha1/types.go`, 3.x. Since 3.0 the health of single
resources stays with ArgoCD unless `controller.resource.health.persist` is on: it may be missing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from plate_llm_cli.cluster.messages import spoken
from plate_llm_cli.cluster.objects import (
    Object,
    Ref,
    items,
    mapping,
    moment,
    number,
    text,
    value,
)
from plate_llm_cli.errors import ClusterError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

API_VERSION: Final = "argoproj.io/v1alpha1"
REFRESH_ANNOTATION: Final = "argocd.argoproj.io/refresh"
_COMMIT: Final = re.compile("[0-9a-f]{40}")
_SHORT: Final = 12
"""Characters of a commit that tell it from others."""
_LONGEST: Final = 4000
"""Characters of a message: what Helm says in front of the reason is long."""


def application_ref(namespace: str, name: str) -> Ref:
    """How the Application `name` is named."""
    return Ref(API_VERSION, "Application", namespace, name)


def not_there(ref: Ref, context: str) -> ClusterError:
    """The error for an Application that is not in the cluster of `context`."""
    hint = f"plate-llm argocd apply {ref.name} brings it there"
    error = ClusterError(f"there is no {ref} in {context}", hint)
    error.status = 404
    return error


@dataclass(frozen=True, slots=True)
class Condition:
    """Something that keeps ArgoCD from doing its work, such as a ComparisonError."""

    kind: str
    message: str
    since: datetime | None


@dataclass(frozen=True, slots=True)
class Operation:
    """The sync that runs, or the last one that did."""

    phase: str
    """Running, Terminating, Succeeded, Failed or Error."""
    message: str
    started: datetime | None
    finished: datetime | None
    by: str
    """Who asked for it; '' for automated sync."""
    results: tuple[Resource, ...] = ()
    """What became of each object that was synced."""

    @property
    def running(self) -> bool:
        """Whether it has not ended yet."""
        return self.phase in ("Running", "Terminating")

    @property
    def failed(self) -> bool:
        """Whether it has ended, and nothing will try it again."""
        return self.phase in ("Failed", "Error")


@dataclass(frozen=True, slots=True)
class Resource:
    """One object of the Application, as ArgoCD sees it."""

    ref: Ref
    sync: str
    """Synced, OutOfSync or Unknown; of an operation Synced, SyncFailed, Pruned, PruneSkipped."""
    health: str = ""
    message: str = ""
    requires_pruning: bool = False


@dataclass(frozen=True, slots=True)
class Deployed:
    """One entry of the history."""

    id: int
    revisions: tuple[str, ...]
    at: datetime | None
    by: str
    node: Object
    """The entry itself, with its sources."""


@dataclass(frozen=True, slots=True, eq=False)
class LiveApplication:
    """A view of the object; nothing is copied."""

    node: Object

    @property
    def ref(self) -> Ref:
        """Its name."""
        return Ref.of(self.node)

    @property
    def version(self) -> str:
        """The resource version, to watch from and to check-and-set."""
        return text(self.node, "metadata", "resourceVersion")

    @property
    def namespace(self) -> str:
        """The namespace that is deployed to."""
        return text(self.node, "spec", "destination", "namespace")

    @property
    def sync(self) -> str:
        """Synced, OutOfSync, Unknown; '' before the first comparison."""
        return text(self.node, "status", "sync", "status")

    @property
    def health(self) -> str:
        """Healthy, Progressing, Degraded, Suspended, Missing, Unknown; '' before the first look."""
        return text(self.node, "status", "health", "status")

    @property
    def health_message(self) -> str:
        """What is said about the health, mostly nothing."""
        return _said(self.node, "status", "health")

    @property
    def revisions(self) -> tuple[str, ...]:
        """What the cluster was compared with: a commit for each source, or a chart's version."""
        return _revisions(mapping(self.node, "status", "sync"))

    @property
    def reconciled(self) -> datetime | None:
        """When ArgoCD last looked, by the cluster's clock, to the second."""
        return moment(self.node, "status", "reconciledAt")

    @property
    def automated(self) -> bool:
        """Whether ArgoCD syncs by itself."""
        automated = value(self.node, "spec", "syncPolicy", "automated")
        return isinstance(automated, dict) and automated.get("enabled") is not False

    @property
    def prunes(self) -> bool:
        """Whether automated sync removes what Git no longer has."""
        return value(self.node, "spec", "syncPolicy", "automated", "prune") is True

    @property
    def deleting(self) -> bool:
        """Whether it is on its way out."""
        return bool(text(self.node, "metadata", "deletionTimestamp"))

    @property
    def refreshing(self) -> bool:
        """Whether ArgoCD has not yet taken up a request to look again."""
        return REFRESH_ANNOTATION in mapping(self.node, "metadata", "annotations")

    @property
    def requested(self) -> bool:
        """Whether an operation was asked for that ArgoCD has not begun."""
        return bool(mapping(self.node, "operation"))

    @property
    def compared_as_is(self) -> bool:
        """Whether the last comparison was with the sources that the spec names now."""
        compared = mapping(self.node, "status", "sync", "comparedTo")
        spec = mapping(self.node, "spec")
        return all(
            compared.get(name) == spec.get(name)
            for name in ("source", "sources")
            if compared.get(name) is not None
        )

    @property
    def conditions(self) -> list[Condition]:
        """What keeps ArgoCD from its work."""
        return [
            Condition(text(item, "type"), _said(item), moment(item, "lastTransitionTime"))
            for item in items(self.node, "status", "conditions")
        ]

    @property
    def operation(self) -> Operation | None:
        """The sync that runs or ran last; None where there was none."""
        state = mapping(self.node, "status", "operationState")
        if not state:
            return None
        by = mapping(state, "operation", "initiatedBy")
        results = items(state, "syncResult", "resources")
        return Operation(
            text(state, "phase"),
            _said(state),
            moment(state, "startedAt"),
            moment(state, "finishedAt"),
            "" if by.get("automated") is True else text(by, "username"),
            tuple(_resource(item) for item in results),
        )

    @property
    def resources(self) -> list[Resource]:
        """Every object that the Application has."""
        return [_resource(item) for item in items(self.node, "status", "resources")]

    @property
    def history(self) -> list[Deployed]:
        """What was deployed, oldest first."""
        return [
            Deployed(
                number(item, "id"),
                _revisions(item),
                moment(item, "deployedAt"),
                text(item, "initiatedBy", "username"),
                item,
            )
            for item in items(self.node, "status", "history")
        ]


def _said(node: Object, *route: str) -> str:
    """The message there; ArgoCD repeats what Helm, Git and API servers said, and addresses."""
    return spoken(text(node, *route, "message"), _LONGEST)


def short(revisions: Iterable[str]) -> str:
    """Commits, shortened; a branch, a tag and the version of a chart as they are."""
    known = dict.fromkeys(revisions)
    return ", ".join(name[:_SHORT] if _COMMIT.fullmatch(name) else name for name in known)


def _revisions(node: Object) -> tuple[str, ...]:
    several = node.get("revisions")
    if isinstance(several, list) and several:
        return tuple(str(item) for item in several)
    one = text(node, "revision")
    return (one,) if one else ()


def resource_ref(item: Object) -> Ref:
    """The object that an entry of `status.resources` is about."""
    group, version = text(item, "group"), text(item, "version")
    api_version = f"{group}/{version}" if group else version
    return Ref(api_version, text(item, "kind"), text(item, "namespace"), text(item, "name"))


def _resource(item: Object) -> Resource:
    return Resource(
        resource_ref(item),
        text(item, "status"),
        text(item, "health", "status"),
        _said(item, "health") or _said(item),
        item.get("requiresPruning") is True,
    )
