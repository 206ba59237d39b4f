"""Turns an Application into a release: its charts, its values in order, its plain manifests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plate_llm_cli.gitops.applications import items_of, plain_mapping, text_of
from plate_llm_cli.gitops.directories import manifest_files, says_directory
from plate_llm_cli.gitops.folders import nearest_folder
from plate_llm_cli.gitops.kustomize import has_kustomization
from plate_llm_cli.gitops.parameters import parameter_layers
from plate_llm_cli.gitops.releases import (
    ChartPart,
    LayerKind,
    ManifestsPart,
    ProblemKind,
    Release,
    ReleaseProblem,
    ValuesLayer,
)
from plate_llm_cli.gitops.value_files import ValueFiles
from plate_llm_cli.source.nodes import Mapping, Scalar, find
from plate_llm_cli.source.reader import parse_block
from plate_llm_cli.source.tree import OutsideRootError

if TYPE_CHECKING:
    from plate_llm_cli.gitops.applications import Application, ApplicationSource
    from plate_llm_cli.gitops.repository import Home
    from plate_llm_cli.source.nodes import Node
    from plate_llm_cli.source.tree import Tree

_MISSING = "create the folder or correct the path; it is relative to the repository's root"

MODEL_ANNOTATION = "plate-llm.cocdev.co.kr/values-model"
"""Names the model of a chart's values. A name alone would not do: other charts may have it too."""


def resolve(application: Application, tree: Tree, home: Home) -> Release:
    """The release that `application` describes; what does not resolve is among its problems."""
    release = Release(application)
    for source in application.sources:
        _add_source(release, source, tree, home)
    return release


def _problem(
    release: Release, kind: ProblemKind, node: Node, message: str, help_text: str = ""
) -> None:
    file = release.application.file
    release.problems.append(ReleaseProblem(kind, message, help_text, file, node.span))


def _add_source(release: Release, source: ApplicationSource, tree: Tree, home: Home) -> None:
    if source.ref and source.path is None and not source.chart:
        return
    if not home.holds(source):
        _skip_remote(release, source, tree, home)
        return
    where = source.node.get("path") or source.node
    try:
        path = tree.join("", source.path or "")
    except OutsideRootError:
        message = f"path {source.path} leads out of the repository"
        _problem(release, ProblemKind.OUTSIDE_ROOT, where, message, "use a path below the root")
        return
    if not tree.is_dir(path):
        _missing_path(release, where, path, tree)
    elif source.node.get("plugin") is not None:
        _problem(
            release, ProblemKind.UNSUPPORTED_SOURCE, where, "config management plugin: not run"
        )
    elif _is_kustomization(source, path, tree):
        message = f"{path or '.'} is built by Kustomize: not rendered"
        _problem(release, ProblemKind.UNSUPPORTED_SOURCE, where, message)
    elif _is_chart(source, path, tree):
        _add_chart(release, source, path, tree, home)
    else:
        _add_folder(release, source, path, tree)


def _add_folder(release: Release, source: ApplicationSource, path: str, tree: Tree) -> None:
    directory = source.node.get("directory")
    if directory is not None and tree.is_file(f"{path}/Chart.yaml" if path else "Chart.yaml"):
        message = (
            f"{path or '.'} is a chart, but `directory` has ArgoCD apply its files as they are"
        )
        help_text = "remove `directory`, and ArgoCD renders the chart"
        _problem(release, ProblemKind.IGNORED_CHART, directory, message, help_text)
        return
    release.manifests.append(ManifestsPart(source, path, manifest_files(tree, path, directory)))


def _is_kustomization(source: ApplicationSource, path: str, tree: Tree) -> bool:
    """What the source says outright counts more than the files of its folder."""
    if source.node.get("kustomize") is not None:
        return True
    said = source.helm is not None or says_directory(source.node.get("directory"))
    return not said and has_kustomization(tree, path)


def _is_chart(source: ApplicationSource, path: str, tree: Tree) -> bool:
    if source.helm is not None:
        return True
    said = says_directory(source.node.get("directory"))
    return not said and tree.is_file(f"{path}/Chart.yaml" if path else "Chart.yaml")


def _missing_path(release: Release, where: Node, path: str, tree: Tree) -> None:
    near = nearest_folder(tree, path)
    help_text = f"did you mean {near}? The path is relative to the root" if near else _MISSING
    _problem(release, ProblemKind.MISSING_PATH, where, f"path {path} does not exist", help_text)


