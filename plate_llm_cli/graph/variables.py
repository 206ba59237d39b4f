"""The environment variables that a pod gives to a container."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from plate_llm_cli.graph.config_maps import keys_of
from plate_llm_cli.graph.secret_fields import at, mappings, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.graph.deployment import Deployment
    from plate_llm_cli.graph.workloads import Container
    from plate_llm_cli.source.nodes import Route

_REFERENCE: Final = re.compile(r"\$\$|\$\(([^()$\s]+)\)")
"""`$$` is a dollar, and thereby takes the one before a bracket away, as the kubelet reads it."""


@dataclass(frozen=True, slots=True, eq=False)
class Variable:
    """An entry of `env`; `value` is None where it comes from elsewhere."""

    name: str
    value: str | None
    route: Route


def variables_of(container: Container) -> list[Variable]:
    """The entries of `env` that have a name, in order."""
    return [
        Variable(
            text(entry.get("name")),
            None if "valueFrom" in entry else text(entry.get("value")),
            (*container.base, "env", index),
        )
        for index, entry in mappings(container.spec.get("env"))
        if text(entry.get("name"))
    ]


def literal(container: Container, name: str) -> Variable | None:
    """The variable of that name that counts, the last one, if its text is given here."""
    found = [item for item in variables_of(container) if item.name == name]
    return found[-1] if found and found[-1].value is not None else None


def expanded(value: str) -> Iterator[str]:
    """The names in `$(NAME)` that the kubelet looks up."""
    for match in _REFERENCE.finditer(value):
        if match[1]:
            yield match[1]


def brought(deployment: Deployment, container: Container) -> frozenset[str] | None:
    """The variables that `envFrom` brings; None where that cannot be known."""
    names: set[str] = set()
    for _, entry in mappings(container.spec.get("envFrom")):
        prefix = text(entry.get("prefix"))
        found = _keys(
            deployment,
            container,
            text(at(entry, "configMapRef", "name")),
            text(at(entry, "secretRef", "name")),
        )
        if found is None:
            return None
        names |= {f"{prefix}{key}" for key in found}
    return frozenset(names)


def _keys(
    deployment: Deployment, container: Container, config_map: str, secret: str
) -> frozenset[str] | None:
    place = container.workload.place
    if config_map:
        manifest = deployment.wiring.find(place, "ConfigMap", config_map)
        keys = keys_of(manifest) if manifest else None
        return None if keys is None else frozenset(keys)
    made = [item for item in deployment.secrets.made_at(place) if item.name == secret]
    if not any(item.creates for item in made) or any(item.whole or item.open for item in made):
        return None
    return frozenset(key for item in made for key in item.keys)
