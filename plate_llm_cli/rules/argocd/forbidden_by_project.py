"""What an Application does, and its project forbids."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from plate_llm_cli.findings import Severity
from plate_llm_cli.graph.projects import Project
from plate_llm_cli.graph.slips import misspelt
from plate_llm_cli.graph.sync_order import is_deployed
from plate_llm_cli.rules.base import Defect, FilePlace, ManifestPlace, Place, Rule
from plate_llm_cli.source.nodes import nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from plate_llm_cli.gitops.releases import Release
    from plate_llm_cli.graph.deployment import Deployment
    from plate_llm_cli.graph.manifests import Manifest
    from plate_llm_cli.graph.projects import Refusal


class ForbiddenByProject(Rule):
    """The project of an Application does not allow what the Application uses or deploys.

    ## What it does
    Reads the AppProject as ArgoCD does: `sourceRepos` and `destinations` with globs and `!`, and
    the lists of kinds. Without `clusterResourceWhitelist` no cluster-scoped kind is allowed;
    without `namespaceResourceWhitelist` every namespaced one is. A namespace that ArgoCD makes
    (`CreateNamespace=true`) counts as a resource, but only until it is there: this is a warning.
    Where the tree has several projects of one name, all of them have to forbid it. It is told at
    the project; at the Application where that has a slip of what the project allows.

    ## Why is this bad?
    ArgoCD refuses the Application (InvalidSpecError), or fails its sync: "resource ... is not
    permitted in project".

    ## Example
    ```yaml
    kind: AppProject
    spec:
      destinations:
        - {server: https://kubernetes.default.svc, namespace: plate-stg}
    ---
    kind: Application
    spec:
      destination: {server: https://kubernetes.default.svc, namespace: plate-prod}
    ```

    ## Use instead
    ```yaml
    kind: AppProject
    spec:
      destinations:
        - {server: https://kubernetes.default.svc, namespace: plate-stg}
        - {server: https://kubernetes.default.svc, namespace: plate-prod}
    ```
    """

    id = "forbidden-by-project"
    severity = Severity.ERROR
    summary = "The project of an Application forbids what the Application uses or deploys"

    def check(self, deployment: Deployment) -> Iterator[Defect]:
        """Everything that the project of a release forbids."""
        applied: dict[int, list[Manifest]] = {}
        for manifest in deployment.manifests if deployment.projects else ():
            if is_deployed(manifest) and manifest.kind and manifest.name:
                applied.setdefault(id(manifest.release), []).append(manifest)
        for release in deployment.releases:
            projects = _projects_for(release, deployment)
            told: set[str] = set()
            for use in _uses(release, applied.get(id(release), []), deployment):
                refusals = [use.refused_by(project) for project in projects]
                first = refusals[0] if refusals and all(refusals) else None
                if first is not None and use.what not in told:
                    told.add(use.what)
                    yield _defect(projects[0], first, use, release)


@dataclass(frozen=True, slots=True)
class _Use:
    """Something that a project has to allow."""

    what: str
    place: Place
    refused_by: Callable[[Project], Refusal | None]
    severity: Severity | None = None
    written: str = ""
    """The name that may be a slip of one that the project has; '' where none can be."""


def _projects_for(release: Release, deployment: Deployment) -> list[Project]:
    """The projects that may be meant: those beside the Application, else all of that name."""
    named = [item for item in deployment.projects if item.name == release.application.project]
    namespace = release.application.identity[0]
    return [item for item in named if item.namespace == namespace] or named


def _uses(release: Release, manifests: list[Manifest], deployment: Deployment) -> Iterator[_Use]:
    yield from _of_application(release)
    if release.application.creates_namespace and not _is_there(release, deployment):
        yield _new_namespace(release, deployment)
    for manifest in manifests:
        yield from _of_object(manifest, deployment)


def _of_application(release: Release) -> Iterator[_Use]:
    application = release.application
    for source in application.sources:
        if source.repo_url:
            place = FilePlace(application.file, nearest(source.node, ("repoURL",))[0])
            refused = partial(Project.refuses_source, repository=source.repo_url)
            yield _Use(f"the source {source.repo_url}", place, refused, written=source.repo_url)
    cluster, namespace = release.place
    if not application.text("spec", "destination", "namespace"):
        return
    span, _ = nearest(application.node, ("spec", "destination", "namespace"))
    yield _destination(FilePlace(application.file, span), cluster, namespace)


def _destination(place: Place, cluster: str, namespace: str) -> _Use:
    refused = partial(Project.refuses_destination, cluster=cluster, namespace=namespace)
    what = f"the destination {namespace} of {cluster}"
    return _Use(what, place, refused, written=namespace)


def _is_there(release: Release, deployment: Deployment) -> bool:
    """Whether the namespace need not be made: ArgoCD lives in it, or an object makes it."""
    if release.namespace in (release.application.identity[0], "default", "kube-system"):
        return True
    return release.place in deployment.namespaces.objects


def _new_namespace(release: Release, deployment: Deployment) -> _Use:
    span, _ = nearest(release.application.node, ("spec", "syncPolicy", "syncOptions"))
    place = FilePlace(release.application.file, span)
    refused = _kind("", "Namespace", release.namespace, deployment)
    what = f"Namespace {release.namespace}, which CreateNamespace=true makes"
    return _Use(what, place, refused, Severity.WARNING)


def _of_object(manifest: Manifest, deployment: Deployment) -> Iterator[_Use]:
    """Its kind; its namespace, where it names another than the destination's."""
    group, kind = manifest.api_version.rpartition("/")[0], manifest.kind
    label = f"{group}/{kind}" if group else kind
    refused = _kind(group, kind, manifest.name, deployment)
    yield _Use(f"the kind {label}", ManifestPlace(manifest, ("kind",)), refused)
    namespace = manifest.text("metadata", "namespace")
    other = namespace not in ("", manifest.release.namespace)
    if other and deployment.is_namespaced(manifest):
        place = ManifestPlace(manifest, ("metadata", "namespace"))
        yield _destination(place, manifest.release.application.cluster, namespace)


def _kind(
    group: str, kind: str, name: str, deployment: Deployment
) -> Callable[[Project], Refusal | None]:
    scopes = deployment.scopes
    return lambda project: project.refuses_kind(group, kind, name, scopes)


def _defect(project: Project, refusal: Refusal, use: _Use, release: Release) -> Defect:
    field = str(refusal.route[1])
    verb = "forbids" if refusal.listed else "does not allow"
    near = None if refusal.listed else misspelt(use.written, project.names_in(field))
    places = [(project.place(refusal.route), "the project"), (use.place, f"{release.name} uses it")]
    if near and use.written:
        places.reverse()
        help_text = f"did you mean {near}?"
    else:
        remedy = "take this entry away or narrow it" if refusal.listed else f"add it to {field}"
        help_text = f"{remedy}, or give the Application another project"
    return Defect(
        places[0][0],
        f"project {project.name} {verb} {use.what}",
        help_text,
        releases=(release.name,),
        related=(places[1],),
        severity=use.severity,
    )
