"""From a rendered deployment to the files of its Applications and projects, as they should be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from plate_llm_cli.errors import EditError, UsageError
from plate_llm_cli.gitops.applications import ARGO_NAMESPACE, text_of
from plate_llm_cli.gitops.generation.application_set import application_set_text
from plate_llm_cli.gitops.model_application_set import check_application_set
from plate_llm_cli.graph.argocd_facts import application_facts, project_facts
from plate_llm_cli.graph.secret_fields import at
from plate_llm_cli.source.nodes import find
from plate_llm_cli.source.reader import parse_text, to_plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from plate_llm_cli.gitops.generation.draft import Draft
    from plate_llm_cli.gitops.generation.files import Generation
    from plate_llm_cli.gitops.releases import Release
    from plate_llm_cli.graph.deployment import Deployment
    from plate_llm_cli.source.nodes import SourceFile

_LOOKS_LIKE_ONE = ("argoproj.io/", "kind: Application")


def generate_applications(
    generation: Generation,
    deployment: Deployment,
    releases: Iterable[Release],
    *edits: Callable[[Draft], None],
) -> dict[Release, Any]:
    """Bring the Applications of `releases` into line; each as data, without those refused."""
    facts = application_facts(deployment)
    made: dict[Release, Any] = {}
    for release in releases:
        application = release.application
        if application.is_made:  # its ApplicationSet is written by people
            continue
        if release not in facts:
            message = f"not all that {release.name} deploys is known"
            hint = (
                f"It does not render, or lacks a value file: see plate-llm validate {release.name}."
            )
            generation.refuse(application.file, application.name_node.span.line, message, hint)
            continue
        found = generation.application(application, facts[release], *edits)
        if found is not None:
            made[release] = found
    return made


def application_set(applications: dict[Release, Any], deployment: Deployment) -> str:
    """One ApplicationSet that makes `applications`, but for those that apply Applications.

    Raises:
        UsageError: there is none to make.
    """
    above = {item.release for item in deployment.manifests if item.kind == "Application"}
    made = {release: item for release, item in applications.items() if release not in above}
    if not made:
        raise UsageError("there is no Application for an ApplicationSet to make")
    namespaces = {release.application.identity[0] for release in made}
    projects = {release.application.project for release in made}
    name = projects.pop() if len(projects) == 1 else "applications"
    text = application_set_text(name, min(namespaces), list(made.values()))
    for found in check_application_set(to_plain(parse_text(text, "").root)):
        raise EditError(f"no ApplicationSet can make them: {found.message}", found.help)
    return text


def generate_projects(
    generation: Generation, deployment: Deployment, applications: dict[Release, Any]
) -> None:
    """Extend every AppProject of the tree by what `applications`, as they will be, use."""
    creating = {release for release, item in applications.items() if _creates_namespace(item)}
    for kind, file, node in deployment.discovery.others:
        if kind == "AppProject":
            name = text_of(find(node, ("metadata", "name")))
            namespace = text_of(find(node, ("metadata", "namespace"))) or ARGO_NAMESPACE
            facts = project_facts(deployment, (name, namespace), creating)
            generation.project(file, node, facts)


def _creates_namespace(application: Any) -> bool:
    options = at(application, "spec", "syncPolicy", "syncOptions")
    return isinstance(options, list) and "CreateNamespace=true" in options


def refuse_unread(generation: Generation, deployment: Deployment) -> None:
    """Name the files beside Applications that hold one, too, and cannot be read as YAML."""
    folders = {item.file.path.rpartition("/")[0] for item in deployment.discovery.applications}
    for folder in sorted(folders):
        for path in deployment.tree.walk(folder):
            if path.rpartition("/")[0] == folder:
                _refuse_broken(generation, deployment.tree.read(path))


def _refuse_broken(generation: Generation, file: SourceFile) -> None:
    if file.broken and all(mark in file.text for mark in _LOOKS_LIKE_ONE):
        problem = file.problems[0]
        braces = "{{" in file.line(problem.span.line)
        hint = "An Application is written out here, not templated." if braces else problem.help
        generation.refuse(file, problem.span.line, problem.message, hint)
