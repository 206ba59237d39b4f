"""`fieldRef` and `resourceFieldRef`: what a pod knows of itself, for a process of one machine."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from plate_llm_cli.graph.secret_fields import at, mapping, mappings, text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from plate_llm_cli.graph.manifests import Manifest

_LOOPBACK: Final = "127.0.0.1"
_LOCAL: Final = {
    "metadata.uid": "00000000-0000-0000-0000-000000000000",
    "spec.nodeName": "localhost",
    "status.podIP": _LOOPBACK,
    "status.podIPs": _LOOPBACK,
    "status.hostIP": _LOOPBACK,
    "status.hostIPs": _LOOPBACK,
}
_ENTRY: Final = re.compile(r"metadata\.(labels|annotations)\['([^']+)'\]")


def field_value(workload: Manifest, pod: Mapping[str, Any], path: str) -> str | None:
    """What stands at `path` of the pod; None where no local process has something like it.

    Addresses are the loopback's, the node is `localhost`, the pod has its workload's name. A label
    or annotation that is not there is '', as in a pod.
    """
    if path in _LOCAL:
        return _LOCAL[path]
    if path == "metadata.name":
        return workload.name
    if path == "metadata.namespace":
        return workload.namespace
    if path == "spec.serviceAccountName":
        return text(pod.get("serviceAccountName")) or "default"
    found = _ENTRY.fullmatch(path)
    if found is None:
        return None
    return text(mapping(at(_template(workload), "metadata", found[1])).get(found[2]))


def _template(workload: Manifest) -> dict[str, Any]:
    """The object whose metadata the pod gets."""
    plain = workload.plain
    places = (("spec", "jobTemplate", "spec", "template"), ("spec", "template"), ("template",))
    found = (at(plain, *place) for place in places)
    return next((item for item in found if isinstance(item, dict)), plain)


def resource_value(pod: Mapping[str, Any], container: str, field: Mapping[str, Any]) -> str | None:
    """A limit or request, in units of the divisor; None where the node decides, or it is unclear.

    A request that is left out is the limit, else 0; a limit that is left out is the node's.
    """
    name = text(field.get("containerName")) or container
    of = next((item for item in _containers(pod) if item.get("name") == name), None)
    kind, _, resource = text(field.get("resource")).partition(".")
    if of is None or kind not in ("limits", "requests"):
        return None
    stated = mapping(at(of, "resources", kind)).get(resource)
    if stated is None and kind == "requests":
        stated = mapping(at(of, "resources", "limits")).get(resource, "0")
    if stated is None:
        return None
    return _divided(str(stated), str(field.get("divisor") or "1"), milli=resource == "cpu")


def _containers(pod: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        item for group in ("containers", "initContainers") for _, item in mappings(pod.get(group))
    ]


def _divided(quantity: str, divisor: str, *, milli: bool) -> str | None:
    """As `ConvertResourceCPUToString` and its relatives: up to the next whole number."""
    from decimal import ROUND_CEILING, Decimal, InvalidOperation  # noqa: PLC0415 - with pydantic

    from plate_llm_cli.values.quantities import quantity_value  # noqa: PLC0415 - loads pydantic

    smallest = Decimal("0.001") if milli else Decimal(1)
    try:
        amounts = quantity_value(quantity), quantity_value(divisor) or Decimal(1)
        whole = [(amount / smallest).to_integral_value(ROUND_CEILING) for amount in amounts]
        return str((whole[0] / whole[1]).to_integral_value(ROUND_CEILING))
    except (InvalidOperation, ZeroDivisionError):
        return None
