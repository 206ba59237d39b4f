"""`plate-llm secrets diff`: the keys of two environments, side by side."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from plate_llm_cli import options
from plate_llm_cli.commands.openbao_access import Access, openbao
from plate_llm_cli.commands.secrets import parameters
from plate_llm_cli.commands.secrets.session import spec_of, whole_spec
from plate_llm_cli.commands.secrets.writing import read_places
from plate_llm_cli.context import Workspace
from plate_llm_cli.errors import UsageError
from plate_llm_cli.exit_codes import ExitCode
from plate_llm_cli.output import screen_width, write_out
from plate_llm_cli.report.secrets_diff import Environments, differences_json, differences_text
from plate_llm_cli.secrets.lifecycle.differences import compare
from plate_llm_cli.secrets.lifecycle.pairing import pairs

if TYPE_CHECKING:
    from plate_llm_cli.secrets.lifecycle.differences import Comparison
    from plate_llm_cli.secrets.lifecycle.pairing import Pairing
    from plate_llm_cli.secrets.server.openbao import OpenBao

EXAMPLE = """
plate-llm secrets diff stg prod
plate-llm secrets diff stg prod --format json
"""

EnvA = Annotated[
    str,
    typer.Argument(
        metavar="ENV_A",
        help="An Application, or its short name.",
        autocompletion=options.complete_env,
    ),
]
EnvB = Annotated[
    str,
    typer.Argument(
        metavar="ENV_B", help="The one to compare it with.", autocompletion=options.complete_env
    ),
]


def diff(
    env_a: EnvA,
    env_b: EnvB,
    output_format: options.TextFormat = options.ListFormat.TEXT,
    address: parameters.Address = "",
    login: parameters.Login = None,
    proxy: parameters.Proxy = False,
    root: options.Root = None,
    verbose: options.Verbose = False,
) -> None:
    """Show which keys two environments have, and their ages; exit 1 where they differ.

    Values are compared for keys alone that the spec marks environmentBound: the same value in
    both is a fault. Paths belong together by their role, or when they differ in one segment.
    """
    del verbose
    with Workspace(root) as workspace:
        pairing = _pairing(workspace, env_a, env_b)
        with openbao(workspace, Access(address, login, proxy)) as (connection, bao):
            found = _compare(bao, pairing)
    of = Environments(env_a, env_b, datetime.now(UTC))
    if output_format is options.ListFormat.JSON:
        write_out(differences_json(found, of, connection.address))
    else:
        write_out(differences_text(found, of, screen_width()))
    if found.differences or found.same_values:
        raise typer.Exit(ExitCode.FINDINGS)


def _pairing(workspace: Workspace, env_a: str, env_b: str) -> Pairing:
    if workspace.release(env_a).place == workspace.release(env_b).place:
        raise UsageError(f"{env_a} and {env_b} are one environment", "name two to compare")
    whole = whole_spec(workspace)
    return pairs(spec_of(workspace, whole, env_a), spec_of(workspace, whole, env_b))


def _compare(bao: OpenBao, pairing: Pairing) -> Comparison:
    places = [path.place for pair in pairing.pairs for path in pair]
    return compare(bao, pairing, read_places(bao, places))
