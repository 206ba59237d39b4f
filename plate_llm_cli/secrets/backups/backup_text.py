"""A backup as a text that `secrets seed --from-file` reads. It is only ever kept encrypted."""

from __future__ import annotations

import json
import re
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from plate_llm_cli.secrets.values.secret import Secret
from plate_llm_cli.source.quoting import SHORT_ESCAPES, double_quoted, escaped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.secrets.backups.backup import Backup, Entry, PathBackup

_NOT_IN_SINGLE_QUOTES: Final = re.compile(r"['\\\r]")
_ESCAPED_IN_VARIABLES: Final = re.compile(r'[\\"\n\r\t]')


class BackupFormat(StrEnum):
    """How the text inside is written."""

    YAML = "yaml"
    JSON = "json"
    DOTENV = "dotenv"

    @property
    def has_comments(self) -> bool:
        """Whether there is room for what seeding does not take, and for where it was taken."""
        return self is not BackupFormat.JSON


def backup_text(backup: Backup, form: BackupFormat) -> Secret:
    """The text of a backup; what seeding would not take stands in comments, or not at all."""
    if form is BackupFormat.JSON:
        return Secret(_json(backup))
    lines = _yaml if form is BackupFormat.YAML else _dotenv
    return Secret("".join(f"{line}\n" for line in [*_head(backup), *lines(backup)]))


def _head(backup: Backup) -> Iterator[str]:
    taken = backup.taken
    yield f"# plate-llm secrets export of {escaped(taken.environment)}"
    yield f"# from {escaped(taken.address)} at {escaped(taken.time)}"
    for path in backup.paths:
        yield f"# {escaped(str(path.place))}: {_version(path)}"


def _version(path: PathBackup) -> str:
    live = path.stored.state.value
    return f"version {path.stored.version}" if live == "live" else live


def _yaml(backup: Backup) -> Iterator[str]:
    for path in backup.paths:
        fitting = [entry for entry in path.entries if not entry.remark]
        if fitting:
            yield f"{double_quoted(str(path.place))}:"
        yield from (f"  {double_quoted(entry.address.key)}: {_value(entry)}" for entry in fitting)
        yield from _comments(path)


def _dotenv(backup: Backup) -> Iterator[str]:
    for path in backup.paths:
        for entry in path.entries:
            if not entry.remark:
                yield f"{entry.variable}={_variable_value(entry.value.reveal())}"
        yield from _comments(path)


def _json(backup: Backup) -> str:
    paths = {
        str(path.place): {
            entry.address.key: entry.value.reveal() for entry in path.entries if not entry.remark
        }
        for path in backup.paths
    }
    fitting = {place: keys for place, keys in paths.items() if keys}
    return json.dumps(fitting, ensure_ascii=False, indent=2) + "\n"


def _comments(path: PathBackup) -> Iterator[str]:
    for entry in path.entries:
        if entry.remark:
            name = double_quoted(entry.address.in_full)
            yield f"# {name}: {_value(entry)}  # {escaped(entry.remark)}"


def _value(entry: Entry) -> str:
    raw = entry.value.raw
    return double_quoted(raw) if isinstance(raw, str) else json.dumps(raw)


def _variable_value(text: str) -> str:
    """`text` quoted for a file of variables; shells read the single quotes likewise."""
    if not _NOT_IN_SINGLE_QUOTES.search(text):
        return f"'{text}'"
    return f'"{_ESCAPED_IN_VARIABLES.sub(lambda match: SHORT_ESCAPES[match[0]], text)}"'
