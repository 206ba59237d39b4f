"""The two sides of a comparison, rendered: environments, or one at two revisions."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from plate_llm_cli.context import Workspace
from plate_llm_cli.errors import RootError, UnknownEnvironmentError, UsageError
from plate_llm_cli.gitops.revisions import exported
from plate_llm_cli.graph.differences import compare
from plate_llm_cli.graph.environment_pairs import (
    digests_carried,
    pair_releases,
    renaming,
)
from plate_llm_cli.output import say
from plate_llm_cli.report.differences import Differences
from plate_llm_cli.report.refusals import remarks
from plate_llm_cli.report.untrusted import one_line, visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from plate_llm_cli.gitops.releases import Release
    from plate_llm_cli.graph.build import RenderOptions
    from plate_llm_cli.graph.deployment import Deployment
    from plate_llm_cli.graph.manifests import Manifest


@dataclass(frozen=True, slots=True)
class Side:
    """A tree with what its releases are rendered for, as the command line has it."""

    workspace: Workspace
    render_options: RenderOptions
    engine: str = ""
    api_versions: tuple[str, ...] = ()


def between_environments(side: Side, env: str, other: str) -> tuple[Differences, bool]:
    """What differs between two environments of a tree, and whether all of both was compared.

    Raises:
        UsageError: the two are one, or one is not known.
    """
    workspace = side.workspace
    before, after = workspace.environment(env), workspace.environment(other)
    if before[0].place == after[0].place:
        names = " and ".join(dict.fromkeys((env, other)))
        hint = "plate-llm env list shows their namespaces"
        raise UsageError(f"{names}: one environment, not two", hint)
    rendered = workspace.build([*before, *after], side.render_options)
    failed = refused(rendered)
    pairs = pair_releases(before, after)
    whole = [pair for pair in pairs if not {_name(pair.before), _name(pair.after)} & failed]
    rename = renaming(pairs, (env, other))
    changes = compare(
        objects_of(rendered, [pair.before for pair in whole]),
        objects_of(rendered, [pair.after for pair in whole]),
        rename,
    )
    names_of = tuple((_name(pair.before), _name(pair.after)) for pair in pairs)
    found = Differences(env, other, names_of, tuple(digests_carried(changes)))
    return found, not failed


def against_revision(side: Side, env: str, revision: str) -> tuple[Differences, bool]:
    """What the working tree changes since `revision`, and whether all of it was compared.

    Raises:
        UsageError: no such revision or environment, or no Git repository.
    """
    workspace = side.workspace
    with exported(workspace.root, revision) as past:
        for link in past.left_out:
            say(visible(f"{past}: {link} leads out of the tree and is left out"))
        with Workspace(past.folder, side.engine) as before:
            old, new = _releases(before, env), _releases(workspace, env)
            if not old and not new:
                workspace.release(env)  # raises what is known of it
            if not old:
                say(visible(f"{env} is not in {past}: everything is added"))
            sides = (
                _past(before, old, side) if old else None,
                workspace.build(new, side.render_options) if new else None,
            )
            leads = (f"{past}: ", "")
            failed = set[str]().union(
                *(refused(each, lead) for each, lead in zip(sides, leads, strict=True) if each)
            )
            was, now = (_whole(each, failed) if each else [] for each in sides)
            changes = compare(was, now)
        names = dict.fromkeys(item.name for item in (*old, *new))
        pairs = tuple((_named(old, name), _named(new, name)) for name in names)
        return Differences(str(past), "working tree", pairs, tuple(changes)), not failed


def _past(before: Workspace, releases: list[Release], side: Side) -> Deployment:
    """Rendered as now, for the custom resources that were known then."""
    versions = before.api_versions(side.api_versions)
    return before.build(releases, replace(side.render_options, api_versions=versions))


def _whole(deployment: Deployment, failed: set[str]) -> list[Manifest]:
    """The objects of the releases that did not fail on either side."""
    return objects_of(deployment, [item for item in deployment.releases if item.name not in failed])


def _releases(workspace: Workspace, env: str) -> list[Release]:
    try:
        return workspace.environment(env)
    except (UnknownEnvironmentError, RootError):
        return []


def refused(deployment: Deployment, lead: str = "") -> set[str]:
    """Say what is known of the releases; the names of those that cannot be compared."""
    said = remarks(deployment)
    for remark in said:
        say(f"{visible(lead)}{one_line(str(remark))}")
    failed = {remark.release.name for remark in said if remark.refuses}
    for name in sorted(failed):
        say(visible(f"{lead}{name} is not compared"))
    return failed


def objects_of(deployment: Deployment, releases: Sequence[Release | None]) -> list[Manifest]:
    """The objects of some of the releases."""
    wanted = {id(release) for release in releases if release is not None}
    return [item for item in deployment.manifests if id(item.release) in wanted]


def _name(release: Release | None) -> str:
    return release.name if release else ""


def _named(releases: list[Release], name: str) -> str:
    return name if any(item.name == name for item in releases) else ""
