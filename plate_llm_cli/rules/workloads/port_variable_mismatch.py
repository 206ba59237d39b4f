"""A container that listens elsewhere than it says."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from plate_llm_cli.findings import Severity
from plate_llm_cli.graph.listening import is_as_written
from plate_llm_cli.graph.variables import literal, variables_of
from plate_llm_cli.rules.base import Defect, ManifestPlace, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.graph.deployment import Deployment
    from plate_llm_cli.graph.env_contracts import ContractVariable
    from plate_llm_cli.graph.workloads import Container

_VARIABLE: Final = "PORT"
_PORT: Final = re.compile(r"[0-9]{1,5}")
_OWN: Final = ("PORT", "METRICS_PORT")
_LOCAL: Final = ("0.0.0.0", "::", "[::]", "localhost", "127.0.0.1", "")  # noqa: S104 - compared


class PortVariableMismatch(Rule):
    """A container is told to listen on a port that it does not declare.

    ## What it does
    Compares the variable `PORT` with the ports of its container. Where the chart names an env
    contract that has `PORT` or `METRICS_PORT`, the default of it counts where it is not given, and
    it is an error; else it is a warning, if the container declares exactly one TCP port.

    ## Why is this bad?
    The service listens on one port, and Services, probes and network policies mean the other.

    ## Example
    ```yaml
    env:
      - {name: PORT, value: "9000"}
    ports:
      - {name: http, containerPort: 8000}
    ```

    ## Use instead
    ```yaml
    env:
      - {name: PORT, value: "8000"}
    ports:
      - {name: http, containerPort: 8000}
    ```
    """

    id = "port-variable-mismatch"
    severity = Severity.ERROR
    summary = "A container is told to listen on a port that it does not declare"

    def check(self, deployment: Deployment) -> Iterator[Defect]:
        """Every container whose variable and ports differ."""
        contracts = {id(item.spec): found for item, found in deployment.env_contracts.containers}
        for workload in deployment.wiring.workloads:
            if not is_as_written(workload) or workload.is_brief:
                continue
            for container in workload.lasting:
                contract = contracts.get(id(container.spec))
                if contract is None:
                    yield from _by_custom(container)
                    continue
                for name in _OWN:
                    if name in contract.variables:
                        yield from _by_contract(container, contract.variables[name])


def _by_contract(container: Container, variable: ContractVariable) -> Iterator[Defect]:
    given = any(item.name == variable.name for item in variables_of(container))
    if given or container.spec.get("envFrom"):
        yield from _given(container, variable.name, Severity.ERROR)
        return
    port = variable.default
    if not isinstance(port, int) or not port or not _differs(container, port):
        return
    yield Defect(
        ManifestPlace(container.workload.manifest, (*container.base, "ports")),
        f"container {container.name} listens on {port}, which it does not declare",
        f"{variable.name} is not given, and {port} is its default: give it, or declare {port}",
    )


def _by_custom(container: Container) -> Iterator[Defect]:
    # Beside the name of another host, PORT is that host's.
    hosts = [item.value for item in variables_of(container) if item.name == "HOST"]
    if len(_ports(container)) == 1 and all(host in _LOCAL for host in hosts):
        yield from _given(container, _VARIABLE, Severity.WARNING)


def _given(container: Container, name: str, severity: Severity) -> Iterator[Defect]:
    variable = literal(container, name)
    value = (variable.value or "") if variable else ""
    if variable is None or not _PORT.fullmatch(value) or not _differs(container, int(value)):
        return
    manifest = container.workload.manifest
    ports = ", ".join(map(str, _ports(container)))
    yield Defect(
        ManifestPlace(manifest, (*variable.route, "value")),
        f"container {container.name} listens on {name}={value}, and declares {ports}",
        f"let {name} and containerPort be the same",
        related=((ManifestPlace(manifest, (*container.base, "ports")), "its ports"),),
        severity=severity,
    )


def _ports(container: Container) -> list[int]:
    return sorted({item.number for item in container.ports if item.protocol == "TCP"})


def _differs(container: Container, port: int) -> bool:
    """Whether a port is told that neither the container nor, as its upstream, another declares."""
    others = {item.number for other in container.workload.lasting for item in other.ports}
    return port > 0 and bool(_ports(container)) and port not in others
