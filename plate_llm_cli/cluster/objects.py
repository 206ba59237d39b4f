"""Kubernetes objects as the API server gives them: how one is named, and what they all have."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Object: TypeAlias = dict[str, Any]
"""An object as JSON has it."""


@dataclass(frozen=True, slots=True, order=True)
class Ref:
    """Names one object; `namespace` is '' for what is in none."""

    api_version: str
    kind: str
    namespace: str
    name: str

    @classmethod
    def of(cls, obj: Mapping[str, Any], namespace: str = "") -> Ref:
        """The object's own name; `namespace` is for one that names none."""
        metadata = mapping(obj, "metadata")
        return cls(
            text(obj, "apiVersion"),
            text(obj, "kind"),
            text(metadata, "namespace") or namespace,
            text(metadata, "name"),
        )

    @property
    def group(self) -> str:
        """The API group; '' for the core."""
        return self.api_version.rpartition("/")[0]

    def __str__(self) -> str:
        where = f"{self.namespace}/" if self.namespace else ""
        return f"{self.kind} {where}{self.name}"


@dataclass(frozen=True, slots=True)
class Selection:
    """Which objects of a kind: in a namespace ('' for all), with labels, with fields."""

    namespace: str = ""
    labels: str = ""
    fields: str = ""

    @property
    def query(self) -> list[tuple[str, str]]:
        """As parameters of a request."""
        both = [("labelSelector", self.labels), ("fieldSelector", self.fields)]
        return [(name, value) for name, value in both if value]


def placed(obj: Object, namespace: str) -> Object:
    """A manifest in `namespace`, '' for none, as ArgoCD sends it."""
    rest = {key: item for key, item in mapping(obj, "metadata").items() if key != "namespace"}
    return obj | {"metadata": rest | ({"namespace": namespace} if namespace else {})}


def mapping(obj: Mapping[str, Any], *route: str) -> dict[str, Any]:
    """The mapping at `route`; an empty one where there is none."""
    found = value(obj, *route)
    return found if isinstance(found, dict) else {}


def items(obj: Mapping[str, Any], *route: str) -> list[dict[str, Any]]:
    """The mappings in the list at `route`; none where there is no list."""
    found = value(obj, *route)
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def text(obj: Mapping[str, Any], *route: str) -> str:
    """The text at `route`; '' where there is none."""
    found = value(obj, *route)
    return found if isinstance(found, str) else ""


def number(obj: Mapping[str, Any], *route: str) -> int:
    """The whole number at `route`; 0 where there is none."""
    found = value(obj, *route)
    return found if isinstance(found, int) and not isinstance(found, bool) else 0


def value(obj: Any, *route: str) -> Any:
    """Whatever is at `route`, or None."""
    for step in route:
        obj = obj.get(step) if isinstance(obj, dict) else None
    return obj


def moment(obj: Mapping[str, Any], *route: str) -> datetime | None:
    """The time at `route`, as the cluster's clock had it; None where there is none."""
    written = text(obj, *route)
    try:
        return datetime.fromisoformat(written) if written else None
    except ValueError:
        return None


def conditions(obj: Mapping[str, Any]) -> Iterator[tuple[str, str, str, str]]:
    """Each of `status.conditions` as type, status, reason, message."""
    for item in items(obj, "status", "conditions"):
        yield (
            text(item, "type"),
            text(item, "status"),
            text(item, "reason"),
            text(item, "message"),
        )


def condition(obj: Mapping[str, Any], kind: str) -> tuple[str, str, str]:
    """Status, reason and message of the condition `kind`; three '' where it is not set."""
    for name, status, reason, message in conditions(obj):
        if name == kind:
            return (status, reason, message)
    return ("", "", "")
