"""What is live against what the tree says, for `plate-llm diff ENV --against live`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from plate_llm_cli.cluster.argocd.application import API_VERSION, application_ref
from plate_llm_cli.cluster.live_objects import LiveComparison, LiveObjects
from plate_llm_cli.commands.cluster_access import Clusters, Where, clusters
from plate_llm_cli.commands.compared import Side, objects_of, refused
from plate_llm_cli.errors import UsageError
from plate_llm_cli.output import say
from plate_llm_cli.report.differences import Differences
from plate_llm_cli.report.untrusted import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.cluster.api import Api
    from plate_llm_cli.gitops.releases import Release
    from plate_llm_cli.graph.build import RenderOptions
    from plate_llm_cli.graph.deployment import Deployment


def against_live(side: Side, env: str, where: Where, *, pinned: bool) -> tuple[Differences, bool]:
    """What ArgoCD would change to make ENV what the tree says, and whether all was compared.

    ArgoCD renders for the version of the cluster; so do we, unless another one is `pinned`.

    Raises:
        UnknownEnvironmentError: no such environment.
        KubeconfigError: the kubeconfig is broken, or its context is not the environment's.
        ClusterError: the API server refuses, or is gone.
    """
    workspace = side.workspace
    release, releases = workspace.release(env), workspace.environment(env)
    with clusters(workspace, release, where, changes=False) as there:
        render_options = side.render_options if pinned else _for_cluster(side, there.workloads)
        rendered = workspace.build(releases, render_options)
        failed = refused(rendered)
        whole = [item for item in releases if item.name not in failed]
        compared = [_compared(there, rendered, item) for item in whole]
        context = there.workloads.connection.context
    for item, found in zip(whole, compared, strict=True):
        for note in _notes(found, item.name):
            say(one_line(note))
    changes = tuple(change for found in compared for change in found.changes)
    names = tuple((item.name, item.name) for item in releases)
    complete = not failed and not any(found.partial for found in compared)
    return Differences(f"live in {context}", "working tree", names, changes), complete


def _for_cluster(side: Side, api: Api) -> RenderOptions:
    try:
        version = side.workspace.kubernetes_version(api.version())
    except UsageError:  # too new or too old to be known here
        return side.render_options
    return replace(side.render_options, kube_version=version)


def _compared(there: Clusters, rendered: Deployment, release: Release) -> LiveComparison:
    live = None
    if there.argocd.has(API_VERSION, "Application"):
        live = there.argocd.get(application_ref(*release.application.identity))
    return LiveObjects(there.workloads, live).compare(objects_of(rendered, [release]))


def _notes(found: LiveComparison, name: str) -> Iterator[str]:
    """What could not be compared, and why."""
    if found.unmanaged:
        yield f"note: {name} is not in ArgoCD: what only the cluster has is not known"
    for kind in found.missing_kinds:
        yield f"warning: {name}: the cluster has no {kind}, which is not compared"
    for ref, complaints in found.refused:
        yield f"warning: {name}: the API server refuses {ref}: {'; '.join(complaints)}"
    for expression in found.unread:
        yield f"warning: {name}: ignoreDifferences is not understood here: {expression}"
