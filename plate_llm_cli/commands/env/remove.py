"""`plate-llm env remove`: what goes from the tree when an environment goes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated

import typer

from plate_llm_cli import options
from plate_llm_cli.commands.deployed import deployed
from plate_llm_cli.commands.terminal import confirm
from plate_llm_cli.context import Workspace
from plate_llm_cli.errors import UsageError
from plate_llm_cli.gitops.application_sets.made import require_written
from plate_llm_cli.gitops.scaffolding.leaving import applying_only, remove_files
from plate_llm_cli.graph.dependents import dependents, reaching_releases
from plate_llm_cli.output import say, screen_width, write_out
from plate_llm_cli.report.env_plan import changes_text, diffs_text, plan_json
from plate_llm_cli.report.untrusted import one_line
from plate_llm_cli.secrets.loading import load_spec
from plate_llm_cli.secrets.scaffolding import without_environment
from plate_llm_cli.source.changes import Changes

if TYPE_CHECKING:
    from typing import Any

    from plate_llm_cli.gitops.releases import Release
    from plate_llm_cli.graph.deployment import Deployment

EXAMPLE = """
plate-llm env remove qa
plate-llm env remove qa --write
"""

Env = Annotated[
    str,
    typer.Argument(
        metavar="ENV",
        help="An Application, or its short name: all of its namespace.",
        autocompletion=options.complete_env,
    ),
]
Write = Annotated[bool, typer.Option("--write", help="Do it; without it the changes are shown.")]


@dataclass(slots=True)
class _Leaving:
    """What goes, and what is left where the tree does not reach."""

    env: str
    changes: Changes
    releases: list[Release]
    objects: list[str] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)

    def facts(self) -> dict[str, Any]:
        return {
            "environment": self.env,
            "applications": [release.name for release in self.releases],
            "cluster_objects": self.objects,
            "openbao_paths": self.paths,
        }


def remove(
    env: Env,
    write: Write = False,
    yes: options.Yes = False,
    output_format: options.TextFormat = options.ListFormat.TEXT,
    engine: options.Engine = None,
    root: options.Root = None,
    verbose: options.Verbose = False,
) -> None:
    """Show what would go with an environment, and with --write take it out of the tree.

    OpenBao and the cluster are never touched: what stays there is named.
    """
    del verbose
    with Workspace(root, engine or "") as workspace:
        leaving = _planned(workspace, env)
    as_json = output_format is options.ListFormat.JSON
    files = leaving.changes.files
    if not as_json:
        shown = changes_text(files, screen_width()) if write else diffs_text(files)
        write_out(shown)
    names = ", ".join(release.name for release in leaving.releases)
    question = f"Remove {one_line(names)} from the tree?"
    written = write and confirm(question, yes=yes)
    if written:
        leaving.changes.write()
    if as_json:
        write_out(plan_json(leaving.facts(), files, written=written))
    _tell(leaving, write=write, written=written)


def _planned(workspace: Workspace, env: str) -> _Leaving:
    """Everything that goes.

    Raises:
        UsageError: another environment reads what this one makes, or an ApplicationSet makes it.
        EditError: a file's form does not let it be done.
    """
    releases = workspace.environment(env)
    require_written(releases)
    releases += applying_only(releases, workspace.releases)
    deployment = deployed(workspace)
    staying = [item for item in workspace.releases if item not in releases]
    needed = dependents(deployment, releases) if staying else []
    if needed:
        message = f"{env} makes what other environments read"
        raise UsageError(message, "let them do without it first", needed)
    changes = Changes(workspace.tree)
    reaching = reaching_releases(deployment, releases)
    remove_files(changes, workspace.discovery, releases, reaching)
    leaving = _Leaving(env, changes, releases, _objects(deployment, releases))
    loaded = load_spec(workspace.tree, workspace.settings.secrets)
    if loaded.file is not None:
        spec = loaded.required()
        names = workspace.names_at(releases[0].place, spec.environments)
        text = changes.text(spec.file.path) or ""
        change = without_environment(spec, text, names)
        changes.put(spec.file.path, change.text or None)
        leaving.paths = change.own
    return leaving


def _objects(deployment: Deployment, releases: list[Release]) -> list[str]:
    found = [item for item in deployment.manifests if item.release in releases and not item.hook]
    return [f"{item.kind}/{item.name} in {item.namespace}" for item in found]


def _tell(leaving: _Leaving, *, write: bool, written: bool) -> None:
    for path in leaving.paths:
        say(f"note: {one_line(path)} stays in OpenBao: nothing here deletes it")
    if leaving.objects:
        names = ", ".join(one_line(release.name) for release in leaving.releases)
        count = len(leaving.objects)
        say(f"note: {count} objects stay in the cluster until ArgoCD prunes them with {names}")
    if written:
        say("next: commit this; ArgoCD then removes the Applications")
    elif not write:
        say(f"nothing was written: plate-llm env remove {one_line(leaving.env)} --write does it")
