"""Reads YAML files and texts into nodes with positions. What is wrong is data, never raised."""

from __future__ import annotations

from typing import TYPE_CHECKING

from yaml import MarkedYAMLError, YAMLError

from plate_llm_cli.source.composer import Composer
from plate_llm_cli.source.defects import StreamError
from plate_llm_cli.source.limits import MAX_BYTES
from plate_llm_cli.source.nodes import Problem, ProblemKind, Scalar, SourceFile, Span
from plate_llm_cli.source.plain import to_plain

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["parse_block", "parse_text", "read_file", "to_plain"]


def read_file(root: Path, relative: str) -> SourceFile:
    """The file `relative` (forward slashes) under `root`, with what is wrong with it."""
    try:
        path = (root / relative).resolve(strict=True)
        if not path.is_relative_to(root.resolve()):
            return _unread(relative, ProblemKind.UNREADABLE, "the file lies outside the root")
        if path.stat().st_size > MAX_BYTES:
            return _unread(relative, ProblemKind.LIMIT, f"larger than {MAX_BYTES} bytes")
        data = path.read_bytes()
    except (OSError, RuntimeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        return _unread(relative, ProblemKind.UNREADABLE, f"cannot be read: {reason}")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return _unread(relative, ProblemKind.ENCODING, f"not UTF-8: {error.reason}")
    return parse_text(text, relative)


def parse_text(text: str, path: str, *, first_line: int = 1, first_column: int = 1) -> SourceFile:
    """The YAML in `text`; positions start at `first_line` and, in every line, `first_column`."""
    source = SourceFile(path, text)
    composer = Composer(text, first_line, first_column)
    source.documents, source.problems = composer.documents, composer.problems
    try:
        composer.run()
    except StreamError as fault:
        source.problems.append(fault.problem)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = (mark.line if mark else 0) + first_line
        column = (mark.column if mark else 0) + first_column
        span = Span(line, column, line, column)
        source.problems.append(Problem(ProblemKind.SYNTAX, str(error.problem), span))
    except (YAMLError, UnicodeEncodeError) as error:
        span = Span(first_line, first_column, first_line, first_column)
        source.problems.append(Problem(ProblemKind.SYNTAX, str(error), span))
    return source


def parse_block(source: SourceFile, scalar: Scalar) -> SourceFile:
    """The YAML inside a literal block scalar of `source`, with positions in `source`."""
    lines = source.text.splitlines()[scalar.span.line : scalar.span.end_line]
    indent = min((len(line) - len(line.lstrip(" ")) for line in lines if line.strip()), default=0)
    return parse_text(
        scalar.text, source.path, first_line=scalar.span.line + 1, first_column=indent + 1
    )


def _unread(path: str, kind: ProblemKind, message: str) -> SourceFile:
    return SourceFile(path, "", problems=[Problem(kind, message, Span(1, 1, 1, 1))])
