"""`plate-llm doctor`: the operator's own machine and access, and what to do about it."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from plate_llm_cli import options
from plate_llm_cli.commands.cluster_access import Context, Where, YesReally, clusters
from plate_llm_cli.context import Workspace
from plate_llm_cli.doctor.checks import Findings, State
from plate_llm_cli.doctor.exposure import look_at_ingresses
from plate_llm_cli.doctor.machine import look_at_git, look_at_machine
from plate_llm_cli.doctor.openbao import look_at_openbao
from plate_llm_cli.errors import RootError
from plate_llm_cli.exit_codes import ExitCode
from plate_llm_cli.output import screen_width, write_out
from plate_llm_cli.report.doctor import doctor_json, doctor_text
from plate_llm_cli.report.text import wants_color
from plate_llm_cli.secrets.loading import load_spec

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.graph.manifests import Manifest
    from plate_llm_cli.secrets.addresses import Place

app = typer.Typer(add_completion=False)

EXAMPLE = """
plate-llm doctor
plate-llm doctor stg
"""

Env = Annotated[
    str | None,
    typer.Argument(
        metavar="ENV",
        help="An Application, or its short name: look at its cluster, OpenBao and host too.",
        autocompletion=options.complete_env,
        show_default=False,
    ),
]


@app.command(epilog=EXAMPLE)
def doctor(
    env: Env = None,
    output_format: options.TextFormat = options.ListFormat.TEXT,
    context: Context = "",
    yes_really: YesReally = False,
    root: options.Root = None,
    verbose: options.Verbose = False,
) -> None:
    """Check this machine and what it can reach; each line says ok, or what to do.

    Without ENV the machine, Git and OpenBao. Nothing is changed anywhere. Exit 1 when something
    does not work.
    """
    del verbose
    with Workspace(root) as workspace:
        if env:
            workspace.release(env)  # a typo ends it before anything is asked
        where = Where(context, yes_really)
        lines = [line for found in _areas(workspace, env, where) for line in found.lines]
    if output_format is options.ListFormat.JSON:
        write_out(doctor_json(lines))
    else:
        write_out(doctor_text(lines, screen_width(), color=wants_color(sys.stdout)))
    if any(line.state is State.FAIL for line in lines):
        raise typer.Exit(ExitCode.FINDINGS)


def _areas(workspace: Workspace, env: str | None, where: Where) -> Iterator[Findings]:
    yield look_at_machine()
    try:
        sources = [item for found in workspace.releases for item in found.application.sources]
    except RootError:
        sources = []
    yield look_at_git(workspace.root, sources, workspace.settings.repo_url)
    charts = Findings("charts")
    manifests: list[Manifest] = []
    if env:
        with charts.failing("rendering"):
            manifests = _rendered(workspace, env)
        yield charts
        yield _cluster(workspace, env, where, manifests)
    yield _openbao(workspace, env)
    if env and not charts.lines:
        yield look_at_ingresses(manifests)


def _rendered(workspace: Workspace, env: str) -> list[Manifest]:
    deployment = workspace.build(workspace.environment(env), workspace.render_options())
    return list(deployment.manifests)


def _cluster(workspace: Workspace, env: str, where: Where, manifests: list[Manifest]) -> Findings:
    from plate_llm_cli.doctor import cluster  # noqa: PLC0415 - loads the Kubernetes client: 0.3 s

    found = Findings("cluster")
    release = workspace.release(env)
    with found.failing("context"), clusters(workspace, release, where, changes=False) as reached:
        found.ok("context", reached.workloads.connection.context)
        with found.failing("API server"):
            cluster.look_at_server(found, reached.workloads, workspace.kubernetes_version(""))
            sides = {
                "argocd": (reached.argocd, reached.argo_namespace),
                "workloads": (reached.workloads, release.namespace),
            }
            cluster.look_at_rights(found, sides)
            cluster.look_at_argocd(found, reached.argocd, reached.argo_namespace)
            cluster.look_at_external_secrets(found, reached.workloads, manifests)
    return found


def _openbao(workspace: Workspace, env: str | None) -> Findings:
    found = Findings("OpenBao")
    if load_spec(workspace.tree, workspace.settings.secrets).file is None:
        found.skip("OpenBao", "this tree has no secrets spec")
        return found
    with found.failing("OpenBao"):
        look_at_openbao(found, workspace.settings, os.environ, _places(workspace, env))
    return found


def _places(workspace: Workspace, env: str | None) -> list[Place]:
    """The paths of ENV; none where it has no secrets, which is well."""
    if env is None:
        return []
    whole = load_spec(workspace.tree, workspace.settings.secrets).required()
    names = workspace.names_at(workspace.release(env).place, whole.environments)
    return [path.place for path in whole.only(names).paths]
