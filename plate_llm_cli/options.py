"""The options that several commands share, each defined once."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from plate_llm_cli.errors import PlateError


class EngineName(StrEnum):
    """Which Helm renders."""

    EMBEDDED = "embedded"
    HELM = "helm"


class FailOn(StrEnum):
    """From which severity on findings make the exit code 1."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"
    NEVER = "never"


class RenderFormat(StrEnum):
    """How manifests are printed."""

    YAML = "yaml"
    JSON = "json"


class ListFormat(StrEnum):
    """How lists and pages are printed."""

    TEXT = "text"
    JSON = "json"


class RulesFormat(StrEnum):
    """How the list of rules is printed; Markdown has every rule in full."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"


class WayIn(StrEnum):
    """The ways to the service of an environment."""

    INGRESS = "ingress"
    PORT_FORWARD = "port-forward"
    IN_CLUSTER = "in-cluster"


class ReportFormat(StrEnum):
    """How findings are printed."""

    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"
    JUNIT = "junit"
    GITHUB = "github"
    HTML = "html"


class SmokeFormat(StrEnum):
    """How smoke checks are printed."""

    TEXT = "text"
    JSON = "json"
    JUNIT = "junit"
    GITHUB = "github"
    MARKDOWN = "markdown"


def complete_env(context: typer.Context, incomplete: str) -> list[str]:
    """The names of Applications of the tree, for shell completion; none where there is no tree."""
    from plate_llm_cli.context import Workspace  # noqa: PLC0415 - only when a shell asks

    root = context.params.get("root")  # a string, not a Path: a shell's line is not yet parsed
    try:
        with Workspace(Path(root) if root else None) as workspace:
            names = [release.name for release in workspace.releases]
            prefix = f"{workspace.primary}-"
    except PlateError:
        return []
    short = [name.removeprefix(prefix) for name in names if prefix != "-"]
    return [name for name in dict.fromkeys([*short, *names]) if name.startswith(incomplete)]


Env = Annotated[
    str,
    typer.Argument(
        metavar="ENV",
        help="An Application, or its short name.",
        autocompletion=complete_env,
    ),
]
Yes = Annotated[bool, typer.Option("-y", "--yes", help="Do it without asking.")]
ManifestFormat = Annotated[RenderFormat, typer.Option("--format", help="How to print manifests.")]
TextFormat = Annotated[ListFormat, typer.Option("--format", help="For people, or for programs.")]

_TREE = "The tree"
_HELM = "Helm"

Root = Annotated[
    Path | None,
    typer.Option(
        "-C",
        "--root",
        metavar="DIR",
        envvar="PLATE_LLM_ROOT",
        rich_help_panel=_TREE,
        help="The tree to work on. Default: the Git top level, else this folder.",
        show_default=False,
    ),
]
Engine = Annotated[
    EngineName | None,
    typer.Option(
        "--engine",
        metavar="embedded|helm",
        envvar="PLATE_LLM_ENGINE",
        rich_help_panel=_HELM,
        help="Helm as a library (the default), or the helm binary on PATH.",
        show_default=False,
    ),
]
KubernetesVersion = Annotated[
    str,
    typer.Option(
        "--kubernetes-version",
        metavar="X.Y",
        envvar="PLATE_LLM_KUBERNETES_VERSION",
        rich_help_panel=_HELM,
        help="The Kubernetes version to render for and check against. Default: the newest known.",
        show_default=False,
    ),
]
ApiVersions = Annotated[
    list[str] | None,
    typer.Option(
        "--api-versions",
        metavar="GROUP/VERSION",
        rich_help_panel=_HELM,
        help="API versions that the cluster has beside its own; may be repeated.",
        show_default=False,
    ),
]
Crds = Annotated[
    list[Path] | None,
    typer.Option(
        "--crds",
        metavar="DIR",
        rich_help_panel=_HELM,
        help="A folder with CRDs or JSON Schemas of custom resources; may be repeated.",
        show_default=False,
    ),
]
Output = Annotated[
    Path | None,
    typer.Option(
        "-o",
        "--output",
        metavar="FILE",
        help="Write to FILE instead of stdout.",
        show_default=False,
    ),
]
Verbose = Annotated[bool, typer.Option("-v", "--verbose", help="Show where our own code failed.")]
Quiet = Annotated[bool, typer.Option("-q", "--quiet", help="One line a finding.")]
