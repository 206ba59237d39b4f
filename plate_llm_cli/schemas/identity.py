"""Which object this is: apiVersion and kind, or what keeps us from knowing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from plate_llm_cli.schemas.violations import Violation, ViolationKind
from plate_llm_cli.schemas.wording import describe

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.source.nodes import Route


@dataclass(frozen=True, slots=True)
class Identity:
    """An object with its apiVersion taken apart; `group` is "" for the core group."""

    obj: dict[str, Any]
    api: str
    kind: str

    @property
    def group(self) -> str:
        """`apps` of `apps/v1`."""
        return self.api.rpartition("/")[0]

    @property
    def version(self) -> str:
        """`v1` of `apps/v1`."""
        return self.api.rpartition("/")[2]


def expand(obj: object) -> Iterator[tuple[Route, object]]:
    """The objects in `obj` with their routes: the items of a v1 `List`, else `obj` itself."""
    if isinstance(obj, dict) and obj.get("kind") == "List" and obj.get("apiVersion") == "v1":
        items = obj.get("items")
        if isinstance(items, list):
            yield from ((("items", index), item) for index, item in enumerate(items))
            return
        if items is None:
            return
    yield (), obj


def identify(obj: object) -> Identity | list[Violation]:
    """The object's identity, or the violations that say why it has none."""
    if not isinstance(obj, dict):
        message = f"expected a Kubernetes object, got {describe(obj)}"
        text = "A manifest is a mapping with apiVersion, kind and metadata."
        return [Violation((), message, text, ViolationKind.WRONG_TYPE)]
    found = [violation for name in ("apiVersion", "kind") for violation in _defect(obj, name)]
    return found or Identity(obj, obj["apiVersion"], obj["kind"])


def _defect(obj: dict[str, Any], name: str) -> Iterator[Violation]:
    value = obj.get(name)
    if isinstance(value, str) and value:
        return
    text = "Every object names its apiVersion and kind."
    if value is None or value == "":
        what = "missing" if name not in obj else "empty"
        route = (name,) if name in obj else ()
        yield Violation(route, f"{name} is {what}", text, ViolationKind.MISSING_FIELD)
    else:
        message = f"expected string, got {describe(value)}"
        yield Violation((name,), message, text, ViolationKind.WRONG_TYPE)
