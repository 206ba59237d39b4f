"""The `selector` of a generator: a Kubernetes label selector over parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plate_llm_cli.gitops.application_sets.elements import InvalidSetError, flattened
from plate_llm_cli.gitops.applications import items_of, text_of
from plate_llm_cli.source.nodes import Mapping, find

if TYPE_CHECKING:
    from plate_llm_cli.gitops.application_sets.elements import Element
    from plate_llm_cli.source.nodes import Node


def selected(elements: list[Element], selector: Node | None) -> list[Element]:
    """Those of `elements` whose parameters match.

    Raises:
        InvalidSetError: an operator that does not exist.
    """
    if not isinstance(selector, Mapping):
        return elements
    return [item for item in elements if _matches(flattened(item.parameters), selector)]


def _matches(labels: dict[str, str], selector: Mapping) -> bool:
    wanted = selector.get("matchLabels")
    entries = wanted.entries if isinstance(wanted, Mapping) else []
    if any(labels.get(entry.name) != text_of(entry.value) for entry in entries):
        return False
    return all(_fulfils(labels, item) for item in items_of(selector.get("matchExpressions")))


def _fulfils(labels: dict[str, str], expression: Node) -> bool:
    operator = find(expression, ("operator",))
    key = text_of(find(expression, ("key",)))
    values = {text_of(item) for item in items_of(find(expression, ("values",)))}
    match text_of(operator):
        case "In":
            return labels.get(key) in values
        case "NotIn":
            return labels.get(key) not in values
        case "Exists":
            return key in labels
        case "DoesNotExist":
            return key not in labels
        case other:
            place = operator or expression
            raise InvalidSetError(f"a selector has no operator {other!r}", place)
