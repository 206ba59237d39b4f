"""`plate-llm secrets plan`: what seeding would change, key by key."""

from __future__ import annotations

import typer

from plate_llm_cli import options
from plate_llm_cli.commands.openbao_access import Access
from plate_llm_cli.commands.secrets import parameters
from plate_llm_cli.commands.secrets.filling import Asked, Filling
from plate_llm_cli.commands.secrets.session import session
from plate_llm_cli.commands.secrets.writing import show
from plate_llm_cli.exit_codes import ExitCode
from plate_llm_cli.output import write_out
from plate_llm_cli.report.secrets_plan import plan_json

EXAMPLE = "plate-llm secrets plan stg"


def plan(
    env: options.Env,
    env_files: parameters.EnvFiles = None,
    files: parameters.Files = None,
    overwrite: parameters.Overwrite = None,
    prune: parameters.Prune = False,
    output_format: options.TextFormat = options.ListFormat.TEXT,
    address: parameters.Address = "",
    login: parameters.Login = None,
    proxy: parameters.Proxy = False,
    root: options.Root = None,
    verbose: options.Verbose = False,
) -> None:
    """Show what OpenBao lacks and what seeding would change; exit 1 when that is something.

    Names only: no value, no length, no hash.
    """
    del verbose
    with session(root, env, Access(address, login, proxy)) as opened:
        filling = Filling.begin(opened, env_files or [], files or [])
        found = filling.plan(Asked(overwrite or [], prune))
        if output_format is options.ListFormat.JSON:
            write_out(plan_json(found, env, opened.connection.address))
        else:
            show(found)
    if found.changes or found.wanting:
        raise typer.Exit(ExitCode.FINDINGS)
