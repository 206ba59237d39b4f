"""Reads values from YAML: `KEY: value`, `path#key: value`, or `path: {KEY: value}`.

A value is the text as it is written: `0123` and `1e3` stay what they are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from plate_llm_cli.errors import UsageError
from plate_llm_cli.secrets.values.given import Given, place_of
from plate_llm_cli.secrets.values.secret import Secret
from plate_llm_cli.source.nodes import Mapping, ProblemKind, Scalar
from plate_llm_cli.source.reader import parse_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.secrets.values.input_text import InputText
    from plate_llm_cli.source.nodes import Entry, Problem

_SHAPE: Final = "write `path#key: value`, or `path:` with `key: value` below it"
_QUOTES: Final = (
    "put quotes around values that begin with one of * & ! % @ ` { [ or hold `: ` or ` #`"
)
_TEXT_TAGS: Final = ("", "!", "tag:yaml.org,2002:str")


def parse_yaml(source: InputText) -> list[Given]:
    """The values of a YAML file, in its order.

    Raises:
        UsageError: it is no YAML, has another shape, a key twice or a key without a text.
    """
    file = parse_text(source.text, source.label)
    problem = next((item for item in file.problems if item.kind is not ProblemKind.REFUSED), None)
    if problem is not None:
        raise _unreadable(source.label, problem)
    if len(file.documents) > 1:
        line = file.documents[1].span.line
        message = f"{place_of(source.label, line)} begins another document"
        raise UsageError(message, "keep one document in a file")
    if file.root is None:
        return []
    if not isinstance(file.root, Mapping):
        raise UsageError(f"{place_of(source.label, file.root.span.line)} is no mapping", _SHAPE)
    return list(_entries(file.root, source.label))


def _unreadable(label: str, problem: Problem) -> UsageError:
    """The reader's own message may quote a value: `*text` is an alias without an anchor."""
    here = place_of(label, problem.span.line)
    if problem.kind is ProblemKind.DUPLICATE_KEY:
        first = problem.related[0][0].line
        return UsageError(f"{here} sets again what line {first} sets", "keep one of the two")
    if problem.kind is ProblemKind.LIMIT:
        return UsageError(f"{here} is nested too deep or grows too large", _SHAPE)
    return UsageError(f"{here} is no YAML that can be read", _QUOTES)


def _entries(root: Mapping, label: str) -> Iterator[Given]:
    for entry in root.entries:
        _refuse_merge(entry, label)
        if not isinstance(entry.value, Mapping):
            yield _given(entry, entry.key.text, label)
            continue
        for inner in entry.value.entries:
            _refuse_merge(inner, label)
            yield _given(inner, f"{entry.key.text}#{inner.key.text}", label)


def _given(entry: Entry, name: str, label: str) -> Given:
    # An alias stands at its anchor, so that the key says where the value is.
    where = place_of(label, entry.key.span.line)
    node = entry.value
    if not isinstance(node, Scalar):
        raise UsageError(f"{where} has a list or a mapping where a text is due", _SHAPE)
    if node.tag not in _TEXT_TAGS:
        raise UsageError(f"{where} has a tag, which is not read", _QUOTES)
    if node.value is None and not node.style and not node.tag:
        raise UsageError(
            f"{where} has no value", "fill it in or remove it; quote null if it is text"
        )
    return Given(name, Secret(node.text), where)


def _refuse_merge(entry: Entry, label: str) -> None:
    if entry.merges:
        where = place_of(label, entry.key.span.line)
        raise UsageError(f"{where} merges a mapping, which is not read", "write the keys out")
