"""How the environment is reached: the Ingress' address, and certificates."""

from __future__ import annotations

import base64
import binascii
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from plate_llm_cli.cluster.messages import spoken
from plate_llm_cli.cluster.objects import (
    Object,
    Ref,
    condition,
    items,
    mapping,
    moment,
    text,
    value,
)
from plate_llm_cli.cluster.status.ages import stamp
from plate_llm_cli.cluster.status.certificate_dates import not_after
from plate_llm_cli.cluster.status.item import Item, Level, Problem, Root
from plate_llm_cli.cluster.status.reading import Unread, absent, attempt

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from plate_llm_cli.cluster.api import Api
    from plate_llm_cli.cluster.status.expected import Expected
    from plate_llm_cli.cluster.status.reading import Reader

_CERTIFICATES: Final = ("cert-manager.io/v1", "Certificate")
_ISSUERS: Final = ("cert-manager.io/cluster-issuer", "cert-manager.io/issuer")
_PATIENCE: Final = timedelta(minutes=10)
_LATE: Final = timedelta(days=14)
"""cert-manager renews when a third of the time is left: 30 days of Let's Encrypt's 90."""


def ingresses(reader: Reader, expected: Expected) -> Iterator[Item]:
    """Every Ingress that ought to be there."""
    for ref in expected.of_kind("Ingress"):
        live = reader.named(ref.api_version, ref.kind)
        if isinstance(live, Unread):
            yield live.of(ref)
        elif ref.name not in live:
            yield absent(ref, Root.EXPOSURE, f"plate-llm argocd wait {expected.env}")
        else:
            yield _ingress(ref, live[ref.name], reader.now)


def _ingress(ref: Ref, node: Object, now: datetime | None) -> Item:
    points = items(node, "status", "loadBalancer", "ingress")
    addresses = [text(item, "ip") or text(item, "hostname") for item in points]
    hosts = [text(rule, "host") or "*" for rule in items(node, "spec", "rules")] or ["*"]
    facts = {"hosts": hosts, "addresses": addresses}
    names = ", ".join(dict.fromkeys(hosts))
    if addresses:
        return Item(ref, f"{names} at {', '.join(addresses)}", (), facts)
    made = moment(node, "metadata", "creationTimestamp")
    late = made is not None and now is not None and now - made > _PATIENCE
    name = text(node, "spec", "ingressClassName")
    advice = f"is the controller of the ingress class {name} up?" if name else "set a class"
    level = Level.FAILING if late else Level.WAITING
    problem = Problem(level, Root.EXPOSURE, "no controller has given it an address", advice)
    return Item(ref, f"{names}, without an address", (problem,), facts)


def certificates(reader: Reader, expected: Expected) -> Iterator[Item]:
    """The certificates that the environment's Ingresses use, and those that it brings itself."""
    own = expected.of_kind("Certificate")
    secrets, issued = _used(expected)
    live = reader.named(*_CERTIFICATES) if own or issued else {}
    if isinstance(live, Unread):
        yield live.of(own[0] if own else Ref(*_CERTIFICATES, expected.namespace, secrets[0]))
        own, live = [], {}
    for ref in own:
        if ref.name not in live:
            yield absent(ref, Root.EXPOSURE, f"plate-llm argocd wait {expected.env}")
    names = {ref.name for ref in own}
    by_secret = {text(node, "spec", "secretName"): node for node in live.values()}
    for secret, node in by_secret.items():
        if secret in secrets or text(node, "metadata", "name") in names:
            yield _certificate(node, reader.now)
    for name in secrets:
        if name not in by_secret:
            yield _bare(reader, Ref("v1", "Secret", expected.namespace, name))


def _used(expected: Expected) -> tuple[list[str], bool]:
    """The Secrets that Ingresses have their certificates in, and whether cert-manager fills any."""
    secrets: dict[str, None] = {}
    issued = False
    for ref in expected.of_kind("Ingress"):
        node = expected.objects[ref]
        tls = [text(item, "secretName") for item in items(node, "spec", "tls")]
        secrets |= dict.fromkeys(filter(None, tls))
        annotations = mapping(node, "metadata", "annotations")
        issued = issued or any(name in annotations for name in _ISSUERS)
    return list(secrets), issued and bool(secrets)


def _certificate(node: Object, now: datetime | None) -> Item:
    ends = moment(node, "status", "notAfter")
    names = value(node, "spec", "dnsNames")
    facts = {"not_after": stamp(ends), "days_left": _days(ends, now), "names": names or []}
    problems = [*_unready(node, now), *_expiring(ends, now)]
    return Item(Ref.of(node), _until(ends, now), tuple(problems), facts)


def _unready(node: Object, now: datetime | None) -> Iterator[Problem]:
    status, reason, message = condition(node, "Ready")
    if status == "True":
        return
    issuing = [
        item for item in items(node, "status", "conditions") if item.get("type") == "Issuing"
    ]
    since = moment(issuing[0], "lastTransitionTime") if issuing else None
    working = not status or (issuing and text(issuing[0], "status") == "True")
    late = since is not None and now is not None and now - since > _PATIENCE
    level = Level.WAITING if working and not late else Level.FAILING
    said = f"not ready: {reason}: {spoken(message)}" if status else "not looked at yet"
    advice = "kubectl describe challenge says why; HTTP01 needs port 80 of the host reachable"
    yield Problem(level, Root.EXPOSURE, said, advice if status else "is cert-manager up?")


def _expiring(ends: datetime | None, now: datetime | None) -> Iterator[Problem]:
    if ends is None or now is None:
        return
    advice = "why is it not renewed? kubectl describe certificate"
    if ends <= now:
        yield Problem(Level.FAILING, Root.EXPOSURE, f"expired on {ends:%Y-%m-%d}", advice)
    elif ends - now < _LATE:
        yield Problem(Level.NOTE, Root.EXPOSURE, "its renewal is late", advice)


def _bare(reader: Reader, ref: Ref) -> Item:
    """A certificate that cert-manager does not know of: the one in the Secret itself."""
    found = attempt(lambda: _public_part(reader.api, ref))
    if isinstance(found, Unread):
        return found.of(ref)
    if found is None:
        until = "until then browsers get the controller's own certificate"
        advice = f"create it, or let cert-manager issue it: {until}"
        return absent(ref, Root.EXPOSURE, advice)
    ends = not_after(found)
    if ends is None:
        problem = Problem(Level.FAILING, Root.EXPOSURE, "tls.crt is no certificate")
        return Item(ref, "holds no certificate", (problem,))
    facts = {"not_after": stamp(ends), "days_left": _days(ends, reader.now)}
    return Item(
        ref, f"certificate {_until(ends, reader.now)}", tuple(_expiring(ends, reader.now)), facts
    )


def _public_part(api: Api, ref: Ref) -> str | None:
    """`tls.crt` of a Secret, which everybody gets who connects; the rest is let go at once."""
    found = api.get(ref)
    if found is None:
        return None
    try:
        return base64.b64decode(text(found, "data", "tls.crt"), validate=True).decode(
            "ascii", "replace"
        )
    except (binascii.Error, ValueError):
        return ""


def _days(ends: datetime | None, now: datetime | None) -> int | None:
    return (ends - now).days if ends and now else None


def _until(ends: datetime | None, now: datetime | None) -> str:
    if ends is None:
        return "not issued"
    days = _days(ends, now)
    left = f", {days} days left" if days is not None and days >= 0 else ""
    return f"valid until {ends:%Y-%m-%d}{left}"
