"""The Helm parameters of an Application: `--set`, `--set-string` and `--set-file` in its words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from plate_llm_cli.gitops.applications import items_of, text_of
from plate_llm_cli.gitops.releases import LayerKind, ProblemKind, ReleaseProblem, ValuesLayer
from plate_llm_cli.gitops.substitution import build_environment, clean_parameter, substitute
from plate_llm_cli.helm.engine import SetArgument, SetKind
from plate_llm_cli.source.nodes import Mapping, Route, Scalar
from plate_llm_cli.source.tree import OutsideRootError

if TYPE_CHECKING:
    from plate_llm_cli.gitops.applications import Application, ApplicationSource
    from plate_llm_cli.source.tree import Tree

_STEP = re.compile(r"((?:\\.|[^.\\\[])+)|\[(\d+)\]")


def parse_route(name: str) -> Route:
    r"""`a.b\.c[0]` of a `--set` argument as a route: `("a", "b.c", 0)`."""
    steps: list[str | int] = []
    for match in _STEP.finditer(name):
        key, index = match.groups()
        steps.append(int(index) if index else re.sub(r"\\(.)", r"\1", key))
    return tuple(steps)


def parameter_layers(
    application: Application, source: ApplicationSource, path: str, tree: Tree
) -> tuple[list[ValuesLayer], list[ReleaseProblem]]:
    """The layers of `helm.parameters` and `helm.fileParameters`, in Helm's order of flags."""
    layers = [
        layer
        for node in items_of(source.helm_field("parameters"))
        if isinstance(node, Mapping) and (layer := _parameter(application, source, node))
    ]
    # Helm applies every --set before every --set-string, whatever their order on the line.
    layers.sort(key=lambda layer: layer.argument is not None and layer.argument.kind != SetKind.SET)
    problems: list[ReleaseProblem] = []
    for node in items_of(source.helm_field("fileParameters")):
        if isinstance(node, Mapping):
            found = _file_parameter(application, source, node, path, tree)
            if isinstance(found, ValuesLayer):
                layers.append(found)
            elif found is not None:
                problems.append(found)
    return layers, problems


def _parameter(
    application: Application, source: ApplicationSource, node: Mapping
) -> ValuesLayer | None:
    name, value, force = text_of(node.get("name")), node.get("value"), node.get("forceString")
    if not name:
        return None
    environment = build_environment(application, source)
    forced = isinstance(force, Scalar) and force.value is True
    text = f"{name}={clean_parameter(substitute(text_of(value), environment))}"
    argument = SetArgument(SetKind.STRING if forced else SetKind.SET, text)
    return ValuesLayer(
        LayerKind.PARAMETER,
        f"parameter {name}",
        file=application.file,
        node=value or node,
        argument=argument,
        route=parse_route(name),
    )


def _file_parameter(
    application: Application, source: ApplicationSource, node: Mapping, base: str, tree: Tree
) -> ValuesLayer | ReleaseProblem | None:
    name, path = text_of(node.get("name")), text_of(node.get("path"))
    if not name or not path:
        return None
    path = substitute(path, build_environment(application, source))
    where = node.get("path") or node
    file = application.file
    try:
        target = tree.join("" if path.startswith("/") else base, path.lstrip("/"))
    except OutsideRootError:
        message = f"file {path} of parameter {name} lies outside the repository"
        return ReleaseProblem(ProblemKind.OUTSIDE_ROOT, message, "", file, where.span)
    if not tree.is_file(target):
        message = f"file {target} of parameter {name} does not exist"
        return ReleaseProblem(ProblemKind.MISSING_VALUE_FILE, message, "", file, where.span)
    argument = SetArgument(SetKind.FILE, f"{name}={tree.root / target}")
    return ValuesLayer(
        LayerKind.FILE_PARAMETER,
        f"file parameter {name}",
        file=file,
        node=where,
        argument=argument,
        route=parse_route(name),
    )
