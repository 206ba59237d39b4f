"""What a promotion changes, for people and for programs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from plate_llm_cli.report.base import Report
from plate_llm_cli.report.differences import Differences, differences_lines, object_data
from plate_llm_cli.report.json import finding_as_json
from plate_llm_cli.report.layout import Page
from plate_llm_cli.report.untrusted import json_text, one_line, visible
from plate_llm_cli.source.nodes import format_route

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from plate_llm_cli.findings import Finding
    from plate_llm_cli.gitops.promotion import Move
    from plate_llm_cli.report.layout import Line
    from plate_llm_cli.source.changes import FileChange


@dataclass(frozen=True, slots=True)
class Promotion:
    """The values that move between two releases, the files that change, and what comes of it.

    `findings` are those that the target would have and has not yet; `source_lines` gives the lines
    of a file as it would be.
    """

    source: str
    target: str
    moves: tuple[Move, ...]
    files: tuple[FileChange, ...]
    rendered: Differences
    findings: tuple[Finding, ...]
    source_lines: Callable[[str], Sequence[str]]


def promotion_lines(found: Promotion, width: int) -> Iterator[Line]:
    """The rendered difference, the lines that change in the files, and what is found then."""
    if found.rendered.changes:
        yield from differences_lines(found.rendered, width, everything=True)
    for move in found.moves:
        if move.backwards:
            yield [(one_line(f"{format_route(move.route)} goes back to an older version"), "label")]
    for file in found.files:
        yield []
        yield [(visible(file.path), "path")]
        for line in file.diff().splitlines()[2:]:
            if line.startswith(("+", "-")):
                style = "added" if line.startswith("+") else "removed"
                yield [(f"    {line[0]} {visible(line[1:])}", style)]
    if found.findings:
        yield []
        yield from Page(Report(found.findings, lines=found.source_lines), width).full()


def promotion_json(found: Promotion, *, written: bool) -> str:
    """The same for programs.

    `{"version": 1, "from", "to", "values": [{"route", "before", "after", "path", "layer",
    "backwards"}], "objects": as `diff` has them, "findings": as `validate` has them, "written"}`.
    """
    return json_text(
        {
            "version": 1,
            "from": found.source,
            "to": found.target,
            "values": [_move(move) for move in found.moves],
            "objects": [object_data(change) for change in found.rendered.changes],
            "findings": [finding_as_json(finding) for finding in found.findings],
            "written": written,
        }
    )


def _move(move: Move) -> dict[str, Any]:
    return {
        "route": format_route(move.route),
        "before": move.before,
        "after": move.after,
        "path": move.path,
        "layer": move.layer,
        "backwards": move.backwards,
    }
