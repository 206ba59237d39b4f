"""Where workloads read Secrets: environment variables, volumes, and logins to registries."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from plate_llm_cli.graph.secret_fields import at, mapping, mappings, text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from plate_llm_cli.graph.manifests import Manifest
    from plate_llm_cli.source.nodes import Route

DOCKER_CONFIG = ".dockerconfigjson"
"""The key of a registry login; `.dockercfg` is its old form."""

ClusterNamespace = tuple[str, str]
"""A cluster and a namespace of it."""

_POD_SPECS: tuple[tuple[str, ...], ...] = (
    ("spec", "template", "spec"),
    ("spec", "jobTemplate", "spec", "template", "spec"),
    ("template", "spec"),
)
"""Where objects that make pods keep what a pod is: Deployments and all that resemble them, whatever
their group; CronJobs; PodTemplates."""


class How(StrEnum):
    """The ways in which a Secret gets into a pod."""

    ENV = "env"
    ENV_FROM = "envFrom"
    VOLUME = "volume"
    PULL = "imagePullSecrets"


@dataclass(frozen=True, slots=True, eq=False)
class SecretUse:
    """One place in an object that reads a Secret of its namespace.

    `name_route` leads to the Secret's name, `key_route` to the key; () where every key is read.
    """

    manifest: Manifest
    how: How
    secret: str
    name_route: Route
    key: str | None = None
    """None: every key that the Secret has."""
    key_route: Route = ()
    optional: bool = False
    variable: str = ""
    """The environment variable; the prefix of all of them for `envFrom`."""
    container: str = ""

    @property
    def route(self) -> Route:
        """To the key, or to the Secret's name where no key is named."""
        return self.key_route or self.name_route

    @property
    def place(self) -> ClusterNamespace:
        """The cluster and the namespace whose Secret is meant."""
        return place_of(self.manifest)

    def accepts(self, key: str) -> bool:
        """Whether a Secret with `key` gives what is read here."""
        old = self.how is How.PULL and key == ".dockercfg"
        return self.key is None or key == self.key or old


def place_of(manifest: Manifest) -> ClusterNamespace:
    """The cluster and the namespace that an object is in."""
    return manifest.place


def secret_uses(manifests: Iterable[Manifest]) -> Iterator[SecretUse]:
    """Every use of a Secret by a pod, or by the service account that a pod runs as."""
    objects = list(manifests)
    accounts = {
        (*place_of(item), item.name): item
        for item in objects
        if item.kind == "ServiceAccount" and item.api_version == "v1"
    }
    used: dict[int, Manifest] = {}
    for manifest in objects:
        for base, pod in pods_of(manifest):
            yield from _in_pod(manifest, base, pod)
            account = accounts.get((*place_of(manifest), _account_name(pod)))
            # The API server gives a pod its account's pull secrets only if it has none of its own.
            if account is not None and not pod.get("imagePullSecrets"):
                used.setdefault(id(account), account)
    for account in used.values():
        yield from _pull_secrets(account, (), account.plain)


def _account_name(pod: Mapping[str, Any]) -> str:
    return text(pod.get("serviceAccountName")) or text(pod.get("serviceAccount")) or "default"


def pods_of(manifest: Manifest) -> Iterator[tuple[Route, dict[str, Any]]]:
    """What the object says of pods, with the way to it."""
    if manifest.kind == "Pod" and manifest.api_version == "v1":
        yield ("spec",), mapping(at(manifest.plain, "spec"))
        return
    for route in _POD_SPECS:
        pod = at(manifest.plain, *route)
        if isinstance(pod, dict) and isinstance(pod.get("containers"), list):
            yield route, pod


def _in_pod(manifest: Manifest, base: Route, pod: Mapping[str, Any]) -> Iterator[SecretUse]:
    for group in ("initContainers", "containers", "ephemeralContainers"):
        for index, container in mappings(pod.get(group)):
            yield from _in_container(manifest, (*base, group, index), container)
    for index, volume in mappings(pod.get("volumes")):
        yield from _in_volume(manifest, (*base, "volumes", index), volume)
    yield from _pull_secrets(manifest, base, pod)


def _in_container(
    manifest: Manifest, base: Route, container: Mapping[str, Any]
) -> Iterator[SecretUse]:
    name = text(container.get("name"))
    for index, entry in mappings(container.get("env")):
        reference = at(entry, "valueFrom", "secretKeyRef")
        if isinstance(reference, dict):
            route = (*base, "env", index, "valueFrom", "secretKeyRef")
            yield SecretUse(
                manifest,
                How.ENV,
                text(reference.get("name")),
                (*route, "name"),
                text(reference.get("key")),
                (*route, "key"),
                optional=reference.get("optional") is True,
                variable=text(entry.get("name")),
                container=name,
            )
    for index, entry in mappings(container.get("envFrom")):
        reference = entry.get("secretRef")
        if isinstance(reference, dict):
            yield SecretUse(
                manifest,
                How.ENV_FROM,
                text(reference.get("name")),
                (*base, "envFrom", index, "secretRef", "name"),
                optional=reference.get("optional") is True,
                variable=text(entry.get("prefix")),
                container=name,
            )


def _in_volume(manifest: Manifest, base: Route, volume: Mapping[str, Any]) -> Iterator[SecretUse]:
    secret = volume.get("secret")
    if isinstance(secret, dict):
        yield from _mounted(manifest, (*base, "secret"), secret, "secretName")
    for index, source in mappings(at(volume, "projected", "sources")):
        projected = source.get("secret")
        if isinstance(projected, dict):
            route = (*base, "projected", "sources", index, "secret")
            yield from _mounted(manifest, route, projected, "name")


def _mounted(
    manifest: Manifest, base: Route, source: Mapping[str, Any], field: str
) -> Iterator[SecretUse]:
    """The files of one source of a volume: the keys that it lists, or all."""
    name, optional = text(source.get(field)), source.get("optional") is True
    items = list(mappings(source.get("items")))
    for index, item in items:
        yield SecretUse(
            manifest,
            How.VOLUME,
            name,
            (*base, field),
            text(item.get("key")),
            (*base, "items", index, "key"),
            optional=optional,
        )
    if not items:
        yield SecretUse(manifest, How.VOLUME, name, (*base, field), optional=optional)


def _pull_secrets(
    manifest: Manifest, base: Route, holder: Mapping[str, Any]
) -> Iterator[SecretUse]:
    for index, entry in mappings(holder.get("imagePullSecrets")):
        route = (*base, "imagePullSecrets", index, "name")
        yield SecretUse(
            manifest, How.PULL, text(entry.get("name")), route, DOCKER_CONFIG, key_route=()
        )
