"""Nodes with templates in them, filled in: positions stay those of the template."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from plate_llm_cli.gitops.application_sets.elements import InvalidSetError, NotExpandedError
from plate_llm_cli.gitops.application_sets.texts import Blank, Unfilled
from plate_llm_cli.source.blocks import block_origin
from plate_llm_cli.source.nodes import Entry, Mapping, Scalar, Sequence, Span

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Mapping as Map

    from plate_llm_cli.gitops.application_sets.texts import Templates
    from plate_llm_cli.source.nodes import Node, SourceFile

MAX_BLANKS = 20_000
"""Templates of one set, times its elements."""


class Filler:
    """Fills in nodes of `file`."""

    def __init__(self, file: SourceFile, templates: Templates) -> None:
        self._file = file
        self._templates = templates

    def fill(
        self,
        node: Node,
        parameters: list[dict[str, Any]],
        without: frozenset[str] = frozenset(),
    ) -> list[Node | NotExpandedError]:
        """`node` for each of `parameters`; what stands in no template is shared.

        Without any parameters a node stays as it is: that is ArgoCD's way. What is below a key of
        `without` is for later.

        Raises:
            NotExpandedError: there is too much to fill in.
        """
        found: dict[str, Scalar] = {}
        for scalar in scalars_of(node, without):
            if self._is_template(scalar):
                found.setdefault(scalar.text, scalar)
        if len(found) * len(parameters) > MAX_BLANKS:
            raise NotExpandedError("it has too many elements to fill in", node)
        blanks = [Blank(text, item) for item in parameters if item for text in found]
        answers = iter(self._templates.fill(blanks))
        filled: list[Node | NotExpandedError] = []
        for item in parameters:
            texts = {text: next(answers) for text in found} if item else {}
            failed = [(found[text], it) for text, it in texts.items() if isinstance(it, Unfilled)]
            plain = {text: it for text, it in texts.items() if isinstance(it, str)}
            filled.append(self._error(*failed[0]) if failed else _Copy(plain).of(node))
        return filled

    def _is_template(self, scalar: Scalar) -> bool:
        return isinstance(scalar.value, str) and self._templates.is_template(scalar.text)

    def _error(self, scalar: Scalar, unfilled: Unfilled) -> NotExpandedError:
        place = Scalar(self._span(scalar, unfilled.line), scalar.text, scalar.value)
        kind = InvalidSetError if unfilled.sure else NotExpandedError
        return kind(f"cannot be filled in: {unfilled.reason}", place, unfilled.help)

    def _span(self, scalar: Scalar, number: int) -> Span:
        """The line of a literal block that failed, else all of the scalar."""
        lines = scalar.text.split("\n")
        if scalar.style != "|" or number > len(lines):
            return scalar.span
        line, column = block_origin(self._file.text, scalar)
        line += number - 1
        return Span(line, column, line, column + max(1, len(lines[number - 1])))


class _Copy:
    """Copies of nodes with other texts; nodes without any of them are not copied."""

    def __init__(self, texts: Map[str, str]) -> None:
        self._texts = texts
        self._known: dict[int, Node] = {}

    def of(self, node: Node) -> Node:
        """The copy, or `node` itself where nothing in it differs."""
        if isinstance(node, Scalar):
            return self._scalar(node)
        known = self._known.get(id(node))
        if known is None:
            known = self._mapping(node) if isinstance(node, Mapping) else self._sequence(node)
            self._known[id(node)] = known
        return known

    def _scalar(self, node: Scalar) -> Scalar:
        text = self._texts.get(node.text) if isinstance(node.value, str) else None
        return node if text is None or text == node.text else _with_text(node, text)

    def _mapping(self, node: Mapping) -> Mapping:
        entries = [Entry(self._scalar(item.key), self.of(item.value)) for item in node.entries]
        same = all(
            one.key is other.key and one.value is other.value
            for one, other in zip(entries, node.entries, strict=True)
        )
        return node if same else Mapping(node.span, entries)

    def _sequence(self, node: Sequence) -> Sequence:
        items = [self.of(item) for item in node.items]
        same = all(one is other for one, other in zip(items, node.items, strict=True))
        return node if same else Sequence(node.span, items)


def _with_text(node: Scalar, text: str) -> Scalar:
    """`node` as it would be with `text`; a block whose lines moved has one place for all."""
    moved = len(text.rstrip().split("\n")) != len(node.text.rstrip().split("\n"))
    style = '"' if node.style == "|" and (moved or not text.strip()) else node.style
    return Scalar(node.span, text, text, style, node.tag)


def scalars_of(node: Node, without: frozenset[str] = frozenset()) -> Iterator[Scalar]:
    """Every scalar below `node` once, keys included; nothing below a key of `without`."""
    pending: list[Node] = [node]
    seen: set[int] = set()
    while pending:
        current = pending.pop()
        if isinstance(current, Scalar):
            yield current
        elif id(current) not in seen:
            seen.add(id(current))
            if isinstance(current, Mapping):
                for entry in reversed(current.entries):
                    if entry.name not in without:
                        pending += (entry.value, entry.key)
            else:
                pending += reversed(current.items)
