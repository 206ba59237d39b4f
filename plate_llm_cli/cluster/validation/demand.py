"""How much of a namespace pods take: what their containers ask for, or are given by default."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, Final

from plate_llm_cli.cluster.objects import items, mapping, number, text, value
from plate_llm_cli.values.quantities import quantity_value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from plate_llm_cli.cluster.objects import Object

Amounts = dict[str, Decimal]
"""By resource: cores, bytes, pieces."""

REQUESTS: Final = "requests"
LIMITS: Final = "limits"

_BINARY: Final = ("Ti", "Gi", "Mi", "Ki")
_BYTES: Final = ("memory", "ephemeral-storage", "storage")
_QUARTER: Final = "25%"


@dataclass(frozen=True, slots=True)
class Defaults:
    """What a namespace gives to containers that say nothing."""

    requests: Amounts = field(default_factory=dict)
    limits: Amounts = field(default_factory=dict)

    @classmethod
    def of(cls, limit_ranges: Iterable[Object]) -> Defaults:
        """The defaults of the LimitRanges of a namespace."""
        made = cls()
        for limit_range in limit_ranges:
            for item in items(limit_range, "spec", "limits"):
                if text(item, "type") == "Container":
                    made.requests.update(amounts(mapping(item, "defaultRequest")))
                    made.limits.update(amounts(mapping(item, "default")))
        return made


@dataclass(frozen=True, slots=True)
class Demand:
    """What one container, or one pod, asks for."""

    requests: Amounts
    limits: Amounts

    def of(self, way: str) -> Amounts:
        """The `requests` or the `limits`."""
        return self.limits if way == LIMITS else self.requests


@dataclass(frozen=True, slots=True)
class Rollout:
    """How many pods a workload has: when all is done, and at most on the way there."""

    replicas: int
    surge: int
    stalls: bool
    """Whether it waits for a new pod before an old one goes."""


def amounts(written: Mapping[str, Any]) -> Amounts:
    """The numbers of `resources.requests` and the like; those that are none are left out."""
    found: Amounts = {}
    for resource, said in written.items():
        try:
            found[resource] = quantity_value(said)
        except (InvalidOperation, TypeError, ValueError):
            continue  # the API server refuses the object
    return found


def amount_text(resource: str, amount: Decimal) -> str:
    """`amount` as people write it, and as exact: 1500m, 2Gi, 3."""
    if resource.endswith(_BYTES):
        for power, suffix in zip((4, 3, 2, 1), _BINARY, strict=True):
            if amount and amount % (Decimal(1024) ** power) == 0:
                return f"{amount / Decimal(1024) ** power:f}{suffix}"
    if amount != amount.to_integral_value():
        return f"{(amount * 1000).normalize():f}m"
    return f"{amount.to_integral_value():f}"


def container_demand(container: Mapping[str, Any], defaults: Defaults) -> Demand:
    """What one container asks for; a limit is the request where none is said."""
    said = amounts(mapping(container, "resources", LIMITS))
    requests = amounts(mapping(container, "resources", REQUESTS))
    return Demand({**defaults.requests, **said, **requests}, {**defaults.limits, **said})


def pod_demand(pod: Mapping[str, Any], defaults: Defaults) -> Demand:
    """What a pod asks for: its containers together, or its largest one that runs before them."""
    ahead = list(items(dict(pod), "initContainers"))
    beside = [it for it in ahead if text(it, "restartPolicy") == "Always"]
    together = [container_demand(it, defaults) for it in (*items(dict(pod), "containers"), *beside)]
    alone = [container_demand(it, defaults) for it in ahead if it not in beside]
    return Demand(_most(together, alone, REQUESTS), _most(together, alone, LIMITS))


def _most(together: list[Demand], alone: list[Demand], way: str) -> Amounts:
    total: Amounts = {}
    for demand in together:
        for resource, amount in demand.of(way).items():
            total[resource] = total.get(resource, Decimal(0)) + amount
    for demand in alone:
        for resource, amount in demand.of(way).items():
            total[resource] = max(total.get(resource, Decimal(0)), amount)
    return total


def rollout_of(obj: Object, least: int = 1) -> Rollout | None:
    """How many pods `obj` comes to; None where nobody can say, or they are gone soon.

    `least` stands where it is left to an autoscaler.
    """
    kind, spec = text(obj, "kind"), mapping(obj, "spec")
    if kind in ("StatefulSet", "ReplicaSet"):
        return Rollout(_replicas(spec, least), 0, stalls=False)
    if kind == "Pod":
        return Rollout(1, 0, stalls=False)
    if kind == "Job":
        return Rollout(number(spec, "parallelism") or 1, 0, stalls=False)
    return _of_deployment(spec, _replicas(spec, least)) if kind == "Deployment" else None


def _of_deployment(spec: dict[str, Any], replicas: int) -> Rollout:
    if value(spec, "strategy", "type") == "Recreate":
        return Rollout(replicas, 0, stalls=False)
    rolling = mapping(spec, "strategy", "rollingUpdate")
    surge = _share(rolling.get("maxSurge", _QUARTER), replicas, math.ceil)
    missing = _share(rolling.get("maxUnavailable", _QUARTER), replicas, math.floor)
    return Rollout(replicas, surge, stalls=missing == 0 and surge > 0)


def _replicas(spec: dict[str, Any], least: int) -> int:
    return number(spec, "replicas") if "replicas" in spec else least


def _share(said: object, replicas: int, rounded: Any) -> int:
    if isinstance(said, str) and said.endswith("%") and said[:-1].isdecimal():
        return int(rounded(replicas * int(said[:-1]) / 100))
    return said if isinstance(said, int) else 0


def missing_in(
    pod: Mapping[str, Any], way: str, resource: str, defaults: Defaults
) -> Iterator[int]:
    """The containers, by index, that say nothing of `resource` and get nothing by default."""
    for index, container in enumerate(items(dict(pod), "containers")):
        if resource not in container_demand(container, defaults).of(way):
            yield index
