"""Deployments and their like: how far the roll-out is, and what their pods suffer from."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from plate_llm_cli.cluster.messages import spoken
from plate_llm_cli.cluster.objects import Object, Ref, condition, items, number, text
from plate_llm_cli.cluster.pods import Sort, Trouble, troubles
from plate_llm_cli.cluster.status.item import Item, Level, Problem, Root
from plate_llm_cli.cluster.status.reading import Unread, absent, attempt
from plate_llm_cli.cluster.status.replicas import problems_of, replicas_of
from plate_llm_cli.cluster.workloads import REVISION, Owned, workload_refs

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from plate_llm_cli.cluster.events import EventLine
    from plate_llm_cli.cluster.status.expected import Expected
    from plate_llm_cli.cluster.status.reading import Reader

_ROOTS: Final = {
    Sort.IMAGE: Root.IMAGE,
    Sort.CONFIG: Root.CONFIG,
    Sort.CRASH: Root.CRASH,
    Sort.PLACEMENT: Root.PLACEMENT,
    Sort.NOT_READY: Root.NOT_READY,
}
_NOTES: Final = (Sort.ENDING, Sort.PAST)


@dataclass(frozen=True, slots=True, eq=False)
class Workloads:
    """The part of the page about workloads, and the names of what belongs to them."""

    items: list[Item]
    owned: list[Ref]
    """Their pods and ReplicaSets, which events are about."""


def workloads(reader: Reader, expected: Expected, warnings: Sequence[EventLine]) -> Workloads:
    """Every workload that ought to be there. `warnings` are those of the namespace."""
    refs = workload_refs(expected.objects)
    if not refs:
        return Workloads([], [])
    owned = attempt(lambda: Owned.read(reader.api, reader.namespace))
    found: list[Item] = []
    belonging: list[Ref] = []
    for ref in refs:
        live = reader.named(ref.api_version, ref.kind)
        if isinstance(live, Unread):
            found.append(live.of(ref))
        elif ref.name not in live:
            found.append(absent(ref, Root.ABSENT, f"plate-llm argocd wait {expected.env}"))
        elif ref.kind == "Job":
            found.append(_job(ref, live[ref.name]))
        else:
            seen = _Seen(ref, live[ref.name], owned, warnings, reader, expected.env)
            found.append(seen.item())
            belonging += seen.belonging()
    return Workloads(found, belonging)


@dataclass(frozen=True, slots=True, eq=False)
class _Seen:
    """One workload with what it owns."""

    ref: Ref
    node: Object
    owned: Owned | Unread
    warnings: Sequence[EventLine]
    reader: Reader
    env: str

    def item(self) -> Item:
        """What the page says of it."""
        replicas = replicas_of(self.node)
        pods = self._pods()
        restarts = sum(map(_restarts, pods))
        said = [f"{replicas.ready} of {replicas.wanted} ready"]
        said += [f"revision {revision}"] if (revision := _revision(self.node)) else []
        said += [f"{restarts} restart{'s' * (restarts != 1)}"] if restarts else []
        images = [text(spec, "image") for spec in items(self.node, *_CONTAINERS)]
        said += [images[0].rpartition("/")[2]] if images else []
        facts = {
            "wanted": replicas.wanted,
            "updated": replicas.updated,
            "ready": replicas.ready,
            "available": replicas.available,
            "generation": number(self.node, "metadata", "generation"),
            "observed_generation": number(self.node, "status", "observedGeneration"),
            "images": images,
            "replica_sets": [_replica_set(item) for item in self._sets()],
            "pods": [self._pod(pod) for pod in pods],
        }
        return Item(self.ref, ", ".join(said), tuple(self._problems(pods)), facts)

    def belonging(self) -> list[Ref]:
        """Its pods and ReplicaSets."""
        return [Ref.of(item) for item in (*self._pods(), *self._sets())]

    def _pods(self) -> list[Object]:
        return [] if isinstance(self.owned, Unread) else self.owned.pods_of(self.node)

    def _sets(self) -> list[Object]:
        """The newest ReplicaSet, and those before it that still have pods."""
        if isinstance(self.owned, Unread):
            return []
        sets = self.owned.sets_of(self.node)
        return [*sets[:1], *filter(_has_pods, sets[1:])]

    def _problems(self, pods: list[Object]) -> Iterator[Problem]:
        own = list(problems_of(self.node))
        whole = all(problem.level is Level.NOTE for problem in own)
        down = any(problem.level is Level.FAILING for problem in own)
        troubles = grouped([self._troubles(pod) for pod in pods])
        for trouble, count in troubles:
            yield self._problem(trouble, count, whole=whole, down=down)
        # That not all are available goes without saying once it is said why.
        yield from (item for item in own if not troubles or item.root is not Root.NOT_READY)
        if isinstance(self.owned, Unread):
            # What the workload counts is enough to know that it is well.
            yield self.owned.problem(Level.NOTE if whole else Level.UNKNOWN)
        old = self._sets()[1:]
        if not whole and old:
            ready = sum(number(item, "status", "readyReplicas") for item in old)
            text_ = f"the revision before still runs: {ready} ready"
            yield Problem(Level.NOTE, Root.ROLL_OUT, text_)

    def _problem(self, trouble: Trouble, pods: int, *, whole: bool, down: bool) -> Problem:
        """`whole`: the workload has all it wants; `down`: it says itself that it will not."""
        single = len(items(self.node, *_CONTAINERS)) == 1
        where = f"{trouble.container}: " if trouble.container and not single else ""
        code = f" (exit {trouble.exit_code})" if trouble.exit_code is not None else ""
        times = f", restarted {trouble.restarts} times" if trouble.restarts > 1 else ""
        many = f" ({pods} pods)" if pods > 1 else ""
        level = Level.FAILING
        if whole or trouble.sort in _NOTES:
            level = Level.NOTE
        elif trouble.sort is Sort.NOT_READY and not down:
            level = Level.WAITING
        return Problem(
            level,
            _ROOTS.get(trouble.sort, Root.ROLL_OUT),
            f"{where}{trouble.what}{code}{times}{many}: {trouble.cause}",
            trouble.advice.replace("ENV", self.env),
        )

    def _troubles(self, pod: Object) -> list[Trouble]:
        name = text(pod, "metadata", "name")
        heard = [
            line.message
            for line in self.warnings
            if (line.about.kind, line.about.name) == ("Pod", name)
        ]
        return troubles(pod, self.reader.now, heard)

    def _pod(self, pod: Object) -> dict[str, Any]:
        status, _, _ = condition(pod, "Ready")
        return {
            "name": text(pod, "metadata", "name"),
            "phase": text(pod, "status", "phase"),
            "ready": status == "True",
            "restarts": _restarts(pod),
            "troubles": [_told(trouble) for trouble in self._troubles(pod)],
        }


_CONTAINERS: Final = ("spec", "template", "spec", "containers")


def grouped(found: list[list[Trouble]]) -> list[tuple[Trouble, int]]:
    """Troubles that pods share once, with how many pods have them; nearest to the root first."""
    groups: dict[tuple[str, str, str], list[Trouble]] = defaultdict(list)
    for trouble in sorted((item for pod in found for item in pod), key=lambda item: item.sort):
        groups[trouble.container, trouble.what, trouble.cause].append(trouble)
    return [
        (max(same, key=lambda trouble: trouble.restarts), len(same)) for same in groups.values()
    ]


def _job(ref: Ref, node: Object) -> Item:
    failed, reason, message = condition(node, "Failed")
    done, _, _ = condition(node, "Complete")
    counts = {name: number(node, "status", name) for name in ("active", "succeeded", "failed")}
    if failed == "True":
        said = f"{reason}: {spoken(message)}".strip(": ")
        problem = Problem(Level.FAILING, Root.CRASH, said, f"kubectl logs job/{ref.name}")
        return Item(ref, "failed", (problem,), counts)
    if done == "True":
        return Item(ref, "complete", (), counts)
    return Item(ref, "runs", (Problem(Level.WAITING, Root.ROLL_OUT, "it runs"),), counts)


def _restarts(pod: Object) -> int:
    return sum(number(status, "restartCount") for status in items(pod, "status", _STATUSES))


_STATUSES: Final = "containerStatuses"


def _revision(node: Object) -> str:
    return text(node, "metadata", "annotations", REVISION)


def _has_pods(replica_set: Object) -> bool:
    return number(replica_set, "status", "replicas") > 0


def _replica_set(node: Object) -> dict[str, Any]:
    return {
        "name": text(node, "metadata", "name"),
        "revision": _revision(node),
        "wanted": number(node, "spec", "replicas"),
        "ready": number(node, "status", "readyReplicas"),
    }


def _told(trouble: Trouble) -> dict[str, Any]:
    return {
        "container": trouble.container,
        "what": trouble.what,
        "cause": trouble.cause,
        "advice": trouble.advice,
        "restarts": trouble.restarts,
        "exit_code": trouble.exit_code,
        "terminal": trouble.terminal,
    }
