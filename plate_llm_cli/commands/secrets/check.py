"""`plate-llm secrets check`: whether every secret that is read has a source."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from plate_llm_cli import checking, options
from plate_llm_cli.commands import cluster_access
from plate_llm_cli.commands.openbao_access import Access
from plate_llm_cli.commands.secrets import parameters
from plate_llm_cli.commands.secrets.live_check import LiveCheck
from plate_llm_cli.commands.secrets.session import whole_spec
from plate_llm_cli.context import Workspace
from plate_llm_cli.errors import UsageError
from plate_llm_cli.exit_codes import ExitCode
from plate_llm_cli.output import say, screen_width, write_out
from plate_llm_cli.report.secrets_chains import chains_text
from plate_llm_cli.secrets.loading import load_spec

if TYPE_CHECKING:
    from collections.abc import Sequence

    from plate_llm_cli.findings import Finding
    from plate_llm_cli.graph.deployment import Deployment
    from plate_llm_cli.report.base import Report
    from plate_llm_cli.rules.base import Rule

EXAMPLE = """
plate-llm secrets check stg
plate-llm secrets check stg --live
plate-llm secrets check stg --live --no-cluster
"""

_ALSO = ("render-failed", "invalid-yaml", "internal-error")
"""Rules beside those of secrets: what is not rendered reads nothing, and would pass."""

Live = Annotated[
    bool,
    typer.Option(
        "--live",
        help="Also look into OpenBao and the cluster: names, whether values fit, what has arrived.",
    ),
]
NoCluster = Annotated[
    bool,
    typer.Option(
        "--no-cluster",
        rich_help_panel=cluster_access.PANEL,
        help="With --live: look into OpenBao alone.",
    ),
]


def check(
    env: options.Env,
    live: Live = False,
    output_format: Annotated[
        options.ReportFormat, typer.Option("--format", help="How to print findings.")
    ] = options.ReportFormat.TEXT,
    output: options.Output = None,
    address: parameters.Address = "",
    login: parameters.Login = None,
    proxy: parameters.Proxy = False,
    no_cluster: NoCluster = False,
    context: cluster_access.Context = "",
    namespace: cluster_access.Namespace = "",
    yes_really: cluster_access.YesReally = False,
    engine: options.Engine = None,
    root: options.Root = None,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
) -> None:
    """Check that every secret which the deployment reads has a source, down to path and key.

    Without --live against the secrets spec alone, as in CI. With it, also in OpenBao, in the
    ExternalSecrets and in the Secrets of the cluster. Exit 1 when something is missing.
    """
    del verbose
    where = cluster_access.Where(context, yes_really)
    if (context or namespace or yes_really) and (no_cluster or not live):
        message = "--context, --namespace and --yes-really are about the cluster, which is left out"
        raise UsageError(message, "leave out --no-cluster" if live else "add --live")
    live_check = None
    with Workspace(root, engine or "") as workspace:
        deployment, report = _examine(workspace, env)
        _warn_without_spec(workspace)
        if live:
            live_check = LiveCheck(workspace, env, deployment, report.environments)
            live_check.openbao(whole_spec(workspace), Access(address, login, proxy))
            if not no_cluster:
                live_check.cluster(where, namespace)
            report = replace(report, findings=(*report.findings, *live_check.found))
        chains = deployment.secrets.at(workspace.release(env).place)
    if chains and output_format is options.ReportFormat.TEXT and output is None and not quiet:
        write_out(chains_text(chains, screen_width()) + "\n")
    checking.write_report(report, output_format.value, output, quiet=quiet)
    if live_check is not None:
        live_check.raise_refusal()
    if checking.fails(report, "error"):
        raise typer.Exit(ExitCode.FINDINGS)


def _examine(workspace: Workspace, env: str) -> tuple[Deployment, Report]:
    """All releases are rendered, since Secrets may come from any; what is about ENV is kept."""
    here = tuple(release.name for release in workspace.environment(env))
    render_options = replace(workspace.render_options(), provenance=True, nested=True)
    deployment, report = checking.examine(workspace, workspace.releases, _rules, render_options)
    kept = [item for item in report.findings if _concerns(item, here)]
    return deployment, replace(report, findings=tuple(kept), environments=here)


def _warn_without_spec(workspace: Workspace) -> None:
    """Without a spec the rules have nothing to hold the deployment against, and all is well."""
    loaded = load_spec(workspace.tree, workspace.settings.secrets)
    if loaded.file is None:
        say(f"warning: there is no {loaded.path}: what is read is shown, and nothing is checked")
        say("  plate-llm secrets spec --write makes a first one from the charts")


def _rules() -> Sequence[Rule]:
    from plate_llm_cli.rules.registry import RULES  # noqa: PLC0415 - see checking.py

    return [rule for rule in RULES if ".secrets." in type(rule).__module__ or rule.id in _ALSO]


def _concerns(finding: Finding, here: Sequence[str]) -> bool:
    return not finding.environments or bool(set(finding.environments) & set(here))
