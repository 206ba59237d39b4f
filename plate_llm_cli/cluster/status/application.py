"""The Applications: whether what Git has is in the cluster, and what ArgoCD says of it."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Final

from plate_llm_cli.cluster.argocd.application import LiveApplication, short
from plate_llm_cli.cluster.messages import spoken
from plate_llm_cli.cluster.status.ages import ago, span, stamp
from plate_llm_cli.cluster.status.item import Item, Level, Problem, Root
from plate_llm_cli.cluster.status.reading import Unread, absent, attempt

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from plate_llm_cli.cluster.api import Api
    from plate_llm_cli.cluster.argocd.application import Operation
    from plate_llm_cli.cluster.objects import Ref
    from plate_llm_cli.cluster.status.expected import Expected

_MOST: Final = 3
"""Objects that are named."""
_SILENCE: Final = timedelta(minutes=15)
"""ArgoCD looks every three minutes by default (`timeout.reconciliation`)."""
_WELL: Final = frozenset({"", "Healthy", "Suspended"})


def applications(api: Api, expected: Expected) -> Iterator[Item]:
    """The Applications of the environment, and those that bring what it depends on."""
    for ref in expected.applications:
        found = attempt(partial(api.get, ref))
        if isinstance(found, Unread):
            yield found.of(ref)
        elif found is None:
            yield absent(ref, Root.NOT_APPLIED, f"plate-llm argocd apply {ref.name}")
        else:
            yield _item(ref, LiveApplication(found), api.connection.clock)


def _item(ref: Ref, app: LiveApplication, now: datetime | None) -> Item:
    looked = ago(app.reconciled, now)
    said = [app.sync or "not compared yet", app.health, short(app.revisions), looked]
    operation = app.operation
    facts = {
        "sync": app.sync,
        "health": app.health,
        "revisions": list(app.revisions),
        "reconciled": stamp(app.reconciled),
        "operation": operation.phase if operation else None,
    }
    return Item(ref, ", ".join(filter(None, said)), tuple(_problems(app, now)), facts)


def _problems(app: LiveApplication, now: datetime | None) -> Iterator[Problem]:
    if app.deleting:
        yield Problem(Level.FAILING, Root.APPLICATION, "it is being deleted")
    for condition in app.conditions:
        if condition.kind == "SyncError" and app.operation and app.operation.failed:
            continue  # it repeats what the sync itself says
        level = Level.FAILING if condition.kind.endswith("Error") else Level.NOTE
        text = f"{condition.kind}: {spoken(condition.message)}"
        yield Problem(level, Root.APPLICATION, text, _ADVICE.get(condition.kind, ""))
    yield from _of_operation(app)
    yield from _of_sync(app)
    yield from _of_health(app)
    if app.reconciled and now and now - app.reconciled > _SILENCE:
        advice = "is the application controller of ArgoCD up?"
        text = f"ArgoCD has not looked for {span(now - app.reconciled)}"
        yield Problem(Level.NOTE, Root.APPLICATION, text, advice)


_ADVICE: Final = {
    "ComparisonError": "plate-llm validate checks what ArgoCD has to render",
    "InvalidSpecError": "plate-llm validate checks the Application; is its AppProject there?",
}


def _of_operation(app: LiveApplication) -> Iterator[Problem]:
    operation = app.operation
    if app.requested or (operation and operation.running):
        said = spoken(operation.message) if operation and operation.running else ""
        text = f"a sync is running: {said}".removesuffix(": ")
        yield Problem(Level.WAITING, Root.APPLICATION, text)
    elif operation and operation.failed:
        level = Level.NOTE if app.sync == "Synced" else Level.FAILING
        text = f"the last sync has failed: {spoken(operation.message)}".removesuffix(": ")
        yield Problem(level, Root.APPLICATION, text)
        yield from (Problem(level, Root.APPLICATION, text) for text in _refused(operation))


def _refused(operation: Operation) -> list[str]:
    """What would not be applied, object by object."""
    failed = [item for item in operation.results if item.sync == "SyncFailed"]
    said = [f"{item.ref}: {spoken(item.message)}".removesuffix(": ") for item in failed[:_MOST]]
    more = len(failed) - _MOST
    return [*said, f"and {more} more"] if more > 0 else said


def _of_sync(app: LiveApplication) -> Iterator[Problem]:
    if app.reconciled is None:
        advice = "is the application controller of ArgoCD up?"
        yield Problem(Level.WAITING, Root.APPLICATION, "ArgoCD has not looked yet", advice)
    elif not app.compared_as_is:
        text = "ArgoCD has compared with what the Application said before"
        yield Problem(Level.WAITING, Root.APPLICATION, text)
    if app.sync == "OutOfSync":
        behind = [str(item.ref) for item in app.resources if item.sync == "OutOfSync"]
        text = f"not as Git has it: {_listed(behind)}" if behind else "not as Git has it"
        level = Level.WAITING if app.automated else Level.FAILING
        advice = "" if app.automated else f"plate-llm argocd sync {app.ref.name}"
        yield Problem(level, Root.APPLICATION, text, advice)
    elif app.sync == "Unknown":
        text = "ArgoCD cannot compare it with Git"
        yield Problem(Level.FAILING, Root.APPLICATION, text)


def _of_health(app: LiveApplication) -> Iterator[Problem]:
    if app.health in ("Healthy", ""):
        return
    unwell = [f"{item.ref} {item.health}" for item in app.resources if item.health not in _WELL]
    said = spoken(app.health_message) or _listed(unwell)
    text = f"ArgoCD calls it {app.health}: {said}".removesuffix(": ")
    level = Level.WAITING if app.health in ("Progressing", "Suspended") else Level.FAILING
    yield Problem(level, Root.HEALTH, text)


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - _MOST} more" if len(names) > _MOST else ""
    return ", ".join(names[:_MOST]) + more
