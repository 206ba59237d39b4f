"""An object that is applied after what cannot start without it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from plate_llm_cli.findings import Severity
from plate_llm_cli.graph.application_order import early_applications
from plate_llm_cli.graph.pod_needs import needs_of_pods
from plate_llm_cli.graph.secret_fields import at, text
from plate_llm_cli.graph.secret_uses import place_of
from plate_llm_cli.graph.sync_order import HELM_HOOK, HOOK, turn_annotation, turn_of
from plate_llm_cli.rules.base import Defect, ManifestPlace, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.graph.application_order import EarlyApplication
    from plate_llm_cli.graph.deployment import Deployment
    from plate_llm_cli.graph.manifests import Manifest
    from plate_llm_cli.graph.sync_order import Turn
    from plate_llm_cli.source.nodes import Route

_WAITED_FOR = frozenset({"Deployment", "StatefulSet", "DaemonSet", "Job", "Pod", "Rollout"})
"""Kinds that ArgoCD calls healthy only when their pods run, or have ended well."""
_SHOWN = 5
_ANNOTATIONS: Route = ("metadata", "annotations")


class MisorderedWave(Rule):
    """Something is applied before an object that it cannot start without.

    ## What it does
    Works out the phase and the wave of each object of an Application, from annotations of ArgoCD
    and of Helm, and compares those of pods with those of what they read: Secrets and whatever
    makes them, ConfigMaps, service accounts, claims; also of ExternalSecrets with those of their
    store, and of objects with those of their Namespace and CRD. Equal waves are right: ArgoCD
    applies what others need first. References that are optional are left out. Applications that one
    Application applies are compared in the same way, where argocd-cm gives them a health.

    ## Why is this bad?
    ArgoCD waits for each wave to be healthy before it begins the next. Pods that wait for a Secret
    of a later wave never are: the first sync into a new cluster hangs.

    ## Example
    ```yaml
    kind: Job
    metadata:
      annotations: {argocd.argoproj.io/hook: PreSync}   # reads the ConfigMap settings
    ---
    kind: ConfigMap
    metadata: {name: settings}   # is applied by Sync, after PreSync
    ```

    ## Use instead
    ```yaml
    kind: ConfigMap
    metadata:
      name: settings
      annotations: {argocd.argoproj.io/hook: PreSync, argocd.argoproj.io/sync-wave: "-1"}
    ```
    """

    id = "misordered-wave"
    severity = Severity.ERROR
    summary = "Something is applied before an object that it cannot start without"

    def check(self, deployment: Deployment) -> Iterator[Defect]:
        """Each object that comes too late, or comes before what it needs."""
        late: dict[int, list[_Link]] = {}
        for link in _links(deployment):
            if _is_late(link):
                fault = link.makers[0] if turn_annotation(link.makers[0]) else link.reader
                late.setdefault(id(fault), []).append(link)
        for links in late.values():
            yield _defect(links)
        for early in early_applications(deployment):
            yield _of_applications(early)


@dataclass(frozen=True, slots=True)
class _Link:
    """An object that cannot do without others; `route` is where it names them."""

    reader: Manifest
    route: Route
    makers: tuple[Manifest, ...]
    what: str


def _links(deployment: Deployment) -> Iterator[_Link]:
    for need in needs_of_pods(deployment.wiring, deployment.secrets):
        if need.workload.kind in _WAITED_FOR and _has_pods(need.workload):
            what = f"{need.kind} {need.name}"
            yield _Link(need.workload, need.route, need.makers, what)
    for made in deployment.secrets.produced:
        store = made.external.store(None) if made.external else None
        if made.external and store and made.manifest.kind == "ExternalSecret":
            route = (*made.external.base, "secretStoreRef", "name")
            yield _Link(made.manifest, route, (store.manifest,), store.label)
    yield from _homes(deployment)


def _has_pods(manifest: Manifest) -> bool:
    return manifest.text("spec", "replicas") != "0"


def _is_for_upgrades(manifest: Manifest) -> bool:
    """Whether Helm would not run it at the first install, as ArgoCD does."""
    annotations = at(manifest.plain, "metadata", "annotations")
    hooks = text(at(annotations, HELM_HOOK))
    return "pre-upgrade" in hooks and "pre-install" not in hooks and not at(annotations, HOOK)


def _homes(deployment: Deployment) -> Iterator[_Link]:
    """Objects and their Namespaces, custom resources and their CRDs."""
    spaces: dict[tuple[str, str], list[Manifest]] = {}
    kinds: dict[tuple[str, str, str], list[Manifest]] = {}
    for item in deployment.manifests:
        cluster = item.release.application.cluster
        if item.kind == "Namespace" and not _is_there_before(item, deployment):
            spaces.setdefault((cluster, item.name), []).append(item)
        if item.kind == "CustomResourceDefinition":
            spec = item.plain.get("spec")
            key = (cluster, text(at(spec, "group")), text(at(spec, "names", "kind")))
            kinds.setdefault(key, []).append(item)
    for item in deployment.manifests if spaces or kinds else ():
        cluster, namespace = place_of(item)
        key = (cluster, item.api_version.rpartition("/")[0], item.kind)
        if key in kinds:
            yield _Link(item, ("kind",), tuple(kinds[key]), f"the CRD of {item.kind}")
        if (cluster, namespace) in spaces and deployment.is_namespaced(item):
            makers = tuple(spaces[cluster, namespace])
            yield _Link(item, ("metadata", "namespace"), makers, f"Namespace {namespace}")


def _is_there_before(namespace: Manifest, deployment: Deployment) -> bool:
    """By CreateNamespace, or because ArgoCD itself lives in it."""
    return any(
        namespace.name == item.application.identity[0]
        or (item.application.creates_namespace and item.namespace == namespace.name)
        for item in deployment.known.releases
    )


def _is_late(link: _Link) -> bool:
    """Whether all that bring it about come later; the order of other Applications is not known."""
    mine, its = turn_of(link.reader), _turn(link)
    alone = all(item.release is link.reader.release for item in link.makers)
    return alone and mine is not None and its is not None and mine < its


def _turn(link: _Link) -> Turn | None:
    """When the first of the makers is applied; None where one is applied by no sync."""
    turns = [turn for item in link.makers if (turn := turn_of(item)) is not None]
    return min(turns) if len(turns) == len(link.makers) else None


def _defect(links: list[_Link]) -> Defect:
    """At the annotation of what comes too late, else of what comes too early."""
    first = min(links, key=lambda link: (_is_for_upgrades(link.reader), str(turn_of(link.reader))))
    maker, reader = first.makers[0], first.reader
    fault = maker if turn_annotation(maker) else reader
    if fault is maker:
        related = [(ManifestPlace(link.reader, link.route), _reads(link)) for link in links]
    else:
        route = ("metadata", "name")
        related = [(ManifestPlace(link.makers[0], route), link.what) for link in links]
    return Defect(
        ManifestPlace(fault, (*_ANNOTATIONS, turn_annotation(fault))),
        f"{reader.kind} {reader.name} ({turn_of(reader)}) needs {first.what}, which is applied "
        f"later ({_turn(first)})",
        f"apply {maker.kind} {maker.name} no later than {turn_of(reader)}",
        related=tuple(related[:_SHOWN]),
        severity=Severity.WARNING if _is_for_upgrades(reader) else None,
    )


def _reads(link: _Link) -> str:
    return f"{link.reader.kind} {link.reader.name} ({turn_of(link.reader)}) needs it"


def _of_applications(early: EarlyApplication) -> Defect:
    reader, maker, need = early.reader, early.maker, early.need
    fault = reader if turn_annotation(reader) else maker
    return Defect(
        ManifestPlace(fault, (*_ANNOTATIONS, turn_annotation(fault))),
        f"Application {reader.name} ({turn_of(reader)}) is not healthy without {need.kind} "
        f"{need.name}, which Application {maker.name} brings later ({turn_of(maker)})",
        f"apply {maker.name} no later than {reader.name}",
        related=(
            (ManifestPlace(need.workload, need.route), f"{need.workload.kind} needs it"),
            (ManifestPlace(maker, ("metadata", "name")), f"{need.kind} {need.name} is from here"),
        ),
    )
