"""Strict models of ArgoCD's Application and AppProject, to check them and to write them.

Source: argo-cd `pkg/apis/application/v1alpha1/types.go` and `manifests/crds`, 3.x. The API server
drops unknown fields without a word, so that a misspelt `selfheal` is never noticed.

Imports pydantic, which takes 100 ms: import this module only where it is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal

from plate_llm_cli.gitops.model_base import (
    ApiVersion,
    ArgoModel,
    Integer,
    NameValue,
    ObjectMeta,
    Text,
)
from plate_llm_cli.gitops.model_project import AppProject
from plate_llm_cli.gitops.model_sources import Source, SourceHydrator
from plate_llm_cli.gitops.model_sync import IgnoreDifference, SyncPolicy
from plate_llm_cli.source.pydantic_errors import violations_of
from plate_llm_cli.source.strict_model import needed, optional
from plate_llm_cli.source.violations import ModelViolation, ViolationKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.source.nodes import Plain

__all__ = [
    "UNCHECKED_KINDS",
    "AppProject",
    "Application",
    "ModelViolation",
    "check_app_project",
    "check_application",
]

UNCHECKED_KINDS: Final = frozenset({"ApplicationSet"})
"""Kinds of ArgoCD that are known and pass without a model."""


class Destination(ArgoModel):
    """Cluster and namespace to deploy to."""

    server: str | None = optional("Address of the cluster's API server.")
    name: str | None = optional("Name of the cluster in ArgoCD, such as in-cluster.")
    namespace: str | None = optional("Namespace for objects that name none.")

    def complaints(self) -> Iterator[ModelViolation]:
        """No cluster, or two."""
        if self.server and self.name:
            message = "`server` and `name` are both set: ArgoCD refuses to choose a cluster"
            yield ModelViolation(("name",), message, "Keep one of the two.")
        if not self.server and not self.name:
            message = "a destination needs `server` (an address) or `name` (of a cluster)"
            hint = "ArgoCD's own cluster is `server: https://kubernetes.default.svc`."
            yield ModelViolation(("server",), message, hint, ViolationKind.MISSING_FIELD)


class ApplicationSpec(ArgoModel):
    """What is deployed, where to, and how it is kept that way."""

    project: Text = needed("The AppProject that sets the limits; `default` has none.")
    source: Source | None = optional("Where the manifests come from.")
    sources: list[Source] | None = optional("Several places that manifests come from.")
    source_hydrator: SourceHydrator | None = optional("Renders into a branch first.")
    destination: Destination = needed("Cluster and namespace to deploy to.")
    sync_policy: SyncPolicy | None = optional("When and how to sync.")
    ignore_differences: list[IgnoreDifference] | None = optional("Fields that may differ.")
    info: list[NameValue] | None = optional("Facts to show in the user interface.")
    revision_history_limit: Integer | None = optional("Revisions to keep for a roll-back.")

    def complaints(self) -> Iterator[ModelViolation]:
        """Sources that are none, two, or not read."""
        if self.source and self.sources:
            message = "`source` is not read: `sources` is set too, and it wins"
            yield ModelViolation(("source",), message, "Keep one of the two.")
        elif self.source and self.source.ref and not (self.source.path or self.source.chart):
            message = "`ref` has a meaning in `sources` only: this source renders nothing"
            yield ModelViolation(("source", "ref"), message, "Add `path`, or use `sources`.")
        if not (self.source or self.sources or self.source_hydrator):
            message = "an Application needs `source` or `sources`"
            yield ModelViolation(("source",), message, "", ViolationKind.MISSING_FIELD)


class Application(ArgoModel):
    """An `argoproj.io/v1alpha1` Application."""

    api_version: ApiVersion = "argoproj.io/v1alpha1"
    kind: Literal["Application"] = "Application"
    metadata: ObjectMeta = needed("Name and namespace.")
    spec: ApplicationSpec = needed("What is deployed, and where to.")
    operation: Any = optional("Written by ArgoCD.")
    status: Any = optional("Written by ArgoCD.")

    def complaints(self) -> Iterator[ModelViolation]:
        """An object that nobody can refer to."""
        if not (self.metadata.name or self.metadata.generate_name):
            message = "`name` is missing under `metadata`"
            route = ("metadata", "name")
            yield ModelViolation(route, message, "", ViolationKind.MISSING_FIELD)


def check_application(obj: Plain) -> list[ModelViolation]:
    """What is wrong with an Application, as far as it can tell by itself."""
    return violations_of(Application, obj)


def check_app_project(obj: Plain) -> list[ModelViolation]:
    """What is wrong with an AppProject, as far as it can tell by itself."""
    return violations_of(AppProject, obj)
