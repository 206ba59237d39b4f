"""What to do in the cluster once a key has a new value, as lines for a shell."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Final

from plate_llm_cli.report.untrusted import one_line
from plate_llm_cli.secrets.lifecycle.affected import Sync

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from plate_llm_cli.graph.secret_uses import ClusterNamespace
    from plate_llm_cli.secrets.lifecycle.affected import Affected, Workload


def readers_text(affected: Affected) -> str:
    """Who reads the keys, in one line."""
    pods = [f"{item.kind}/{item.name} in {item.place[1]}" for item in affected.workloads]
    secrets = [f"Secret/{item.secret} in {item.place[1]}" for item in affected.syncs]
    readers = list(dict.fromkeys(pods or secrets))
    return one_line(f"read by {', '.join(readers)}") if readers else "nothing in the tree reads it"


def afterwards_text(affected: Affected, unknown: Sequence[str] = ()) -> str:
    """The commands for each namespace; `unknown` are releases that were not rendered whole."""
    nothing = [] if affected.places else ["", "# nothing in the tree reads it"]
    return _text([*_commands(affected), *nothing, *_unknown(unknown)])


def planned_text(syncs: Sequence[Sync], workloads: Sequence[Workload]) -> str:
    """What a rotation would let the cluster do."""
    lines = [f"{_title(sync)} would be asked to read the new values" for sync in syncs]
    lines += [f"{_title(workload)} would start anew" for workload in workloads]
    return _text(["", *lines] if lines else [])


def done_text(done: Sequence[Sync | Workload], troubles: Mapping[Sync | Workload, str]) -> str:
    """What the cluster did, and why it did not do the rest."""
    lines = [f"{_title(item)} {_DONE[isinstance(item, Sync)]}" for item in done]
    lines += [f"{_title(item)}: {trouble}" for item, trouble in troubles.items()]
    return _text(["", *lines] if lines else [])


def left_text(left: Affected, unknown: Sequence[str]) -> str:
    """The commands for what is left to do by hand."""
    return _text([*_commands(left), *_unknown(unknown)])


_DONE: Final = {True: "has read the new values", False: "starts anew"}
"""What is said of an ExternalSecret, and of a workload."""


def _title(item: Sync | Workload) -> str:
    kind = "ExternalSecret" if isinstance(item, Sync) else item.kind
    return f"# {item.place[1]}: {kind}/{item.name}"


def _text(lines: Sequence[str]) -> str:
    return "".join(f"{_clean(line)}\n" for line in lines)


def _unknown(unknown: Sequence[str]) -> Iterator[str]:
    if unknown:
        names = ", ".join(unknown)
        yield f"# not rendered whole, so that what they read is not known: {names}"


def _commands(affected: Affected) -> Iterator[str]:
    clusters = {cluster for cluster, _ in affected.places}
    for place in affected.places:
        yield ""
        yield from _at(affected, place, several=len(clusters) > 1)


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