def _skip_remote(release: Release, source: ApplicationSource, tree: Tree, home: Home) -> None:
    near = "" if source.chart or home.known else nearest_folder(tree, source.path or "")
    if near:
        _missing_path(release, source.node.get("path") or source.node, source.path or "", tree)
        return
    what = f"chart {source.chart}" if source.chart else f"path {source.path or '.'}"
    revision = f" at {source.revision}" if source.revision else ""
    message = f"{what} comes from {source.repo_url or 'nowhere'}{revision}: not rendered"
    help_text = "only what is in this tree is rendered and checked"
    node = source.node.get("repoURL") or source.node
    _problem(release, ProblemKind.REMOTE_SOURCE, node, message, help_text)
    _check_remote_values(release, source, tree, home)


def _check_remote_values(
    release: Release, source: ApplicationSource, tree: Tree, home: Home
) -> None:
    """A chart from elsewhere may take its values from here: these must be there and be YAML."""
    files = ValueFiles(release.application, source, tree, home)
    files.collect_refs()
    release.problems += files.problems
    release.files += files.files
    _inline(release, source)


def _add_chart(
    release: Release, source: ApplicationSource, path: str, tree: Tree, home: Home
) -> None:
    application = release.application
    files = ValueFiles(application, source, tree, home)
    files.collect(path)
    release.problems += files.problems
    layers = _defaults(path, tree) + files.layers + _inline(release, source)
    parameters, problems = parameter_layers(application, source, path, tree)
    release.problems += problems
    versions = (text_of(item) for item in items_of(source.helm_field("apiVersions")))
    release.charts.append(
        ChartPart(
            source=source,
            chart=path,
            chart_name=_chart_text(path, tree, "name"),
            values_model=_chart_text(path, tree, "annotations", MODEL_ANNOTATION),
            release_name=text_of(source.helm_field("releaseName")) or application.name,
            namespace=text_of(source.helm_field("namespace")) or application.namespace,
            layers=layers + parameters,
            kube_version=text_of(source.helm_field("kubeVersion")),
            api_versions=tuple(version for version in versions if version),
            include_crds=not source.helm_flag("skipCrds"),
            skip_tests=source.helm_flag("skipTests"),
            skip_schema=source.helm_flag("skipSchemaValidation"),
            complete=files.complete,
            value_files=files.files,
        )
    )


def _chart_text(path: str, tree: Tree, *route: str) -> str:
    """A text of the chart's Chart.yaml, or ''."""
    name = f"{path}/Chart.yaml" if path else "Chart.yaml"
    return text_of(find(tree.read(name).root, route)) if tree.is_file(name) else ""


def _defaults(path: str, tree: Tree) -> list[ValuesLayer]:
    name = f"{path}/values.yaml" if path else "values.yaml"
    if not tree.is_file(name):
        return []
    file = tree.read(name)
    node = file.root if isinstance(file.root, Mapping) else None
    return [ValuesLayer(LayerKind.DEFAULTS, name, plain_mapping(node) or {}, file, node)]


def _inline(release: Release, source: ApplicationSource) -> list[ValuesLayer]:
    file = release.application.file
    node, text = source.helm_field("valuesObject"), source.helm_field("values")
    if isinstance(node, Mapping):
        if text_of(text) and text is not None:
            message = "helm.values is ignored because helm.valuesObject is set"
            help_text = "move its keys into valuesObject and delete it"
            _problem(release, ProblemKind.IGNORED_VALUES, text, message, help_text)
        values = plain_mapping(node) or {}
        return [ValuesLayer(LayerKind.OBJECT, "helm.valuesObject", values, file, node)]
    if not isinstance(text, Scalar) or not text_of(text).strip():
        return []
    return _inline_text(release, text)


def _inline_text(release: Release, text: Scalar) -> list[ValuesLayer]:
    inner = parse_block(release.application.file, text)
    for problem in inner.problems:
        release.problems.append(
            ReleaseProblem(
                ProblemKind.INVALID_VALUES,
                f"helm.values: {problem.message}",
                problem.help,
                release.application.file,
                problem.span,
            )
        )
    values = plain_mapping(inner.root)
    if values is None:
        message = "helm.values is not a mapping"
        _problem(release, ProblemKind.INVALID_VALUES, text, message, "write `key: value` lines")
        return []
    return [ValuesLayer(LayerKind.VALUES, "helm.values", values, inner, inner.root)]
