"""Logins to registries: there, of the right type, and for the registry of the images."""

from __future__ import annotations

from collections import defaultdict
from fnmatch import fnmatch
from typing import TYPE_CHECKING, Final

from plate_llm_cli.cluster.objects import items, text
from plate_llm_cli.cluster.validation.complaints import NO_LOGIN, about
from plate_llm_cli.cluster.validation.held_secrets import (
    DOCKER_HUB,
    LOGIN_TYPE,
    OLD_LOGIN_TYPE,
    held_secret,
    image_registry,
)
from plate_llm_cli.cluster.validation.secret_references import lacking
from plate_llm_cli.findings import Severity
from plate_llm_cli.graph.places import ManifestPlace
from plate_llm_cli.graph.secret_uses import How, secret_uses

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.cluster.validation.complaints import Complaint
    from plate_llm_cli.cluster.validation.held_secrets import HeldSecret
    from plate_llm_cli.cluster.validation.site import Site
    from plate_llm_cli.graph.manifests import Manifest
    from plate_llm_cli.graph.secret_uses import SecretUse

_PUBLIC: Final = (
    DOCKER_HUB,
    "gcr.io",
    "ghcr.io",
    "mcr.microsoft.com",
    "public.ecr.aws",
    "quay.io",
    "registry.k8s.io",
)
"""Registries most of whose images need no login."""


def logins(site: Site) -> Iterator[Complaint]:
    """Pull secrets that cannot be used, each once for a namespace, and images without one."""
    judged: set[tuple[str, str]] = set()
    held: dict[Manifest, dict[SecretUse, HeldSecret | None]] = defaultdict(dict)
    for use in secret_uses(site.manifests):
        if use.how is How.PULL and use.secret:
            place = ManifestPlace(use.manifest, use.name_route)
            look = held_secret(site, use.manifest.namespace, use.secret, place)
            held[use.manifest][use] = look.found
            key = (use.manifest.namespace, use.secret)
            if key not in judged and look.known:
                yield from lacking(site, use) if look.absent else _judged(use, look.found)
            judged.add(key)
    for manifest, logins_of in held.items():
        yield from _unserved(site, manifest, logins_of)


def _judged(use: SecretUse, held: HeldSecret) -> Iterator[Complaint]:
    place = ManifestPlace(use.manifest, use.name_route)
    named = f"Secret {use.secret} in {use.manifest.namespace}"
    if held.type not in (LOGIN_TYPE, OLD_LOGIN_TYPE):
        message = f"{named} is of type {held.type or 'Opaque'}: no image is pulled with it"
        yield about(NO_LOGIN, place, message, f"it has to be of type {LOGIN_TYPE}")
    elif held.registries is None:
        yield about(NO_LOGIN, place, f"{named} holds no login that can be read")


def _unserved(
    site: Site, manifest: Manifest, held: dict[SecretUse, HeldSecret | None]
) -> Iterator[Complaint]:
    """Registries that images come from, that are not known as public, and that no login is for."""
    known = [secret.registries for secret in held.values() if secret is not None]
    hosts = [host for registries in known for host in registries or ()]
    if len(known) < len(held) or not hosts:
        return  # what one of them is for is not known, or all is said already
    images = [image for pod in site.pods if pod.manifest is manifest for image in _images(pod.spec)]
    served = [image for image in images if _is_for(hosts, image_registry(image))]
    first = next(iter(held))
    for registry in dict.fromkeys(map(image_registry, images)):
        if registry not in _PUBLIC and not _is_for(hosts, registry):
            message = f"Secret {first.secret} logs in to {', '.join(hosts)}, not to {registry}"
            hint = f"{manifest.kind} {manifest.name} has an image from there"
            place = ManifestPlace(manifest, first.name_route)
            yield about(NO_LOGIN, place, message, hint, Severity.WARNING if served else None)


def _images(pod: dict[str, object]) -> Iterator[str]:
    for group in ("initContainers", "containers"):
        yield from (image for item in items(pod, group) if (image := text(item, "image")))


def _is_for(hosts: list[str], registry: str) -> bool:
    """Whether one of `hosts`, which may hold `*`, is `registry`."""
    return any(fnmatch(registry, host) for host in hosts)
