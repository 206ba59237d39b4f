"""`plate-llm secrets copy`: values of one environment for another."""

from __future__ import annotations

from typing import Annotated

import typer

from plate_llm_cli import options
from plate_llm_cli.commands.secrets import parameters
from plate_llm_cli.commands.secrets.session import Access, session, spec_of
from plate_llm_cli.commands.secrets.writing import Writing, read_all, read_places, show
from plate_llm_cli.errors import UsageError
from plate_llm_cli.output import say
from plate_llm_cli.secrets.copying import Choice, candidates
from plate_llm_cli.secrets.gathering import require_values
from plate_llm_cli.secrets.inputs import resolve_names
from plate_llm_cli.secrets.pairing import pairs
from plate_llm_cli.secrets.plan import Planner, Wishes

EXAMPLE = """
plate-llm secrets copy stg prod --dry-run
plate-llm secrets copy stg prod --dry-run --exclude harbor/production#*
"""

Source = Annotated[
    str,
    typer.Argument(
        metavar="ENV_A", help="Where values come from.", autocompletion=options.complete_env
    ),
]
Target = Annotated[
    str,
    typer.Argument(metavar="ENV_B", help="Where they go to.", autocompletion=options.complete_env),
]
Exclude = Annotated[
    list[str] | None,
    typer.Option(
        metavar="KEY",
        help="Leave a key out, as ENV_B names it: path#key, path#*, or KEY; may be repeated.",
        show_default=False,
    ),
]
Include = Annotated[
    list[str] | None,
    typer.Option(
        metavar="KEY",
        help="Copy a key that is generated, which is left out otherwise; may be repeated.",
        show_default=False,
    ),
]


def copy(
    env_a: Source,
    env_b: Target,
    exclude: Exclude = None,
    include: Include = None,
    overwrite: parameters.Overwrite = None,
    dry_run: parameters.DryRun = False,
    yes: parameters.Yes = False,
    address: parameters.Address = "",
    login: parameters.Login = None,
    proxy: parameters.Proxy = False,
    root: options.Root = None,
    quiet: parameters.Quiet = False,
    verbose: options.Verbose = False,
) -> None:
    """Copy values from one environment to another; what is there stays.

    Keys that the spec marks environmentBound never go; generated ones only when they are named.
    """
    del verbose
    with session(root, env_b, Access(address, login, proxy)) as opened:
        source = spec_of(opened.workspace, opened.whole, env_a)
        pairing = pairs(source, opened.spec)
        if not pairing.pairs:
            raise UsageError(f"no path of {env_a} is the counterpart of one of {env_b}")
        choice = Choice(
            frozenset(resolve_names(exclude or [], opened.spec)),
            frozenset(resolve_names(include or [], opened.spec)),
            frozenset(resolve_names(overwrite or [], opened.spec)),
        )
        theirs = read_places(opened.bao, [one.place for one, _ in pairing.pairs], quiet=quiet)
        planner = Planner(
            opened.spec,
            read_all(opened, quiet=quiet),
            Wishes(choice.overwrite),
            candidates(opened.spec, pairing, theirs, choice),
        )
        plan = planner.plan()
        if dry_run:
            show(plan)
            return
        require_values(plan, hint="--exclude leaves them out")
        if not quiet:
            say(f"from {env_a} to {env_b}")
        Writing(opened, planner, quiet).carry_out(plan, yes=yes)
