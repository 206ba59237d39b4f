"""Where the parts of the deployment do not meet: Secrets and keys of them that nothing makes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from plate_llm_cli.findings import Severity
from plate_llm_cli.graph.external import declare
from plate_llm_cli.graph.operators import maker_of
from plate_llm_cli.graph.places import ManifestPlace
from plate_llm_cli.graph.secret_stores import is_eso
from plate_llm_cli.graph.secret_uses import How
from plate_llm_cli.secrets.agreement.gaps import Gap, GapKind
from plate_llm_cli.source.violations import near_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.graph.deployment import Deployment
    from plate_llm_cli.graph.secret_chains import Chain
    from plate_llm_cli.graph.secret_sources import ProducedSecret
    from plate_llm_cli.graph.secret_uses import ClusterNamespace

_MOST_KEYS = 8
"""Keys that a message lists."""


def wiring_gaps(deployment: Deployment) -> Iterator[Gap]:
    """What a pod would wait for in vain. What may be absent, and says so, is left out."""
    for made in deployment.secrets.produced:
        yield from _faults(made)
    for chain in deployment.secret_chains:
        if chain.use.optional or is_declared(chain, deployment):
            continue
        if not deployment.known.is_known(chain.use.place):
            continue
        if chain.lacks_key:
            yield _missing_key(chain)
        elif not chain.made:
            yield _unprovided(chain, deployment.secrets.made_at(chain.use.place))


def unspecified_gaps(deployment: Deployment) -> Iterator[Gap]:
    """The same where no spec says that all Secrets are to come from OpenBao.

    A Secret that is not made here is an error only as a slip of one that is, and a warning where
    the same release makes others by ExternalSecrets.
    """
    for gap in wiring_gaps(deployment):
        if gap.kind is not GapKind.UNPROVIDED or gap.severity is None or gap.related:
            yield gap
    told: set[tuple[ClusterNamespace, str]] = set()
    for chain in deployment.secret_chains:
        use = chain.use
        if chain.made or chain.lacks_key or chain.producers or use.optional:
            continue
        if is_declared(chain, deployment) or not deployment.known.is_known(use.place):
            continue
        if maker_of(use.secret, use.place, deployment.manifests) is not None:
            continue
        others = deployment.secrets.made_at(use.place)
        severity = _without_spec(chain, others)
        if severity is not Severity.INFO or (use.place, use.secret) not in told:
            told.add((use.place, use.secret))
            yield replace(_unprovided(chain, others), severity=severity)


def _without_spec(chain: Chain, others: list[ProducedSecret]) -> Severity:
    own = [made for made in others if is_eso(made.manifest)]
    if near_name(chain.use.secret, [made.name for made in own]):
        return Severity.ERROR
    release = chain.use.manifest.release
    manages = any(made.manifest.release is release for made in own)
    return Severity.WARNING if manages and chain.use.how is not How.PULL else Severity.INFO


def is_declared(chain: Chain, deployment: Deployment) -> bool:
    """Whether nothing in the tree makes the Secret, and the tree says that others do."""
    use = chain.use
    missing = not chain.made and not chain.lacks_key
    return missing and deployment.external.has("Secret", use.place[1], use.secret)


def _faults(made: ProducedSecret) -> Iterator[Gap]:
    for fault in made.faults:
        yield Gap(
            GapKind.UNPROVIDED if fault.refused else GapKind.MISSING_KEY,
            fault.message,
            fault.help,
            ManifestPlace(made.manifest, fault.route),
            frozenset({made.place}),
            (made.manifest.release.name,),
        )


def _missing_key(chain: Chain) -> Gap:
    use, named = chain.use, [key for made in chain.producers for key in made.keys]
    near = near_name(use.key or "", named)
    more = f" and {len(named) - _MOST_KEYS} more" if len(named) > _MOST_KEYS else ""
    has = f"it has {', '.join(named[:_MOST_KEYS])}{more}" if named else "it has none"
    return Gap(
        GapKind.MISSING_KEY,
        f"Secret {use.secret} has no key {use.key}: {has}",
        f"did you mean {near}?" if near else "add the key to what makes the Secret",
        ManifestPlace(use.manifest, use.route),
        frozenset({use.place}),
        _releases(chain),
        tuple(_maker(made) for made in chain.producers),
    )


def _maker(made: ProducedSecret) -> tuple[ManifestPlace, str]:
    return ManifestPlace(made.manifest, ("metadata", "name"), absent=True), "made here"


def _unprovided(chain: Chain, others: list[ProducedSecret]) -> Gap:
    """An error where External Secrets makes other Secrets; else it may be made by hand."""
    use = chain.use
    near = near_name(use.secret, [made.name for made in others])
    if chain.producers:
        message = f"Secret {use.secret} is only added to, and nothing in the tree makes it"
    else:
        message = f"nothing in the tree makes Secret {use.secret} in namespace {use.place[1]}"
    managed = any(is_eso(made.manifest) for made in others)
    advice = "add an ExternalSecret that makes it; "
    advice += declare("Secret", use.place[1], use.secret)
    return Gap(
        GapKind.UNPROVIDED,
        message,
        f"did you mean {near}?" if near else advice,
        ManifestPlace(use.manifest, use.name_route),
        frozenset({use.place}),
        _releases(chain),
        tuple(_maker(made) for made in chain.producers),
        Severity.ERROR if managed else Severity.INFO,
    )


def _releases(chain: Chain) -> tuple[str, ...]:
    manifests = [chain.use.manifest, *(made.manifest for made in chain.producers)]
    return tuple(sorted({manifest.release.name for manifest in manifests}))
