"""From the positions that Helm reports to lines and columns of the template file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from plate_llm_cli.helm.engine import TemplateFrame


def refine(frame: TemplateFrame, chart: Path) -> TemplateFrame:
    """`frame` with a column from 1 in code points, at the start of its expression.

    Go counts bytes from 0, and for `.Values.a.b` names the second dot.
    """
    if frame.column is None:
        return frame
    line = _line(chart, frame)
    column = len(line.encode()[: frame.column].decode(errors="ignore")) if line else frame.column
    start = line.rfind(frame.expression, 0, column + len(frame.expression))
    if frame.expression and 0 <= start <= column:
        column = start
    return replace(frame, column=column + 1)


def template_file(chart: Path, template: str) -> Path | None:
    """The file behind a template's name, or None when the chart has it packed or elsewhere."""
    parts = PurePosixPath(template).parts[1:]  # the first is the chart's name
    if not parts or ".." in parts:
        return None
    file = chart.joinpath(*parts)
    return file if file.is_file() else None


def _line(chart: Path, frame: TemplateFrame) -> str:
    file = template_file(chart, frame.template)
    if file is None:
        return ""
    try:
        lines = file.read_text("utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError):
        return ""
    return lines[frame.line - 1] if 0 < frame.line <= len(lines) else ""
