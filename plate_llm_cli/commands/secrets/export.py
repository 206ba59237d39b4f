"""`plate-llm secrets export`: a backup that only its recipients can read."""

from __future__ import annotations

import os
import stat
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from plate_llm_cli import options
from plate_llm_cli.commands.openbao_access import Access
from plate_llm_cli.commands.secrets import parameters
from plate_llm_cli.commands.secrets.session import session
from plate_llm_cli.commands.secrets.writing import read_all
from plate_llm_cli.errors import UsageError
from plate_llm_cli.output import say, write_data
from plate_llm_cli.report.secrets_export import left_out
from plate_llm_cli.secrets.apply import MARK_FORMAT
from plate_llm_cli.secrets.backups.backup import Taken, back_up
from plate_llm_cli.secrets.backups.backup_text import BackupFormat, backup_text
from plate_llm_cli.secrets.backups.private_files import private_destination
from plate_llm_cli.secrets.values.input_text import MAX_BYTES
from plate_llm_cli.source.files import write_atomically

if TYPE_CHECKING:
    from plate_llm_cli.commands.secrets.session import Session
    from plate_llm_cli.secrets.backups.backup import Backup
    from plate_llm_cli.secrets.values.secret import Secret

EXAMPLE = """
plate-llm secrets export stg -o ../stg.age --recipients-file ../team.txt
plate-llm secrets export stg -o ../stg.age --to age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p
age -d -i ~/key.txt ../stg.age | plate-llm secrets seed stg --from-file - --yes
"""  # noqa: E501 - a recipient is as long as it is

To = Annotated[
    list[str] | None,
    typer.Option(
        metavar="RECIPIENT",
        help="Who may read it: a public key of age or SSH; may be repeated.",
        show_default=False,
    ),
]
RecipientsFile = Annotated[
    list[Path] | None,
    typer.Option(
        metavar="FILE",
        help="A file with recipients, one a line; may be repeated.",
        show_default=False,
    ),
]
Output = Annotated[
    Path | None,
    typer.Option(
        "-o",
        "--output",
        metavar="FILE",
        help="Write to FILE, outside of every Git work tree. Default: stdout, if it is a pipe.",
        show_default=False,
    ),
]
Inside = Annotated[
    BackupFormat,
    typer.Option("--format", help="How the text inside is written; JSON has no comments."),
]


def export(
    env: options.Env,
    to: To = None,
    recipients_file: RecipientsFile = None,
    output: Output = None,
    inside: Inside = BackupFormat.YAML,
    address: parameters.Address = "",
    login: parameters.Login = None,
    proxy: parameters.Proxy = False,
    root: options.Root = None,
    quiet: parameters.Quiet = False,
    verbose: options.Verbose = False,
) -> None:
    """Write an environment's values to a file, encrypted with age for its recipients.

    Never in clear text, and never into a Git work tree. `age -d` and `secrets seed --from-file -`
    bring them back.
    """
    del verbose
    if output is None and not _is_pipe():
        raise UsageError(
            "where to? values go into a file or a pipe, never to a screen",
            "-o FILE names a file; with > nobody could tell whether it lies in a Git work tree",
        )
    target = private_destination(output) if output is not None else None
    from plate_llm_cli.secrets.backups import exporting  # noqa: PLC0415 - loads pyrage

    readers = exporting.recipients(to or [], recipients_file or [])
    with session(root, env, Access(address, login, proxy)) as opened:
        backup = _take(opened, quiet=quiet)
    for line in left_out(backup, inside):
        say(f"warning: {line}")
    text = backup_text(backup, inside)
    _warn_of_size(text)
    encrypted = exporting.encrypt(text, readers)
    if target is None:
        write_data(encrypted)
        return
    write_atomically(target, encrypted, private=True)
    if not quiet:
        say(f"{output} is written, for {_count(len(readers))}")


def _is_pipe() -> bool:
    """Whether stdout leads to another program."""
    try:
        mode = os.fstat(sys.stdout.fileno()).st_mode
    except OSError:  # it is closed, or in memory
        return False
    return stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)


def _take(opened: Session, *, quiet: bool) -> Backup:
    time = datetime.now(UTC).strftime(MARK_FORMAT)
    taken = Taken(opened.env, opened.connection.address, time)
    backup = back_up(opened.spec, read_all(opened, quiet=quiet), taken)
    if backup.is_empty:
        # A job that runs at night must not replace a good backup by an empty one.
        raise UsageError(f"nothing of {opened.env} is stored, and nothing was written")
    return backup


def _warn_of_size(text: Secret) -> None:
    if len(text.reveal().encode()) > MAX_BYTES:
        say("warning: `secrets seed` reads 1 MiB at once: bring it back in parts")


def _count(number: int) -> str:
    return "1 recipient" if number == 1 else f"{number} recipients"
