"""An object of two Applications."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plate_llm_cli.findings import Severity
from plate_llm_cli.graph.environment_words import environment_of
from plate_llm_cli.graph.sync_order import is_hook
from plate_llm_cli.rules.base import Defect, FilePlace, ManifestPlace, Rule
from plate_llm_cli.source.nodes import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.gitops.releases import Release
    from plate_llm_cli.graph.deployment import Deployment
    from plate_llm_cli.graph.manifests import Manifest

_FAILS = "FailOnSharedResource=true"
_EACH = 3
"""Up to that many shared objects are told one by one; else the Applications are at fault."""
_Pair = tuple["Manifest", "Manifest"]


class SharedObject(Rule):
    """Two Applications apply the same object.

    ## What it does
    Compares group, kind, namespace and name of all objects of different Applications that go to
    the same cluster; hooks are left out. Where most of what two Applications deploy is the same,
    it is said once, at the second one. It is an error with `FailOnSharedResource=true`. In
    different folders Applications may belong to an ArgoCD each: then it is an info, and nothing is
    said of two that deploy the same chart or folder.

    ## Why is this bad?
    ArgoCD shows a SharedResourceWarning. Each Application overwrites what the other one applied,
    and whoever is deleted or pruned takes the object along.

    ## Example
    ```yaml
    # of the Application web, and of the Application edge, too
    kind: ConfigMap
    metadata: {name: settings, namespace: web}
    ```

    ## Use instead
    ```yaml
    # of the Application edge
    kind: ConfigMap
    metadata: {name: edge-settings, namespace: web}
    ```
    """

    id = "shared-object"
    severity = Severity.WARNING
    summary = "Two Applications apply the same object"

    def check(self, deployment: Deployment) -> Iterator[Defect]:
        """Every object that two releases share."""
        together = [set(part.files) for item in deployment.releases for part in item.manifests]
        for pairs in _shared(deployment).values():
            first, second = pairs[0][0].release, pairs[0][1].release
            if first.application.identity == second.application.identity:
                continue  # `duplicate-application` says it
            sure = _same_argocd(first, second, together)
            if not sure and _made_of(first) == _made_of(second):
                continue
            severity = _severity(second, first) if sure else Severity.INFO
            if len(pairs) > _EACH:
                yield _as_a_whole(pairs, severity)
            else:
                yield from (_single(pair, severity) for pair in pairs)


def _shared(deployment: Deployment) -> dict[tuple[int, int], list[_Pair]]:
    """By pair of releases the objects that both apply."""
    first: dict[tuple[str, ...], Manifest] = {}
    found: dict[tuple[int, int], list[_Pair]] = {}
    for manifest in deployment.manifests:
        if not manifest.kind or not manifest.name or is_hook(manifest):
            continue
        group = manifest.api_version.rpartition("/")[0]
        namespace = manifest.namespace if deployment.is_namespaced(manifest) else ""
        cluster = manifest.release.application.cluster
        key = (cluster, group, manifest.kind, namespace, manifest.name)
        before = first.setdefault(key, manifest)
        if before.release is not manifest.release:
            pair = (before, manifest)
            if _is_guest(before) and not _is_guest(manifest):
                pair = (manifest, before)
            key_of_pair = (id(pair[0].release), id(pair[1].release))
            found.setdefault(key_of_pair, []).append(pair)
    return found


def _is_guest(manifest: Manifest) -> bool:
    """Whether the object is outside of the namespace that its release goes to."""
    return manifest.namespace != manifest.release.namespace


def _same_argocd(first: Release, second: Release, together: list[set[str]]) -> bool:
    """Whether one ArgoCD is sure to have both: many teams have a folder for each one."""
    paths = (first.application.file.path, second.application.file.path)
    folders = {path.rpartition("/")[0] for path in paths}
    return len(folders) == 1 or any(set(paths) <= files for files in together)


def _made_of(release: Release) -> tuple[tuple[str, str], ...]:
    sources = release.application.sources
    return tuple((item.path or "", item.chart) for item in sources)


def _severity(*releases: Release) -> Severity:
    failing = any(_FAILS in item.application.sync_options for item in releases)
    return Severity.ERROR if failing else Severity.WARNING


def _single(pair: _Pair, severity: Severity) -> Defect:
    before, manifest = pair
    route = ("metadata", "name")
    return Defect(
        ManifestPlace(manifest, route),
        f"{before.release.name} and {manifest.release.name} both apply "
        f"{manifest.kind} {manifest.name}",
        "leave it to one of the Applications, or give it another name in one",
        releases=tuple(sorted((before.release.name, manifest.release.name))),
        related=((ManifestPlace(before, route), f"that of {before.release.name}"),),
        severity=severity,
    )


def _as_a_whole(pairs: list[_Pair], severity: Severity) -> Defect:
    releases = sorted((item.release for item in pairs[0]), key=_is_misled)
    first, second = (item.application for item in releases)
    some = ", ".join(f"{item.kind} {item.name}" for _, item in pairs[:_EACH])
    route = (
        ("spec", "destination", "namespace") if _is_misled(releases[1]) else ("metadata", "name")
    )
    return Defect(
        FilePlace(second.file, nearest(second.node, route)[0]),
        f"{first.name} and {second.name} both apply {some} and {len(pairs) - _EACH} more",
        "give one of them another namespace or another name of its objects, or remove it",
        releases=tuple(sorted((first.name, second.name))),
        related=((FilePlace.of(first.file, first.name_node), f"{first.name} applies them, too"),),
        severity=severity,
    )


def _is_misled(release: Release) -> bool:
    """Whether its namespace is of another environment than its name: web-prod in web-stg."""
    named, sent = environment_of(release.name), environment_of(release.namespace)
    return bool(named and sent) and named != sent
