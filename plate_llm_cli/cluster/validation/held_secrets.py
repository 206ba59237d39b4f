"""Secrets of a cluster by what may be known of them: type, key names, registries. No value."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from plate_llm_cli.cluster.objects import Ref, mapping, text
from plate_llm_cli.graph.secret_uses import DOCKER_CONFIG

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from plate_llm_cli.cluster.objects import Object
    from plate_llm_cli.cluster.validation.site import Look, Site
    from plate_llm_cli.graph.places import ManifestPlace

LOGIN_TYPE: Final = "kubernetes.io/dockerconfigjson"
_OLD: Final = ".dockercfg"
OLD_LOGIN_TYPE: Final = "kubernetes.io/dockercfg"
DOCKER_HUB: Final = "docker.io"
_HUB_NAMES: Final = ("index.docker.io", "registry-1.docker.io", "registry.hub.docker.com")


@dataclass(frozen=True, slots=True)
class HeldSecret:
    """A Secret of the cluster. `registries` are the hosts that a login is for.

    They are None where the login cannot be read, and where the Secret is none.
    """

    type: str
    keys: tuple[str, ...]
    registries: tuple[str, ...] | None = None


def held_secret(site: Site, namespace: str, name: str, place: ManifestPlace) -> Look:
    """What is known of a Secret; its values are dropped before anything is returned.

    Raises:
        ClusterError: the API server is gone.
    """
    return site.look(Ref("v1", "Secret", namespace, name), place, keep=_without_values)


def registry_of(address: str) -> str:
    """The host that an image, or a key of a login, is about."""
    host = address.split("://", 1)[-1].partition("/")[0]
    return DOCKER_HUB if host in _HUB_NAMES else host


def image_registry(image: str) -> str:
    """The host that `image` is pulled from."""
    first, slash, _ = image.partition("/")
    # Source: distribution/reference, splitDockerDomain.
    named = slash and ("." in first or ":" in first or first == "localhost")
    return registry_of(first) if named else DOCKER_HUB


def _without_values(obj: Object) -> HeldSecret:
    data: Mapping[str, Any] = mapping(obj, "data")
    kind = text(obj, "type")
    hosts = _hosts(data) if kind in (LOGIN_TYPE, OLD_LOGIN_TYPE) else None
    return HeldSecret(kind, tuple(sorted(data)), None if hosts is None else tuple(hosts))


def _hosts(data: Mapping[str, Any]) -> Iterable[str] | None:
    """The registries alone; nothing of a text that is not as it should be is repeated."""
    written = text(data, DOCKER_CONFIG) or text(data, _OLD)
    try:
        login = json.loads(base64.b64decode(written, validate=True))
    except (binascii.Error, ValueError, RecursionError):
        return None
    logins = login.get("auths", login) if isinstance(login, dict) else None
    return sorted({registry_of(str(key)) for key in logins}) if isinstance(logins, dict) else None
