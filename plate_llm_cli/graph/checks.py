"""What schemas and models say of a deployment: computed once, shared by the rules.

The models load pydantic and the schemas their data: both are imported when the first rule asks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from plate_llm_cli.source.plain import to_plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from plate_llm_cli.gitops.releases import Release
    from plate_llm_cli.graph.manifests import Manifest, RenderedChart
    from plate_llm_cli.schemas.violations import CheckResult
    from plate_llm_cli.source.nodes import Mapping, SourceFile
    from plate_llm_cli.source.violations import ModelViolation

ARGO_GROUP = "argoproj.io/"
ARGO_KINDS = ("Application", "AppProject", "ApplicationSet")
CRD = "CustomResourceDefinition"


def schema_checks(
    manifests: Iterable[Manifest],
    kube_version: str,
    crds: Iterable[object],
    folders: Iterable[Path],
) -> Iterator[tuple[Manifest, CheckResult]]:
    """Every object against the schema of its kind; ArgoCD's own kinds have models instead."""
    from plate_llm_cli.schemas.catalog import SchemaCatalog  # noqa: PLC0415 - see above

    catalog = SchemaCatalog(kube_version, crds, folders)
    for manifest in manifests:
        if not is_argocd(manifest):
            yield manifest, catalog.check(manifest.plain)


def is_argocd(manifest: Manifest) -> bool:
    """Of ArgoCD itself; Rollouts and Workflows are of the same group."""
    return manifest.api_version.startswith(ARGO_GROUP) and manifest.kind in ARGO_KINDS


def argo_checks(
    releases: Iterable[Release], others: Iterable[tuple[str, SourceFile, Mapping]]
) -> Iterator[tuple[SourceFile, Mapping, ModelViolation]]:
    """Every Application and AppProject of the tree against ArgoCD's API."""
    from plate_llm_cli.gitops.models import (  # noqa: PLC0415 - see above
        check_app_project,
        check_application,
    )

    for release in releases:
        application = release.application
        for violation in check_application(to_plain(application.node)):
            yield application.file, application.node, violation
    for kind, file, node in others:
        if kind == "AppProject":
            for violation in check_app_project(to_plain(node)):
                yield file, node, violation


def value_checks(
    charts: Iterable[RenderedChart],
) -> Iterator[tuple[RenderedChart, ModelViolation]]:
    """The merged values of every release whose chart has a model."""
    from plate_llm_cli.values.registry import check_values  # noqa: PLC0415 - see above

    for chart in charts:
        if chart.part.complete and chart.part.values_model:
            for violation in check_values(chart.part.values_model, chart.values):
                yield chart, violation
