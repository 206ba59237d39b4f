"""Fields of one object that each fit the schema, and that the API server refuses together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from plate_llm_cli.graph.secret_fields import at, mapping, mappings, text
from plate_llm_cli.schemas.formats import quantity
from plate_llm_cli.values.quantities import quantity_value

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.graph.manifests import Manifest
    from plate_llm_cli.graph.workloads import Container, Workload
    from plate_llm_cli.source.nodes import Route

_NODE_PORTS: Final = range(30000, 32768)
_HANDLERS: Final = ("exec", "grpc", "httpGet", "tcpSocket")
_LASTING: Final = frozenset({"Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"})
_EITHER: Final = "OnFailure or Never"
_ABSENT: Final = (None, "", 0)


@dataclass(frozen=True, slots=True)
class Contradiction:
    """What stands at `route`, or should, and cannot stay as it is; `unsure` where it may."""

    route: Route
    message: str
    help: str
    absent: bool = False
    unsure: bool = False


def in_service(manifest: Manifest) -> Iterator[Contradiction]:
    """What a Service says of its ports that its type does not allow."""
    spec = mapping(manifest.plain.get("spec"))
    kind = text(spec.get("type")) or "ClusterIP"
    ports = list(mappings(spec.get("ports")))
    inner = kind in ("ClusterIP", "ExternalName")
    for index, port in ports:
        route = ("spec", "ports", index)
        number = port.get("nodePort")
        if number not in _ABSENT and inner:
            message = f"a Service of type {kind} has no nodePort"
            help_text = "leave nodePort out, or let the type be NodePort"
            yield Contradiction((*route, "nodePort"), message, help_text)
        elif isinstance(number, int) and number and number not in _NODE_PORTS:
            message = f"nodePort {number} is not one of 30000 to 32767"
            help_text = "take one of those; few clusters are set up with others"
            yield Contradiction((*route, "nodePort"), message, help_text, unsure=True)
        if len(ports) > 1 and port.get("name") in _ABSENT:
            message = "a port of a Service with several ports has no name"
            yield Contradiction((*route, "name"), message, "give each a name", absent=True)
    if spec.get("clusterIP") == "None" and kind in ("NodePort", "LoadBalancer"):
        message = f"a Service of type {kind} cannot be headless"
        yield Contradiction(("spec", "clusterIP"), message, "leave clusterIP out")
    policy = spec.get("externalTrafficPolicy")
    if policy not in _ABSENT and inner and not spec.get("externalIPs"):
        message = f"a Service of type {kind} has no externalTrafficPolicy"
        help_text = "leave it out: only LoadBalancer and NodePort have one"
        yield Contradiction(("spec", "externalTrafficPolicy"), message, help_text)


def in_ingress(manifest: Manifest) -> Iterator[Contradiction]:
    """Paths that do not begin at the root."""
    for number, rule in mappings(at(manifest.plain, "spec", "rules")):
        for index, path in mappings(at(rule, "http", "paths")):
            route = ("spec", "rules", number, "http", "paths", index)
            written = text(path.get("path"))
            if written and not written.startswith("/"):
                message = f"the path {written} does not begin with /"
                yield Contradiction((*route, "path"), message, f"write /{written}")
            elif not written and path.get("pathType") in ("Exact", "Prefix"):
                message = f"a path of type {path['pathType']} has no path"
                yield Contradiction((*route, "path"), message, "write /", absent=True)


def in_workload(workload: Workload) -> Iterator[Contradiction]:
    """What a workload says of its roll-out, its pods and their containers."""
    yield from _in_roll_out(workload.manifest)
    yield from _in_pod(workload)
    for container in workload.containers:
        yield from _in_container(container)


def _in_roll_out(manifest: Manifest) -> Iterator[Contradiction]:
    if manifest.kind != "Deployment":
        return
    route = ("spec", "strategy", "rollingUpdate")
    rolling = at(manifest.plain, *route)
    if rolling is None:
        return
    if at(manifest.plain, "spec", "strategy", "type") == "Recreate":
        message = "the strategy Recreate has no rollingUpdate"
        yield Contradiction(route, message, "leave rollingUpdate out, or null it where it is set")
    elif all(at(rolling, name) in (0, "0%", "0") for name in ("maxSurge", "maxUnavailable")):
        message = "maxSurge and maxUnavailable are both 0: no pod could be replaced"
        yield Contradiction((*route, "maxUnavailable"), message, "let one of them be 1")


def _in_pod(workload: Workload) -> Iterator[Contradiction]:
    kind, policy = workload.manifest.kind, workload.pod.get("restartPolicy")
    route = (*workload.base, "restartPolicy")
    if kind in _LASTING and policy not in (None, "", "Always"):
        message = f"the pods of a {kind} cannot have restartPolicy {policy}"
        yield Contradiction(route, message, "leave it out: they are always started again")
    if workload.is_brief and policy in (None, "", "Always"):
        message = f"the pods of a {kind} need restartPolicy {_EITHER}"
        absent = policy is None
        yield Contradiction(route, message, f"write {_EITHER}", absent=absent)
    for index, volume in mappings(workload.pod.get("volumes")):
        sources = [name for name, value in volume.items() if isinstance(value, dict)]
        if len(sources) > 1:
            message = f"volume {volume.get('name')} is both {sources[0]} and {sources[1]}"
            place = (*workload.base, "volumes", index, sources[1])
            yield Contradiction(place, message, "leave all but one of them out")


def _in_container(container: Container) -> Iterator[Contradiction]:
    for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
        yield from _in_probe(container, probe)
    for index, entry in mappings(container.spec.get("env")):
        if entry.get("value") not in _ABSENT and entry.get("valueFrom") is not None:
            message = f"variable {entry.get('name')} has both value and valueFrom"
            route = (*container.base, "env", index, "valueFrom")
            yield Contradiction(route, message, "leave one of them out")
    yield from _in_security(container)
    yield from _in_ports(container)
    limits = mapping(at(container.spec, "resources", "limits"))
    for name, wanted in mapping(at(container.spec, "resources", "requests")).items():
        if name in limits and _exceeds(wanted, limits[name]):
            route = (*container.base, "resources", "requests", name)
            message = f"container {container.name} requests {wanted} of {name}, and its limit is "
            yield Contradiction(route, f"{message}{limits[name]}", "let the limit be as high")


def _in_security(container: Container) -> Iterator[Contradiction]:
    own = mapping(container.spec.get("securityContext"))
    whole = mapping(container.workload.pod.get("securityContext"))
    route = (*container.base, "securityContext")
    if own.get("privileged") is True and own.get("allowPrivilegeEscalation") is False:
        message = f"container {container.name} is privileged without allowPrivilegeEscalation"
        help_text = "a privileged container has it in any case: leave one of them out"
        yield Contradiction((*route, "allowPrivilegeEscalation"), message, help_text)
    effective = {**whole, **{name: value for name, value in own.items() if value is not None}}
    user = effective.get("runAsUser")
    if effective.get("runAsNonRoot") is True and user == 0 and not isinstance(user, bool):
        place = route if own.get("runAsUser") is not None else _of_pod(container)
        message = f"container {container.name} runs as user 0, and runAsNonRoot forbids it"
        yield Contradiction((*place, "runAsUser"), message, "give it another user")


def _in_ports(container: Container) -> Iterator[Contradiction]:
    if container.workload.pod.get("hostNetwork") is not True:
        return
    for port in container.ports:
        host = at(container.spec, "ports")[port.route[-1]].get("hostPort")
        if host not in (*_ABSENT, port.number):
            message = f"hostPort {host} is not containerPort {port.number}, as hostNetwork needs it"
            yield Contradiction((*port.route, "hostPort"), message, "leave hostPort out")


def _of_pod(container: Container) -> Route:
    return (*container.workload.base, "securityContext")


def _in_probe(container: Container, name: str) -> Iterator[Contradiction]:
    probe = container.spec.get(name)
    if not isinstance(probe, dict):
        return
    route = (*container.base, name)
    handlers = [item for item in _HANDLERS if probe.get(item) is not None]
    if not handlers:
        message = f"the {name} of container {container.name} asks nothing"
        yield Contradiction(route, message, f"give it one of {', '.join(_HANDLERS)}")
    elif len(handlers) > 1:
        message = f"the {name} of container {container.name} has both {' and '.join(handlers)}"
        help_text = "leave one out; a default of the chart is taken away with null"
        yield Contradiction((*route, handlers[1]), message, help_text)
    wanted = probe.get("successThreshold")
    if name != "readinessProbe" and isinstance(wanted, int) and wanted > 1:
        message = f"the successThreshold of a {name} can only be 1"
        yield Contradiction((*route, "successThreshold"), message, "leave it out")


def _exceeds(wanted: Any, limit: Any) -> bool:
    """Whether one amount is more than another; what is no amount, the schema check says."""
    amounts = [str(item) for item in (wanted, limit) if isinstance(item, str | int | float)]
    if len(amounts) < 2 or any(quantity(item) is not None for item in amounts):
        return False
    return quantity_value(amounts[0]) > quantity_value(amounts[1])
