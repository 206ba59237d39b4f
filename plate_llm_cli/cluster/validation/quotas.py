"""Whether the pods fit into what the ResourceQuotas of their namespaces leave."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from plate_llm_cli.cluster.objects import Ref, items, mapping, number, text, value
from plate_llm_cli.cluster.validation.complaints import (
    TOO_MUCH,
    UNCHECKED,
    about,
    at,
    field_at,
)
from plate_llm_cli.cluster.validation.demand import (
    LIMITS,
    REQUESTS,
    Amounts,
    Defaults,
    Demand,
    Rollout,
    amount_text,
    amounts,
    container_demand,
    missing_in,
    pod_demand,
    rollout_of,
)
from plate_llm_cli.cluster.validation.refusals import of_hook
from plate_llm_cli.findings import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.cluster.objects import Object
    from plate_llm_cli.cluster.validation.complaints import Complaint
    from plate_llm_cli.cluster.validation.site import PodSpec, Site
    from plate_llm_cli.graph.places import ManifestPlace

_PODS: Final = "pods"
_SHORT: Final = {"cpu": f"{REQUESTS}.cpu", "memory": f"{REQUESTS}.memory", "count/pods": _PODS}
_ENDED: Final = ("Succeeded", "Failed")
_OTHER: Final = (f"{REQUESTS}.storage",)


@dataclass(frozen=True, slots=True)
class _Workload:
    """What makes pods, with how many and how large they are, and what it takes at present."""

    pod: PodSpec
    rollout: Rollout
    demand: Demand
    held: Amounts
    """By key of a quota, what its pods in the cluster count for."""

    def takes(self, key: str, *, peak: bool) -> Decimal:
        """What it comes to of `key`, at its `peak` or when all is done."""
        return self.count(peak=peak) * _each(self.demand, key)

    def count(self, *, peak: bool) -> int:
        """How many pods it has."""
        return self.rollout.replicas + (self.rollout.surge if peak else 0)


@dataclass(frozen=True, slots=True)
class _Quota:
    """One line of a ResourceQuota."""

    name: str
    namespace: str
    key: str
    hard: Decimal
    used: Decimal

    @property
    def resource(self) -> str:
        """`cpu` of `requests.cpu`."""
        return self.key.partition(".")[2] or self.key

    @property
    def way(self) -> str:
        """`requests` or `limits`; `pods` for how many there are."""
        return self.key.partition(".")[0]

    def text(self, amount: Decimal) -> str:
        """`amount` of what it counts."""
        return amount_text(self.resource, amount)


def quotas(site: Site) -> Iterator[Complaint]:
    """Quotas that the pods of the environment do not fit into, with the numbers."""
    for namespace in dict.fromkeys(pod.manifest.namespace for pod in site.pods):
        pods = [pod for pod in site.pods if pod.manifest.namespace == namespace]
        place = at(pods[0].manifest)
        listed = site.all("v1", "ResourceQuota", namespace, place)
        if not listed:
            continue
        defaults = Defaults.of(site.all("v1", "LimitRange", namespace, place) or [])
        workloads = [it for pod in pods if (it := _workload(site, pod, defaults)) is not None]
        for obj in listed if workloads else []:
            yield from _of_quota(obj, workloads, defaults)


def _of_quota(obj: Object, workloads: list[_Workload], defaults: Defaults) -> Iterator[Complaint]:
    namespace, name = text(obj, "metadata", "namespace"), text(obj, "metadata", "name")
    spec = mapping(obj, "spec")
    if spec.get("scopes") or spec.get("scopeSelector"):
        message = f"ResourceQuota {name} in {namespace} is for some pods only, and is not counted"
        yield about(UNCHECKED, at(workloads[0].pod.manifest), message, severity=Severity.INFO)
        return
    used = amounts(mapping(obj, "status", "used"))
    for written, hard in amounts(mapping(spec, "hard")).items():
        key = _SHORT.get(written, written)
        if key == _PODS or (key.startswith((REQUESTS, LIMITS)) and not key.startswith(_OTHER)):
            quota = _Quota(name, namespace, key, hard, used.get(written, Decimal(0)))
            yield from _unsaid(quota, workloads, defaults)
            yield from _exceeded(quota, workloads, defaults)


def _unsaid(quota: _Quota, workloads: list[_Workload], defaults: Defaults) -> Iterator[Complaint]:
    """A quota of a resource refuses pods with containers that say nothing of it."""
    if quota.key == _PODS:
        return
    for workload in workloads:
        pod = workload.pod
        for index in missing_in(pod.spec, quota.way, quota.resource, defaults):
            route = (*pod.route, "containers", index, "resources", quota.way, quota.resource)
            name = text(items(pod.spec, "containers")[index], "name")
            message = (
                f"ResourceQuota {quota.name} in {quota.namespace} wants {quota.key} of every "
                f"container, and {name} says none"
            )
            yield about(TOO_MUCH, field_at(pod.manifest, route), message, "no pod is made without")


def _exceeded(quota: _Quota, workloads: list[_Workload], defaults: Defaults) -> Iterator[Complaint]:
    held = sum(it.held.get(quota.key, Decimal(0)) for it in workloads)
    free = max(quota.hard - quota.used + held, Decimal(0))  # others may take more than all
    steady = sum((it.takes(quota.key, peak=False) for it in workloads), Decimal(0))
    peak = sum((it.takes(quota.key, peak=True) for it in workloads), Decimal(0))
    if peak <= free:
        return
    largest = max(workloads, key=lambda it: it.takes(quota.key, peak=True))
    fits = steady <= free
    severity = Severity.WARNING if fits and not largest.rollout.stalls else Severity.ERROR
    parts = ", ".join(_part(it, quota) for it in workloads if it.takes(quota.key, peak=True))
    message = (
        f"ResourceQuota {quota.name} in {quota.namespace} leaves {quota.text(free)} of "
        f"{quota.text(quota.hard)} {quota.key}, and {quota.text(peak)} are needed"
        f"{' during a roll-out' if fits else ''}: {parts}"
    )
    hint = "ask for less, or for a larger quota"
    yield about(TOO_MUCH, _place(quota, largest, defaults), message, hint, severity)


def _part(workload: _Workload, quota: _Quota) -> str:
    count, each = workload.count(peak=True), _each(workload.demand, quota.key)
    times = f"{count}" if quota.key == _PODS else f"{count} x {quota.text(each)}"
    surge = f", {workload.rollout.surge} of them for the roll-out" if workload.rollout.surge else ""
    return f"{workload.pod.manifest.name} {times}{surge}"


def _place(quota: _Quota, workload: _Workload, defaults: Defaults) -> ManifestPlace:
    pod = workload.pod
    if quota.key == _PODS:
        return field_at(pod.manifest, ("spec", "replicas"))
    containers = items(pod.spec, "containers")
    sizes = [
        container_demand(it, defaults).of(quota.way).get(quota.resource, Decimal(0))
        for it in containers
    ]
    index = sizes.index(max(sizes))
    resources = mapping(containers[index], "resources")
    way = quota.way if value(resources, quota.way, quota.resource) is not None else LIMITS
    route = (*pod.route, "containers", index, "resources", way, quota.resource)
    return field_at(pod.manifest, route)


def _each(demand: Demand, key: str) -> Decimal:
    way, _, resource = key.partition(".")
    return Decimal(1) if key == _PODS else demand.of(way).get(resource, Decimal(0))


def _workload(site: Site, pod: PodSpec, defaults: Defaults) -> _Workload | None:
    """None for what has no pods for long, or nobody knows how many."""
    manifest = pod.manifest
    if of_hook(manifest):
        return None
    ref = Ref(manifest.api_version, manifest.kind, manifest.namespace, manifest.name)
    live = site.look(ref, at(manifest)).found
    # What an autoscaler has made of the number stays, where the manifest says none.
    scaled = number(live, "spec", "replicas") if live else 0
    rollout = rollout_of(manifest.plain, max(scaled, _least(site, pod)))
    if rollout is None:
        return None
    if live is None or _stays(site, ref, live):
        rollout = Rollout(rollout.replicas, 0, stalls=False)
    held = _held(live, defaults) if live else {}
    return _Workload(pod, rollout, pod_demand(pod.spec, defaults), held)


def _least(site: Site, pod: PodSpec) -> int:
    """How many pods an autoscaler leaves at least."""
    for manifest in site.manifests:
        target = mapping(manifest.plain, "spec", "scaleTargetRef")
        if manifest.kind == "HorizontalPodAutoscaler" and (
            text(target, "kind"),
            text(target, "name"),
            manifest.namespace,
        ) == (pod.manifest.kind, pod.manifest.name, pod.manifest.namespace):
            return number(manifest.plain, "spec", "minReplicas") or 1
    return 1


def _stays(site: Site, ref: Ref, live: Object) -> bool:
    """Whether the pods remain as they are, so that nothing is rolled out."""
    template = site.templates.get(ref)
    return template is not None and template == value(live, "spec", "template")


def _held(live: Object, defaults: Defaults) -> Amounts:
    """What the pods of a workload count for in the cluster, by key of a quota."""
    count = _running(live)
    pod = mapping(live, "spec", "template", "spec") or mapping(live, "spec")
    demand = pod_demand(pod, defaults)
    held = {_PODS: Decimal(count)}
    for way in (REQUESTS, LIMITS):
        held |= {f"{way}.{name}": amount * count for name, amount in demand.of(way).items()}
    return held


def _running(live: Object) -> int:
    """How many pods there are of it now."""
    if text(live, "kind") == "Pod":
        return int(text(live, "status", "phase") not in _ENDED)
    return number(live, "status", "replicas") or number(live, "status", "active")
