"""Whether an Application has come up: what a status says, and whether it is about our change.

Statuses from before the change are what makes waiting go wrong (argo-cd #542, #5592, #10561): one
counts when ArgoCD has looked since, has compared with the sources that the spec names, and has
done so after the last sync ended.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING, Final

from plate_llm_cli.cluster.argocd.application import short

if TYPE_CHECKING:
    from datetime import datetime

    from plate_llm_cli.cluster.argocd.application import Condition, LiveApplication

_ERRORS: Final = frozenset(
    ("ComparisonError", "InvalidSpecError", "SyncError", "UnknownError", "DeletionError")
)
"""Conditions that stop ArgoCD; the others are warnings."""

_PASSING: Final = re.compile(
    r"code = (?:Unavailable|DeadlineExceeded|ResourceExhausted)"
    r"|connection (?:refused|reset)|i/o timeout|context deadline exceeded|TLS handshake timeout"
)
"""Errors of ArgoCD's own parts, or of the way to Git, which go by themselves."""

_LONGEST: Final = 600


class State(Enum):
    """How a wait stands."""

    WAITING = auto()
    DONE = auto()
    DEGRADED = auto()
    """Not healthy; a roll-out may pass through it, so that it is given a while."""
    FAILED = auto()


@dataclass(frozen=True, slots=True)
class Goal:
    """What is waited for.

    `since` is the cluster's time of our change; `asked` says that ArgoCD was asked to look again,
    which it acknowledges; `syncing` that a sync was asked for.
    """

    since: datetime
    asked: bool = False
    revision: str = ""
    syncing: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """A state, why, and what to do where it is a failure."""

    state: State
    reason: str
    advice: str = ""
    applied: bool = False
    """Whether what is in the cluster is our change: then its pods tell how it goes."""


def judge(app: LiveApplication, goal: Goal) -> Verdict:
    """What the Application's status means for `goal`."""
    return _ended(app, goal) or _unseen(app, goal) or _current(app, goal)


def _ended(app: LiveApplication, goal: Goal) -> Verdict | None:
    """What ends the wait whatever else the status says."""
    if app.deleting:
        return Verdict(State.FAILED, "the Application is being deleted")
    operation = app.operation
    if operation and operation.failed and operation.started and operation.started >= goal.since:
        said = operation.message[:_LONGEST] or "ArgoCD gives no reason"
        ended = "has failed" if operation.phase == "Failed" else "ended in an error"
        return Verdict(State.FAILED, f"the sync {ended}: {said}")
    return None


def _unseen(app: LiveApplication, goal: Goal) -> Verdict | None:
    """What says that the status is not about our change yet, or cannot be had."""
    if not _has_looked(app, goal):
        return Verdict(State.WAITING, "ArgoCD has not looked yet")
    broken = [
        item for item in app.conditions if item.kind in _ERRORS and not _is_old(item, app, goal)
    ]
    for condition in broken:
        if not _PASSING.search(condition.message):
            return Verdict(State.FAILED, _words(condition))
    if broken:
        return Verdict(State.WAITING, _words(broken[0]))
    if behind := _behind(app, goal):
        return Verdict(State.WAITING, behind, applied=_is_applied(app, goal))
    return None


def _is_old(condition: Condition, app: LiveApplication, goal: Goal) -> bool:
    """SyncError is about the last sync, and stays until ArgoCD looks after the next one.

    Of one that we asked for, its own operation tells whether it failed.
    """
    operation = app.operation
    next_one = app.requested or (operation is not None and not operation.failed)
    return condition.kind == "SyncError" and (goal.syncing or next_one)


def _behind(app: LiveApplication, goal: Goal) -> str:
    """Why what ArgoCD last saw is older than what is to be seen; '' when it is not."""
    if not app.compared_as_is:
        return "ArgoCD has compared with what the Application said before"
    operation = app.operation
    if app.requested or (operation and operation.running):
        said = operation.message[:_LONGEST] if operation and operation.running else ""
        return f"a sync is running: {said}".removesuffix(": ")
    if operation and operation.finished and app.reconciled and app.reconciled < operation.finished:
        return "ArgoCD has not looked since the sync ended"
    if goal.revision and goal.revision not in app.revisions:
        now = short(app.revisions) or "nothing"
        return f"it is at {now}, not yet at {short([goal.revision])}"
    return ""


def _is_applied(app: LiveApplication, goal: Goal) -> bool:
    """Whether a sync that was begun for our change waits for nothing but what it has applied."""
    operation = app.operation
    return bool(
        operation
        and operation.running
        and operation.started
        and operation.started >= goal.since
        and operation.message.startswith("waiting for healthy state")
    )


def _has_looked(app: LiveApplication, goal: Goal) -> bool:
    if app.reconciled is None or app.refreshing:
        return False
    # ArgoCD's time has no fractions of a second: without its acknowledgement, a look within the
    # second of the change may have been before it.
    return app.reconciled >= goal.since if goal.asked else app.reconciled > goal.since


def _current(app: LiveApplication, goal: Goal) -> Verdict:
    if app.sync != "Synced":
        return _out_of_sync(app, goal)
    if app.health == "Healthy":
        return Verdict(State.DONE, "Synced and Healthy")
    said = f"{app.health or 'its health is not known yet'}"
    if app.health_message:
        said = f"{said}: {app.health_message[:_LONGEST]}"
    if app.health == "Degraded":
        return Verdict(State.DEGRADED, said, applied=True)
    if app.health == "Suspended":
        advice = "something is paused on purpose, and goes on when somebody says so"
        return Verdict(State.FAILED, said, advice)
    return Verdict(State.WAITING, said, applied=True)


def _out_of_sync(app: LiveApplication, goal: Goal) -> Verdict:
    if not app.automated and not goal.syncing:
        advice = f"plate-llm argocd sync {app.ref.name} starts one"
        return Verdict(State.FAILED, "OutOfSync, and automated sync is off", advice)
    behind = [item for item in app.resources if item.sync == "OutOfSync"]
    if behind and all(item.requires_pruning for item in behind) and not app.prunes:
        names = ", ".join(str(item.ref) for item in behind[:3])
        advice = "remove them, or let syncPolicy.automated.prune do it"
        return Verdict(State.FAILED, f"Git no longer has {names}, and pruning is off", advice)
    return Verdict(State.WAITING, app.sync or "its sync status is not known yet")


def _words(condition: Condition) -> str:
    return f"{condition.kind}: {condition.message[:_LONGEST]}"
