"""`plate-llm argocd wait`: until an Application has come up, or never will."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Annotated

import typer

from plate_llm_cli import options
from plate_llm_cli.cluster.argocd.application import short
from plate_llm_cli.cluster.argocd.waiting import ask_to_look, deadline
from plate_llm_cli.commands.argocd.until_up import Timeout, until_up
from plate_llm_cli.commands.cluster_access import Context, Where, YesReally, clusters
from plate_llm_cli.commands.durations import seconds_of
from plate_llm_cli.context import Workspace
from plate_llm_cli.gitops.git import commit_of
from plate_llm_cli.gitops.unpublished import is_unpushed
from plate_llm_cli.output import say

EXAMPLE = """
plate-llm argocd wait stg
plate-llm argocd wait stg --revision "$GIT_COMMIT" --timeout 10m
"""

Revision = Annotated[
    str,
    typer.Option(
        metavar="REV",
        help="The commit that has to be deployed: a full hash, or what Git here calls it.",
        show_default=False,
    ),
]


def wait(
    env: options.Env,
    timeout: Timeout = "5m",
    revision: Revision = "",
    output_format: options.TextFormat = options.ListFormat.TEXT,
    context: Context = "",
    yes_really: YesReally = False,
    root: options.Root = None,
    verbose: options.Verbose = False,
) -> None:
    """Wait until an Application is Synced and Healthy, and fail as soon as it cannot become so.

    ArgoCD is asked to look at Git again, and what it said before that does not count.
    """
    del verbose
    seconds = seconds_of(timeout, "--timeout")
    with Workspace(root) as workspace:
        release = workspace.release(env)
        commit = commit_of(workspace.root, revision) if revision else ""
        if commit and is_unpushed(workspace.root, commit):
            say(f"warning: {short([commit])} is on no remote branch that Git here knows: git push?")
        with clusters(workspace, release, Where(context, yes_really), changes=False) as reached:
            end = time.monotonic() + seconds
            with deadline(reached.argocd, end):
                goal = ask_to_look(reached.argocd, reached.application)
            if not goal.asked:
                say("ArgoCD may not be asked to look again: waiting for it to look by itself")
            left = max(end - time.monotonic(), 0.0)
            until_up(reached, replace(goal, revision=commit), left, output_format)
