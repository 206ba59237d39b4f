"""YAML texts with other names in them: values and comments, each where it stands.

Nothing else moves. A value that a word without quotes would turn into something else (`no`, `1e3`)
gets quotes.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from plate_llm_cli.errors import EditError
from plate_llm_cli.source.blocks import BREAK
from plate_llm_cli.source.nodes import Mapping, Scalar, Sequence
from plate_llm_cli.source.quoting import double_quoted
from plate_llm_cli.source.reader import parse_text
from plate_llm_cli.source.slots import Geometry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from plate_llm_cli.gitops.scaffolding.renaming import Renaming
    from plate_llm_cli.source.nodes import Node, Route, SourceFile

_COMMENT: Final = re.compile(r"(?:^|(?<=\s))#.*")


def rewritten(text: str, path: str, renaming: Renaming, protected: Callable[[Route], bool]) -> str:
    """`text`, which is the file `path`, with `renaming` in its values and comments.

    What stands at a route that is `protected`, and the comments inside, stays.

    Raises:
        EditError: the text is no sound YAML.
    """
    mark = "\ufeff" if text.startswith("\ufeff") else ""
    source = parse_text(text, path)
    if source.broken:
        problem = source.problems[0]
        message = f"{path}:{problem.span.line}: {problem.message}"
        raise EditError(message, "correct it first: a new environment would have it, too")
    return mark + _Rewriting(source, renaming, protected).text()


class _Rewriting:
    """One file; `_pieces` are the ranges of its values, with what takes their place."""

    def __init__(
        self, source: SourceFile, renaming: Renaming, protected: Callable[[Route], bool]
    ) -> None:
        self._source = source
        self._renaming = renaming
        self._protected = protected
        self._at = Geometry(source)
        self._pieces: dict[tuple[int, int], str] = {}

    def text(self) -> str:
        for document in self._source.documents:
            self._walk(document.root, ())
        text, done, position = self._source.text, "", 0
        for (start, end), piece in sorted(self._pieces.items()):
            if start < position:
                continue  # an alias: what it stands for has been seen
            done += self._comments(text[position:start]) + piece
            position = end
        return done + self._comments(text[position:])

    def _walk(self, node: Node | None, route: Route, behind: int = 0) -> None:
        """`behind` is where the key ends whose value `node` is: comments may follow it."""
        if node is None:
            return
        start, end = self._at.start(node.span), self._at.end(node.span)
        if route and self._protected(route):
            start = min(behind or start, start)
            self._pieces[start, end] = self._source.text[start:end]
        elif isinstance(node, Scalar):
            self._pieces[start, end] = self._scalar(node, self._source.text[start:end])
        else:
            for step, inner, key_end in self._parts(node):
                self._walk(inner, (*route, step), key_end)

    def _parts(self, node: Mapping | Sequence) -> Iterator[tuple[str | int, Node, int]]:
        if isinstance(node, Sequence):
            yield from ((index, item, 0) for index, item in enumerate(node.items))
            return
        for entry in node.entries:
            span = entry.key.span
            start, end = self._at.start(span), self._at.end(span)
            self._pieces[start, end] = self._source.text[start:end]
            yield entry.name, entry.value, end

    def _scalar(self, node: Scalar, written: str) -> str:
        if node.text in self._renaming.kept:
            return written
        new = self._renaming(written)
        if new == written or node.style or node.tag:
            return new
        value = self._renaming(node.text)
        flow = parse_text(f"[{new}]", "").root
        read = flow.items if isinstance(flow, Sequence) else []
        sound = len(read) == 1 and isinstance(read[0], Scalar) and read[0].value == value
        return new if sound or new != value else double_quoted(value)

    def _comments(self, between: str) -> str:
        lines = BREAK.split(between)
        breaks = [*BREAK.findall(between), ""]
        return "".join(
            _COMMENT.sub(lambda match: self._renaming(match[0]), line) + end
            for line, end in zip(lines, breaks, strict=True)
        )
