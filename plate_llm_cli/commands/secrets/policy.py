"""`plate-llm secrets policy`: the least that OpenBao must allow."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from plate_llm_cli import options
from plate_llm_cli.commands.openbao_access import Access, openbao
from plate_llm_cli.commands.secrets import parameters
from plate_llm_cli.commands.secrets.granted import Granted, require_apply, warn
from plate_llm_cli.commands.terminal import confirm
from plate_llm_cli.context import Workspace
from plate_llm_cli.exit_codes import ExitCode
from plate_llm_cli.output import say, write_out
from plate_llm_cli.report.secrets_policy import (
    granted_json,
    policies_json,
    policies_text,
    proof_text,
    standing_text,
)
from plate_llm_cli.secrets.privileges.policies import reader_policy, seeder_policy

if TYPE_CHECKING:
    from plate_llm_cli.secrets.privileges.granting import Comparison
    from plate_llm_cli.secrets.privileges.policies import Policy
    from plate_llm_cli.secrets.server.openbao import OpenBao


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
    env: options.Env,
    whose: Whose = For.ALL,
    apply: Apply = False,
    dry_run: parameters.DryRun = False,
    yes: options.Yes = False,
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
    require_apply(apply=apply, yes=yes)
    as_json = output_format is options.ListFormat.JSON
    with Workspace(root, engine or "") as workspace:
        granted = Granted(workspace, env)
        policies = _policies(granted, whose, strict=apply)
        if not apply:
            write_out(policies_json(policies) if as_json else policies_text(policies))
            return
        with openbao(workspace, Access(address, login, proxy)) as (_, bao):
            proven = _Applying(bao, granted, as_json).carry_out(policies, yes=yes, dry_run=dry_run)
    if not proven:
        raise typer.Exit(ExitCode.FINDINGS)


def _policies(granted: Granted, whose: For, *, strict: bool) -> list[Policy]:
    found = []
    if whose is not For.SEEDER:
        found += [reader_policy(reader) for reader in granted.readers(strict=strict)]
    if whose is not For.READER:
        found.append(seeder_policy(granted.env, granted.spec))
    return found


class _Applying:
    """Writes policies and proves them."""

    def __init__(self, bao: OpenBao, granted: Granted, as_json: bool) -> None:
        from plate_llm_cli.secrets.privileges import granting  # noqa: PLC0415 - loads hvac

        self._granting = granting
        self._bao = bao
        self._granted = granted
        self._as_json = as_json

    def carry_out(self, policies: list[Policy], *, yes: bool, dry_run: bool) -> bool:
        """Whether every policy that was written, or was there, allows what it should."""
        compared = self._granting.compare(self._bao, policies)
        if not self._as_json:
            write_out(standing_text(compared))
        wanted = not dry_run and self._write(compared, yes=yes)
        whole = self._granted.whole
        proofs = [self._granting.prove(self._bao, item, whole) for item in policies if wanted]
        for proof in proofs:
            for line in proof_text(proof):
                say(line)
        if self._as_json:
            write_out(granted_json(compared, proofs, written=wanted))
        return not any(proof.wrong for proof in proofs)

    def _write(self, compared: list[Comparison], *, yes: bool) -> bool:
        """Write what differs; False when the person does not want it."""
        same = self._granting.Standing.SAME
        changing = [item for item in compared if item.standing is not same]
        if not changing:
            return True
        self._granting.require(self._bao, changing)
        address = self._bao.connection.address
        if not confirm(f"Write {_count(len(changing))} to {address}?", yes=yes):
            return False
        for item in changing:
            if not item.policy.grants:
                warn(f"{item.policy.name} allows nothing: nothing that is read is in the spec")
            self._granting.write(self._bao, item.policy)
            say(f"{item.policy.name} is written")
        return True


def _count(number: int) -> str:
    return "1 policy" if number == 1 else f"{number} policies"
