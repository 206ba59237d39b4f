"""What commands that look into a cluster begin with: the right context, and the API server."""

from __future__ import annotations

import os
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from plate_llm_cli.cluster.argocd.application import application_ref
from plate_llm_cli.errors import UnknownEnvironmentError
from plate_llm_cli.gitops.applications import IN_CLUSTER
from plate_llm_cli.output import say
from plate_llm_cli.report.untrusted import one_line
from plate_llm_cli.secrets.hardening import keep_memory_private

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.cluster.api import Api
    from plate_llm_cli.cluster.choosing import Wish
    from plate_llm_cli.cluster.kubeconfig import Kubeconfig
    from plate_llm_cli.cluster.objects import Ref
    from plate_llm_cli.context import Workspace
    from plate_llm_cli.gitops.releases import Release

PANEL = "Cluster"
"""Where `--help` shows options of this kind."""
_ARGOCD = "argocd"
"""The key of `[tool.plate-llm.contexts]` for the cluster in which ArgoCD runs."""

Context = Annotated[
    str,
    typer.Option(
        "--context",
        metavar="NAME",
        rich_help_panel=PANEL,
        help="The context of the kubeconfig. Default: as the setting `contexts` says.",
        show_default=False,
    ),
]
Namespace = Annotated[
    str,
    typer.Option(
        "--namespace",
        metavar="NAME",
        rich_help_panel=PANEL,
        help="Where to look. Default: as the Application says.",
        show_default=False,
    ),
]
YesReally = Annotated[
    bool,
    typer.Option(
        "--yes-really",
        rich_help_panel=PANEL,
        help="Use the context though nothing says that it is the one of ENV.",
    ),
]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Let the API server say what would change; store nothing.")
]


@dataclass(frozen=True, slots=True)
class Where:
    """How the command line says to reach the cluster."""

    context: str = ""
    yes_really: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Clusters:
    """The clusters of one release: the one it runs in, and the one that ArgoCD runs in.

    Most of the time both are one, and one connection.
    """

    release: Release
    workloads: Api
    argocd: Api

    @property
    def application(self) -> Ref:
        """The Application in the cluster."""
        return application_ref(*self.release.application.identity)

    @property
    def argo_namespace(self) -> str:
        """The namespace of the Application."""
        return self.release.application.identity[0]


@contextmanager
def clusters(
    workspace: Workspace, release: Release, where: Where, *, changes: bool
) -> Iterator[Clusters]:
    """Connections for `release`, closed at the end; `changes` where something is written.

    Raises:
        KubeconfigError: the kubeconfig is broken, or its context is not the environment's.
    """
    keep_memory_private()
    from plate_llm_cli.cluster.kubeconfig import read_kubeconfig  # noqa: PLC0415 - 0.3 s

    kubeconfig = read_kubeconfig(os.environ)
    wish = _wish(workspace, release, where)
    with ExitStack() as stack:
        stack.callback(kubeconfig.close)
        opened: dict[str, Api] = {}

        def connect(wish: Wish) -> Api:
            from plate_llm_cli.cluster.choosing import choose  # noqa: PLC0415 - as above

            name = choose(wish, kubeconfig, changes=changes)
            if name not in opened:
                opened[name] = stack.enter_context(_open(kubeconfig, name))
                _say_guess(wish, name)
            return opened[name]

        workloads = connect(wish)
        argocd = workloads if not wish.server else connect(_argo_wish(workspace, where))
        yield Clusters(release, workloads, argocd)


def _open(kubeconfig: Kubeconfig, context: str) -> Api:
    from plate_llm_cli.cluster.api import Api  # noqa: PLC0415 - as above
    from plate_llm_cli.cluster.connection import Connection  # noqa: PLC0415 - as above

    return Api(Connection(partial(kubeconfig.configuration, context), context))


def _wish(workspace: Workspace, release: Release, where: Where) -> Wish:
    from plate_llm_cli.cluster.choosing import Wish  # noqa: PLC0415 - as above

    cluster = release.application.cluster
    server = "" if cluster == IN_CLUSTER else cluster
    env = workspace.short_name(release)
    declared = declared_context(workspace, release)
    return Wish(env, declared, server, where.context, where.yes_really)


def _argo_wish(workspace: Workspace, where: Where) -> Wish:
    """ArgoCD runs elsewhere: `--context` is about the cluster that it deploys to.

    So is `--yes-really` beside it: whoever names one context does not mean the current one.
    """
    from plate_llm_cli.cluster.choosing import Wish  # noqa: PLC0415 - as above

    declared = workspace.settings.contexts.get(_ARGOCD, "")
    return Wish(_ARGOCD, declared, yes_really=where.yes_really and not where.context)


def declared_context(workspace: Workspace, release: Release) -> str:
    """The context that the settings give to the environment of `release`; '' for none."""
    for name, context in workspace.settings.contexts.items():
        try:
            if name != _ARGOCD and workspace.release(name).place == release.place:
                return context
        except UnknownEnvironmentError:
            continue  # settings may name environments that are not in this tree yet
    return ""


def _say_guess(wish: Wish, name: str) -> None:
    """Which cluster is looked at, where it is the current context's only because it is current."""
    if not (wish.declared or wish.given or wish.server):
        say(f"looking at the current context of the kubeconfig: {one_line(name)}")
