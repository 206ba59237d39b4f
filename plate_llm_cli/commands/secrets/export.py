"""`plate-llm secrets export`: a backup that only its recipients can read."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from plate_llm_cli import options
from plate_llm_cli.commands.secrets import parameters
from plate_llm_cli.commands.secrets.session import Access, session
from plate_llm_cli.commands.secrets.writing import read_all
from plate_llm_cli.errors import UsageError
from plate_llm_cli.output import say

EXAMPLE = (
    "plate-llm secrets export stg -o stg.age"
    " --to age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"
)

To = Annotated[
    list[str] | None,
    typer.Option(
        metavar="RECIPIENT",
        help="Who may read it: an age key or an SSH public key; may be repeated.",
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


def export(
    env: parameters.Env,
    to: To = None,
    recipients_file: RecipientsFile = None,
    output: options.Output = None,
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
    if output is None:
        raise UsageError("where to? values are not written to a screen", "-o FILE names a file")
    from plate_llm_cli.secrets import exporting  # noqa: PLC0415 - loads pyrage

    exporting.refuse_work_tree(output)
    listed = [item for path in recipients_file or [] for item in exporting.recipients_in(path)]
    readers = exporting.recipients([*(to or []), *listed])
    with session(root, env, Access(address, login, proxy)) as opened:
        stored = read_all(opened, quiet=quiet)
        text, left = exporting.document(opened.spec, stored)
    for line in left:
        say(f"left out: {line}")
    exporting.write_private(output, exporting.encrypt(text, readers))
    if not quiet:
        say(f"{output} is written, for {_count(len(readers))}")


def _count(number: int) -> str:
    return "1 recipient" if number == 1 else f"{number} recipients"
