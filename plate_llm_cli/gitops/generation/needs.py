"""What the objects of a release ask of its Application."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    Object = Mapping[str, Any]

_LARGEST: Final = 262144
"""Bytes that the annotations of an object may have together (`TotalAnnotationSizeLimitB` of
Kubernetes); client-side apply puts the whole object into one of them."""
_LAST_APPLIED: Final = "kubectl.kubernetes.io/last-applied-configuration"
_EDIT_IN_PLACE: Final = "acme.cert-manager.io/http01-edit-in-place"
_SCALED: Final = frozenset({("apps", "Deployment"), ("apps", "StatefulSet")})
_WEBHOOKS: Final = frozenset({"ValidatingWebhookConfiguration", "MutatingWebhookConfiguration"})

_CHALLENGE_PATH: Final = (
    '.spec.rules[]?.http.paths[]? | select(.path | startswith("/.well-known/acme-challenge/"))'
)
_CHALLENGE_WHY: Final = (
    "While a certificate is renewed, cert-manager adds the challenge's path to the Ingress",
    "(http01-edit-in-place). Self-heal would take it away before Let's Encrypt has asked for it.",
)
_REPLICAS: Final = "/spec/replicas"
_REPLICAS_WHY: Final = (
    "The autoscaler decides how many pods there are, not the chart's `replicas`.",
)
_BUNDLE: Final = ".webhooks[]?.clientConfig.caBundle"
_BUNDLE_WHY: Final = (
    "The certificate authority is filled in inside the cluster, by cert-manager or whoever",
    "runs the webhook: Git does not know it.",
)
TOLERATED_REASONS: Final = {
    _CHALLENGE_WHY: {"jqPathExpressions": [_CHALLENGE_PATH]},
    _REPLICAS_WHY: {"jsonPointers": [_REPLICAS]},
    _BUNDLE_WHY: {"jqPathExpressions": [_BUNDLE]},
}
"""The comments of entries that are written here, with their fields."""


@dataclass(frozen=True, slots=True)
class Tolerated:
    """An entry of `ignoreDifferences`: fields that others write, and why they may.

    `by_sync` is True where a sync must leave them, too: RespectIgnoreDifferences.
    """

    group: str
    kind: str
    why: tuple[str, ...]
    name: str = ""
    pointers: tuple[str, ...] = ()
    expressions: tuple[str, ...] = ()
    by_sync: bool = False

    def as_plain(self) -> dict[str, Any]:
        """The entry as ArgoCD reads it."""
        fields: dict[str, Any] = {"group": self.group, "kind": self.kind}
        if self.name:
            fields["name"] = self.name
        if self.pointers:
            fields["jsonPointers"] = list(self.pointers)
        if self.expressions:
            fields["jqPathExpressions"] = list(self.expressions)
        return fields


FIRST: Final = "First: the others' pods read Secrets that come from here."
BEFORE: Final = "Before the application, which cannot start without its Secrets."
AFTER: Final = "After its Secrets."
WAVE_REASONS: Final = (FIRST, BEFORE, AFTER)


@dataclass(frozen=True, slots=True)
class Wave:
    """When an Application is synced among the others, and why."""

    number: int
    why: str


@dataclass(frozen=True, slots=True)
class Needs:
    """What has to stand in an Application because of what it deploys."""

    wave: Wave | None = None
    """None where nothing that it shares with others says so."""
    tolerated: tuple[Tolerated, ...] = ()
    brings_namespace: bool = False
    """Its namespace is among its own objects."""
    oversized: bool = False
    """An object is too large for client-side apply."""
    whole: bool = False
    """Every object is known: what none of them needs any more may go."""


NO_NEEDS: Final = Needs()


def needs_of(
    objects: Iterable[Object], namespace: str, wave: Wave | None = None, *, whole: bool = False
) -> Needs:
    """What `objects`, which go to `namespace`, need; they are all that there are if `whole`."""
    listed = list(objects)
    return Needs(
        wave,
        tuple(dict.fromkeys(_tolerated(listed))),
        any(item.get("kind") == "Namespace" and _name(item) == namespace for item in listed),
        any(_size(item) > _LARGEST for item in listed),
        whole,
    )


def _tolerated(objects: list[Object]) -> Iterator[Tolerated]:
    if any(_edited_in_place(item) for item in objects):
        yield Tolerated(
            "networking.k8s.io", "Ingress", _CHALLENGE_WHY, expressions=(_CHALLENGE_PATH,)
        )
    yield from _scaled(objects)
    yield from (_webhook(item) for item in objects if _lacks_bundle(item))


def _edited_in_place(item: Object) -> bool:
    value = _mapping(_mapping(item.get("metadata")).get("annotations")).get(_EDIT_IN_PLACE)
    return item.get("kind") == "Ingress" and value == "true"


def _scaled(objects: list[Object]) -> Iterator[Tolerated]:
    """The workloads whose number both an autoscaler and the chart decide."""
    targets = {
        (target.get("kind"), target.get("name"))
        for item in objects
        if item.get("kind") == "HorizontalPodAutoscaler"
        for target in [_mapping(_mapping(item.get("spec")).get("scaleTargetRef"))]
    }
    for item in objects:
        identity = (_group(item), str(item.get("kind")))
        replicas = _mapping(item.get("spec")).get("replicas")
        if identity in _SCALED and (identity[1], _name(item)) in targets and replicas is not None:
            yield Tolerated(
                *identity, _REPLICAS_WHY, _name(item), pointers=(_REPLICAS,), by_sync=True
            )


def _webhook(item: Object) -> Tolerated:
    identity = (_group(item), str(item.get("kind")))
    return Tolerated(*identity, _BUNDLE_WHY, _name(item), expressions=(_BUNDLE,), by_sync=True)


def _lacks_bundle(item: Object) -> bool:
    if item.get("kind") not in _WEBHOOKS:
        return False
    hooks = item.get("webhooks")
    return any(
        not _mapping(_mapping(hook).get("clientConfig")).get("caBundle")
        for hook in (hooks if isinstance(hooks, list) else ())
    )


def _size(item: Object) -> int:
    text = json.dumps(item, ensure_ascii=False, separators=(",", ":"))
    return len(text.encode(errors="replace")) + len(_LAST_APPLIED)


def _group(item: Object) -> str:
    return str(item.get("apiVersion") or "").rpartition("/")[0]


def _name(item: Object) -> str:
    return str(_mapping(item.get("metadata")).get("name") or "")


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
