"""`plate-llm argocd sync`: let ArgoCD bring what Git says to the cluster, now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from plate_llm_cli import options
from plate_llm_cli.cluster.argocd.operations import existing
from plate_llm_cli.cluster.argocd.syncing import Wish, look_again, operation, sync
from plate_llm_cli.cluster.argocd.verdict import Goal
from plate_llm_cli.cluster.argocd.waiting import ask_to_look
from plate_llm_cli.commands.argocd.one_at_a_time import one_at_a_time
from plate_llm_cli.commands.argocd.until_up import Timeout, until_up
from plate_llm_cli.commands.cluster_access import Context, DryRun, Where, YesReally, clusters
from plate_llm_cli.commands.durations import seconds_of
from plate_llm_cli.commands.terminal import confirm
from plate_llm_cli.context import Workspace
from plate_llm_cli.errors import UsageError
from plate_llm_cli.output import screen_width, write_out
from plate_llm_cli.report.argocd_sync import (
    in_sync_text,
    pending_text,
    started_text,
    sync_json,
)
from plate_llm_cli.report.untrusted import one_line

if TYPE_CHECKING:
    from plate_llm_cli.cluster.argocd.application import LiveApplication
    from plate_llm_cli.cluster.argocd.operations import Started
    from plate_llm_cli.commands.cluster_access import Clusters

EXAMPLE = """
plate-llm argocd sync stg --dry-run
plate-llm argocd sync stg --wait
plate-llm argocd sync stg --resource Deployment/plate-llm-stg
"""

Revision = Annotated[
    str,
    typer.Option(
        metavar="REV",
        help="A commit, branch or tag. Default: the Application's targetRevision.",
        show_default=False,
    ),
]
Prune = Annotated[
    bool | None,
    typer.Option(
        "--prune/--no-prune",
        help="Remove what Git no longer has. Default: as the Application says.",
        show_default=False,
    ),
]
Resources = Annotated[
    list[str] | None,
    typer.Option(
        "--resource",
        metavar="KIND/NAME",
        help="Sync this object alone, without hooks; may be repeated.",
        show_default=False,
    ),
]
Wait = Annotated[bool, typer.Option("--wait", help="Then wait until it is Synced and Healthy.")]


def sync_(
    env: options.Env,
    revision: Revision = "",
    prune: Prune = None,
    resources: Resources = None,
    dry_run: DryRun = False,
    wait: Wait = False,
    timeout: Timeout = "5m",
    yes: options.Yes = False,
    output_format: options.TextFormat = options.ListFormat.TEXT,
    context: Context = "",
    yes_really: YesReally = False,
    root: options.Root = None,
    verbose: options.Verbose = False,
) -> None:
    """Let ArgoCD compare with Git again, and start a sync unless one runs.

    With automated sync on and nothing to change, no sync is started.
    """
    del verbose
    seconds = seconds_of(timeout, "--timeout")
    if wait and (revision or dry_run):
        other = "--dry-run" if dry_run else "--revision"
        raise UsageError(
            f"--wait and {other} do not go together", "--wait waits for the target revision"
        )
    wish = Wish(revision, prune, tuple(resources or ()))
    with Workspace(root) as workspace:
        release = workspace.release(env)
        with clusters(workspace, release, Where(context, yes_really), changes=not dry_run) as there:
            syncing = _Syncing(there, wish, output_format, dry_run=dry_run, wait=wait)
            with one_at_a_time(env):
                goal = syncing.begin(yes=yes)
            if wait and goal is not None:
                until_up(there, goal, seconds, output_format)


class _Syncing:
    """One sync of one Application, told as it goes."""

    def __init__(
        self,
        there: Clusters,
        wish: Wish,
        output_format: options.ListFormat,
        *,
        dry_run: bool,
        wait: bool,
    ) -> None:
        self._api, self._ref, self._wish = there.argocd, there.application, wish
        self._as_json = output_format is options.ListFormat.JSON
        self._dry_run, self._wait = dry_run, wait

    def begin(self, *, yes: bool) -> Goal | None:
        """Start it where there is a reason to; what to wait for, None where the person said no.

        Raises:
            BusyError: an operation runs.
            UsageError, ClusterError: it cannot be started.
        """
        live = existing(self._api, self._ref)
        operation(live, self._wish)  # what is wrong with it, beforehand
        if not self._dry_run:
            where = one_line(self._api.connection.context)
            if not confirm(f"Sync {one_line(str(self._ref))} in {where}?", yes=yes):
                return None
            live = look_again(self._api, self._ref)
        if live.automated and live.sync == "Synced" and self._wish.whole:
            self._tell(live, None)
            return ask_to_look(self._api, self._ref) if self._wait else None
        started = sync(self._api, self._ref, self._wish, dry_run=self._dry_run)
        self._tell(live, started)
        # What ArgoCD notes of the sync is in the same object: there is no status in between.
        return Goal(started.since, asked=True, syncing=True)

    def _tell(self, live: LiveApplication, started: Started | None) -> None:
        if self._as_json:
            if not self._wait:  # the end of the wait is the one result then
                write_out(sync_json(live, started, dry_run=self._dry_run))
            return
        if started is None:
            write_out(in_sync_text(live))
            return
        if self._dry_run:
            write_out(pending_text(live, screen_width()))
        write_out(started_text(started, dry_run=self._dry_run))
