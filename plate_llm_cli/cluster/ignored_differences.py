"""What an Application says is not to be compared: `spec.ignoreDifferences`.

Source: argo-cd `util/argo/normalizers/diff_normalizer.go` and `docs/user-guide/diffing.md`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from plate_llm_cli.cluster.field_owners import owned, places
from plate_llm_cli.cluster.jq_paths import JqPath, UnreadPathError
from plate_llm_cli.cluster.objects import Object, Ref, items, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from plate_llm_cli.cluster.jq_paths import Place


@dataclass(slots=True)
class IgnoredDifferences:
    """The entries of one Application; `unread` are the expressions that are not understood here."""

    entries: list[Object]
    unread: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, application: Mapping[str, object]) -> IgnoredDifferences:
        """Those of an Application, live or in the tree."""
        return cls(items(application, "spec", "ignoreDifferences"))

    def places(self, ref: Ref, obj: Object, live: Object) -> list[Place]:
        """Where in `obj`, which is `live` or what it would become, nothing is compared."""
        found: list[Place] = []
        for entry in self.entries:
            if _matches(entry, ref):
                found += self._of(entry, obj, live)
        return found

    def _of(self, entry: Object, obj: Object, live: Object) -> Iterator[Place]:
        for pointer in _texts(entry, "jsonPointers"):
            if (place := _pointed(obj, pointer)) is not None:
                yield place
        for expression in _texts(entry, "jqPathExpressions"):
            try:
                yield from JqPath.read(expression).places(obj)
            except UnreadPathError:
                if expression not in self.unread:
                    self.unread.append(expression)
        managers = _texts(entry, "managedFieldsManagers")
        for fields in owned(live, lambda name, _: name in managers):
            yield from places(fields, obj)


def _matches(entry: Object, ref: Ref) -> bool:
    return (
        fnmatchcase(ref.group, text(entry, "group"))
        and fnmatchcase(ref.kind, text(entry, "kind"))
        and text(entry, "name") in ("", ref.name)
        and text(entry, "namespace") in ("", ref.namespace)
    )


def _texts(entry: Object, name: str) -> list[str]:
    found = entry.get(name)
    return [item for item in found if isinstance(item, str)] if isinstance(found, list) else []


def _pointed(obj: Object, pointer: str) -> Place | None:
    """Where RFC 6901's `pointer` leads; None where there is nothing."""
    here, place = obj, list[str | int]()
    for part in pointer.split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        step: str | int = int(name) if isinstance(here, list) and name.isdecimal() else name
        try:
            here = here[step]  # type: ignore[index]
        except (KeyError, IndexError, TypeError):
            return None
        place.append(step)
    return tuple(place) or None
