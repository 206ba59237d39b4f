"""`plate-llm secrets rotate`: a new value for keys that have one."""

from __future__ import annotations

from typing import Annotated

import typer

from plate_llm_cli import options
from plate_llm_cli.commands import cluster_access
from plate_llm_cli.commands.openbao_access import Access
from plate_llm_cli.commands.secrets import parameters
from plate_llm_cli.commands.secrets.filling import Filling
from plate_llm_cli.commands.secrets.propagation import propagating
from plate_llm_cli.commands.secrets.rotating import Rotating
from plate_llm_cli.commands.secrets.session import session
from plate_llm_cli.errors import UsageError
from plate_llm_cli.exit_codes import ExitCode

EXAMPLE = """
plate-llm secrets rotate stg JWT_SECRET
plate-llm secrets rotate stg JWT_SECRET --restart
plate-llm secrets rotate stg server/staging#JWT_SECRET --rollback
"""

Keys = Annotated[
    list[str],
    typer.Argument(
        metavar="KEY...", help="path#key, path#*, or KEY while it is unique.", show_default=False
    ),
]
Rollback = Annotated[
    bool,
    typer.Option("--rollback", help="Bring back the value before, as a new version."),
]
Sync = Annotated[
    bool,
    typer.Option(
        "--sync",
        rich_help_panel=cluster_access.PANEL,
        help="Let External Secrets read the new values at once, and wait until it has.",
    ),
]
Restart = Annotated[
    bool,
    typer.Option(
        "--restart",
        rich_help_panel=cluster_access.PANEL,
        help="The same, and then let the pods start anew that have the values.",
    ),
]


def rotate(
    env: options.Env,
    keys: Keys,
    rollback: Rollback = False,
    sync: Sync = False,
    restart: Restart = False,
    env_files: parameters.EnvFiles = None,
    files: parameters.Files = None,
    dry_run: parameters.DryRun = False,
    yes: options.Yes = False,
    address: parameters.Address = "",
    login: parameters.Login = None,
    proxy: parameters.Proxy = False,
    context: cluster_access.Context = "",
    yes_really: cluster_access.YesReally = False,
    root: options.Root = None,
    quiet: parameters.Quiet = False,
    verbose: options.Verbose = False,
) -> None:
    """Give keys a new value, and print what the cluster has to do to take it.

    Values come from where seed takes them; what is made from a key follows it. OpenBao keeps the
    version before, which --rollback brings back. With --sync or --restart the cluster does it at
    once; exit 1 when it does not, and the commands that are left to do are printed.
    """
    del verbose
    if rollback and (env_files or files):
        raise UsageError(
            "--rollback takes values from OpenBao, not from files",
            "leave out --from-file and --from-env-file",
        )
    if (context or yes_really) and not (sync or restart):
        message = "--context and --yes-really are about the cluster, where nothing is to be done"
        raise UsageError(message, "add --sync or --restart")
    where = cluster_access.Where(context, yes_really) if sync or restart else None
    with (
        session(root, env, Access(address, login, proxy)) as opened,
        propagating(opened, where, restarts=restart) as propagation,
    ):
        inputs = Filling.begin(opened, env_files or [], files or [], quiet=quiet).inputs
        rotating = Rotating.begin(opened, keys, quiet=quiet)
        if not dry_run:
            rotating.require_consent(yes=yes)
        make = not dry_run
        candidates = rotating.before() if rollback else rotating.gather(inputs, make=make)
        done = rotating.run(candidates, propagation, dry_run=dry_run, yes=yes)
    if not done:
        raise typer.Exit(ExitCode.FINDINGS)
