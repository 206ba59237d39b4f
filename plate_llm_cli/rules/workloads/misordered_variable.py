"""A variable that is used before it is there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from plate_llm_cli.findings import Severity
from plate_llm_cli.graph.listening import is_as_written
from plate_llm_cli.graph.secret_fields import text
from plate_llm_cli.graph.variables import brought, expanded, variables_of
from plate_llm_cli.rules.base import Defect, ManifestPlace, Rule
from plate_llm_cli.source.violations import near_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.graph.deployment import Deployment
    from plate_llm_cli.graph.variables import Variable
    from plate_llm_cli.graph.workloads import Container
    from plate_llm_cli.source.nodes import Route

_NAME: Final = re.compile(r"[A-Z][A-Z0-9]+(_[A-Z0-9]+)*")
_OF_SERVICES: Final = re.compile(r"(?P<name>.+?)_(SERVICE_HOST|SERVICE_PORT|PORT)(_[A-Z0-9_]+)?")
"""Variables that the kubelet makes of the Services of a namespace."""


class MisorderedVariable(Rule):
    """A variable of a container refers to itself, to a later one, or to one that is not there.

    ## What it does
    Follows `$(NAME)` in `env`, `command` and `args` as the kubelet does: in `env` it knows what
    `envFrom` brings, what stands before, and the variables of Services. A name that is nowhere is
    a warning, if it is written as variables are and `envFrom` cannot bring it, and so is one that
    refers to itself. `$$(NAME)` is text.

    ## Why is this bad?
    The kubelet leaves `$(NAME)` as it stands, without a word: the program gets these letters.

    ## Example
    ```yaml
    env:
      - {name: DATABASE_URL, value: "postgres://$(DB_HOST)/shop"}
      - {name: DB_HOST, value: db}
    ```

    ## Use instead
    ```yaml
    env:
      - {name: DB_HOST, value: db}
      - {name: DATABASE_URL, value: "postgres://$(DB_HOST)/shop"}
    ```
    """

    id = "misordered-variable"
    severity = Severity.ERROR
    summary = "A variable refers to itself, to a later one, or to one that is not there"

    def check(self, deployment: Deployment) -> Iterator[Defect]:
        """Every reference that stays as it is."""
        for workload in deployment.wiring.workloads:
            if not is_as_written(workload):
                continue
            for container in workload.containers:
                yield from _of(deployment, container)


def _of(deployment: Deployment, container: Container) -> Iterator[Defect]:
    variables = variables_of(container)
    names = {item.name: item for item in reversed(variables)}
    from_elsewhere = brought(deployment, container)
    known = set(from_elsewhere or ())
    for variable in variables:
        for name in dict.fromkeys(expanded(variable.value or "")):
            if name in known or _is_of_service(deployment, container, name):
                continue
            if name in names:
                yield from _too_early(container, variable, names[name], from_elsewhere)
            elif from_elsewhere is not None and _NAME.fullmatch(name):
                yield _unknown(container, (*variable.route, "value"), name, names)
        known.add(variable.name)
    if from_elsewhere is None:
        return
    for route, name in _in_arguments(container):
        if name not in known and not _is_of_service(deployment, container, name):
            yield _unknown(container, route, name, names)


def _is_of_service(deployment: Deployment, container: Container, name: str) -> bool:
    match = _OF_SERVICES.fullmatch(name)
    if match is None or "_SERVICE_" in name:
        return match is not None
    services = deployment.wiring.names(container.workload.place, "Service")
    return match["name"] in {item.replace("-", "_").upper() for item in services}


def _in_arguments(container: Container) -> Iterator[tuple[Route, str]]:
    """What the kubelet expands beside `env`; scripts aside, whose `$(...)` are the shell's."""
    for field in ("command", "args"):
        given = container.spec.get(field)
        for index, item in enumerate(given if isinstance(given, list) else ()):
            if "\n" not in text(item):
                for name in dict.fromkeys(expanded(text(item))):
                    if _NAME.fullmatch(name):
                        yield (*container.base, field, index), name


def _too_early(
    container: Container,
    variable: Variable,
    used: Variable,
    from_elsewhere: frozenset[str] | None,
) -> Iterator[Defect]:
    manifest = container.workload.manifest
    if used.name == variable.name:
        if from_elsewhere is None:
            return  # it adds to what `envFrom` brings
        message = (
            f"{used.name} refers to itself, and is not known yet: $({used.name}) stays as it is"
        )
        help_text = "the variables of the image are not known to the kubelet: write the value out"
        related: tuple[tuple[ManifestPlace, str], ...] = ()
        severity: Severity | None = Severity.WARNING
    else:
        message = f"{variable.name} comes before {used.name}: $({used.name}) stays as it is"
        help_text = f"put {used.name} before {variable.name}"
        related = ((ManifestPlace(manifest, (*used.route, "name")), f"{used.name} is here"),)
        severity = Severity.WARNING if from_elsewhere is None else None
    yield Defect(
        ManifestPlace(manifest, (*variable.route, "value")),
        message,
        help_text,
        related=related,
        severity=severity,
    )


def _unknown(container: Container, route: Route, name: str, names: dict[str, Variable]) -> Defect:
    near = near_name(name, names)
    return Defect(
        ManifestPlace(container.workload.manifest, route),
        f"container {container.name} has no variable {name}: $({name}) stays as it is",
        f"did you mean {near}?" if near else f"add {name}, or write $$({name}) if it is text",
        severity=Severity.WARNING,
    )
