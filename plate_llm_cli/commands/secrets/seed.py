"""`plate-llm secrets seed`: fill OpenBao with what is missing."""

from __future__ import annotations

from typing import Annotated

import typer

from plate_llm_cli import options
from plate_llm_cli.commands.openbao_access import Access
from plate_llm_cli.commands.secrets import parameters
from plate_llm_cli.commands.secrets.filling import Asked, Filling
from plate_llm_cli.commands.secrets.session import session
from plate_llm_cli.commands.secrets.writing import say_what_is_wanting, show
from plate_llm_cli.exit_codes import ExitCode
from plate_llm_cli.secrets.gathering import require_values

EXAMPLE = """
plate-llm secrets seed stg --dry-run
plate-llm secrets seed stg --from-env-file stg.env --yes
sops -d stg.enc.yaml | plate-llm secrets seed stg --from-file - --yes
"""

Partial = Annotated[
    bool,
    typer.Option(
        "--partial",
        rich_help_panel="Values",
        help="Write what there is a value for; leave the rest missing.",
    ),
]


def seed(
    env: options.Env,
    env_files: parameters.EnvFiles = None,
    files: parameters.Files = None,
    overwrite: parameters.Overwrite = None,
    prune: parameters.Prune = False,
    partial: Partial = False,
    dry_run: parameters.DryRun = False,
    yes: options.Yes = False,
    address: parameters.Address = "",
    login: parameters.Login = None,
    proxy: parameters.Proxy = False,
    root: options.Root = None,
    quiet: parameters.Quiet = False,
    verbose: options.Verbose = False,
) -> None:
    """Fill what is missing in OpenBao; what is there stays, and can be run again at any moment.

    Values are generated or asked for as the spec says, or come from files and the environment.
    """
    del verbose
    with session(root, env, Access(address, login, proxy)) as opened:
        filling = Filling.begin(opened, env_files or [], files or [], quiet=quiet)
        ask = Asked(overwrite or [], prune, partial)
        if dry_run:
            plan = filling.plan(ask)
            show(plan)
            require_values(plan, made=False)
        else:
            plan = filling.carry_out(ask, yes=yes)
    if say_what_is_wanting(plan) and not dry_run:
        raise typer.Exit(ExitCode.FINDINGS)
