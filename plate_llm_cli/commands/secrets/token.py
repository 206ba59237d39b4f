"""`plate-llm secrets token`: what the token may do, and for how long."""

from __future__ import annotations

from typing import Annotated

import typer

from plate_llm_cli import options
from plate_llm_cli.commands.openbao_access import Access, openbao
from plate_llm_cli.commands.secrets import parameters
from plate_llm_cli.context import Workspace
from plate_llm_cli.output import write_out
from plate_llm_cli.report.secrets_token import token_json, token_text

EXAMPLE = "plate-llm secrets token"

Renew = Annotated[bool, typer.Option("--renew", help="Let it live longer first, if it may.")]


def token(
    renew: Renew = False,
    output_format: options.TextFormat = options.ListFormat.TEXT,
    address: parameters.Address = "",
    login: parameters.Login = None,
    proxy: parameters.Proxy = False,
    root: options.Root = None,
    verbose: options.Verbose = False,
) -> None:
    """Show how long the token lives and which policies it has, and warn of what is risky."""
    del verbose
    with (
        Workspace(root) as workspace,
        openbao(workspace, Access(address, login, proxy)) as (connection, bao),
    ):
        facts = bao.renew() if renew else bao.token()
    if output_format is options.ListFormat.JSON:
        write_out(token_json(facts, connection.address))
    else:
        write_out(token_text(facts, connection))
