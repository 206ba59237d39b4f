"""Asks ArgoCD for an operation: once, and only while none runs.

The patch is check-and-set, and the operation carries a mark of its own by which it is recognised
when the answer was lost. Source: argo-cd `pkg/apis/application/v1alpha1/types.go`, `Operation`, and
`util/argo/argo.go`, `SetAppOperation`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from plate_llm_cli.cluster.argocd.application import LiveApplication, not_there
from plate_llm_cli.cluster.objects import Object, Ref, items, mapping, text
from plate_llm_cli.errors import ClusterError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from plate_llm_cli.cluster.api import Api

_TRIES: Final = 8
"""ArgoCD writes into the object as well; each of its writes makes another try necessary."""
_CONFLICT: Final = 409
_NO_ANSWER: Final = 0
_WHO: Final = "plate-llm"


class BusyError(Exception):
    """An operation runs already, or was asked for; `by` is '' for automated sync."""

    def __init__(self, ref: Ref, by: str, since: datetime | None) -> None:
        super().__init__(f"an operation of {ref} runs already")
        self.ref, self.by, self.since = ref, by, since


@dataclass(frozen=True, slots=True)
class Started:
    """An operation that ArgoCD has been asked for.

    What ArgoCD says counts as an answer to it from `since` on, by the cluster's clock; `version` is
    the resource version that asked. `revisions` are empty where ArgoCD takes the target revision.
    """

    ref: Ref
    since: datetime
    version: str
    revisions: tuple[str, ...]
    operation: Object


def existing(api: Api, ref: Ref) -> LiveApplication:
    """The Application as it is now.

    Raises:
        MissingKindError: ArgoCD is not installed.
        ClusterError: there is none, it is being deleted, or the API server refuses, or is gone.
    """
    found = api.get(ref)
    if found is None:
        raise not_there(ref, api.connection.context)
    live = LiveApplication(found)
    if live.deleting:
        raise ClusterError(f"{ref} is being deleted", "wait until it is gone, then apply it again")
    return live


def start(
    api: Api, ref: Ref, wanted: Callable[[LiveApplication], Object], *, dry_run: bool = False
) -> Started:
    """Ask for what `wanted` makes of the Application: a patch with an `operation` in it.

    Raises:
        BusyError: another one runs.
        ClusterError: as for `existing`; or ArgoCD did not let us through.
    """
    mark, live = str(uuid4()), existing(api, ref)
    since = api.connection.clock
    assert since is not None  # noqa: S101 - there was an answer
    for _ in range(_TRIES):
        if _is_ours(live, mark):
            break
        require_idle(live)
        body = wanted(live) | {"metadata": {"resourceVersion": live.version}}
        body["operation"] = _signed(body["operation"], mark)
        if live.operation is not None:
            # As SetAppOperation does: ArgoCD merges, and would leave parts of the last one in it.
            body["status"] = {"operationState": None}
        try:
            live = LiveApplication(api.patch(ref, body, dry_run=dry_run))
        except ClusterError as error:
            # After either, the resource version tells: our patch can be carried out once at most.
            if error.status not in (_CONFLICT, _NO_ANSWER):
                raise
            failure = error
            live = existing(api, ref)
    if not _is_ours(live, mark):
        raise failure
    return _started(live, since)


def require_idle(live: LiveApplication) -> None:
    """Refuse to go on while an operation runs.

    Raises:
        BusyError: one does.
    """
    operation = live.operation
    if operation is not None and operation.running:
        raise BusyError(live.ref, operation.by, operation.started)
    if live.requested:
        raise BusyError(live.ref, text(live.node, "operation", "initiatedBy", "username"), None)


def _signed(operation: Object, mark: str) -> Object:
    return operation | {
        "initiatedBy": {"username": _WHO},
        "info": [{"name": _WHO, "value": mark}],
    }


def _is_ours(live: LiveApplication, mark: str) -> bool:
    """Whether the operation that was asked for, runs or ran last has our mark."""
    asked = mapping(live.node, "operation")
    begun = mapping(live.node, "status", "operationState", "operation")
    entries = [*items(asked, "info"), *items(begun, "info")]
    return {"name": _WHO, "value": mark} in entries


def _started(live: LiveApplication, since: datetime) -> Started:
    state = mapping(live.node, "status", "operationState", "operation")
    asked = mapping(live.node, "operation") or state
    sync = mapping(asked, "sync")
    several = sync.get("revisions")
    one = text(sync, "revision")
    revisions = tuple(map(str, several)) if isinstance(several, list) else (one,) if one else ()
    return Started(live.ref, since, live.version, revisions, asked)
