"""`plate-llm secrets policy`: the least that OpenBao must allow."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from plate_llm_cli import options
from plate_llm_cli.commands.secrets import parameters
from plate_llm_cli.commands.secrets.deployed import deployed, whole_spec
from plate_llm_cli.commands.secrets.session import Access, confirm, openbao, spec_of
from plate_llm_cli.context import Workspace
from plate_llm_cli.errors import OpenBaoError
from plate_llm_cli.exit_codes import ExitCode
from plate_llm_cli.output import say, write_out
from plate_llm_cli.report.secrets_access import policies_json, policies_text, standing_text
from plate_llm_cli.secrets.policies import readers, seeder_policy

if TYPE_CHECKING:
    from plate_llm_cli.secrets.granting import Comparison
    from plate_llm_cli.secrets.openbao import OpenBao
    from plate_llm_cli.secrets.policies import Policy
    from plate_llm_cli.secrets.spec import Spec


class For(StrEnum):
    """Whose policies."""

    ALL = "all"
    READER = "reader"
    SEEDER = "seeder"


EXAMPLE = """
plate-llm secrets policy stg
plate-llm secrets policy stg --for reader --apply --dry-run
"""

Whose = Annotated[For, typer.Option("--for", help="Of External Secrets, of who seeds, or both.")]
Apply = Annotated[bool, typer.Option("--apply", help="Write what differs, and prove what it does.")]


def policy(
    env: parameters.Env,
    whose: Whose = For.ALL,
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
    """Print the policies that an environment needs: the paths that are read, and no others.

    With --apply they are written, and a token of a minute proves what each allows.
    """
    del verbose
    with Workspace(root, engine or "") as workspace:
        whole = whole_spec(workspace)
        policies = _policies(workspace, whole, env, whose)
        if not apply:
            as_json = output_format is options.ListFormat.JSON
            write_out(policies_json(policies) if as_json else policies_text(policies))
            return
        with openbao(workspace, Access(address, login, proxy)) as (connection, bao):
            written = _write(bao, policies, connection.address, yes=yes, dry_run=dry_run)
            if dry_run or not written:
                return
            failed = _prove(bao, policies, whole)
    if failed:
        raise typer.Exit(ExitCode.FINDINGS)


def _policies(workspace: Workspace, whole: Spec, env: str, whose: For) -> list[Policy]:
    spec = spec_of(workspace, whole, env)
    found = []
    if whose is not For.SEEDER:
        place = workspace.release(env).place
        for reader in readers(deployed(workspace).secrets, place, whole):
            found.append(reader.policy)
            for path in reader.unknown:
                say(f"warning: {path} is read and not in the spec: {reader.name} may not read it")
    if whose is not For.READER:
        found.append(seeder_policy(env, spec))
    return found


def _write(bao: OpenBao, policies: list[Policy], address: str, *, yes: bool, dry_run: bool) -> bool:
    """Show what differs, and write it; False when the person does not want it."""
    from plate_llm_cli.secrets import granting  # noqa: PLC0415 - loads hvac

    compared = granting.compare(bao, policies)
    write_out(standing_text(compared))
    changing: list[Comparison] = [
        item for item in compared if item.standing is not granting.Standing.SAME
    ]
    if dry_run or not changing:
        return not dry_run
    if not confirm(f"Write {_count(len(changing))} to {address}?", yes=yes):
        return False
    for item in changing:
        granting.write(bao, item.policy)
        say(f"{item.policy.name} is written")
    return True


def _prove(bao: OpenBao, policies: list[Policy], whole: Spec) -> bool:
    """Whether a policy allows something else than it should."""
    from plate_llm_cli.secrets import granting  # noqa: PLC0415 - loads hvac

    paths = [f"{path.place.mount}/data/{path.place.path}" for path in whole.paths]
    failed = False
    for item in policies:
        try:
            wrong = granting.prove(bao, item, paths)
        except OpenBaoError as error:
            say(f"warning: {item.name} is not proven: {error.message}")
            continue
        for line in wrong:
            say(f"wrong: {line}")
        failed = failed or bool(wrong)
        if not wrong:
            say(f"{item.name} is proven: what it should, and none of the other paths")
    return failed


def _count(number: int) -> str:
    return "1 policy" if number == 1 else f"{number} policies"
