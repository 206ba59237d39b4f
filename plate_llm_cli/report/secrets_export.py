"""What a person should know about a backup: what of it seeding does not bring back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plate_llm_cli.report.untrusted import one_line
from plate_llm_cli.secrets.server.stored import StoredState

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.secrets.backups.backup import Backup
    from plate_llm_cli.secrets.backups.backup_text import BackupFormat


def left_out(backup: Backup, form: BackupFormat) -> Iterator[str]:
    """A line for each path without data, then for each key that seeding would not take."""
    for path in backup.paths:
        state = path.stored.state
        if state is not StoredState.LIVE:
            why = "was never written" if state is StoredState.ABSENT else f"is {state.value}"
            yield one_line(f"{path.place} {why}: nothing of it is in the export")
    where = (
        "in the export as a comment only"
        if form.has_comments
        else "left out, JSON having no comments"
    )
    for entry in backup.remarked:
        yield one_line(f"{entry.address} is {where}: {entry.remark}")
