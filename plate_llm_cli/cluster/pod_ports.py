"""Which pod, and which port of it, stands behind a Service, a Deployment or a pod."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from plate_llm_cli.cluster.objects import Ref, Selection, condition, items, mapping, text, value
from plate_llm_cli.cluster.pods import troubles
from plate_llm_cli.errors import ClusterError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.cluster.api import Api
    from plate_llm_cli.cluster.objects import Object


@dataclass(frozen=True, slots=True)
class PodPort:
    """A port of one pod."""

    pod: Ref
    number: int

    def __str__(self) -> str:
        return f"port {self.number} of {self.pod}"


def pod_port(api: Api, target: Ref, port: int | str) -> PodPort:
    """The pod behind `target`, a Pod, Service or Deployment, and the number of its `port`.

    Of a Service `port` is one of its ports, else one of the container; by number or by name.

    Raises:
        ClusterError: it is not there, has no such port, or no pod of it is ready.
    """
    obj = api.get(target)
    if obj is None:
        raise ClusterError(f"there is no {target}", "plate-llm status ENV shows what there is")
    wanted = _target_port(obj, port) if target.kind == "Service" else port
    pod = _ready_one(target, [obj] if target.kind == "Pod" else _selected(api, target, obj))
    number = wanted if isinstance(wanted, int) else _named_port(pod, wanted)
    if not number:
        raise ClusterError(f"{target} has no port {port!r}", _ports_hint(_container_ports(pod)))
    return PodPort(Ref.of(pod), number)


def _target_port(service: Object, port: int | str) -> int | str:
    """Where a port of a Service leads: a number, or the name of a container's port."""
    ports = items(service, "spec", "ports")
    field = "port" if isinstance(port, int) else "name"
    for item in ports:
        if item.get(field) == port:
            leads = item.get("targetPort") or item.get("port")
            return leads if isinstance(leads, int) else str(leads)
    raise ClusterError(f"{Ref.of(service)} has no port {port!r}", _ports_hint(ports, "port"))


def _selected(api: Api, target: Ref, obj: Object) -> list[Object]:
    if target.kind == "Service":
        labels = [f"{key}={said}" for key, said in mapping(obj, "spec", "selector").items()]
    else:
        labels = list(_terms(mapping(obj, "spec", "selector")))
    if not labels:
        raise ClusterError(f"{target} selects no pods", "forward to a pod by its name")
    return api.find("v1", "Pod", Selection(target.namespace, ",".join(labels)))


def _terms(selector: Object) -> Iterator[str]:
    """A label selector as the API server takes it in a request."""
    yield from (f"{key}={said}" for key, said in mapping(selector, "matchLabels").items())
    for item in items(selector, "matchExpressions"):
        key, operator = text(item, "key"), text(item, "operator")
        values = ",".join(map(str, item.get("values") or []))
        if operator in ("In", "NotIn"):
            yield f"{key} {operator.lower()} ({values})"
        else:
            yield key if operator == "Exists" else f"!{key}"


def _ready_one(target: Ref, pods: list[Object]) -> Object:
    for pod in pods:
        if condition(pod, "Ready")[0] == "True" and not value(pod, "metadata", "deletionTimestamp"):
            return pod
    about = [f"{text(pod, 'metadata', 'name')}: {_why(pod)}" for pod in pods]
    if target.kind == "Pod":
        raise ClusterError(f"{target} is not ready: {_why(pods[0])}", _ADVICE)
    if not pods:
        raise ClusterError(f"{target} has no pods", _ADVICE)
    raise ClusterError(f"no pod of {target} is ready", _ADVICE, about)


_ADVICE = "plate-llm status ENV shows what keeps it from being up"


def _why(pod: Object) -> str:
    if value(pod, "metadata", "deletionTimestamp"):
        return "it is being deleted"
    found = troubles(pod)
    if found:
        return f"{found[0].what}, {found[0].cause}"
    return condition(pod, "Ready")[1] or text(pod, "status", "phase") or "it has no status yet"


def _container_ports(pod: Object) -> list[Object]:
    containers = (*items(pod, "spec", "containers"), *items(pod, "spec", "initContainers"))
    return [port for container in containers for port in items(container, "ports")]


def _named_port(pod: Object, name: str) -> int:
    """The number of the port that containers call `name`; 0 where none does."""
    for port in _container_ports(pod):
        if port.get("name") == name and isinstance(port.get("containerPort"), int):
            return int(port["containerPort"])
    return int(name) if name.isdecimal() else 0


def _ports_hint(ports: list[Object], field: str = "containerPort") -> str:
    known = ", ".join(_port_text(port.get("name"), port.get(field)) for port in ports)
    return f"its ports: {known}" if known else "it declares no ports"


def _port_text(name: Any, number: Any) -> str:
    return f"{name} ({number})" if name else str(number)
