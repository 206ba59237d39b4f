"""Goes back to what was deployed before, as ArgoCD's own rollback does.

Source: argo-cd `server/application/application.go`, `Rollback`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from plate_llm_cli.cluster.argocd.operations import start
from plate_llm_cli.cluster.objects import Object, Ref, items, mapping, text, value
from plate_llm_cli.errors import UsageError

if TYPE_CHECKING:
    from plate_llm_cli.cluster.api import Api
    from plate_llm_cli.cluster.argocd.application import Deployed, LiveApplication
    from plate_llm_cli.cluster.argocd.operations import Started


@dataclass(frozen=True, slots=True)
class Wish:
    """Where to go back to: an `id` of the history, None for what was there before."""

    id: int | None = None
    prune: bool = False
    disable_auto_sync: bool = False


def target(live: LiveApplication, wanted: int | None) -> Deployed:
    """The entry of the history to go back to.

    Raises:
        UsageError: there is none, or it does not say what was deployed.
    """
    history = live.history
    if wanted is None:
        if len(history) < 2:
            raise UsageError(
                f"{live.ref} has no history to go back to",
                "ArgoCD keeps as much as spec.revisionHistoryLimit says, 10 by default",
            )
        found: Deployed | None = history[-2]
    else:
        found = next((item for item in history if item.id == wanted), None)
    if found is None:
        known = ", ".join(str(item.id) for item in history) or "none"
        raise UsageError(f"the history of {live.ref} has no {wanted}", f"there are: {known}")
    if not sources(found):
        raise UsageError(
            f"{found.id} does not say what was deployed",
            "an old ArgoCD wrote it: revert the change in Git instead",
        )
    return found


def sources(deployed: Deployed) -> list[Object]:
    """What was deployed: one source or several; none where an old ArgoCD noted none."""
    one = mapping(deployed.node, "source")
    return items(deployed.node, "sources") or ([one] if one else [])


def roll_back(api: Api, ref: Ref, wish: Wish, *, dry_run: bool = False) -> Started:
    """Ask for a sync with what was deployed then.

    With `disable_auto_sync`, automated sync is switched off by the same patch, so that it cannot
    come in between.

    Raises:
        BusyError: an operation runs.
        UsageError: automated sync is on, or there is nothing to go back to.
        ClusterError: as for every request.
    """
    return start(api, ref, lambda live: patch(live, wish), dry_run=dry_run)


def patch(live: LiveApplication, wish: Wish) -> Object:
    """The patch that asks for it.

    Raises:
        UsageError: as for `roll_back`.
    """
    deployed = target(live, wish.id)
    body: Object = {"operation": {"sync": _sync(live, deployed, prune=wish.prune)}}
    if live.automated:
        if not wish.disable_auto_sync:
            raise UsageError(
                f"automated sync of {live.ref} is on: it would undo a rollback",
                "revert the change in Git; or, until that is done, --disable-auto-sync",
            )
        body["spec"] = {"syncPolicy": {"automated": None}}
    return body


def _sync(live: LiveApplication, deployed: Deployed, *, prune: bool) -> Object:
    several = items(deployed.node, "sources")
    said: Object = {"prune": prune, "syncStrategy": {"apply": {}}}
    if several:
        said |= {"sources": several, "revisions": list(deployed.revisions)}
    else:
        said |= {
            "source": mapping(deployed.node, "source"),
            "revision": text(deployed.node, "revision"),
        }
    options = value(live.node, "spec", "syncPolicy", "syncOptions")
    return said | ({"syncOptions": options} if isinstance(options, list) else {})
