"""What Kubernetes knows of a field: how the items of a list are told apart, and what is a quantity.

Kubernetes' own kinds are looked up in its schemas (list-map keys, patch merge keys, formats), as
strategic merge and server-side apply use them:
https://kubernetes.io/docs/reference/using-api/server-side-apply/#merge-strategy
For custom resources, and lists that Kubernetes replaces whole, a table says what people go by.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final

from plate_llm_cli.schemas.formats import quantity
from plate_llm_cli.schemas.kubernetes import kubernetes_schemas
from plate_llm_cli.schemas.versions import newest_version

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator

    from plate_llm_cli.schemas.schema import Schema

_PEOPLES_KEYS: Final = (
    ("name",),
    ("mountPath",),
    ("containerPort", "protocol"),
    ("port", "protocol"),
    ("host",),
    ("path",),
    ("ip",),
    ("secretKey",),
    ("secretName",),
    ("topologyKey", "whenUnsatisfiable"),
    ("key",),
    ("type",),
    ("kind", "name"),
    ("repoURL", "path"),
)
_DEFAULTS: Final = {"protocol": "TCP"}
_IN_ORDER: Final = frozenset({"env", "initContainers"})
"""Maps whose order counts all the same: `$(VAR)` refers to what stands before it."""
_RESOURCES: Final = (frozenset({"resources"}), frozenset({"limits", "requests"}))

Key = tuple["Hashable", ...]


def root_schema(*objects: dict[str, Any] | None) -> Schema | None:
    """The schema of the first of the objects that is of a kind of Kubernetes' own."""
    schemas = kubernetes_schemas(newest_version())
    for obj in objects:
        if obj and (found := schemas.find(str(obj.get("apiVersion")), str(obj.get("kind")))):
            return found
    return None


def child(schema: Schema | None, name: str) -> Schema | None:
    """The schema of the field `name`, where there is one."""
    return schema.child(name) if schema else None


def list_keys(schema: Schema | None) -> Iterator[tuple[str, ...]]:
    """What may tell the items of a list apart, the best first.

    A name that stays while a port changes says more than the port.
    """
    own = [key.fields for key in schema.list_keys] if schema else []
    yield from sorted(own, key=lambda fields: fields != ("name",))
    yield from (fields for fields in _PEOPLES_KEYS if fields not in own)


def key_of(item: Any, fields: tuple[str, ...]) -> Key | None:
    """The values of `fields` in `item`; None where one is missing or is no scalar."""
    if not isinstance(item, dict):
        return None
    values = tuple(item.get(field, _DEFAULTS.get(field)) for field in fields)
    unfit = any(value is None or isinstance(value, dict | list) for value in values)
    return None if unfit else values


def has_order(schema: Schema | None, name: str) -> bool:
    """Whether the order of the items of the list `name` may mean something."""
    return not (schema and schema.list_keys) or name in _IN_ORDER


def is_quantity(schema: Schema | None, names: tuple[str, ...]) -> bool:
    """Whether a field holds an amount of CPU, memory or storage; `names` lead to it."""
    if schema is not None:
        return schema.raw.get("format") == "quantity"
    outer, inner = _RESOURCES
    return len(names) > 2 and names[-3] in outer and names[-2] in inner


@cache
def amount(text: str) -> object:
    """The number that a quantity stands for; `text` itself where it is none."""
    if quantity(text) is not None:
        return text
    from plate_llm_cli.values.quantities import (  # noqa: PLC0415 - loads pydantic, seldom wanted
        quantity_value,
    )

    return quantity_value(text)
