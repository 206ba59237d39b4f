"""`plate-llm argocd rollback`: back to what was deployed before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from plate_llm_cli import options
from plate_llm_cli.cluster.argocd.operations import existing, require_idle
from plate_llm_cli.cluster.argocd.rollback import Wish, patch, roll_back, target
from plate_llm_cli.commands.argocd.one_at_a_time import one_at_a_time
from plate_llm_cli.commands.cluster_access import Context, DryRun, Where, YesReally, clusters
from plate_llm_cli.commands.terminal import confirm
from plate_llm_cli.context import Workspace
from plate_llm_cli.errors import UsageError
from plate_llm_cli.output import say, screen_width, write_out
from plate_llm_cli.report.argocd_sync import (
    entry_text,
    history_json,
    history_text,
    started_text,
    sync_json,
)
from plate_llm_cli.report.untrusted import one_line

if TYPE_CHECKING:
    from plate_llm_cli.commands.cluster_access import Clusters

EXAMPLE = """
plate-llm argocd rollback stg --list
plate-llm argocd rollback stg --disable-auto-sync
plate-llm argocd rollback stg 4 --dry-run
"""

Id = Annotated[
    int | None,
    typer.Argument(
        metavar="[ID]",
        help="Where to go back to, as --list shows it. Default: what was there before.",
        show_default=False,
    ),
]
List = Annotated[bool, typer.Option("--list", help="Show what was deployed, and change nothing.")]
Prune = Annotated[bool, typer.Option("--prune", help="Remove what was not there then.")]
Disable = Annotated[
    bool,
    typer.Option(
        "--disable-auto-sync", help="Switch automated sync off, which would undo the rollback."
    ),
]


def rollback(
    env: options.Env,
    entry: Id = None,
    listing: List = False,
    prune: Prune = False,
    disable: Disable = False,
    dry_run: DryRun = False,
    yes: options.Yes = False,
    output_format: options.TextFormat = options.ListFormat.TEXT,
    context: Context = "",
    yes_really: YesReally = False,
    root: options.Root = None,
    verbose: options.Verbose = False,
) -> None:
    """Let ArgoCD deploy once more what it deployed before.

    The lasting way is to revert the change in Git; a rollback is for when that takes too long.
    """
    del verbose
    as_json = output_format is options.ListFormat.JSON
    if listing and (entry is not None or dry_run or disable or prune):
        raise UsageError("--list changes nothing", "leave the other options and ID out")
    changes = not (listing or dry_run)
    wish = Wish(entry, prune, disable)
    with Workspace(root) as workspace:
        release = workspace.release(env)
        with clusters(workspace, release, Where(context, yes_really), changes=changes) as there:
            if listing:
                live = existing(there.argocd, there.application)
                write_out(history_json(live) if as_json else history_text(live, screen_width()))
                return
            with one_at_a_time(env):
                _roll_back(there, wish, yes=yes, dry_run=dry_run, as_json=as_json)


def _roll_back(there: Clusters, wish: Wish, *, yes: bool, dry_run: bool, as_json: bool) -> None:
    """Say where to, ask on a terminal, and start it.

    Raises:
        BusyError: an operation runs.
        UsageError, ClusterError: it cannot be started.
    """
    live = existing(there.argocd, there.application)
    patch(live, wish)  # what is wrong with it, beforehand
    require_idle(live)
    deployed = target(live, wish.id)
    name, where = one_line(str(live.ref)), one_line(there.argocd.connection.context)
    question = f"Roll {name} in {where} back to {entry_text(deployed)}?"
    if not dry_run and not confirm(question, yes=yes):
        return
    # By its number: what was there before may be something else by now.
    wanted = Wish(deployed.id, wish.prune, wish.disable_auto_sync)
    started = roll_back(there.argocd, there.application, wanted, dry_run=dry_run)
    if as_json:
        write_out(sync_json(live, started, dry_run=dry_run))
    else:
        write_out(f"back to {entry_text(deployed)}\n{started_text(started, dry_run=dry_run)}")
    if dry_run:
        return
    if live.automated:
        say(f"warning: automated sync of {name} is OFF now: what is pushed is not deployed")
        say(f"hint: plate-llm argocd apply {one_line(live.ref.name)} switches it on again")
    say("note: Git still says otherwise; git revert makes it last")
