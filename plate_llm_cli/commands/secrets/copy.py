"""`plate-llm secrets copy`: values of one environment for another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from plate_llm_cli import options
from plate_llm_cli.commands.openbao_access import Access
from plate_llm_cli.commands.secrets import parameters
from plate_llm_cli.commands.secrets.consent import require_consent
from plate_llm_cli.commands.secrets.session import session, spec_of
from plate_llm_cli.commands.secrets.writing import Writing, read_all, read_places, show
from plate_llm_cli.errors import UsageError
from plate_llm_cli.output import say
from plate_llm_cli.report.secrets_copy import no_place
from plate_llm_cli.secrets.gathering import refuse_deleted, require_values
from plate_llm_cli.secrets.key_names import ALL_KEYS
from plate_llm_cli.secrets.lifecycle.copying import Choice, Copy
from plate_llm_cli.secrets.lifecycle.pairing import pairs
from plate_llm_cli.secrets.lifecycle.staleness import stale_keys
from plate_llm_cli.secrets.plan import Planner, Wishes
from plate_llm_cli.secrets.values.inputs import resolve_names

if TYPE_CHECKING:
    from plate_llm_cli.commands.secrets.session import Session
    from plate_llm_cli.secrets.lifecycle.pairing import Pairing
    from plate_llm_cli.secrets.spec import Spec

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
    yes: options.Yes = False,
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
        pairing = _pairing(opened, env_a)
        choice = _choice(opened.spec, exclude or [], include or [], overwrite or [])
        theirs = read_places(opened.bao, [one.place for one, _ in pairing.pairs], quiet=quiet)
        copied = Copy(opened.spec, pairing, theirs, choice)
        planner = _planner(opened, copied, overwrite or [], quiet=quiet)
        for line in no_place(copied, env_a, env_b):
            say(f"warning: {line}")
        plan = planner.plan()
        if dry_run:
            show(plan)
        refuse_deleted(plan, planner.wishes)
        require_values(plan)
        if not dry_run:
            changed = [path.spec for path in plan.paths if path.changes]
            require_consent(opened, changed, yes=yes)
            purpose = f"Copy this from {env_a} to {env_b} at"
            Writing(opened, planner, quiet, purpose=purpose).carry_out(plan, yes=yes)


def _pairing(opened: Session, env_a: str) -> Pairing:
    """The paths of both environments; those of `env_a` stand first.

    Raises:
        UsageError: there is nothing that could be copied.
    """
    env_b, release = opened.env, opened.workspace.release
    if release(env_a).place == release(env_b).place:
        raise UsageError(f"{env_a} and {env_b} are one environment", "name two")
    pairing = pairs(spec_of(opened.workspace, opened.whole, env_a), opened.spec)
    if not pairing.pairs:
        hint = "give the paths that are there for the same thing one `role` in the secrets spec"
        raise UsageError(f"no path of {env_a} is the counterpart of one of {env_b}", hint)
    return pairing


def _choice(spec: Spec, exclude: list[str], include: list[str], overwrite: list[str]) -> Choice:
    one_by_one = [name for name in [*include, *overwrite] if not name.endswith(ALL_KEYS)]
    return Choice(
        frozenset(resolve_names(exclude, spec)),
        frozenset(resolve_names(include, spec)),
        frozenset(resolve_names(one_by_one, spec)),
    )


def _planner(opened: Session, copied: Copy, overwrite: list[str], *, quiet: bool) -> Planner:
    candidates = copied.candidates()
    # `path#*` means those of its keys that go at all.
    going = {address for address, candidate in candidates.items() if candidate.value is not None}
    overwritten = frozenset(going.intersection(resolve_names(overwrite, opened.spec)))
    stored = read_all(opened, quiet=quiet)
    # What a run that broke off has not made anew yet.
    stale = stale_keys(opened.spec, stored, opened.bao)
    return Planner(opened.spec, stored, Wishes(overwritten, stale=stale), candidates)
