"""All templates of a tree of charts, parsed: files by name, and what `include` can find."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from plate_llm_cli.helm.references.reads import Position
from plate_llm_cli.helm.references.values import HOLE
from plate_llm_cli.helm.templates.lexer import Lines
from plate_llm_cli.helm.templates.parser import TemplateSyntaxError, parse

if TYPE_CHECKING:
    from collections.abc import Callable

    from plate_llm_cli.helm.templates.chart import ChartSource
    from plate_llm_cli.helm.templates.syntax import Block, Parsed


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A template that we cannot parse: it may read anything."""

    position: Position
    message: str


@dataclass(slots=True, eq=False)
class Body:
    """A template that can be executed; `file` is the template file that it stands in."""

    name: str
    block: Block
    file: str


@dataclass(slots=True)
class Library:
    """The templates of a chart and of its subcharts, which share one set of names."""

    lines: dict[str, Lines] = field(default_factory=dict)
    files: dict[str, Body] = field(default_factory=dict)
    defines: dict[str, list[Body]] = field(default_factory=dict)
    unreadable: list[Unreadable] = field(default_factory=list)

    def find(self, shape: str) -> list[Body]:
        """The templates that `include` can mean by a name; holes in it stand for any text."""
        if HOLE not in shape:
            file = self.files.get(shape)
            return self.defines.get(shape) or ([] if file is None else [file])
        matches = _matcher(shape)
        found = [body for name, bodies in self.defines.items() if matches(name) for body in bodies]
        if shape.strip(HOLE):
            found += [body for name, body in self.files.items() if matches(name)]
        return found

    def position(self, file: str, offset: int) -> Position:
        """Line and column of an offset in a template file."""
        lines = self.lines.get(file)
        line, column = (1, 1) if lines is None else lines.place(offset)
        return Position(file, line, column)


def _matcher(shape: str) -> Callable[[str], object]:
    head, *_, tail = shape.split(HOLE)
    return re.compile(f"{re.escape(head)}.*{re.escape(tail)}", re.DOTALL).fullmatch


def build_library(root: ChartSource) -> Library:
    """Parse every template of the tree. Of two templates of one name the parent's counts."""
    library = Library()
    for chart in root.walk():
        for name, text in chart.templates.items():
            library.lines[name] = Lines(text)
            try:
                parsed = parse(text)
            except TemplateSyntaxError as error:
                position = library.position(name, error.offset)
                library.unreadable.append(Unreadable(position, error.message))
            else:
                _add(library, name, parsed)
    return library


def _add(library: Library, file: str, parsed: Parsed) -> None:
    library.files[file] = Body(file, parsed.body, file)
    for name, block in parsed.defines.items():
        body = Body(name, block, file)
        others = library.defines.setdefault(name, [])
        if others and others[0].file.count("/") < file.count("/"):
            continue  # Helm parses the files nearest to the root last, and the last one counts
        if others and others[0].file.count("/") > file.count("/"):
            others.clear()
        others.append(body)
