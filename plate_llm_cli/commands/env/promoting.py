"""Plans a promotion: what moves, what becomes of the target, and what is found in it then."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

from plate_llm_cli import checking
from plate_llm_cli.context import Workspace
from plate_llm_cli.errors import UsageError
from plate_llm_cli.findings import Severity
from plate_llm_cli.gitops.parameters import parse_route
from plate_llm_cli.gitops.promotion import (
    DIGEST,
    PULL_POLICY,
    TAG,
    TargetValues,
    is_moving,
    same_chart,
)
from plate_llm_cli.graph.differences import compare
from plate_llm_cli.graph.differences.veil import names_credential
from plate_llm_cli.report.differences import Differences
from plate_llm_cli.report.promotion import Promotion
from plate_llm_cli.report.refusals import remarks
from plate_llm_cli.source.changes import Changes
from plate_llm_cli.source.nodes import format_route

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.findings import Finding
    from plate_llm_cli.gitops.promotion import Move
    from plate_llm_cli.graph.deployment import Deployment
    from plate_llm_cli.graph.manifests import Manifest, RenderedChart
    from plate_llm_cli.report.base import Report
    from plate_llm_cli.source.nodes import Plain, Route


@dataclass(frozen=True, slots=True)
class Wish:
    """What the command line asks for: two environments, routes of values, perhaps a tag."""

    source: str
    target: str
    routes: tuple[str, ...] = ()
    tag: str = ""
    allow_moving: bool = False


@dataclass(slots=True)
class Promoting:
    """One promotion in a tree; `changes` are those to its files, once it is planned."""

    workspace: Workspace
    engine: str
    wish: Wish
    changes: Changes = field(init=False)

    def __post_init__(self) -> None:
        self.changes = Changes(self.workspace.tree)

    def plan(self) -> Promotion:
        """What moves, and what comes of it.

        Raises:
            UsageError: there is nothing that could be moved, or it must not be.
        """
        deployment, report = _examined(self.workspace, self.wish)
        self._require_rendered(deployment)
        moves = tuple(self._moves(deployment))
        name = self.workspace.release(self.wish.target).name
        rendered = Differences("now", "promoted", ((name, name),), ())
        if not moves:
            return Promotion(self.wish.source, self.wish.target, (), (), rendered, (), report.lines)
        with Workspace(self.workspace.root, self.engine, self.changes.planned) as planned:
            then, later = _examined(planned, self.wish)
            findings = tuple(_new(report, later))
            if not findings:
                _require_arrival(_chart(then, name, self._charts()[1]), moves)
            broken = any(release.name == name for release in then.failed)
            changed = [] if broken else compare(_objects(deployment, name), _objects(then, name))
        rendered = Differences("now", "promoted", ((name, name),), tuple(changed))
        files = tuple(self.changes.files)
        return Promotion(
            self.wish.source, self.wish.target, moves, files, rendered, findings, later.lines
        )

    def _require_rendered(self, deployment: Deployment) -> None:
        said = [str(remark) for remark in remarks(deployment) if remark.refuses]
        if said:
            message = "what cannot be rendered now cannot be promoted"
            raise UsageError(message, "plate-llm validate shows more", said)

    def _charts(self) -> tuple[int, int]:
        names = (self.wish.source, self.wish.target)
        return same_chart(*(self.workspace.release(name) for name in names))

    def _moves(self, deployment: Deployment) -> Iterator[Move]:
        """The edits that are needed, planned one by one."""
        source, target = (self.workspace.release(n) for n in (self.wish.source, self.wish.target))
        if source is target:
            raise UsageError(f"{source.name} cannot be promoted to itself")
        first, second = self._charts()
        old, new = _chart(deployment, source.name, first), _chart(deployment, target.name, second)
        values = TargetValues(target, target.charts[second], self.workspace.releases)
        for route, value in self._wanted(old, new).items():
            before = new.value_at(route)
            if before != value or type(before) is not type(value):
                yield values.put(self.changes, route, before, value)

    def _wanted(self, old: RenderedChart, new: RenderedChart) -> dict[Route, Plain]:
        """The values that the target is to have."""
        wanted = {route: _required(old, route) for route in self._routes()}
        tag = self.wish.tag or old.value_at(TAG)
        if tag:
            self._refuse_moving(old, new, tag)
            wanted[TAG] = tag
            digests = "" if self.wish.tag else old.value_at(DIGEST) or "", new.value_at(DIGEST)
            if any(digests):  # one that stays behind would win over the tag
                wanted[DIGEST] = digests[0]
        if not wanted:
            message = f"{self.wish.source} sets no {format_route(TAG)}"
            raise UsageError(message, "--value names what to move, --tag a tag to set")
        return wanted

    def _routes(self) -> Iterator[Route]:
        for text in self.wish.routes:
            route = parse_route(text)
            if not route:
                raise UsageError("--value names no value", "--value llm.modelName")
            if names_credential(str(route[-1])):
                hint = "credentials are no values: plate-llm secrets copy moves them"
                raise UsageError(f"{text} looks like a credential", hint)
            yield route

    def _refuse_moving(self, old: RenderedChart, new: RenderedChart, tag: Plain) -> None:
        """A tag that moves says nothing of what was tested."""
        policy = "" if self.wish.tag else old.value_at(PULL_POLICY)
        pinned = not is_moving(new.value_at(TAG), new.value_at(PULL_POLICY))
        if pinned and not self.wish.allow_moving and is_moving(tag, policy):
            message = f"{self.wish.source} runs {tag!r}, a tag that moves with every build"
            hint = f"{self.wish.target} pins releases: --tag X sets one, or --allow-moving"
            raise UsageError(message, hint)


def _examined(workspace: Workspace, wish: Wish) -> tuple[Deployment, Report]:
    """Both environments rendered, and what the rules find in them."""
    settings = workspace.settings
    choose = partial(checking.choose_rules, settings.select, settings.ignore)
    releases = workspace.environments([wish.source, wish.target])
    render_options = replace(workspace.render_options(), lint=True)
    return checking.examine(workspace, releases, choose, render_options)


def _required(chart: RenderedChart, route: Route) -> Plain:
    value: Plain = chart.value_at(route)
    if value is None:
        hint = "plate-llm env show lists where its values come from"
        raise UsageError(f"{chart.release.name} has no value {format_route(route)}", hint)
    return value


def _chart(deployment: Deployment, name: str, place: int) -> RenderedChart:
    return [chart for chart in deployment.charts if chart.release.name == name][place]


def _objects(deployment: Deployment, name: str) -> list[Manifest]:
    return [item for item in deployment.manifests if item.release.name == name]


def _new(before: Report, after: Report) -> Iterator[Finding]:
    """The findings that were not there before, wherever in its file one stands now."""
    known = {(item.rule, item.message, item.location.path) for item in before.findings}
    for item in after.findings:
        said = (item.rule, item.message, item.location.path)
        if item.severity is not Severity.INFO and said not in known:
            yield item


def _require_arrival(chart: RenderedChart, moves: tuple[Move, ...]) -> None:
    """What was written must be what Helm gets: a parameter may read a number out of a text."""
    for move in moves:
        found = chart.value_at(move.route)
        if found != move.after or type(found) is not type(move.after):
            message = f"{format_route(move.route)} would be {found!r} by {move.layer}"
            raise UsageError(message, "set it in a value file, or with forceString")
