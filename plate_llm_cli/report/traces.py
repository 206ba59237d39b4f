"""`render --trace`: the value behind a rendered field, and what it overrides."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING

from plate_llm_cli.errors import UsageError
from plate_llm_cli.gitops.parameters import parse_route
from plate_llm_cli.gitops.releases import LayerKind
from plate_llm_cli.graph.places import ManifestPlace
from plate_llm_cli.report.untrusted import visible
from plate_llm_cli.source.nodes import Mapping, Scalar, Sequence, find, format_route

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.findings import Location
    from plate_llm_cli.graph.deployment import Deployment
    from plate_llm_cli.graph.locate import Locator
    from plate_llm_cli.graph.manifests import Manifest
    from plate_llm_cli.source.nodes import Node, Route

_MOST_NAMES = 8
_TRACE = re.compile(r"(?P<kind>[^/:]+)/(?P<name>[^:]+):(?P<field>.+)")


def trace_text(deployment: Deployment, locator: Locator, trace: str) -> str:
    """For each object that `KIND/NAME:FIELD` names: the field's value and where it comes from.

    Raises:
        UsageError: the form is another, or no object or field has that name.
    """
    match = _TRACE.fullmatch(trace)
    route = parse_route(match["field"]) if match else ()
    if match is None or not route:
        raise UsageError(
            f"--trace {trace!r} is not KIND/NAME:FIELD", "for example Deployment/web:spec.replicas"
        )
    found = [
        manifest
        for manifest in deployment.manifests
        if manifest.kind.lower() == match["kind"].lower() and manifest.name == match["name"]
    ]
    if not found:
        named = [f"{manifest.kind}/{manifest.name}" for manifest in deployment.manifests]
        near = get_close_matches(f"{match['kind']}/{match['name']}", named, 1, 0.4)
        more = f" and {len(named) - _MOST_NAMES} more" if len(named) > _MOST_NAMES else ""
        known = f"there are: {', '.join(named[:_MOST_NAMES])}{more}"
        hint = f"did you mean {near[0]}?" if near else known
        raise UsageError(f"no object {match['kind']}/{match['name']} is rendered", hint)
    having = [manifest for manifest in found if find(manifest.node, route) is not None]
    if not having:
        raise UsageError(
            f"{found[0].kind}/{found[0].name} has no field {format_route(route)}",
            _fields_hint(found[0].node, route),
        )
    text = "\n".join(_one(deployment, locator, manifest, route) for manifest in having)
    return "".join(f"{visible(line)}\n" for line in text.splitlines())


def _one(deployment: Deployment, locator: Locator, manifest: Manifest, route: Route) -> str:
    node = find(manifest.node, route)
    located = locator.locate(ManifestPlace(manifest, route))
    field = located.resource.field if located.resource else ""
    lines = [f"{manifest.kind}/{manifest.name} in {manifest.release.name}"]
    lines.append(f"  {field} = {_value(node)}")
    label = f"set by value {located.value}" if located.value else "written in"
    typed = _typed(manifest, located.route)
    if typed:
        lines += [f"  {label}", f"    {typed}"]
        label = "overrides this value"
    lines += _place(deployment, label, located.location)
    for related in located.related:
        lines += _place(deployment, related.message, related.location)
    return "\n".join(lines) + "\n"


def _typed(manifest: Manifest, route: Route) -> str:
    """The argument of the command line that sets the value, or ''."""
    if manifest.chart is None or not route:
        return ""
    typed = (item for item in manifest.chart.part.layers if item.kind is LayerKind.COMMAND_LINE)
    setting = [layer.label for layer in typed if layer.sets(route)]
    return setting[-1] if setting else ""


def _place(deployment: Deployment, label: str, place: Location) -> Iterator[str]:
    yield f"  {label}"
    yield f"    {place.path}:{place.line}:{place.column}"
    lines = deployment.tree.text(place.path).splitlines()
    if 0 < place.line <= len(lines):
        yield f"      {lines[place.line - 1].strip()}"


def _value(node: Node | None) -> str:
    if isinstance(node, Scalar):
        return node.text if node.style in ("", "|", ">") else f"{node.style}{node.text}{node.style}"
    return f"({'a list' if isinstance(node, Sequence) else 'a mapping'})"


def _fields_hint(root: Node, route: Route) -> str:
    """The names that exist where `route` ends early."""
    for length in range(len(route) - 1, -1, -1):
        node = find(root, route[:length])
        if isinstance(node, Mapping):
            return f"there are: {', '.join(entry.name for entry in node.entries)}"
        if isinstance(node, Sequence):
            return f"it is a list of {len(node.items)}; the first is [0]"
    return ""
