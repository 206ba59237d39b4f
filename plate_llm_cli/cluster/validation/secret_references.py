"""Secrets that pods read: there, with their keys, or on their way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plate_llm_cli.cluster.objects import Ref, condition
from plate_llm_cli.cluster.validation.complaints import NO_OBJECT, about, at
from plate_llm_cli.cluster.validation.held_secrets import held_secret
from plate_llm_cli.findings import Severity
from plate_llm_cli.graph.places import ManifestPlace
from plate_llm_cli.graph.secret_stores import external_name, is_eso
from plate_llm_cli.graph.secret_uses import How, secret_uses

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.cluster.validation.complaints import Complaint
    from plate_llm_cli.cluster.validation.site import Site
    from plate_llm_cli.graph.manifests import Manifest
    from plate_llm_cli.graph.secret_sources import ProducedSecret
    from plate_llm_cli.graph.secret_uses import SecretUse


def secrets(site: Site) -> Iterator[Complaint]:
    """Secrets and keys that pods need and that are not there; an absent Secret is named once."""
    absent: set[tuple[str, str]] = set()
    for use in secret_uses(site.manifests):
        if use.how is How.PULL or not use.secret or use.optional:
            continue
        namespace = use.manifest.namespace
        place = ManifestPlace(use.manifest, use.name_route)
        look = held_secret(site, namespace, use.secret, place)
        if look.absent:
            if (namespace, use.secret) not in absent:
                yield from lacking(site, use)
            absent.add((namespace, use.secret))
        elif look.known and use.key and use.key not in look.found.keys:
            yield from _without_key(site, use, look.found.keys)


def lacking(site: Site, use: SecretUse) -> Iterator[Complaint]:
    """A Secret that is not there: an error, unless a sync makes it."""
    place = ManifestPlace(use.manifest, use.name_route)
    named = f"Secret {use.secret} is not in {use.manifest.namespace}"
    made = site.producers(use.manifest.namespace, use.secret)
    if not made:
        yield about(NO_OBJECT, place, f"{named}, and nothing in the tree makes it")
    for secret in made:
        yield from _pending(site, place, secret, f"{named} yet")


def _pending(
    site: Site, place: ManifestPlace, secret: ProducedSecret, said: str
) -> Iterator[Complaint]:
    """What is on its way: what comes with the sync itself is nothing to be told of."""
    maker = secret.manifest
    if not is_eso(maker):
        return
    if reason := _failing(site, maker, secret):
        message = f"{said}, and {maker.kind} {maker.name}, which makes it, fails: {reason}"
        hint = f"kubectl describe externalsecret -n {secret.namespace} {external_name(maker)}"
        yield about(NO_OBJECT, place, message, f"{hint} says why")
    else:
        message = f"{said}: {maker.kind} {maker.name} makes it at the next sync"
        yield about(NO_OBJECT, place, message, severity=Severity.INFO)


def _without_key(site: Site, use: SecretUse, keys: tuple[str, ...]) -> Iterator[Complaint]:
    said = f"Secret {use.secret} in {use.manifest.namespace} has no key {use.key}"
    made = site.producers(use.manifest.namespace, use.secret)
    place = at(use.manifest, *use.route)
    if not made:
        names = f"it has: {', '.join(keys)}" if keys else "it has no keys"
        yield about(NO_OBJECT, place, said, names)
    for secret in made:
        yield from _pending(site, place, secret, f"{said} yet")


def _failing(site: Site, maker: Manifest, secret: ProducedSecret) -> str:
    """Why the live ExternalSecret is not ready; '' where it is, or is not there yet.

    The reason alone: its message may come from the store.
    """
    ref = Ref(maker.api_version, "ExternalSecret", secret.namespace, external_name(maker))
    look = site.look(ref, at(maker))
    if look.found is None:
        return ""
    status, reason, _ = condition(look.found, "Ready")
    return (reason or "not ready") if status == "False" else ""
