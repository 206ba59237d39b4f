"""One tree of nodes over another: a generator's own template, and templatePatch.

Sources: argo-cd `mergeGeneratorTemplate` (mergo fills in what is empty) and
`controllers/template/patch.go` (a strategic merge patch, in which lists are replaced).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from plate_llm_cli.gitops.application_sets.elements import InvalidSetError, NotExpandedError
from plate_llm_cli.gitops.applications import items_of
from plate_llm_cli.source.nodes import Entry, Mapping, Scalar, Sequence

if TYPE_CHECKING:
    from plate_llm_cli.source.nodes import Node

_WHOLE: Final = "valuesObject"
"""Data without a type: it is taken from one side, never put together."""


def plain_entries(node: Mapping) -> dict[str, Entry]:
    """The entries that count, by name, what `<<` brings in included."""
    found: dict[str, Entry] = {}
    for entry in node.entries:
        if entry.merges:
            for source in reversed(entry.sources):
                found.update(plain_entries(source))
        else:
            found[entry.name] = entry
    return found


def completed(own: Node | None, base: Node) -> Node:
    """A generator's own template with what it leaves empty taken from `base`."""
    if own is None or _is_empty(own):
        return base
    if not isinstance(own, Mapping) or not isinstance(base, Mapping):
        return own
    found = plain_entries(base)
    for name, entry in plain_entries(own).items():
        before = found.get(name)
        if before is None or name == _WHOLE:
            if before is None or not _is_empty(entry.value):
                found[name] = entry
        else:
            found[name] = Entry(entry.key, completed(entry.value, before.value))
    return Mapping(own.span, list(found.values()))


def _is_empty(node: Node) -> bool:
    if isinstance(node, Scalar):
        return node.value in (None, "", False, 0)
    return not (node.items if isinstance(node, Sequence) else node.entries)


def patched(node: Node, patch: Node) -> Node:
    """`node` with a patch over it: null removes, a list replaces one, finalizers add up.

    Raises:
        NotExpandedError: the patch has directives such as `$patch`.
    """
    if not isinstance(node, Mapping) or not isinstance(patch, Mapping):
        return patch
    found = plain_entries(node)
    for name, entry in plain_entries(patch).items():
        if name.startswith("$"):
            raise NotExpandedError(f"templatePatch has {name}, which is not done here", entry.key)
        before = found.get(name)
        if isinstance(entry.value, Scalar) and entry.value.value is None:
            found.pop(name, None)
        elif before is None:
            found[name] = entry
        elif name == "finalizers":
            items = [*items_of(before.value), *items_of(entry.value)]
            found[name] = Entry(entry.key, Sequence(entry.value.span, items))
        else:
            found[name] = Entry(entry.key, patched(before.value, entry.value))
    return Mapping(node.span, list(found.values()))


def with_patch(application: Mapping, patch: Node | None, place: Node) -> Mapping:
    """`application` as templatePatch makes it; its project stays, as ArgoCD has it.

    Raises:
        InvalidSetError: the patch is no mapping.
        NotExpandedError: as `patched`.
    """
    if patch is None:
        return application
    if not isinstance(patch, Mapping):
        raise InvalidSetError("templatePatch comes to something that is no mapping", place)
    result = patched(application, _without_project(patch))
    return result if isinstance(result, Mapping) else application


def _without_project(patch: Mapping) -> Mapping:
    entries = plain_entries(patch)
    spec = entries.get("spec")
    if spec is not None and isinstance(spec.value, Mapping):
        inner = [item for name, item in plain_entries(spec.value).items() if name != "project"]
        entries["spec"] = Entry(spec.key, Mapping(spec.value.span, inner))
    return Mapping(patch.span, list(entries.values()))
