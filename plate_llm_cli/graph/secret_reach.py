"""Which namespaces a cluster-wide object of External Secrets reaches."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from plate_llm_cli.graph.secret_fields import mapping, mappings, text, texts

if TYPE_CHECKING:
    from collections.abc import Iterable

NAME_LABEL: Final = "kubernetes.io/metadata.name"
"""The label that the API server gives to every namespace: its name."""


def selects(selector: Any, namespace: str) -> bool | None:
    """Whether a label selector takes in `namespace`; None where its other labels decide."""
    verdict: bool | None = True
    for label, value in mapping(mapping(selector).get("matchLabels")).items():
        if label != NAME_LABEL:
            verdict = None
        elif value != namespace:
            return False
    for _, expression in mappings(mapping(selector).get("matchExpressions")):
        if text(expression.get("key")) != NAME_LABEL:
            verdict = None
        elif not _holds(expression, namespace):
            return False
    return verdict


def _holds(expression: dict[str, Any], namespace: str) -> bool:
    named = namespace in texts(expression.get("values"))
    operator = expression.get("operator")
    return {"In": named, "NotIn": not named, "Exists": True}.get(str(operator), False)


def any_of(verdicts: Iterable[bool | None]) -> bool | None:
    """True when one is; None when none is, but one may be."""
    found = list(verdicts)
    return True if True in found else None if None in found else False


def provisions(spec: dict[str, Any], namespace: str) -> bool | None:
    """Whether a ClusterExternalSecret makes its ExternalSecret in `namespace`."""
    if namespace in texts(spec.get("namespaces")):
        return True
    selectors = [item for _, item in mappings(spec.get("namespaceSelectors"))]
    single = spec.get("namespaceSelector")
    if isinstance(single, dict):
        selectors.append(single)
    return any_of(selects(selector, namespace) for selector in selectors)


def admits(conditions: Any, namespace: str) -> bool | None:
    """Whether a ClusterSecretStore with these `conditions` serves `namespace`: all, without any."""
    listed = [item for _, item in mappings(conditions)]
    return any_of(_meets(condition, namespace) for condition in listed) if listed else True


def _meets(condition: dict[str, Any], namespace: str) -> bool | None:
    if namespace in texts(condition.get("namespaces")):
        return True
    if any(_matches(pattern, namespace) for pattern in texts(condition.get("namespaceRegexes"))):
        return True
    selector = condition.get("namespaceSelector")
    return selects(selector, namespace) if isinstance(selector, dict) else False


def _matches(pattern: str, namespace: str) -> bool:
    """As Go's MatchString does; what only Go can compile is taken to match."""
    try:
        return re.search(pattern, namespace) is not None
    except (re.error, OverflowError, RecursionError):
        return True
