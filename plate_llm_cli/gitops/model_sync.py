"""How ArgoCD syncs: automated, options, retry.

Source: argo-cd `pkg/apis/application/v1alpha1/types.go` and `docs/user-guide/sync-options.md`.
Imports pydantic, which takes 100 ms: import this room's models only where they are used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final

from pydantic import AfterValidator, BeforeValidator

from plate_llm_cli.gitops.model_base import ArgoModel, Integer
from plate_llm_cli.source.strict_model import needed, optional
from plate_llm_cli.source.strict_types import fault
from plate_llm_cli.source.violations import ModelViolation, ViolationKind, near_name
from plate_llm_cli.values.types import GO_DURATION, Annotations, Labels

if TYPE_CHECKING:
    from collections.abc import Iterator

_SWITCH: Final = ("true", "false")
_CONFIRM: Final = ("true", "false", "confirm")
SYNC_OPTIONS: Final = {
    "ApplyOutOfSyncOnly": _SWITCH,
    "ClientSideApplyMigration": _SWITCH,
    "CreateNamespace": _SWITCH,
    "Delete": _CONFIRM,
    "FailOnSharedResource": _SWITCH,
    "Force": _SWITCH,
    "Prune": _CONFIRM,
    "PruneLast": _SWITCH,
    "PrunePropagationPolicy": ("foreground", "background", "orphan"),
    "Replace": _SWITCH,
    "RespectIgnoreDifferences": _SWITCH,
    "ServerSideApply": _SWITCH,
    "SkipDryRunOnMissingResource": _SWITCH,
    "Validate": _SWITCH,
}
"""What `syncOptions` may hold, with the values of each. ArgoCD passes over anything else."""

_COMPARE_OPTIONS: Final = frozenset(
    {"IgnoreExtraneous", "IncludeMutationWebhook", "ServerSideDiff"}
)


def _option_text(value: object) -> object:
    if isinstance(value, dict):
        hint = "Write it as one text: CreateNamespace=true."
        raise fault("must be text, not a mapping", hint, ViolationKind.WRONG_TYPE)
    return value


def _known_option(option: str) -> str:
    name, equals, value = option.partition("=")
    if name in _COMPARE_OPTIONS:
        hint = "It belongs into the annotation argocd.argoproj.io/compare-options."
        raise fault(f"holds {name}, which is no sync option", hint)
    if name not in SYNC_OPTIONS:
        near = near_name(name, SYNC_OPTIONS)
        hint = f"Did you mean `{near}={value or SYNC_OPTIONS[near][0]}`?" if near else _ALL_OPTIONS
        raise fault(f"holds {name or 'nothing'}, which ArgoCD does not know and passes over", hint)
    if not equals or value not in SYNC_OPTIONS[name]:
        choices = " or ".join(f"{name}={choice}" for choice in SYNC_OPTIONS[name])
        raise fault(f"must be {choices}", "Case counts, and there are no spaces.")
    return option


_ALL_OPTIONS: Final = f"Known: {', '.join(SYNC_OPTIONS)}."

SyncOption = Annotated[str, BeforeValidator(_option_text), AfterValidator(_known_option)]


def _backoff(text: str) -> str:
    return text if text.isdecimal() or not text else GO_DURATION.check(text)


BackoffDuration = Annotated[str, AfterValidator(_backoff)]
"""A duration as Go has it, or a number of seconds as text."""


class Automated(ArgoModel):
    """Sync without being asked."""

    prune: bool | None = optional("Delete what is no longer in Git.")
    self_heal: bool | None = optional("Undo changes made in the cluster.")
    allow_empty: bool | None = optional("Sync even when nothing would be left.")
    enabled: bool | None = optional("false switches automated sync off.")


class Backoff(ArgoModel):
    """How long to wait before the next try."""

    duration: BackoffDuration | None = optional("The first wait, such as 5s.")
    factor: Integer | None = optional("By how much each wait is longer than the one before.")
    max_duration: BackoffDuration | None = optional("The longest wait, such as 3m.")


class Retry(ArgoModel):
    """What happens after a sync that failed."""

    limit: Integer | None = optional("How many tries; less than 0 is without end.")
    backoff: Backoff | None = optional("How long to wait in between.")
    refresh: bool | None = optional("Try the newest revision instead of the one that failed.")


class NamespaceMetadata(ArgoModel):
    """Labels and annotations of the namespace that ArgoCD creates."""

    labels: Labels | None = optional("Labels.")
    annotations: Annotations | None = optional("Annotations.")


class SyncPolicy(ArgoModel):
    """When and how to sync."""

    automated: Automated | None = optional("Sync without being asked.")
    sync_options: list[SyncOption] | None = optional("Options, such as CreateNamespace=true.")
    retry: Retry | None = optional("What happens after a sync that failed.")
    managed_namespace_metadata: NamespaceMetadata | None = optional("Metadata of the namespace.")

    def complaints(self) -> Iterator[ModelViolation]:
        """Metadata for a namespace that ArgoCD was not told to create."""
        creates = "CreateNamespace=true" in (self.sync_options or ())
        if self.managed_namespace_metadata is not None and not creates:
            yield ModelViolation(
                ("managedNamespaceMetadata",),
                "`managedNamespaceMetadata` does nothing without the option CreateNamespace=true",
                "Add `- CreateNamespace=true` to syncOptions.",
            )


class IgnoreDifference(ArgoModel):
    """Fields of some objects that may differ from Git."""

    group: str | None = optional("API group; `*` is any.")
    kind: str = needed("Kind of the objects; `*` is any.")
    name: str | None = optional("Name of one object.")
    namespace: str | None = optional("Namespace of the objects.")
    json_pointers: list[str] | None = optional("Fields as JSON pointers: /spec/replicas.")
    jq_path_expressions: list[str] | None = optional("Fields as jq paths: .spec.replicas.")
    managed_fields_managers: list[str] | None = optional("Fields that these managers own.")

    def complaints(self) -> Iterator[ModelViolation]:
        """Pointers that point at nothing."""
        for index, pointer in enumerate(self.json_pointers or ()):
            if not pointer.startswith("/"):
                yield ModelViolation(
                    ("jsonPointers", index),
                    f"`jsonPointers[{index}]` is no JSON pointer: it must begin with /",
                    "A jq path such as .spec.replicas belongs into `jqPathExpressions`.",
                )
