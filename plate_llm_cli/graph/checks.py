"""What schemas and models say of a deployment: computed once, shared by the rules.

The models load pydantic and the schemas a validator: both are imported when the first rule asks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from plate_llm_cli.source.plain import to_plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.graph.deployment import Deployment, Manifest, RenderedChart
    from plate_llm_cli.schemas.violations import CheckResult
    from plate_llm_cli.source.nodes import Mapping, SourceFile
    from plate_llm_cli.source.violations import ModelViolation

ARGO_GROUP = "argoproj.io/"


def schema_checks(deployment: Deployment) -> Iterator[tuple[Manifest, CheckResult]]:
    """Every object against the schema of its kind; ArgoCD's own kinds have models instead."""
    from plate_llm_cli.schemas.catalog import SchemaCatalog  # noqa: PLC0415 - see above

    crds: list[object] = [
        item.plain for item in deployment.manifests if item.kind == "CustomResourceDefinition"
    ]
    crds += [to_plain(document.root) for document in deployment.crd_documents]
    catalog = SchemaCatalog(deployment.kube_version, crds, deployment.schema_folders)
    for manifest in deployment.manifests:
        if not manifest.api_version.startswith(ARGO_GROUP):
            yield manifest, catalog.check(manifest.plain)


def argo_checks(deployment: Deployment) -> Iterator[tuple[SourceFile, Mapping, ModelViolation]]:
    """Every Application and AppProject of the tree against ArgoCD's API."""
    from plate_llm_cli.gitops.models import (  # noqa: PLC0415 - see above
        check_app_project,
        check_application,
    )

    for release in deployment.releases:
        application = release.application
        for violation in check_application(to_plain(application.node)):
            yield application.file, application.node, violation
    for kind, file, node in deployment.discovery.others:
        if kind == "AppProject":
            for violation in check_app_project(to_plain(node)):
                yield file, node, violation


def value_checks(deployment: Deployment) -> Iterator[tuple[RenderedChart, ModelViolation]]:
    """The merged values of every release whose chart has a model."""
    from plate_llm_cli.values.registry import check_values  # noqa: PLC0415 - see above

    for chart in deployment.charts:
        if chart.part.complete and chart.part.values_model:
            for violation in check_values(chart.part.values_model, chart.values):
                yield chart, violation
