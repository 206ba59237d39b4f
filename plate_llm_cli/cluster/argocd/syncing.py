"""Starts a sync: what ArgoCD's own command line would ask for, as a patch of the Application.

Source: argo-cd `server/application/application.go`, `Sync`.
"""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Final

from plate_llm_cli.cluster.argocd.application import LiveApplication
from plate_llm_cli.cluster.argocd.operations import existing, require_idle, start
from plate_llm_cli.cluster.argocd.waiting import ask_to_look
from plate_llm_cli.cluster.objects import Object, Ref, items, mapping, text, value
from plate_llm_cli.errors import ClusterError, ForbiddenError, UsageError

if TYPE_CHECKING:
    from plate_llm_cli.cluster.api import Api
    from plate_llm_cli.cluster.argocd.application import Resource
    from plate_llm_cli.cluster.argocd.operations import Started

LOOK_SECONDS: Final = 60.0
"""How long ArgoCD may take to compare with Git again."""

_SLICE: Final = 5.0
_PAUSE: Final = 0.5
_NAMES: Final = 8


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be synced; `prune` is None where the Application's own policy decides.

    `resources` are `KIND/NAME`, as the Application lists them; none for all.
    """

    revision: str = ""
    prune: bool | None = None
    resources: tuple[str, ...] = ()

    @property
    def whole(self) -> bool:
        """Whether it is what automated sync does by itself."""
        return not self.revision and not self.resources and self.prune is None


def look_again(api: Api, ref: Ref, seconds: float = LOOK_SECONDS) -> LiveApplication:
    """The Application after ArgoCD has compared it with Git as it is now.

    Raises:
        BusyError: an operation runs.
        ForbiddenError: the Application may not be changed; then no sync can be asked for either.
        ClusterError: ArgoCD does not look, there is no such Application, or as for every request.
    """
    require_idle(existing(api, ref))
    if not ask_to_look(api, ref).asked:
        message = f"may not change {ref}, nothing was synced"
        hint = "ask who runs the cluster for that right; plate-llm doctor lists what is needed"
        raise ForbiddenError(message, hint)
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        live = existing(api, ref)
        if not live.refreshing:
            return live
        if not _is_seen_to_look(api, live, min(left, _SLICE)):
            time.sleep(min(left, _PAUSE))  # some proxies end every watch at once
    raise ClusterError(
        f"ArgoCD has not looked at {ref} within {seconds:.0f} seconds, nothing was synced",
        "is its application controller running? plate-llm doctor checks",
    )


def _is_seen_to_look(api: Api, live: LiveApplication, seconds: float) -> bool:
    """Whether a watch tells that ArgoCD has looked; without one, the object is read again."""
    with suppress(ClusterError):  # no right to watch, or a connection that broke
        changes = api.watch(live.ref, live.version, seconds)
        return any(not LiveApplication(node).refreshing for _, node in changes)
    return False


def sync(api: Api, ref: Ref, wish: Wish, *, dry_run: bool = False) -> Started:
    """Ask for a sync. It is asked for once, and not while another one runs.

    Raises:
        BusyError: an operation runs.
        UsageError: automated sync goes to another revision, or there is no such resource.
        ClusterError: as for every request.
    """
    return start(api, ref, lambda live: {"operation": operation(live, wish)}, dry_run=dry_run)


def operation(live: LiveApplication, wish: Wish) -> Object:
    """The operation that ArgoCD is asked for.

    Raises:
        UsageError: as for `sync`.
    """
    _refuse_other_revision(live, wish)
    asked: Object = {
        "syncStrategy": {"hook": {}},
        "prune": live.prunes if wish.prune is None else wish.prune,
    }
    if wish.revision:
        asked |= _revision(live, wish.revision)
    if wish.resources:
        asked["resources"] = [_selected(item) for item in chosen(live, wish.resources)]
    options = value(live.node, "spec", "syncPolicy", "syncOptions")
    if isinstance(options, list):
        asked["syncOptions"] = options
    retry = mapping(live.node, "spec", "syncPolicy", "retry")
    return {"sync": asked, **({"retry": retry} if retry else {})}


def chosen(live: LiveApplication, names: tuple[str, ...]) -> list[Resource]:
    """The resources of the Application that `names` mean.

    Raises:
        UsageError: one means none.
    """
    known: dict[str, list[Resource]] = {}
    for item in live.resources:
        known.setdefault(f"{item.ref.kind}/{item.ref.name}".lower(), []).append(item)
    for name in names:
        if name.lower() not in known:
            raise UsageError(f"{live.ref} has no resource {name!r}", _suggestion(live, name))
    return [item for name in dict.fromkeys(map(str.lower, names)) for item in known[name]]


def _suggestion(live: LiveApplication, name: str) -> str:
    names = [f"{item.ref.kind}/{item.ref.name}" for item in live.resources]
    if near := get_close_matches(name, names, 1):
        return f"did you mean {near[0]}?"
    more = f" and {len(names) - _NAMES} more" if len(names) > _NAMES else ""
    return f"there are: {', '.join(names[:_NAMES])}{more}" if names else "it has none yet"


def _selected(item: Resource) -> Object:
    ref = item.ref
    found = {"group": ref.group, "kind": ref.kind, "name": ref.name, "namespace": ref.namespace}
    return {key: said for key, said in found.items() if said}


def _refuse_other_revision(live: LiveApplication, wish: Wish) -> None:
    """Automated sync would undo it at once; ArgoCD refuses it too."""
    targets = _targets(live)
    if wish.revision and live.automated and wish.revision not in targets:
        raise UsageError(
            f"automated sync of {live.ref} is on, and goes to {', '.join(targets)}",
            f"let Git say {wish.revision} (targetRevision), and plate-llm argocd apply it",
        )


def _targets(live: LiveApplication) -> list[str]:
    spec = mapping(live.node, "spec")
    sources = items(spec, "sources") or [mapping(spec, "source")]
    return [text(source, "targetRevision") or "HEAD" for source in sources]


def _revision(live: LiveApplication, revision: str) -> Object:
    """Of several sources, those from Git are in one repository most of the time."""
    sources = items(live.node, "spec", "sources")
    if not sources:
        return {"revision": revision}
    if len({text(source, "repoURL") for source in sources}) > 1:
        raise UsageError(
            f"{live.ref} has sources in several repositories: --revision cannot say which",
            "let Git say it: targetRevision of each source",
        )
    return {"revisions": [revision] * len(sources)}
