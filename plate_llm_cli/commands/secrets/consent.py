"""Changes that reach other environments than the one that was named."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plate_llm_cli.commands.terminal import has_terminal
from plate_llm_cli.errors import UsageError
from plate_llm_cli.output import say

if TYPE_CHECKING:
    from collections.abc import Iterable

    from plate_llm_cli.commands.secrets.session import Session
    from plate_llm_cli.secrets.spec import PathSpec


def require_consent(opened: Session, paths: Iterable[PathSpec], *, yes: bool) -> None:
    """Refuse to change other environments unless somebody agrees to it, or can be asked.

    Raises:
        UsageError: there is no terminal, and no `--yes`.
    """
    for path in paths:
        others = ", ".join(other_environments(opened, path))
        changes = f"this also changes {others} ({path.place})"
        if others and not yes and not has_terminal():
            raise UsageError(f"{changes}, nothing was written", "--yes agrees to that")
        if others:
            say(f"warning: {changes}")


def other_environments(opened: Session, path: PathSpec) -> list[str]:
    """The environments of `path` that are not the one that was named."""
    place = opened.workspace.release(opened.env).place
    own = opened.workspace.names_at(place, path.environments)
    return [name for name in path.environments if name not in own]
