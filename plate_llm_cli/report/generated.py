"""Generated files for people and for programs: what differs, what was written, what was refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from plate_llm_cli.report.untrusted import json_text, one_line, visible
from plate_llm_cli.source.changes import FileChange

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from plate_llm_cli.gitops.generation.files import Generated, Refused


def difference(item: Generated) -> str:
    """A unified diff from what is there to what should be; '' where they are the same."""
    return "".join(f"{visible(line)}\n" for line in _diff(item).splitlines())


def _diff(item: Generated) -> str:
    return FileChange(item.path, item.before, item.after).diff()


def written_text(files: Sequence[Generated], folder: str = "") -> str:
    """A line for each file that was written, or that there was none."""
    if not files:
        return "nothing to do: the files are as they should be\n"
    place = f"{folder.rstrip('/')}/" if folder else ""
    return "".join(f"{one_line(place + item.path)} written\n" for item in files)


def refused_text(refused: Refused) -> str:
    """Where and why something was left as it is, and what to do about it."""
    first = f"{refused.path}:{refused.line}: {refused.message}"
    return "\n".join(one_line(line) for line in (first, refused.hint) if line)


def generated_json(
    files: Iterable[Generated], refused: Iterable[Refused], written: Sequence[Generated]
) -> str:
    """The same for programs; `diff` is '' where a file is as it should be."""
    data: dict[str, Any] = {
        "version": 1,
        "files": [
            {
                "path": item.path,
                "objects": item.objects,
                "differs": item.differs,
                "written": item in written,
                "diff": _diff(item),
            }
            for item in files
        ],
        "refused": [
            {"path": item.path, "line": item.line, "message": item.message, "help": item.hint}
            for item in refused
        ],
    }
    return json_text(data)
