"""What to do in the cluster once a key has a new value, as lines for a shell."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from plate_llm_cli.report.untrusted import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from plate_llm_cli.graph.secret_uses import ClusterNamespace
    from plate_llm_cli.secrets.lifecycle.affected import Affected, Sync, Workload


def readers_text(affected: Affected) -> str:
    """Who reads the keys, in one line."""
    pods = [f"{item.kind}/{item.name} in {item.place[1]}" for item in affected.workloads]
    secrets = [f"Secret/{item.secret} in {item.place[1]}" for item in affected.syncs]
    readers = list(dict.fromkeys(pods or secrets))
    return one_line(f"read by {', '.join(readers)}") if readers else "nothing in the tree reads it"


def afterwards_text(affected: Affected, unknown: Sequence[str] = ()) -> str:
    """The commands for each namespace; `unknown` are releases that were not rendered whole."""
    clusters = {cluster for cluster, _ in affected.places}
    lines: list[str] = []
    for place in affected.places:
        lines += ["", *_at(affected, place, several=len(clusters) > 1)]
    if not affected.places:
        lines += ["", "# nothing in the tree reads it"]
    if unknown:
        names = ", ".join(unknown)
        lines.append(f"# not rendered whole, so that what they read is not known: {names}")
    return "".join(f"{_clean(line)}\n" for line in lines)


def _at(affected: Affected, place: ClusterNamespace, *, several: bool) -> Iterator[str]:
    cluster, namespace = place
    where = f"{namespace}, cluster {cluster}" if several else namespace
    syncs = [item for item in affected.syncs if item.place == place]
    workloads = [item for item in affected.workloads if item.place == place]
    if syncs:
        yield f"# {where}: External Secrets reads the new values"
        for sync in syncs:
            yield from _sync(sync)
    restarts = [item for item in workloads if item.restarts]
    if restarts:
        when = ", once .status.refreshTime of each is new" if syncs else ""
        yield f"# {where}: the pods start anew{when}"
        yield from (_restart(item) for item in restarts)
    others = [f"{item.kind}/{item.name}" for item in workloads if not item.restarts]
    if others:
        yield f"# {where}: read when their pods start: {', '.join(others)}"
    if syncs and not workloads:
        yield f"# {where}: no pod has to be restarted"


def _sync(sync: Sync) -> Iterator[str]:
    base = ("kubectl", "-n", sync.place[1])
    annotate = _command(*base, "annotate", "externalsecret", sync.name)
    if not sync.frozen:
        yield f"{annotate} force-sync=$(date +%s) --overwrite"
        return
    yield f"# {sync.maker} has {sync.frozen}: it reads again only when its Secret is gone"
    if sync.creates:
        yield _command(*base, "delete", "secret", sync.secret)
    yield f"{annotate} force-sync=$(date +%s) --overwrite"


def _restart(workload: Workload) -> str:
    target = f"{workload.kind.lower()}/{workload.name}"
    return _command("kubectl", "-n", workload.place[1], "rollout", "restart", target)


def _command(*words: str) -> str:
    return shlex.join(_clean(word) for word in words)


def _clean(text: str) -> str:
    return one_line(text)
