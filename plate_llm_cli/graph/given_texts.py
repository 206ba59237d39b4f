"""What pods are given by name: variables, and the keys of Secrets and ConfigMaps."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from plate_llm_cli.graph.secret_fields import at, mapping, mappings, text
from plate_llm_cli.graph.secret_uses import DOCKER_CONFIG

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from plate_llm_cli.graph.manifests import Manifest
    from plate_llm_cli.graph.workloads import Workload
    from plate_llm_cli.source.nodes import Route


@dataclass(frozen=True, slots=True)
class GivenText:
    """A text under a name; `written` is how the object has it, `text` what it stands for."""

    manifest: Manifest
    route: Route
    name: str
    written: str
    text: str


def given_texts(
    manifests: Iterable[Manifest], workloads: Iterable[Workload]
) -> Iterator[GivenText]:
    """Every text that is given to pods by name."""
    for workload in workloads:
        for container in workload.containers:
            for index, entry in mappings(container.spec.get("env")):
                route = (*container.base, "env", index, "value")
                value = text(entry.get("value"))
                if value:
                    yield GivenText(workload.manifest, route, text(entry.get("name")), value, value)
    for manifest in manifests:
        held = manifest.api_version == "v1" and manifest.kind in ("Secret", "ConfigMap")
        # SOPS encrypts the values and leaves the object readable.
        if held and "sops" not in manifest.plain:
            yield from _keys(manifest)


def _keys(manifest: Manifest) -> Iterator[GivenText]:
    for field in ("data", "stringData"):
        encoded = field == "data" and manifest.kind == "Secret"
        for name, written in mapping(manifest.plain.get(field)).items():
            if isinstance(written, str) and written:
                plain = (decoded(written) or "") if encoded else written
                yield GivenText(manifest, (field, name), name, written, plain)


def decoded(written: str) -> str | None:
    """What the base64 of a Secret stands for; None where it is none, '' where it is no text."""
    try:
        data = base64.b64decode("".join(written.split()), validate=True)
    except (binascii.Error, ValueError):
        return None
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return ""


def logins(config: str) -> dict[str, Any] | None:
    """The registries of a `.dockerconfigjson`; None where it is no such file."""
    try:
        found = at(json.loads(config), "auths")
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def is_login(given: GivenText) -> bool:
    """Whether it is a login to a registry with something to log in with."""
    if given.name != DOCKER_CONFIG:
        return False
    found = logins(given.text) or {}
    return any(at(entry, "auth") or at(entry, "password") for entry in found.values())
