"""A Service that leads to a port which its pods do not have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plate_llm_cli.findings import Severity
from plate_llm_cli.graph.listening import (
    INJECTED,
    INJECTED_NAMES,
    is_as_written,
    is_mentioned,
)
from plate_llm_cli.rules.base import Defect, ManifestPlace, Rule
from plate_llm_cli.source.violations import near_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.graph.deployment import Deployment
    from plate_llm_cli.graph.services import Service, ServicePort
    from plate_llm_cli.graph.workloads import ContainerPort


class UnservedTargetPort(Rule):
    """A Service leads to a port that no container of its pods has.

    ## What it does
    Looks for the `targetPort` of each port among the ports of the containers that last as long as
    the pod. A name that none has is an error, a warning where the Service is headless. A number
    need not be declared: it is a warning where the pods declare other ports of that protocol, one
    of which no Service leads to, and neither arguments, variables nor ConfigMaps speak of it.

    ## Why is this bad?
    A port by a name that is not there gets no endpoints; behind a number on which nothing listens,
    connections are refused. An Ingress answers 503 or 502.

    ## Example
    ```yaml
    kind: Service
    spec:
      ports:
        - port: 80   # and targetPort too, where none is given
    ---
    containers:
      - name: web
        ports:
          - {name: http, containerPort: 8080}
    ```

    ## Use instead
    ```yaml
    kind: Service
    spec:
      ports:
        - port: 80
          targetPort: http
    ```
    """

    id = "unserved-target-port"
    severity = Severity.ERROR
    summary = "A Service leads to a port that no container of its pods has"

    def check(self, deployment: Deployment) -> Iterator[Defect]:
        """Every port of a Service that ends at the pods."""
        for service in deployment.wiring.services:
            if service.is_external or not service.workloads or service.manifest.hook:
                continue
            if not all(is_as_written(item) for item in service.workloads):
                continue
            for port in service.ports:
                if isinstance(port.target, str) and not port.target.isdecimal():
                    yield from _named(service, port, port.target)
                elif _is_unserved(deployment, service, port):
                    yield _numbered(deployment, service, port)


def _declared(service: Service) -> list[ContainerPort]:
    return [
        port for item in service.workloads for container in item.lasting for port in container.ports
    ]


def _named(service: Service, port: ServicePort, name: str) -> Iterator[Defect]:
    same = [item for item in _declared(service) if item.name == name]
    if any(item.protocol == port.protocol for item in same) or name in INJECTED_NAMES:
        return
    if same:
        help_text = f"port {name} is {same[0].protocol} there: let both be the same protocol"
    else:
        near = near_name(name, {item.name for item in _declared(service) if item.name})
        help_text = f"did you mean {near}?" if near else _has(service)
    yield Defect(
        ManifestPlace(service.manifest, (*port.route, "targetPort")),
        f"no container of {_pods(service)} has a {port.protocol} port named {name}",
        help_text,
        related=_related(service),
        severity=Severity.WARNING if _is_headless(service) else None,
    )


def _is_unserved(deployment: Deployment, service: Service, port: ServicePort) -> bool:
    declared = {item.number for item in _declared(service) if item.protocol == port.protocol}
    target = port.target
    if not isinstance(target, int) or not declared or target in declared | INJECTED:
        return False
    if _is_headless(service):
        return False
    return not any(is_mentioned(deployment.wiring, item, target) for item in service.workloads)


def _numbered(deployment: Deployment, service: Service, port: ServicePort) -> Defect:
    left = _not_led_to(deployment, service, port.protocol)
    route = (*port.route, "targetPort" if port.explicit else "port")
    given = "" if port.explicit else "no targetPort is given, so it is the port itself; "
    return Defect(
        ManifestPlace(service.manifest, route),
        f"no container of {_pods(service)} declares the {port.protocol} port {port.target}",
        given + _has(service),
        related=_related(service),
        severity=Severity.WARNING if left else Severity.INFO,
    )


def _not_led_to(deployment: Deployment, service: Service, protocol: str) -> list[ContainerPort]:
    """The ports of the pods that no Service leads to: one of them may be meant."""
    targets = {
        port.target
        for other in deployment.wiring.services
        if not set(other.workloads).isdisjoint(service.workloads)
        for port in other.ports
    }
    return [
        item
        for item in _declared(service)
        if item.protocol == protocol and item.number not in targets and item.name not in targets
    ]


def _is_headless(service: Service) -> bool:
    return service.manifest.text("spec", "clusterIP") == "None"


def _pods(service: Service) -> str:
    return ", ".join(item.label for item in service.workloads)


def _has(service: Service) -> str:
    found = dict.fromkeys(
        f"{item.number} ({item.name})" if item.name else str(item.number)
        for item in _declared(service)
    )
    return f"there are {', '.join(found)}" if found else "its containers declare no port"


def _related(service: Service) -> tuple[tuple[ManifestPlace, str], ...]:
    found = (
        (ManifestPlace(item.manifest, (*container.base, "ports")), f"the ports of {item.label}")
        for item in service.workloads
        for container in item.lasting
        if container.ports
    )
    return tuple(found)[:1]
