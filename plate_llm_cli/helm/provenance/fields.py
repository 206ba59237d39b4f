"""Rendered text as documents with fields, and which fields differ between two renderings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from plate_llm_cli.helm.output import split
from plate_llm_cli.helm.references.routes import NOTHING, look_up
from plate_llm_cli.source.reader import parse_text, to_plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.source.nodes import Route

_MISSING: Final = NOTHING


@dataclass(frozen=True, slots=True, order=True)
class DocumentId:
    """What tells a rendered document from the others."""

    kind: str
    name: str
    namespace: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """One scalar (or empty map or list) of a rendered document."""

    template: str
    document: DocumentId
    route: Route


@dataclass(slots=True, eq=False)
class Fields:
    """A document as plain data. Text that is no YAML is one field at the root."""

    document: DocumentId
    plain: Any = _MISSING

    def text(self, route: Route) -> str:
        """A scalar as it reads in YAML; '' where there is none."""
        value = look_up(self.plain, route)
        return "" if value is NOTHING or isinstance(value, (dict, list)) else scalar_text(value)

    def routes(self) -> Iterator[Route]:
        """The routes of all fields."""
        return _leaves(self.plain, ())


def scalar_text(value: Any) -> str:
    """A scalar as it reads in YAML."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def fields_of_text(text: str) -> list[Fields]:
    """The documents of a rendered template."""
    return [fields_of_document(part) for part in split(text)]


def fields_of_document(text: str) -> Fields:
    """One document."""
    source = parse_text(text, "")
    plain: Any = text if source.broken else to_plain(source.root)
    return Fields(identify(plain), plain)


def identify(plain: Any) -> DocumentId:
    """The identity of a document that was read to plain data."""
    table = plain if isinstance(plain, dict) else {}
    metadata = table.get("metadata")
    metadata = metadata if isinstance(metadata, dict) else {}
    return DocumentId(
        str(table.get("kind") or ""),
        str(metadata.get("name") or ""),
        str(metadata.get("namespace") or ""),
    )


def _leaves(plain: Any, route: Route) -> Iterator[Route]:
    if isinstance(plain, dict) and plain:
        for key, value in plain.items():
            yield from _leaves(value, (*route, key))
    elif isinstance(plain, list) and plain:
        for index, value in enumerate(plain):
            yield from _leaves(value, (*route, index))
    elif plain is not _MISSING:
        yield route


def moved_fields(template: str, before: list[Fields], after: list[Fields]) -> set[Field]:
    """The fields that differ, by the documents of `before`; of new documents, by their own."""
    moved: set[Field] = set()
    for old, new in _pairs(before, after):
        document = (old or new or Fields(DocumentId("", ""))).document
        left = old.plain if old is not None else _MISSING
        right = new.plain if new is not None else _MISSING
        moved.update(Field(template, document, route) for route in _differences(left, right, ()))
    return moved


def _differences(left: Any, right: Any, route: Route) -> Iterator[Route]:
    """The routes, as on the left, of the fields that differ; new items come behind all others."""
    if isinstance(left, dict) and isinstance(right, dict):
        for key in {**left, **right}:
            inner = (*route, key)
            yield from _differences(left.get(key, _MISSING), right.get(key, _MISSING), inner)
    elif isinstance(left, list) and isinstance(right, list):
        for index, (old, new) in enumerate(_aligned(left, right)):
            yield from _differences(old, new, (*route, index))
    elif left.__class__ is not right.__class__ or left != right:
        yield from {**dict.fromkeys(_leaves(left, route)), **dict.fromkeys(_leaves(right, route))}


def _aligned(left: list[Any], right: list[Any]) -> Iterator[tuple[Any, Any]]:
    """Items that belong together: by place in lists of one length, else by name."""
    if len(left) == len(right):
        yield from zip(left, right, strict=True)
        return
    waiting: dict[str, list[Any]] = {}
    for new in right:
        waiting.setdefault(_name(new), []).append(new)
    for old in left:
        same = waiting.get(_name(old))
        yield old, same.pop(0) if same else _MISSING
    for rest in waiting.values():
        yield from ((_MISSING, new) for new in rest)


def _name(item: Any) -> str:
    """What tells an item of a list from the others: its name, or else all of it."""
    if isinstance(item, dict) and isinstance(item.get("name"), str):
        return f"name {item['name']}"
    return repr(item)


def _pairs(
    before: list[Fields], after: list[Fields]
) -> Iterator[tuple[Fields | None, Fields | None]]:
    """Documents that are the same one: by identity, else by kind in their order."""
    old, new = before, after
    for sameness in (_identity, _kind):
        waiting: dict[object, list[Fields]] = {}
        for each in new:
            waiting.setdefault(sameness(each), []).append(each)
        found = [(each, waiting.get(sameness(each), [])) for each in old]
        old, paired = [], []
        for each, partners in found:
            if partners:
                paired.append((each, partners.pop(0)))
            else:
                old.append(each)
        new = [each for partners in waiting.values() for each in partners]
        yield from paired
    yield from ((each, None) for each in old)
    yield from ((None, each) for each in new)


def _identity(fields: Fields) -> DocumentId:
    return fields.document


def _kind(fields: Fields) -> str:
    return fields.document.kind
