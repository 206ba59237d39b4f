"""The one door to Helm's native library: the calls that `helm_python`'s classes do not expose.

Only the worker process imports this module. `helm_python.Chart.render` takes no Kubernetes
version, API versions or revision, the library behind it does. The calls go through the binding's
own table of signatures, which owns and frees every string that comes back.
"""

from __future__ import annotations

import ctypes

import helm_python
from helm_python import _native

_USED = frozenset(
    {
        "helm_chart_crds",
        "helm_chart_dependencies",
        "helm_chart_free",
        "helm_chart_load",
        "helm_chart_load_archive",
        "helm_chart_merge_values",
        "helm_chart_metadata",
        "helm_chart_save",
        "helm_chart_schema",
        "helm_lint_run_opts",
        "helm_release_name_validate",
        "helm_render",
        "helm_schema_validate",
        "helm_strvals_parse",
        "helm_strvals_parse_file",
        "helm_strvals_parse_string",
        "helm_values_from_yaml",
    }
)

_STAGES: dict[int | None, str] = {
    helm_python.ErrorCode.CHART_LOAD: "load",
    helm_python.ErrorCode.CHART_INVALID: "load",
    helm_python.ErrorCode.VALUES: "values",
    helm_python.ErrorCode.RENDER: "render",
    helm_python.ErrorCode.PANIC: "panic",
}


class HelmRefusalError(Exception):
    """Helm said no. `stage` is the step that failed, a name that `failures.from_refusal` knows.

    `document` is the rendered text that could not be read, in stage `output`.
    """

    def __init__(self, stage: str, message: str, document: str = "") -> None:
        super().__init__(message)
        self.stage = stage
        self.message = message
        self.document = document


def missing_parts() -> str:
    """What this module needs and the installed binding lacks, or ''."""
    wanted = ("call_handle", "call_status", "call_string", "SIGNATURES")
    lacking = [name for name in wanted if not hasattr(_native, name)]
    if not lacking:
        lacking = sorted(_USED - set(_native.SIGNATURES))
    return ", ".join(lacking)


def versions() -> dict[str, str]:
    """The versions of the binding and of the Helm inside the library."""
    return {"binding": helm_python.__version__, "helm": _native.helm_sdk_version()}


def text(function: str, *arguments: int | str) -> str:
    """Call a function of the library that gives a string; raises `HelmRefusalError`."""
    try:
        return _native.call_string(function, *arguments)
    except helm_python.HelmError as error:
        raise _refusal(error) from error


def status(function: str, *arguments: int | str) -> None:
    """Call a function of the library that gives nothing; raises `HelmRefusalError`."""
    try:
        _native.call_status(function, *arguments)
    except helm_python.HelmError as error:
        raise _refusal(error) from error


def load(source: str | bytes) -> int:
    """Load a chart from its folder, or from the bytes of a `.tgz`; the handle is the caller's."""
    try:
        if isinstance(source, str):
            return _native.call_handle("helm_chart_load", source)
        buffer = (ctypes.c_uint8 * len(source)).from_buffer_copy(source)
        return _native.call_handle("helm_chart_load_archive", buffer, len(source))
    except helm_python.HelmError as error:
        raise _refusal(error) from error


def free(handle: int) -> None:
    """Give a chart back."""
    status("helm_chart_free", handle)


def _refusal(error: helm_python.HelmError) -> HelmRefusalError:
    return HelmRefusalError(_STAGES.get(error.code, "call"), error.detail)
