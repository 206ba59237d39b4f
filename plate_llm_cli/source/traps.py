"""Plain scalars that Helm reads otherwise than a person who looks at the file."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from plate_llm_cli.source.nodes import Mapping, Scalar, Sequence
from plate_llm_cli.source.numbers import format_number, same_number
from plate_llm_cli.source.scalars import STARTS, type_scalar

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.source.nodes import Node, Route, SourceFile, Span
    from plate_llm_cli.source.scalars import Value


class TrapKind(StrEnum):
    """How the reading differs from the text."""

    BOOLEAN = "boolean"
    """`on`, `yes`, `n` and the like."""
    OCTAL = "octal"
    """A leading zero: `012` is ten, and `08` loses its zero."""
    RADIX = "radix"
    """`0x1F`, `0o17`, `0b11`."""
    EXPONENT = "exponent"
    """`1e3`, which a commit or an image tag can look like."""
    ZEROS = "zeros"
    """`1.10` and `1.0`, which lose their last zeros."""
    UNDERSCORE = "underscore"
    """`1_000`."""
    SIGN = "sign"
    """`+82` loses its plus."""
    PRECISION = "precision"
    """More digits than a float64 holds."""
    PRINTED = "printed"
    """Read as written, but a template prints it with an exponent: 1000000 as `1e+06`."""
    NULL = "null"
    """`~`, `Null` and `NULL`; `null` and nothing at all are taken as meant."""
    KEY = "key"
    """A key whose name becomes another one."""


@dataclass(frozen=True, slots=True)
class Trap:
    """One scalar that is not what it looks like.

    `value` is what Helm reads (for a key its name), `printed` what `{{ }}` makes of it. `route`
    leads to the value, or to the value of the key, with the keys as Helm names them.
    """

    kind: TrapKind
    span: Span
    text: str
    value: Value
    printed: str
    route: Route
    is_key: bool
    message: str
    help: str


def traps(source: SourceFile) -> Iterator[Trap]:
    """The traps of all documents in the order of the file; what aliases share comes once."""
    seen: set[int] = set()
    for document in source.documents:
        if document.root is not None:
            yield from _walk(document.root, (), seen)


def _walk(node: Node, route: Route, seen: set[int]) -> Iterator[Trap]:
    # The reader bounds the depth of nodes, and so this recursion.
    if isinstance(node, Scalar):
        if not node.style and not node.tag and node.text[:1] in STARTS and id(node) not in seen:
            seen.add(id(node))
            yield from _value_trap(node, route)
        return
    if id(node) in seen:
        return
    seen.add(id(node))
    if isinstance(node, Sequence):
        for index, item in enumerate(node.items):
            yield from _walk(item, (*route, index), seen)
    else:
        yield from _mapping_traps(node, route, seen)


def _mapping_traps(node: Mapping, route: Route, seen: set[int]) -> Iterator[Trap]:
    for entry in node.entries:
        inner = (*route, entry.name)
        if entry.name != entry.key.text and not entry.key.tag:
            yield _key_trap(entry.key, entry.name, inner)
        yield from _walk(entry.value, inner, seen)


def _key_trap(key: Scalar, name: str, route: Route) -> Trap:
    message = f'the key `{key.text}` becomes "{name}"'
    help_text = f'Quote it: "{key.text}".'
    return Trap(TrapKind.KEY, key.span, key.text, name, name, route, True, message, help_text)


def _value_trap(node: Scalar, route: Route) -> Iterator[Trap]:
    text, value = node.text, type_scalar(node.text)
    found = _kind(text, value)
    if found is None or (found in (TrapKind.OCTAL, TrapKind.RADIX) and _is_mode(route)):
        return
    printed = _printed(value)
    message = _MESSAGES.get(found, "`{text}` is read as the number {printed}")
    help_text = _HELP.get(found, 'Quote it if it is text: "{text}".')
    yield Trap(
        found,
        node.span,
        text,
        value,
        printed,
        route,
        False,
        message.format(text=text, printed=printed),
        help_text.format(text=text, printed=printed),
    )


def _is_mode(route: Route) -> bool:
    """True for a file mode such as `defaultMode: 0644`, which is meant to be octal."""
    return bool(route) and str(route[-1]).lower().endswith("mode")


def _printed(value: Value) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else format_number(value)


def _kind(text: str, value: Value) -> TrapKind | None:
    if isinstance(value, str):
        return None
    if value is None:
        return None if text in ("", "null") else TrapKind.NULL
    if isinstance(value, bool):
        return None if text.lower() in ("true", "false") else TrapKind.BOOLEAN
    for kind, pattern in _FORMS.items():
        if pattern.fullmatch(text):
            return kind
    return _number_kind(text, value)


_FORMS: Final = {
    TrapKind.RADIX: re.compile(r"[-+]?0[xXbBoO].*"),
    TrapKind.UNDERSCORE: re.compile(r".*_.*"),
    TrapKind.EXPONENT: re.compile(r".*[eE].*"),
    TrapKind.OCTAL: re.compile(r"[-+]?0[0-9]+(?:\.[0-9]*)?"),
    TrapKind.SIGN: re.compile(r"\+.*"),
}


def _number_kind(text: str, value: float) -> TrapKind | None:
    if not math.isfinite(value):
        return None
    if not same_number(text, value):
        return TrapKind.PRECISION
    if "e" in format_number(value):
        return TrapKind.PRINTED
    return TrapKind.ZEROS if "." in text and text.endswith("0") else None


_MESSAGES: Final = {
    TrapKind.BOOLEAN: "`{text}` is read as the boolean {printed}",
    TrapKind.NULL: "`{text}` is read as null: no value",
    TrapKind.PRECISION: "`{text}` has more digits than Helm keeps: it becomes {printed}",
    TrapKind.PRINTED: "a template prints `{text}` as {printed}",
    TrapKind.OCTAL: "`{text}` begins with a zero and is read as the number {printed}",
}
_HELP: Final = {
    TrapKind.BOOLEAN: 'Write {printed}, or quote it if it is text: "{text}".',
    TrapKind.NULL: 'Write null, or quote it if it is text: "{text}".',
    TrapKind.PRINTED: 'Quote it, "{text}", or let the template convert it, as with `| int64`.',
}
