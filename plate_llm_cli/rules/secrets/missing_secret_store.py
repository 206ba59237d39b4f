"""An ExternalSecret that reads through a store that is not there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from plate_llm_cli.findings import Severity
from plate_llm_cli.graph.external import declare
from plate_llm_cli.graph.secret_fields import at, mappings, text
from plate_llm_cli.graph.secret_stores import CLUSTER_STORE, NAMESPACED_STORE
from plate_llm_cli.rules.base import Defect, ManifestPlace, Rule
from plate_llm_cli.source.violations import near_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.graph.deployment import Deployment
    from plate_llm_cli.graph.secret_external import ExternalSpec
    from plate_llm_cli.graph.secret_stores import SecretStore
    from plate_llm_cli.source.nodes import Route

_KINDS: Final = (NAMESPACED_STORE, CLUSTER_STORE)


class MissingSecretStore(Rule):
    """An ExternalSecret names a SecretStore or ClusterSecretStore that the tree does not make.

    ## What it does
    Looks for the store that each ExternalSecret names: a SecretStore in its own namespace, or a
    ClusterSecretStore, where the tree makes stores for that cluster at all. It is an error where
    one of nearly that name is there, or one of that name of the other kind. Otherwise it may be
    made elsewhere, and is an info. Namespaces of which not everything is in the tree are left out.

    ## Why is this bad?
    The operator makes no Secret: the ExternalSecret says SecretStoreNotFound, and pods that read
    the Secret wait for it.

    ## Example
    ```yaml
    kind: ClusterSecretStore
    metadata: {name: openbao}
    ---
    kind: ExternalSecret
    spec:
      secretStoreRef: {name: openbao}    # without a kind it is a SecretStore
    ```

    ## Use instead
    ```yaml
    kind: ExternalSecret
    spec:
      secretStoreRef: {kind: ClusterSecretStore, name: openbao}
    ```
    """

    id = "missing-secret-store"
    severity = Severity.ERROR
    summary = "An ExternalSecret names a store that the tree does not make"
    asks_external = _KINDS

    def check(self, deployment: Deployment) -> Iterator[Defect]:
        """Every store that is not there, once for each place that names it."""
        seen: set[tuple[int, Route]] = set()
        for made in deployment.secrets.produced:
            external = made.external
            if external is None:
                continue
            known = deployment.known.is_known(external.place)
            reachable = _reachable(external)
            for route, reference in _references(external):
                key = (id(external.manifest), route)
                if key in seen or external.store(reference) is not None:
                    continue
                seen.add(key)
                kind, name = _named(reference)
                declared = deployment.external.has(kind, external.place[1], name)
                if known and reachable and not declared:
                    yield from _defect(external, route, reference, reachable)


def _reachable(external: ExternalSpec) -> list[SecretStore]:
    cluster, namespace = external.place
    there = ((cluster, NAMESPACED_STORE, namespace), (cluster, CLUSTER_STORE, ""))
    return [store for (*place, _), store in external.stores.items() if tuple(place) in there]


def _references(external: ExternalSpec) -> Iterator[tuple[Route, object]]:
    base, spec = external.base, external.spec
    yield (*base, "secretStoreRef"), spec.get("secretStoreRef")
    for field in ("data", "dataFrom"):
        for index, entry in mappings(spec.get(field)):
            route = (*base, field, index, "sourceRef", "storeRef")
            yield route, at(entry, "sourceRef", "storeRef")


def _named(reference: object) -> tuple[str, str]:
    """The kind and the name of the store that a reference names."""
    return text(at(reference, "kind")) or NAMESPACED_STORE, text(at(reference, "name"))


def _defect(
    external: ExternalSpec, route: Route, reference: object, reachable: list[SecretStore]
) -> Iterator[Defect]:
    kind, name = _named(reference)
    if not name or kind not in _KINDS:
        return
    same = next((store for store in reachable if store.name == name), None)
    near = near_name(name, [store.name for store in reachable if store.manifest.kind == kind])
    other = same or next((store for store in reachable if store.name == near), None)
    where = f" in namespace {external.place[1]}" if kind == NAMESPACED_STORE else ""
    if same:
        advice = f"{same.label} is there: name that kind"
    else:
        advice = f"did you mean {near}?" if near else declare(kind, external.place[1], name)
    at_kind = same is not None and isinstance(reference, dict) and "kind" in reference
    yield Defect(
        ManifestPlace(external.manifest, (*route, "kind" if at_kind else "name")),
        f"there is no {kind} {name}{where}",
        advice,
        related=((ManifestPlace(other.manifest, ("metadata", "name")), other.label),)
        if other
        else (),
        severity=None if other else Severity.INFO,
    )
