"""AppProject: what the Applications of a project may use.

Source: argo-cd `pkg/apis/application/v1alpha1/types.go`, 3.x.
Imports pydantic, which takes 100 ms: import this room's models only where they are used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from plate_llm_cli.gitops.model_base import (
    ApiVersion,
    ArgoModel,
    Duration,
    Integer,
    ObjectMeta,
    Text,
)
from plate_llm_cli.source.strict_model import needed, optional
from plate_llm_cli.source.violations import ModelViolation, ViolationKind

if TYPE_CHECKING:
    from collections.abc import Iterator


class ProjectDestination(ArgoModel):
    """A cluster and namespace that may be deployed to; `*` and globs are allowed."""

    server: str | None = optional("Address of the cluster.")
    name: str | None = optional("Name of the cluster.")
    namespace: str | None = optional("Namespace.")

    def complaints(self) -> Iterator[ModelViolation]:
        """No cluster at all."""
        if not self.server and not self.name:
            message = "a destination needs `server` or `name`"
            yield ModelViolation(("server",), message, "", ViolationKind.MISSING_FIELD)


class DestinationServiceAccount(ArgoModel):
    """The account that a sync to a destination acts as."""

    server: str | None = optional("Address of the cluster.")
    name: str | None = optional("Name of the cluster.")
    namespace: str | None = optional("Namespace.")
    default_service_account: Text = needed("Service account.")


class GroupKind(ArgoModel):
    """A kind of object; `*` is any."""

    group: str = needed("API group; '' is the core's.")
    kind: str = needed("Kind.")


class ClusterResource(GroupKind):
    """A kind of cluster-scoped object, or single ones of it."""

    name: str | None = optional("Name, as a glob.")


class JwtToken(ArgoModel):
    """A token of a role, without the token itself."""

    iat: Integer = needed("When it was issued, seconds since 1970.")
    exp: Integer | None = optional("When it ends, seconds since 1970.")
    id: str | None = optional("Its id.")


class ProjectRole(ArgoModel):
    """Who may do what in the project."""

    name: Text = needed("Its name.")
    description: str | None = optional("What it is for.")
    policies: list[str] | None = optional("Casbin policies: p, proj:<project>:<role>, ...")
    groups: list[str] | None = optional("OIDC groups that have the role.")
    jwt_tokens: list[JwtToken] | None = optional("Tokens of the role.")


class SyncWindow(ArgoModel):
    """When syncs may or may not run."""

    kind: Literal["allow", "deny"] | None = optional("allow or deny.")
    schedule: Text | None = optional("When it begins, as cron has it.")
    duration: Duration | None = optional("How long it lasts, such as 1h.")
    applications: list[str] | None = optional("Applications that it is for.")
    namespaces: list[str] | None = optional("Namespaces that it is for.")
    clusters: list[str] | None = optional("Clusters that it is for.")
    manual_sync: bool | None = optional("Allow syncs by hand.")
    time_zone: str | None = optional("Time zone of the schedule, such as Asia/Seoul.")
    and_operator: bool | None = optional("Applications, namespaces and clusters must all match.")
    description: str | None = optional("What it is for.")
    sync_overrun: bool | None = optional("Let a running sync end after the window.")

    def complaints(self) -> Iterator[ModelViolation]:
        """A window without a beginning or an end."""
        for name in ("kind", "schedule", "duration"):
            if getattr(self, name) is None:
                message = f"a sync window needs `{name}`"
                yield ModelViolation((name,), message, "", ViolationKind.MISSING_FIELD)


class OrphanedResource(ArgoModel):
    """Objects that may be there without an Application."""

    group: str | None = optional("API group.")
    kind: str | None = optional("Kind.")
    name: str | None = optional("Name, as a glob.")


class OrphanedResources(ArgoModel):
    """Watches for objects that no Application owns."""

    warn: bool | None = optional("Show a warning.")
    ignore: list[OrphanedResource] | None = optional("Objects to pass over.")


class SignatureKey(ArgoModel):
    """A PGP key that commits must be signed with."""

    key_id: str = needed("Its id, hexadecimal.")


class ProjectSpec(ArgoModel):
    """What the project allows."""

    description: Annotated[str, Field(max_length=255)] | None = optional("What it is for.")
    source_repos: list[str] | None = optional("Repositories that may be used, as globs.")
    source_namespaces: list[str] | None = optional("Namespaces that Applications may live in.")
    destinations: list[ProjectDestination] | None = optional("Where may be deployed to.")
    destination_service_accounts: list[DestinationServiceAccount] | None = optional(
        "Accounts that syncs act as."
    )
    cluster_resource_whitelist: list[ClusterResource] | None = optional(
        "Cluster-scoped kinds that may be deployed; none without it."
    )
    cluster_resource_blacklist: list[ClusterResource] | None = optional(
        "Cluster-scoped kinds that may not be deployed."
    )
    namespace_resource_whitelist: list[GroupKind] | None = optional(
        "Namespaced kinds that may be deployed; all without it."
    )
    namespace_resource_blacklist: list[GroupKind] | None = optional(
        "Namespaced kinds that may not be deployed."
    )
    roles: list[ProjectRole] | None = optional("Who may do what.")
    sync_windows: list[SyncWindow] | None = optional("When syncs may run.")
    orphaned_resources: OrphanedResources | None = optional("Watches for orphans.")
    signature_keys: list[SignatureKey] | None = optional("Keys that commits must be signed with.")
    source_integrity: dict[str, Any] | None = optional("How commits are verified, 3.4 and later.")
    permit_only_project_scoped_clusters: bool | None = optional("Only the project's own clusters.")


class AppProject(ArgoModel):
    """An `argoproj.io/v1alpha1` AppProject."""

    api_version: ApiVersion = "argoproj.io/v1alpha1"
    kind: Literal["AppProject"] = "AppProject"
    metadata: ObjectMeta = needed("Name and namespace.")
    spec: ProjectSpec = needed("What the project allows.")
    status: Any = optional("Written by ArgoCD.")
