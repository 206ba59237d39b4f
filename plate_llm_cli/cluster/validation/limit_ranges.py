"""Whether containers, pods and claims are within the LimitRanges of their namespaces."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from plate_llm_cli.cluster.objects import items, mapping, text
from plate_llm_cli.cluster.validation.complaints import TOO_MUCH, about, at, field_at
from plate_llm_cli.cluster.validation.demand import (
    LIMITS,
    REQUESTS,
    Amounts,
    Defaults,
    Demand,
    amount_text,
    amounts,
    container_demand,
    pod_demand,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    from plate_llm_cli.cluster.objects import Object
    from plate_llm_cli.cluster.validation.complaints import Complaint
    from plate_llm_cli.cluster.validation.site import Site
    from plate_llm_cli.graph.manifests import Manifest
    from plate_llm_cli.source.nodes import Route

_WORDS: Final = {REQUESTS: "asks for", LIMITS: "is limited to"}


@dataclass(frozen=True, slots=True)
class _Bounds:
    """What one LimitRange says of one type of thing."""

    name: str
    namespace: str
    type: str
    most: Amounts
    least: Amounts
    ratio: Amounts


@dataclass(frozen=True, slots=True)
class _Thing:
    """A container, pod or claim: what it is called, where its resources are, what it asks for."""

    name: str
    manifest: Manifest
    route: Route
    demand: Demand


def limit_ranges(site: Site) -> Iterator[Complaint]:
    """What is larger or smaller than a namespace allows."""
    holders = [*(pod.manifest for pod in site.pods), *_claims(site)]
    for namespace in dict.fromkeys(item.namespace for item in holders):
        first = next(item for item in holders if item.namespace == namespace)
        listed = site.all("v1", "LimitRange", namespace, at(first))
        if listed:
            things = _things(site, namespace, Defaults.of(listed))
            for bounds in [it for obj in listed for it in _bounds(obj)]:
                for thing in things.get(bounds.type, []):
                    yield from _outside(bounds, thing)


def _claims(site: Site) -> Iterator[Manifest]:
    return (item for item in site.manifests if item.kind == "PersistentVolumeClaim")


def _things(site: Site, namespace: str, defaults: Defaults) -> dict[str, list[_Thing]]:
    containers, pods = list[_Thing](), list[_Thing]()
    for pod in site.pods:
        if pod.manifest.namespace != namespace:
            continue
        for group in ("initContainers", "containers"):
            for index, container in enumerate(items(pod.spec, group)):
                demand = container_demand(container, defaults)
                route = (*pod.route, group, index, "resources")
                name = f"container {text(container, 'name')}"
                containers.append(_Thing(name, pod.manifest, route, demand))
        whole = pod_demand(pod.spec, defaults)
        route = (*pod.route, "containers", 0, "resources")
        pods.append(_Thing(f"a pod of {pod.manifest.name}", pod.manifest, route, whole))
    claims = [
        _Thing(item.name, item, ("spec", "resources"), Demand(_asked(item), {}))
        for item in _claims(site)
        if item.namespace == namespace
    ]
    return {"Container": containers, "Pod": pods, "PersistentVolumeClaim": claims}


def _asked(claim: Manifest) -> Amounts:
    return amounts(mapping(claim.plain, "spec", "resources", REQUESTS))


def _bounds(obj: Object) -> Iterator[_Bounds]:
    for item in items(obj, "spec", "limits"):
        yield _Bounds(
            text(obj, "metadata", "name"),
            text(obj, "metadata", "namespace"),
            text(item, "type"),
            amounts(mapping(item, "max")),
            amounts(mapping(item, "min")),
            amounts(mapping(item, "maxLimitRequestRatio")),
        )


def _outside(bounds: _Bounds, thing: _Thing) -> Iterator[Complaint]:
    for resource, most in bounds.most.items():
        for way in (REQUESTS, LIMITS):
            asked = thing.demand.of(way).get(resource)
            if asked is not None and asked > most:
                yield _complaint(bounds, thing, (way, resource), ("at most", most))
                break
    for resource, least in bounds.least.items():
        asked = thing.demand.requests.get(resource)
        if asked is not None and asked < least:
            yield _complaint(bounds, thing, (REQUESTS, resource), ("at least", least))
    for resource, ratio in bounds.ratio.items():
        limit, asked = thing.demand.limits.get(resource), thing.demand.requests.get(resource)
        if limit is not None and asked and limit / asked > ratio:
            message = (
                f"LimitRange {bounds.name} in {bounds.namespace} allows a limit of "
                f"{ratio.normalize():f} times the request of {resource}, and {thing.name} has "
                f"{amount_text(resource, limit)} for {amount_text(resource, asked)}"
            )
            yield _at(thing, (LIMITS, resource), message)


def _complaint(
    bounds: _Bounds, thing: _Thing, field: tuple[str, str], rule: tuple[str, Decimal]
) -> Complaint:
    (way, resource), (words, bound) = field, rule
    asked = amount_text(resource, thing.demand.of(way)[resource])
    message = (
        f"LimitRange {bounds.name} in {bounds.namespace} allows {words} "
        f"{amount_text(resource, bound)} of {resource}, and {thing.name} {_WORDS[way]} {asked}"
    )
    return _at(thing, field, message)


def _at(thing: _Thing, field: tuple[str, str], message: str) -> Complaint:
    place = field_at(thing.manifest, (*thing.route, *field))
    return about(TOO_MUCH, place, message, "no such pod or claim is made")
