"""`plate-llm secrets age`: how old the values are, and which have to be rotated."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from plate_llm_cli import options
from plate_llm_cli.commands.openbao_access import Access
from plate_llm_cli.commands.secrets import parameters
from plate_llm_cli.commands.secrets.session import session
from plate_llm_cli.commands.secrets.writing import read_all
from plate_llm_cli.exit_codes import ExitCode
from plate_llm_cli.output import screen_width, write_out
from plate_llm_cli.report.secrets_age import ages_json, ages_text
from plate_llm_cli.secrets.lifecycle.ages import KeyAge, ages_of

if TYPE_CHECKING:
    from plate_llm_cli.commands.secrets.session import Session

EXAMPLE = """
plate-llm secrets age stg
plate-llm secrets age prod --format json
"""

All = Annotated[bool, typer.Option("--all", help="Also list keys without a rotation period.")]


def age(
    env: options.Env,
    every: All = False,
    output_format: options.TextFormat = options.ListFormat.TEXT,
    address: parameters.Address = "",
    login: parameters.Login = None,
    proxy: parameters.Proxy = False,
    root: options.Root = None,
    verbose: options.Verbose = False,
) -> None:
    """Show when each key was changed last and is due; exit 1 when one is past its period.

    Told from the versions that OpenBao keeps: a key whose value is the same in all of them is at
    least as old as the oldest.
    """
    del verbose
    with session(root, env, Access(address, login, proxy)) as opened:
        as_json = output_format is options.ListFormat.JSON
        found = _ages(opened, every=every or as_json)
        if as_json:
            write_out(ages_json(found, env, opened.connection.address))
        else:
            write_out(ages_text(found, env, screen_width(), every=every))
    if any(key.overdue for key in found):
        raise typer.Exit(ExitCode.FINDINGS)


def _ages(opened: Session, *, every: bool) -> list[KeyAge]:
    """The keys of the environment; without `every` the age of those with a period alone."""
    stored, now = read_all(opened), datetime.now(UTC)
    found: list[KeyAge] = []
    for path in opened.spec.paths:
        wanted = [name for name, key in path.keys.items() if every or key.rotation]
        ages = ages_of(opened.bao, path.place, stored[path.place], wanted)
        found += [KeyAge(key, ages.get(name), now) for name, key in path.keys.items()]
    return found
