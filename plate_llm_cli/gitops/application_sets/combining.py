"""Puts the elements of two generators together: matrix and merge.

Sources: argo-cd `applicationset/generators/{matrix,merge}.go`, 3.x.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from plate_llm_cli.gitops.application_sets.elements import InvalidSetError, go_text

if TYPE_CHECKING:
    from plate_llm_cli.gitops.application_sets.elements import Element
    from plate_llm_cli.source.nodes import Node


def product(before: Element, elements: list[Element], item: Node, *, go: bool) -> list[Element]:
    """`before` with each of `elements`, which the generator `item` made for it.

    Raises:
        InvalidSetError: with the older templates, both give the same name another value.
    """
    if go:  # the first generator wins
        return [
            before.joined(element, _deep_merged(element.parameters, before.parameters), wins=True)
            for element in elements
        ]
    return [
        before.joined(element, _combined(before, element, item), wins=True) for element in elements
    ]


def _combined(before: Element, element: Element, item: Node) -> dict[str, Any]:
    one, other = _as_texts(before.parameters), _as_texts(element.parameters)
    for name in one.keys() & other.keys():
        if one[name] != other[name]:
            hint = "a git generator has pathParamPrefix for that" if name.startswith("path") else ""
            reason = f"two generators of a matrix give {name}: {one[name]} and {other[name]}"
            raise InvalidSetError(reason, item, hint)
    return one | other


def _as_texts(values: dict[str, Any]) -> dict[str, str]:
    return {name: go_text(value) for name, value in values.items()}


def _deep_merged(base: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    """`over` on top of `base`, mappings inside one another merged as well."""
    found = dict(base)
    for key, value in over.items():
        inner = found.get(key)
        if isinstance(inner, dict) and isinstance(value, dict):
            found[key] = _deep_merged(inner, value)
        else:
            found[key] = value
    return found


def merged_by(keys: list[str], elements: list[Element], item: Node) -> dict[str, Element]:
    """`elements` by what they have for `keys`.

    Raises:
        InvalidSetError: two have the same.
    """
    found: dict[str, Element] = {}
    for element in elements:
        key = _key(keys, element)
        if key in found:
            reason = f"two elements have the same {', '.join(keys)}: {key}"
            raise InvalidSetError(reason, item, "mergeKeys have to tell all of them apart")
        found[key] = element
    return found


def merged(base: Element, others: dict[str, Element], keys: list[str], *, go: bool) -> Element:
    """`base` with the element of `others` that has the same keys, if one has."""
    other = others.get(_key(keys, base))
    if other is None:
        return base
    if go:
        parameters = _deep_merged(base.parameters, other.parameters)
    else:
        parameters = {**_as_texts(base.parameters), **_as_texts(other.parameters)}
    return base.joined(other, parameters, wins=False)


def _key(keys: list[str], element: Element) -> str:
    return json.dumps({key: element.parameters.get(key) for key in sorted({*keys})})
