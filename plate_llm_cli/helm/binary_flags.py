"""A request as the arguments and the standard input of the `helm` binary."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from plate_llm_cli.helm.messages import integer_routes

if TYPE_CHECKING:
    from plate_llm_cli.helm.engine import RenderRequest

_NOT_PLAIN = re.compile(r"[^\x20-\x7e]")
_SPECIAL = re.compile(r"([\\.,=\[\]{}])")


def template_arguments(request: RenderRequest) -> list[str]:
    """The arguments of `helm template`; the values come from stdin."""
    arguments = ["template", request.release_name, str(request.chart), *_common(request)]
    for version in request.capabilities.api_versions:
        arguments += ["--api-versions", version]
    if request.include_crds:
        arguments.append("--include-crds")
    if request.skip_tests:
        arguments.append("--skip-tests")
    return arguments


def lint_arguments(request: RenderRequest) -> list[str]:
    """The arguments of `helm lint`; the values come from stdin."""
    return ["lint", str(request.chart), *_common(request)]


def values_text(values: dict[str, Any]) -> str:
    """Values as JSON that YAML readers take too; raises ValueError for NaN and infinity.

    YAML has no surrogate pairs, and line breaks and control characters that JSON does not know.
    """
    text = json.dumps(values, allow_nan=False, ensure_ascii=False)
    return _NOT_PLAIN.sub(_escaped, text)


def _common(request: RenderRequest) -> list[str]:
    arguments = ["--namespace", request.namespace, "--values", "-"]
    if request.capabilities.kube_version:
        arguments += ["--kube-version", request.capabilities.kube_version]
    if request.skip_schema:
        arguments.append("--skip-schema-validation")
    for route in integer_routes(request.values):
        arguments += ["--set", f"{_set_path(route)}={_at(request.values, route)}"]
    return arguments


def _escaped(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def _set_path(route: list[str | int]) -> str:
    path = ""
    for step in route:
        if isinstance(step, int):
            path += f"[{step}]"
        else:
            path += ("." if path else "") + _SPECIAL.sub(r"\\\1", step)
    return path


def _at(values: Any, route: list[str | int]) -> Any:
    for step in route:
        values = values[step]
    return values
