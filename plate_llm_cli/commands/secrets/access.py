"""`plate-llm secrets access`: the auth roles of External Secrets, and of who seeds."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from plate_llm_cli import options
from plate_llm_cli.commands.openbao_access import Access, openbao
from plate_llm_cli.commands.secrets import parameters
from plate_llm_cli.commands.secrets.granted import Granted, require_apply, warn
from plate_llm_cli.commands.secrets.granting_roles import ApplyingRoles
from plate_llm_cli.context import Workspace
from plate_llm_cli.errors import UsageError
from plate_llm_cli.output import write_out
from plate_llm_cli.report.secrets_access import roles_json, roles_text
from plate_llm_cli.secrets.backups.private_files import private_destination
from plate_llm_cli.secrets.privileges.access import notes, roles
from plate_llm_cli.secrets.privileges.policies import seeder_name
from plate_llm_cli.secrets.privileges.seeder_access import Terms, networks, seconds, seeder_role

if TYPE_CHECKING:
    from plate_llm_cli.secrets.privileges.access import Role


class Whose(StrEnum):
    """Whose roles."""

    READER = "reader"
    SEEDER = "seeder"


class Method(StrEnum):
    """Auth methods that can be set up."""

    KUBERNETES = "kubernetes"
    JWT = "jwt"
    APPROLE = "approle"


EXAMPLE = """
plate-llm secrets access stg
plate-llm secrets access stg --apply --dry-run
plate-llm secrets access stg --for seeder --apply --secret-id-file ../stg.secret-id
"""
_SEEDER = "Who seeds"

For = Annotated[Whose, typer.Option("--for", help="Of External Secrets, or of who seeds.")]
Apply = Annotated[bool, typer.Option("--apply", help="Write what differs, and read it back.")]
AuthMethod = Annotated[
    Method | None,
    typer.Option(
        "--method",
        help="The stores' roles of this method only; for who seeds, theirs. "
        "Default: all; approle for who seeds.",
        show_default=False,
    ),
]
Mount = Annotated[
    str,
    typer.Option(
        "--mount",
        metavar="PATH",
        rich_help_panel=_SEEDER,
        help="Where the method is mounted. Default: its name.",
        show_default=False,
    ),
]
Subject = Annotated[
    str,
    typer.Option(
        "--subject",
        metavar="NAME",
        rich_help_panel=_SEEDER,
        help="jwt: the claim `sub`; kubernetes: namespace/name of the service account.",
        show_default=False,
    ),
]
Audience = Annotated[
    str,
    typer.Option(
        "--audience",
        metavar="NAME",
        rich_help_panel=_SEEDER,
        help="jwt, kubernetes: whom the token is for, its claim `aud`.",
        show_default=False,
    ),
]
Cidr = Annotated[
    list[str] | None,
    typer.Option(
        "--cidr",
        metavar="NETWORK",
        rich_help_panel=_SEEDER,
        help="From where it may log in and seed; may be repeated. Default: anywhere.",
        show_default=False,
    ),
]
SecretIdTtl = Annotated[
    str,
    typer.Option(
        "--secret-id-ttl",
        metavar="TIME",
        rich_help_panel=_SEEDER,
        help="approle: how long a secret_id works, as 10m, 1h or 90d; 0 is for ever.",
    ),
]
SecretIdUses = Annotated[
    int,
    typer.Option(
        "--secret-id-uses",
        metavar="NUMBER",
        min=0,
        rich_help_panel=_SEEDER,
        help="approle: how often a secret_id works; 0 is without limit.",
    ),
]
SecretIdFile = Annotated[
    Path | None,
    typer.Option(
        "--secret-id-file",
        metavar="FILE",
        rich_help_panel=_SEEDER,
        help="approle: write a new secret_id to FILE, wrapped: it can be fetched once, "
        "for 10 minutes.",
        show_default=False,
    ),
]


def access(
    env: options.Env,
    whose: For = Whose.READER,
    method: AuthMethod = None,
    apply: Apply = False,
    dry_run: parameters.DryRun = False,
    yes: options.Yes = False,
    mount: Mount = "",
    subject: Subject = "",
    audience: Audience = "",
    cidr: Cidr = None,
    secret_id_ttl: SecretIdTtl = "1h",  # noqa: S107 - a time
    secret_id_uses: SecretIdUses = 1,
    secret_id_file: SecretIdFile = None,
    output_format: options.TextFormat = options.ListFormat.TEXT,
    address: parameters.Address = "",
    login: parameters.Login = None,
    proxy: parameters.Proxy = False,
    engine: options.Engine = None,
    root: options.Root = None,
    verbose: options.Verbose = False,
) -> None:
    """Print the auth roles that the stores of an environment log in with, or that of who seeds.

    Each is bound to its service account, subject or secret_id, and has the one policy that
    `secrets policy` makes for it.
    """
    del verbose
    require_apply(apply=apply, yes=yes)
    as_json = output_format is options.ListFormat.JSON
    ttl = seconds(secret_id_ttl, "--secret-id-ttl")
    terms = Terms(subject, audience, networks(cidr or []), ttl, secret_id_uses)
    if whose is Whose.READER:
        _refuse_terms(terms, mount, secret_id_file)
    target = _target(secret_id_file, method, apply=apply) if secret_id_file else None
    with Workspace(root, engine or "") as workspace:
        granted = Granted(workspace, env)
        if whose is Whose.READER:
            found = _of_stores(granted, method, strict=apply)
        else:
            chosen = method or Method.APPROLE
            found = [seeder_role(seeder_name(granted.env), chosen.value, mount.strip("/"), terms)]
        if not apply:
            write_out(roles_json(found) if as_json else roles_text(found))
            return
        with openbao(workspace, Access(address, login, proxy)) as (_, bao):
            applying = ApplyingRoles(bao, granted.env, as_json, target)
            applying.carry_out(found, yes=yes, dry_run=dry_run)


def _refuse_terms(terms: Terms, mount: str, secret_id_file: Path | None) -> None:
    """The stores say on which terms External Secrets logs in.

    Raises:
        UsageError: there are others.
    """
    if mount or secret_id_file or terms != Terms():
        hint = "add --for seeder, or say it in the stores of the charts"
        raise UsageError("that option is for who seeds: the stores say how they log in", hint)


def _target(file: Path, method: Method | None, *, apply: bool) -> Path:
    """Where the secret_id goes.

    Raises:
        UsageError: there is none to write, or it would lie in a Git work tree.
    """
    if not apply or method not in (None, Method.APPROLE):
        raise UsageError("--secret-id-file goes with --apply and approle")
    return private_destination(file)


def _of_stores(granted: Granted, method: Method | None, *, strict: bool) -> list[Role]:
    found: list[Role] = []
    for reader in granted.readers(strict=strict):
        for note in notes(reader):
            warn(note)
        found += roles(reader)
    if method is None:
        return found
    chosen = [role for role in found if role.method == method.value]
    if not chosen:
        used = ", ".join(dict.fromkeys(role.method for role in found)) or "no role at all"
        hint = f"they use {used}; the role of who seeds: --for seeder"
        raise UsageError(f"no store of {granted.env} logs in by {method.value}", hint)
    return chosen
