"""Rendered text as documents with fields, and which fields differ between two renderings."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from plate_llm_cli.helm.output import split
from plate_llm_cli.source.reader import parse_text, to_plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.source.nodes import Route

_MISSING: Final = object()


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
    """A document's fields by their routes. Text that is no YAML is one field at the root."""

    document: DocumentId
    scalars: dict[Route, Any] = field(default_factory=dict)


def fields_of_text(text: str) -> list[Fields]:
    """The documents of a rendered template."""
    return [fields_of_document(part) for part in split(text)]


def fields_of_document(text: str) -> Fields:
    """One document."""
    source = parse_text(text, "")
    plain: Any = text if source.broken else to_plain(source.root)
    return Fields(identify(plain), dict(_flat(plain, ())))


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


def _flat(plain: Any, route: Route) -> Iterator[tuple[Route, Any]]:
    if isinstance(plain, dict) and plain:
        for key, value in plain.items():
            yield from _flat(value, (*route, key))
    elif isinstance(plain, list) and plain:
        for index, value in enumerate(plain):
            yield from _flat(value, (*route, index))
    else:
        yield route, plain


def moved_fields(template: str, before: list[Fields], after: list[Fields]) -> set[Field]:
    """The fields that differ, by the documents of `before`; of new documents, by their own."""
    moved: set[Field] = set()
    for old, new in _pairs(before, after):
        document = (old or new or _NO_FIELDS).document
        left = old.scalars if old is not None else {}
        right = new.scalars if new is not None else {}
        moved.update(Field(template, document, route) for route in _differences(left, right))
    return moved


_NO_FIELDS: Final = Fields(DocumentId("", ""))


def _differences(left: dict[Route, Any], right: dict[Route, Any]) -> Iterator[Route]:
    for route in left.keys() | right.keys():
        old, new = left.get(route, _MISSING), right.get(route, _MISSING)
        if old.__class__ is not new.__class__ or old != new:
            yield route


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
