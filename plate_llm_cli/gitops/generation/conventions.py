"""How a team writes its Applications: the table `[tool.plate-llm.argocd]`, or `argocd` elsewhere.

Imports pydantic, which takes 100 ms: import this module only where it is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final

from pydantic import Field

from plate_llm_cli.errors import ConfigurationError
from plate_llm_cli.gitops.applications import ARGO_NAMESPACE
from plate_llm_cli.gitops.model_base import Integer, NamespaceName
from plate_llm_cli.gitops.model_sync import BackoffDuration, NamespaceMetadata, SyncOption
from plate_llm_cli.source.nodes import format_route
from plate_llm_cli.source.pydantic_errors import violations_of
from plate_llm_cli.source.strict_model import StrictModel

if TYPE_CHECKING:
    from collections.abc import Mapping

FINALIZER: Final = "resources-finalizer.argocd.argoproj.io"


def _field(default: Any, about: str) -> Any:
    return Field(default=default, description=about)


class RetryConvention(StrictModel):
    """What happens after a sync that failed."""

    limit: Integer = _field(5, "How many tries; less than 0 is without end.")
    duration: BackoffDuration = _field("10s", "The first wait.")
    factor: Integer = _field(2, "By how much each wait is longer than the one before.")
    max_duration: BackoffDuration = _field("3m", "The longest wait.")


class Conventions(StrictModel):
    """What the Applications of a team have in common; names are spelt as ArgoCD spells them."""

    automated: bool = _field(True, "Say how automated sync works; false leaves it to each file.")
    prune: bool = _field(True, "Delete what is no longer in Git.")
    self_heal: bool = _field(True, "Undo changes made in the cluster.")
    sync_options: list[SyncOption] = _field(
        ["CreateNamespace=true", "PruneLast=true", "FailOnSharedResource=true"],
        "Options of every sync; CreateNamespace only where a namespace has to be made.",
    )
    retry: RetryConvention = _field(RetryConvention(), "What happens after a sync that failed.")
    finalizer: str = _field(FINALIZER, "What happens before an Application goes; '' for nothing.")
    revision_history_limit: Annotated[Integer, Field(ge=0)] | None = _field(
        None, "Revisions to keep for a roll-back."
    )
    project: str = _field("default", "The AppProject of an Application that names none.")
    namespace: NamespaceName = _field(ARGO_NAMESPACE, "Where Applications live.")
    managed_namespace_metadata: NamespaceMetadata | None = _field(
        None, "Labels and annotations of the namespaces that ArgoCD makes."
    )
    waves: bool = _field(True, "Derive sync waves from who reads whose Secrets.")


def conventions_from(table: Mapping[str, Any]) -> Conventions:
    """The conventions that the settings' table `argocd` describes; the defaults for what it omits.

    Raises:
        ConfigurationError: a key is not known, or a value is wrong.
    """
    data = dict(table)
    for found in violations_of(Conventions, data):
        inner = found.route[:1] if len(found.route) > 1 else ()
        where = format_route(("argocd", *inner))
        raise ConfigurationError(f"setting {where}: {found.message}", found.help)
    return Conventions.model_validate(data, by_alias=True, by_name=False)
