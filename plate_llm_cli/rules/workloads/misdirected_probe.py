"""A probe that asks where nothing answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from plate_llm_cli.findings import Severity
from plate_llm_cli.graph.listening import INJECTED, is_as_written, is_mentioned
from plate_llm_cli.graph.secret_fields import at, text
from plate_llm_cli.rules.base import Defect, ManifestPlace, Rule
from plate_llm_cli.source.violations import near_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.graph.deployment import Deployment
    from plate_llm_cli.graph.workloads import Container, ContainerPort
    from plate_llm_cli.source.nodes import Route

_PROBES: Final = (
    ("startupProbe",),
    ("readinessProbe",),
    ("livenessProbe",),
    ("lifecycle", "postStart"),
    ("lifecycle", "preStop"),
)
_ACTIONS: Final = ("httpGet", "tcpSocket", "grpc")
_SERVING: Final = ("http", "web", "api", "app", "grpc", "server", "service", "main")
"""How names of ports begin that an application answers at, health checks included."""
_PRIVILEGED: Final = 1024


class MisdirectedProbe(Rule):
    """A probe asks at a port that its container does not have.

    ## What it does
    Looks for the port of each probe and lifecycle hook. A name has to be one of the container's
    own ports, else it is an error. A number need not be declared: it is a warning where the
    container declares one port to serve at, and nobody speaks of the number: no port of the pod or
    of a Service, no argument, variable or ConfigMap. Spring's `/actuator` has a port of its own.

    ## Why is this bad?
    The probe never succeeds: the pod gets no traffic, or is killed and started again for ever, and
    the roll-out stands still.

    ## Example
    ```yaml
    ports:
      - {name: http, containerPort: 8080}
    readinessProbe:
      httpGet: {path: /readyz, port: web}
    ```

    ## Use instead
    ```yaml
    readinessProbe:
      httpGet: {path: /readyz, port: http}
    ```
    """

    id = "misdirected-probe"
    severity = Severity.ERROR
    summary = "A probe asks at a port that its container does not have"

    def check(self, deployment: Deployment) -> Iterator[Defect]:
        """Every probe without its port."""
        for workload in deployment.wiring.workloads:
            if not is_as_written(workload):
                continue
            for container in workload.containers:
                for port, routes in _asked(container).items():
                    if isinstance(port, str):
                        yield from _named(container, routes, port)
                    elif _is_unserved(deployment, container, port):
                        yield _numbered(container, routes, port)


def _asked(container: Container) -> dict[int | str, list[Route]]:
    """The ports of the pod that are asked, each with where that is said."""
    found: dict[int | str, list[Route]] = {}
    for steps in _PROBES:
        for action in _ACTIONS:
            asked = at(container.spec, *steps, action)
            port = at(asked, "port")
            elsewhere = isinstance(port, int) and _is_elsewhere(asked)
            if isinstance(port, int | str) and port and not elsewhere:
                found.setdefault(port, []).append((*container.base, *steps, action, "port"))
    return found


def _is_elsewhere(action: dict[str, Any]) -> bool:
    """Whether another host is asked, or Spring's management, whose port is set in the image."""
    return bool(text(action.get("host"))) or text(action.get("path")).startswith("/actuator")


def _named(container: Container, routes: list[Route], name: str) -> Iterator[Defect]:
    if container.port(name) is not None or name.isdecimal():  # which the schemas refuse
        return
    others = [item for item in container.workload.containers if item.port(name) is not None]
    near = near_name(name, {item.name for item in container.ports if item.name})
    if others:
        help_text = f"it is of container {others[0].name}: only a number reaches other containers"
    elif near:
        help_text = f"did you mean {near}?"
    else:
        help_text = _has(container)
    yield Defect(
        ManifestPlace(container.workload.manifest, routes[0]),
        f"container {container.name} has no port named {name}",
        help_text,
        related=_related(container, routes),
    )


def _is_unserved(deployment: Deployment, container: Container, port: int) -> bool:
    workload = container.workload
    declared = {item.number for other in workload.lasting for item in other.ports}
    if port in declared | INJECTED or workload.pod.get("hostNetwork") is True:
        return False
    services = [item for item in deployment.wiring.services if workload in item.workloads]
    if any(port == led.target for item in services for led in item.ports):
        return False  # `unserved-target-port` speaks of it
    serving = [item for item in container.ports if item.protocol == "TCP" and _serves(item)]
    return len(serving) == 1 and not is_mentioned(deployment.wiring, workload, port)


def _serves(port: ContainerPort) -> bool:
    if not port.name:
        return port.number in (80, 443) or port.number >= _PRIVILEGED
    return port.name.startswith(_SERVING)


def _numbered(container: Container, routes: list[Route], port: int) -> Defect:
    return Defect(
        ManifestPlace(container.workload.manifest, routes[0]),
        f"container {container.name} does not declare port {port}, which is asked here",
        _has(container),
        related=_related(container, routes),
        severity=Severity.WARNING,
    )


def _has(container: Container) -> str:
    found = ", ".join(
        f"{item.number} ({item.name})" if item.name else str(item.number)
        for item in container.ports
    )
    return f"it has {found}" if found else "it declares no port: name one, or give the number"


def _related(container: Container, routes: list[Route]) -> tuple[tuple[ManifestPlace, str], ...]:
    manifest = container.workload.manifest
    also = [(ManifestPlace(manifest, route), "asked here as well") for route in routes[1:]]
    ports = ManifestPlace(manifest, (*container.base, "ports"))
    its = [(ports, f"the ports of container {container.name}")] if container.ports else []
    return (*also, *its)
