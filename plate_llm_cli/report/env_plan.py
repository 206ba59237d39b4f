"""What a new environment, or one that goes, changes in the tree: for people and for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from plate_llm_cli.report.columns import table
from plate_llm_cli.report.untrusted import json_text, visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from plate_llm_cli.source.changes import FileChange


def changes_text(files: Iterable[FileChange], width: int | None) -> str:
    """A line for each file."""
    return table(("CHANGE", "FILE"), [(change.kind, change.path) for change in files], width)


def diffs_text(files: Iterable[FileChange]) -> str:
    """Every change as a unified diff; of a file that goes its name alone."""
    parts = [
        f"removed: {change.path}\n" if change.after is None else change.diff() for change in files
    ]
    lines = "".join(parts).splitlines()
    return "".join(f"{visible(line)}\n" for line in lines)


def plan_json(facts: Mapping[str, Any], files: Iterable[FileChange], *, written: bool) -> str:
    """The same with `facts` about the environment."""
    listed = [
        {"path": change.path, "change": change.kind}
        | ({} if change.after is None else {"diff": change.diff()})
        for change in files
    ]
    return json_text({"version": 1, **facts, "files": listed, "written": written})
