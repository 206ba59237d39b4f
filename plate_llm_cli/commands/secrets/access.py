"""`plate-llm secrets access`: the auth roles with which External Secrets logs in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from plate_llm_cli import options
from plate_llm_cli.commands.secrets import parameters
from plate_llm_cli.commands.secrets.deployed import deployed, whole_spec
from plate_llm_cli.commands.secrets.session import Access, confirm, openbao
from plate_llm_cli.context import Workspace
from plate_llm_cli.output import say, write_out
from plate_llm_cli.report.secrets_access import (
    role_differences_text,
    roles_json,
    roles_text,
)
from plate_llm_cli.secrets import access as roles_of
from plate_llm_cli.secrets.policies import readers

if TYPE_CHECKING:
    from plate_llm_cli.secrets.access import Role
    from plate_llm_cli.secrets.openbao import OpenBao

EXAMPLE = """
plate-llm secrets access stg
plate-llm secrets access stg --format json
"""

Apply = Annotated[bool, typer.Option("--apply", help="Write what differs.")]


def access(
    env: parameters.Env,
    apply: Apply = False,
    dry_run: parameters.DryRun = False,
    yes: parameters.Yes = False,
    output_format: options.TextFormat = options.ListFormat.TEXT,
    address: parameters.Address = "",
    login: parameters.Login = None,
    proxy: parameters.Proxy = False,
    engine: options.Engine = None,
    root: options.Root = None,
    verbose: options.Verbose = False,
) -> None:
    """Print the auth roles that the stores of an environment log in with.

    Kubernetes, JWT or AppRole, as the stores say; each bound to its service account, with the
    policy of its name.
    """
    del verbose
    with Workspace(root, engine or "") as workspace:
        roles = _roles(workspace, env)
        if not apply:
            as_json = output_format is options.ListFormat.JSON
            write_out(roles_json(roles) if as_json else roles_text(roles))
            return
        with openbao(workspace, Access(address, login, proxy)) as (connection, bao):
            _apply(bao, roles, connection.address, yes=yes, dry_run=dry_run)


def _roles(workspace: Workspace, env: str) -> list[Role]:
    found: list[Role] = []
    place = workspace.release(env).place
    for reader in readers(deployed(workspace).secrets, place, whole_spec(workspace)):
        found += roles_of.roles(reader)
        for reason in roles_of.without_role(reader):
            say(f"warning: {reason}")
    return found


def _apply(bao: OpenBao, roles: list[Role], address: str, *, yes: bool, dry_run: bool) -> None:
    compared = [roles_of.compare(bao, role) for role in roles]
    write_out(role_differences_text(compared))
    changing = [item.role for item in compared if not item.same]
    if dry_run or not changing:
        return
    roles_in_words = "1 role" if len(changing) == 1 else f"{len(changing)} roles"
    if not confirm(f"Write {roles_in_words} to {address}?", yes=yes):
        return
    for role in changing:
        roles_of.write(bao, role)
        say(f"{role.path} is written")
        if role.role_id:
            say(f"its secret_id: bao write -wrap-ttl=10m -f {role.path}/secret-id")
