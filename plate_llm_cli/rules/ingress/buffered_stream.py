"""A proxy that holds back what a language model says."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from plate_llm_cli.findings import Severity
from plate_llm_cli.graph.ingress_annotations import (
    NGINX,
    annotation_route,
    nginx_text,
)
from plate_llm_cli.graph.ingress_controllers import Controller
from plate_llm_cli.graph.variables import literal, variables_of
from plate_llm_cli.rules.base import Defect, ManifestPlace, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.graph.deployment import Deployment
    from plate_llm_cli.graph.ingresses import Ingress
    from plate_llm_cli.graph.workloads import Container

_MODEL: Final = "LLM_MODEL_NAME"
_LIMIT: Final = "LIMIT_BODY_MEGABYTES"
_SECONDS: Final = 60
"""What ingress-nginx waits for the next piece of an answer unless told otherwise."""
_SIZE: Final = re.compile(r"(\d+)([bkmg]?)", re.IGNORECASE)
_UNITS: Final = {"": 1, "b": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30}


class BufferedStream(Rule):
    """ingress-nginx in front of a language model buffers or cuts off its answers.

    ## What it does
    Follows Ingresses to services that speak for a model: their chart names an env contract, or
    their pods have `LLM_MODEL_NAME`. There it looks for `proxy-buffering: "on"`, for a
    `proxy-read-timeout` under 60 seconds, and for a `proxy-body-size` under the service's own
    LIMIT_BODY_MEGABYTES. Where the Ingress does not say, ingress-nginx neither buffers nor waits
    for less; that it then takes 1 MB is an info where the pods name a limit of their own.

    ## Why is this bad?
    With buffering a streamed answer comes in one piece at its end. A model that thinks for longer
    than the timeout is answered with 504, and a long prompt with 413 before the service sees it.

    ## Example
    ```yaml
    nginx.ingress.kubernetes.io/proxy-buffering: "on"
    nginx.ingress.kubernetes.io/proxy-read-timeout: "30"
    ```

    ## Use instead
    ```yaml
    nginx.ingress.kubernetes.io/proxy-buffering: "off"
    nginx.ingress.kubernetes.io/proxy-read-timeout: "300"
    nginx.ingress.kubernetes.io/proxy-body-size: 20m
    ```
    """

    id = "buffered-stream"
    severity = Severity.WARNING
    summary = "ingress-nginx in front of a language model buffers or cuts off its answers"

    def check(self, deployment: Deployment) -> Iterator[Defect]:
        """What of each such Ingress gets in the way."""
        contracts = {id(item): contract for item, contract in deployment.env_contracts.containers}
        for ingress in deployment.wiring.ingresses:
            if deployment.wiring.controllers.of(ingress) is not Controller.INGRESS_NGINX:
                continue
            for container in _containers(ingress, deployment):
                contract = contracts.get(id(container))
                if contract is None and not any(
                    item.name == _MODEL for item in variables_of(container)
                ):
                    continue
                variable = contract.variables.get(_LIMIT) if contract else None
                yield from _stream(ingress, container)
                yield from _body(ingress, container, variable.default if variable else None)
                break


def _containers(ingress: Ingress, deployment: Deployment) -> Iterator[Container]:
    for name in dict.fromkeys(route.service for route in ingress.routes):
        service = deployment.wiring.service(ingress.place, name)
        for workload in service.workloads if service else ():
            yield from (item for item in workload.containers if item.group == "containers")


def _stream(ingress: Ingress, container: Container) -> Iterator[Defect]:
    label = container.workload.label
    if nginx_text(ingress, "proxy-buffering") == "on":
        yield Defect(
            _at(ingress, "proxy-buffering"),
            f"the answers of {label} are held back until they are complete",
            'write "off", or leave it out',
        )
    wait = nginx_text(ingress, "proxy-read-timeout")
    if wait.isdecimal() and int(wait) < _SECONDS:
        yield Defect(
            _at(ingress, "proxy-read-timeout"),
            f"{label} is answered for with 504 when its model says nothing for {wait} seconds",
            f"give it {_SECONDS} seconds or more",
        )


def _body(ingress: Ingress, container: Container, default: object) -> Iterator[Defect]:
    variable, given = literal(container, _LIMIT), nginx_text(ingress, "proxy-body-size").strip()
    value = (variable.value if variable else None) or ""
    limit = int(value) if value.isdecimal() else default
    size = _SIZE.fullmatch(given or "1m")
    if not isinstance(limit, int) or size is None or not (given or variable):
        return
    taken = int(size[1]) * _UNITS[size[2].lower()]
    if 0 < taken < limit * _UNITS["m"]:
        manifest = container.workload.manifest
        yield Defect(
            _at(ingress, "proxy-body-size")
            if given
            else ManifestPlace(ingress.manifest, ("metadata", "annotations"), absent=True),
            f"requests over {size[0]} are answered with 413, and {container.workload.label} takes "
            f"{limit} MB",
            f'write proxy-body-size: "{limit}m"'
            + ("" if given else ", where the controller's ConfigMap does not"),
            related=((ManifestPlace(manifest, variable.route), _LIMIT),) if variable else (),
            severity=None if given else Severity.INFO,
        )


def _at(ingress: Ingress, name: str) -> ManifestPlace:
    return ManifestPlace(ingress.manifest, annotation_route(f"{NGINX}/{name}"))
