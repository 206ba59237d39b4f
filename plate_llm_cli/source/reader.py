"""Reads YAML files and texts into nodes with positions. What is wrong is data, never raised."""

from __future__ import annotations

import os
import stat
from dataclasses import replace
from typing import TYPE_CHECKING

from yaml import MarkedYAMLError, YAMLError

from plate_llm_cli.source.blocks import block_origin
from plate_llm_cli.source.composer import Composer
from plate_llm_cli.source.decoding import decode
from plate_llm_cli.source.defects import StreamError, too_large, unreadable
from plate_llm_cli.source.limits import MAX_BYTES
from plate_llm_cli.source.nodes import Mapping, Scalar, Sequence, SourceFile
from plate_llm_cli.source.plain import to_plain
from plate_llm_cli.source.syntax import inner_marks, syntax_problem, unprintable_problem

if TYPE_CHECKING:
    from pathlib import Path

    from plate_llm_cli.source.nodes import Node, Problem, Span

__all__ = ["parse_block", "parse_text", "read_file", "to_plain"]


def read_file(root: Path, relative: str) -> SourceFile:
    """The file `relative` (forward slashes) under `root`, with what is wrong with it.

    Refused, as problems: what is no regular file, and what lies outside `root` once symbolic
    links are followed.
    """
    data = _read(root, relative)
    if not isinstance(data, bytes):
        return SourceFile(relative, "", problems=[data])
    text, problem = decode(data)
    if problem is not None:
        return SourceFile(relative, text, problems=[problem])
    return parse_text(text, relative)


def parse_text(text: str, path: str, *, first_line: int = 1, first_column: int = 1) -> SourceFile:
    """The YAML in `text`; positions start at `first_line` and, in every line, `first_column`."""
    text = text.removeprefix("\ufeff")
    composer = Composer(text, first_line, first_column)
    source = SourceFile(path, text, composer.documents, composer.problems)
    if len(text) > MAX_BYTES:
        source.problems.append(too_large())
        return source
    if "\ufeff" in text and (marks := list(inner_marks(text, first_line, first_column))):
        # libyaml goes astray behind them: what it says then is beside the point.
        source.problems += marks
        return source
    try:
        composer.run()
    except StreamError as error:
        source.problems.append(error.problem)
    except MarkedYAMLError as error:
        source.problems.append(syntax_problem(error, text, first_line, first_column))
    except (YAMLError, UnicodeEncodeError):
        source.problems.append(unprintable_problem(text, first_line, first_column))
    return source


def parse_block(source: SourceFile, scalar: Scalar) -> SourceFile:
    """The YAML inside a scalar of `source`; path, text and positions are those of `source`.

    Positions are exact for a literal block (`|`). In any other style the lines of the text are
    not those of the file, and everything stands at the scalar.
    """
    if scalar.style == "|":
        line, column = block_origin(source.text, scalar)
        inner = parse_text(scalar.text, source.path, first_line=line, first_column=column)
    else:
        inner = parse_text(scalar.text, source.path)
        _move(inner, scalar.span)
    inner.text = source.text
    return inner


def _move(source: SourceFile, span: Span) -> None:
    """Let everything in `source` stand at `span`."""
    nodes: list[Node] = [document.root for document in source.documents if document.root]
    seen: set[int] = set()
    while nodes:
        node = nodes.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        node.span = span
        if isinstance(node, Sequence):
            nodes += node.items
        elif isinstance(node, Mapping):
            nodes += (part for entry in node.entries for part in (entry.key, entry.value))
    for document in source.documents:
        document.span = span
    source.problems[:] = [_moved(problem, span) for problem in source.problems]


def _moved(problem: Problem, span: Span) -> Problem:
    related = tuple((span, message) for _, message in problem.related)
    return replace(problem, span=span, related=related)


def _read(root: Path, relative: str) -> bytes | Problem:
    try:
        real_root = os.path.realpath(root)
        path = os.path.realpath(root / relative, strict=True)
        if os.path.commonpath((real_root, path)) != real_root:
            return unreadable("it lies outside the root; nothing outside is read")
        return _read_regular(path)
    except OSError as error:
        return unreadable(error.strerror or str(error))
    except ValueError:
        return unreadable("its name is no file name")


def _read_regular(path: str) -> bytes | Problem:
    # A named pipe would hold us until somebody writes to it.
    if not stat.S_ISREG(os.stat(path).st_mode):  # noqa: PTH116 - a Path costs more than the read
        return unreadable("it is no regular file")
    with open(path, "rb") as file:  # noqa: PTH123 - as above
        data = file.read(MAX_BYTES + 1)
    return data if len(data) <= MAX_BYTES else too_large()
