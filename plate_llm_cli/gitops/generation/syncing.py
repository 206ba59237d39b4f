"""`syncPolicy`: what the conventions say, and the options that the objects need."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from plate_llm_cli.gitops.applications import ARGO_NAMESPACE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.gitops.generation.conventions import Conventions
    from plate_llm_cli.gitops.generation.draft import Draft, Why
    from plate_llm_cli.gitops.generation.needs import Needs
    from plate_llm_cli.source.nodes import Plain

_POLICY: Final = ("spec", "syncPolicy")
_OPTIONS: Final = (*_POLICY, "syncOptions")
_CREATE: Final = "CreateNamespace"
_SYSTEM: Final = frozenset(
    {"", "default", "kube-system", "kube-public", "kube-node-lease", ARGO_NAMESPACE}
)
"""Namespaces that are there before ArgoCD is, or hold it."""
_WHY: Final[dict[str, Why]] = {
    "PruneLast=true": ("Old objects go only after the new ones are healthy.",),
    "FailOnSharedResource=true": ("Two Applications must never fight over one object.",),
    "ServerSideApply=true": (
        "An object is larger than the annotation may be that client-side apply keeps it in.",
    ),
    "RespectIgnoreDifferences=true": ("A sync leaves alone what `ignoreDifferences` names.",),
}


def write_sync_policy(draft: Draft, needs: Needs, conventions: Conventions) -> None:
    """Set what the conventions and `needs` ask for; other options and fields stay."""
    if conventions.automated:
        draft.set((*_POLICY, "automated", "prune"), conventions.prune)
        draft.set((*_POLICY, "automated", "selfHeal"), conventions.self_heal)
    for option in _wanted(draft, needs, conventions):
        _set_option(draft, option)
    retry = conventions.retry
    draft.set((*_POLICY, "retry", "limit"), retry.limit)
    backoff: dict[str, Plain] = {
        "duration": retry.duration,
        "factor": retry.factor,
        "maxDuration": retry.max_duration,
    }
    for name, value in backoff.items():
        draft.set((*_POLICY, "retry", "backoff", name), value)
    if f"{_CREATE}=true" in draft.items(_OPTIONS):
        _set_namespace_metadata(draft, conventions)


def _wanted(draft: Draft, needs: Needs, conventions: Conventions) -> Iterator[str]:
    namespace = draft.value(("spec", "destination", "namespace")) or ""
    makes = namespace not in _SYSTEM and namespace != draft.value(("metadata", "namespace"))
    for option in conventions.sync_options:
        if not option.startswith(f"{_CREATE}=") or (makes and not needs.brings_namespace):
            yield option
    if needs.oversized:
        yield "ServerSideApply=true"
    if any(item.by_sync for item in needs.tolerated):
        yield "RespectIgnoreDifferences=true"


def _set_option(draft: Draft, option: str) -> None:
    name = option.partition("=")[0]
    for index, item in enumerate(draft.items(_OPTIONS)):
        if isinstance(item, str) and item.partition("=")[0] == name:
            draft.set((*_OPTIONS, index), option)
            return
    draft.add(_OPTIONS, option, _WHY.get(option, ()))


def _set_namespace_metadata(draft: Draft, conventions: Conventions) -> None:
    metadata = conventions.managed_namespace_metadata
    fields: dict[str, Plain] = metadata.as_plain() if metadata is not None else {}
    for field, entries in fields.items():
        for key, value in entries.items() if isinstance(entries, dict) else ():
            draft.set((*_POLICY, "managedNamespaceMetadata", field, key), value)
