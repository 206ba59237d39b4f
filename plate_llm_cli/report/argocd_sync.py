"""What a sync or a rollback was asked to do, and the history that there is to go back to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from plate_llm_cli.cluster.argocd.application import short
from plate_llm_cli.cluster.argocd.rollback import sources
from plate_llm_cli.cluster.messages import without_login
from plate_llm_cli.cluster.objects import items, mapping, text, value
from plate_llm_cli.report.columns import table
from plate_llm_cli.report.untrusted import json_text, one_line

if TYPE_CHECKING:
    from datetime import datetime

    from plate_llm_cli.cluster.argocd.application import Deployed, LiveApplication, Resource
    from plate_llm_cli.cluster.argocd.operations import BusyError, Started


def busy_text(error: BusyError) -> str:
    """Who runs what since when."""
    who = f"by {error.by}" if error.by else "by automated sync or an unnamed user"
    when = f" at {_time(error.since)}" if error.since else ", which ArgoCD has not begun yet"
    return one_line(f"a sync of {error.ref} runs already, started {who}{when}")


def in_sync_text(live: LiveApplication) -> str:
    """That there is nothing to sync."""
    at = f" at {short(live.revisions)}" if live.revisions else ""
    return one_line(f"nothing to do: {live.ref} is Synced{at}, and automated sync is on") + "\n"


def started_text(started: Started, *, dry_run: bool) -> str:
    """What was asked for."""
    sync = mapping(started.operation, "sync")
    parts = [f"to {short(started.revisions)}" if started.revisions else "to the target revision"]
    parts += ["and prune"] if sync.get("prune") is True else []
    count = len(sync.get("resources") or [])
    if count:
        parts.append(f"({count} {'resource' if count == 1 else 'resources'} alone)")
    what = "would be asked for, nothing was changed" if dry_run else "asked for"
    return one_line(f"sync of {started.ref} {' '.join(parts)}: {what}") + "\n"


def pending_text(live: LiveApplication, width: int | None) -> str:
    """The resources that ArgoCD holds for out of sync."""
    rows = [
        (item.ref.kind, item.ref.name, "to remove" if item.requires_pruning else item.sync)
        for item in _pending(live)
    ]
    return table(("KIND", "NAME", "STATE"), rows, width) if rows else ""


def _pending(live: LiveApplication) -> list[Resource]:
    return [item for item in live.resources if item.sync == "OutOfSync"]


def sync_json(live: LiveApplication, started: Started | None, *, dry_run: bool) -> str:
    """The same for programs; `operation` is null where nothing had to be done."""
    data: dict[str, Any] = {
        "version": 1,
        "application": live.ref.name,
        "namespace": live.ref.namespace,
        "dry_run": dry_run,
        "started": started is not None and not dry_run,
        "since": started.since.isoformat() if started else None,
        "resource_version": started.version if started else live.version,
        "revisions": list(started.revisions if started else live.revisions),
        "operation": _shown_sync(started) if started else None,
        "out_of_sync": [
            {
                "kind": item.ref.kind,
                "group": item.ref.group,
                "namespace": item.ref.namespace,
                "name": item.ref.name,
                "prune": item.requires_pruning,
            }
            for item in _pending(live)
        ],
    }
    return json_text(data)


def _shown_sync(started: Started) -> dict[str, Any]:
    sync = mapping(started.operation, "sync")
    shown = {key: item for key, item in sync.items() if key not in ("source", "sources")}
    if one := mapping(sync, "source"):
        shown["source"] = _shown_source(one)
    if several := items(sync, "sources"):
        shown["sources"] = [_shown_source(source) for source in several]
    return shown


def history_text(live: LiveApplication, width: int | None) -> str:
    """What was deployed, the newest first."""
    history = live.history[::-1]
    if not history:
        return one_line(f"{live.ref} has no history yet") + "\n"
    rows = [
        (
            f"{item.id}{' (now)' if item is history[0] else ''}",
            _time(item.at),
            short(item.revisions),
            item.by or "-",
            _source(item),
        )
        for item in history
    ]
    text = table(("ID", "DEPLOYED", "REVISION", "BY", "SOURCE"), rows, width)
    images = _images(live)
    return text + (f"\nimages now: {one_line(', '.join(images))}\n" if images else "")


def history_json(live: LiveApplication) -> str:
    """The same for programs."""
    history = live.history[::-1]
    return json_text(
        {
            "version": 1,
            "application": live.ref.name,
            "namespace": live.ref.namespace,
            "images": _images(live),
            "history": [
                {
                    "id": item.id,
                    "deployed_at": item.at.isoformat() if item.at else None,
                    "revisions": list(item.revisions),
                    "by": item.by or None,
                    "sources": [_shown_source(source) for source in sources(item)],
                    "current": index == 0,
                }
                for index, item in enumerate(history)
            ],
        }
    )


def entry_text(item: Deployed) -> str:
    """An entry of the history, in a few words."""
    return one_line(f"{item.id} ({short(item.revisions)}, deployed {_time(item.at)})")


def _source(item: Deployed) -> str:
    return ", ".join(
        f"{text(source, 'chart') or text(source, 'path') or text(source, 'ref') or '.'}"
        f" @ {text(source, 'targetRevision') or 'HEAD'}"
        for source in sources(item)
    )


def _shown_source(source: dict[str, Any]) -> dict[str, str]:
    """Where it came from; its parameters and values may hold what is nobody's business."""
    names = ("repoURL", "path", "chart", "targetRevision", "ref")
    return {name: without_login(text(source, name)) for name in names if text(source, name)}


def _images(live: LiveApplication) -> list[str]:
    found = value(live.node, "status", "summary", "images")
    return [str(item) for item in found] if isinstance(found, list) else []


def _time(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S}Z" if moment else "unknown"
