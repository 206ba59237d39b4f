"""Label and field selectors."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from tests.cluster.double.errors import ApiError

if TYPE_CHECKING:
    from collections.abc import Mapping

_SET = re.compile(r"(\S+)\s+(in|notin)\s*\(([^)]*)\)")
_EQUAL = re.compile(r"([^!=\s]+)\s*(==|=|!=)\s*([^!=\s]*)")
_EXISTS = re.compile(r"(!?)\s*([A-Za-z0-9][-A-Za-z0-9_./]*)")
_COMMA_OUTSIDE_BRACKETS = re.compile(r",(?![^(]*\))")

# What a real server can select by, beside metadata.name and metadata.namespace.
_FIELDS = {
    "events": (
        "involvedObject.kind",
        "involvedObject.namespace",
        "involvedObject.name",
        "involvedObject.uid",
        "involvedObject.apiVersion",
        "involvedObject.resourceVersion",
        "involvedObject.fieldPath",
        "reason",
        "reportingComponent",
        "source",
        "type",
    ),
    "pods": ("spec.nodeName", "spec.restartPolicy", "spec.serviceAccountName", "status.phase"),
    "secrets": ("type",),
    "namespaces": ("status.phase",),
    "jobs": ("status.successful",),
    "replicasets": ("status.replicas",),
    "nodes": ("spec.unschedulable",),
}


def matches_labels(selector: str, labels: Mapping[str, str]) -> bool:
    """Whether labels match. Raises ApiError 400 for a selector that cannot be read."""
    terms = [term.strip() for term in _COMMA_OUTSIDE_BRACKETS.split(selector) if term.strip()]
    matched = [_matches_term(term, labels) for term in terms]  # a bad term is always told of
    return all(matched)


def _matches_term(term: str, labels: Mapping[str, str]) -> bool:
    if match := _SET.fullmatch(term):
        values = [value.strip() for value in match[3].split(",")]
        return (labels.get(match[1]) in values) == (match[2] == "in")
    if match := _EQUAL.fullmatch(term):
        return (labels.get(match[1]) == match[3]) == (match[2] != "!=")
    if match := _EXISTS.fullmatch(term):
        return (match[2] in labels) == (not match[1])
    raise ApiError(400, f'unable to parse requirement: found "{term}"')


def matches_fields(selector: str, plural: str, obj: Mapping[str, Any]) -> bool:
    """Whether fields match. Raises ApiError 400 for a field that cannot be selected by."""
    found = True
    for term in filter(None, selector.split(",")):
        match = _EQUAL.fullmatch(term.strip())
        if match is None:
            raise ApiError(400, f"invalid selector: '{selector}'; can't understand '{term}'")
        if match[1] not in {"metadata.name", "metadata.namespace", *_FIELDS.get(plural, ())}:
            message = f'Unable to find "{plural}" that match label selector "", field selector'
            reason = f"field label not supported: {match[1]}"
            raise ApiError(400, f'{message} "{selector}": {reason}')
        found &= (_at(obj, match[1]) == match[3]) == (match[2] != "!=")
    return found


def _at(obj: Any, path: str) -> str:
    for name in path.split("."):
        obj = obj.get(name, "") if isinstance(obj, dict) else ""
    return str(obj)
