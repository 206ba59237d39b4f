"""ExternalSecrets and their stores: whether what OpenBao has gets into the cluster.

Source: external-secrets `apis/externalsecrets/v1`, conditions of type Ready; `spec.refreshInterval`
is a Go duration.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from plate_llm_cli.cluster.messages import spoken
from plate_llm_cli.cluster.objects import Object, condition, moment, text, value
from plate_llm_cli.cluster.status.ages import ago, span, stamp
from plate_llm_cli.cluster.status.item import Item, Level, Problem, Root
from plate_llm_cli.cluster.status.reading import Unread, absent

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from plate_llm_cli.cluster.objects import Ref
    from plate_llm_cli.cluster.status.expected import Expected, External
    from plate_llm_cli.cluster.status.reading import Reader

_PART: Final = re.compile(r"(\d+(?:\.\d+)?)(ms|h|m|s)")
_SECONDS: Final = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001}
_SLACK: Final = timedelta(minutes=5)
"""How much later than its interval a refresh may come."""

_CAUSES: Final = tuple(
    (re.compile(pattern, re.IGNORECASE), advice)
    for pattern, advice in (
        (r"permission denied|\b403\b", "plate-llm secrets policy {env} shows the rights it needs"),
        (
            r"cannot find secret data|secret does not exist|could not get secret data|no secret",
            "plate-llm secrets plan {env} shows what OpenBao lacks",
        ),
        (r"is sealed|\b503\b", "OpenBao is sealed or down: unseal it"),
        (r"x509", "the store does not trust OpenBao's certificate: set caProvider"),
        (
            r"no such host|connection refused|timeout|deadline exceeded|no route",
            "can the cluster reach OpenBao? is the store's server right?",
        ),
        (
            r"invalid role|service account|unable to log in|login",
            "plate-llm secrets policy {env} shows the role that has to be in OpenBao",
        ),
    )
)


def external_secrets(reader: Reader, expected: Expected) -> Iterator[Item]:
    """Every ExternalSecret that ought to be there, those that others make included."""
    for external in expected.external:
        ref = external.ref
        live = reader.named(ref.api_version, ref.kind)
        if isinstance(live, Unread):
            yield live.of(ref)
        elif ref.name in live:
            yield _external(ref, live[ref.name], reader.now, expected.env)
        elif external.certain:
            yield absent(ref, Root.NOT_SYNCED, _maker(external, expected))


def stores(reader: Reader, expected: Expected) -> Iterator[Item]:
    """The stores that are read from; a ClusterSecretStore is read by its name."""
    for ref in expected.stores:
        found = _store(reader, ref)
        if isinstance(found, Unread):
            yield found.of(ref)
        elif found is None:
            yield absent(ref, Root.STORE, "plate-llm argocd apply brings its Application")
        else:
            problem = _unready(found, Root.STORE, expected.env)
            said = "ready" if problem is None else "not ready"
            facts = {"ready": problem is None, "reason": condition(found, "Ready")[1]}
            yield Item(ref, said, (problem,) if problem else (), facts)


def _store(reader: Reader, ref: Ref) -> Object | Unread | None:
    if not ref.namespace:
        return reader.one(ref)
    found = reader.named(ref.api_version, ref.kind)
    return found if isinstance(found, Unread) else found.get(ref.name)


def _maker(external: External, expected: Expected) -> str:
    if external.by:
        return f"ClusterExternalSecret {external.by} has not made it: kubectl describe it"
    return f"plate-llm argocd wait {expected.env}"


def _external(ref: Ref, node: Object, now: datetime | None, env: str) -> Item:
    refreshed = moment(node, "status", "refreshTime")
    problems = [problem] if (problem := _unready(node, Root.NOT_SYNCED, env)) else []
    every = interval(text(node, "spec", "refreshInterval")) if _is_periodic(node) else None
    if not problems and every and refreshed and now and now - refreshed > every + _SLACK:
        late = f"to be read every {span(every)}, and was {ago(refreshed, now)}"
        advice = "is the operator of External Secrets up?"
        problems.append(Problem(Level.FAILING, Root.NOT_SYNCED, late, advice))
    when = ago(refreshed, now) or "never"
    said = f"synced {when}" if problem is None else f"not synced, last time {when}"
    facts = {
        "ready": problem is None,
        "reason": condition(node, "Ready")[1],
        "refreshed": stamp(refreshed),
    }
    return Item(ref, said, tuple(problems), facts)


def _unready(node: Object, root: Root, env: str) -> Problem | None:
    status, reason, message = condition(node, "Ready")
    if status == "True":
        return None
    if not status:
        advice = "is the operator of External Secrets up?"
        return Problem(Level.WAITING, root, "the operator has not looked at it yet", advice)
    said = f"{reason}: {spoken(message)}".removesuffix(": ")
    advice = next((advice for pattern, advice in _CAUSES if pattern.search(message)), "")
    return Problem(Level.FAILING, root, said, advice.replace("{env}", env))


def _is_periodic(node: Object) -> bool:
    """Whether it is read again in time; the interval has a default where it counts for nothing."""
    immutable = value(node, "spec", "target", "immutable") is True
    return not immutable and text(node, "spec", "refreshPolicy") in ("", "Periodic")


def interval(written: str) -> timedelta | None:
    """A Go duration such as `1h0m0s`; None where there is none, or none that ever ends."""
    seconds = sum(float(size) * _SECONDS[unit] for size, unit in _PART.findall(written))
    return timedelta(seconds=seconds) if seconds else None
