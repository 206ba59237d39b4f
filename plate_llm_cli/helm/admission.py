"""What `helm template` refuses before it renders, which the library's own render call lets pass.

Helm checks these in `pkg/cmd/install.go` (`checkIfInstallable`), `pkg/action/install.go`
(`CheckDependencies`) and `pkg/action/action.go` (the chart's `kubeVersion`).
"""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from plate_llm_cli.helm import native

if TYPE_CHECKING:
    from plate_llm_cli.helm.handles import LoadedChart

_READABLE = ("v1", "v2")


class Admission:
    """What to say about a chart that may render: notes, and dependencies that are on but absent."""

    def __init__(self) -> None:
        self.notes: list[str] = []
        self.missing: list[str] = []


def admit(chart: LoadedChart, values: dict[str, Any], kube_version: str) -> Admission:
    """Whether the chart may render with `values`; raises `HelmRefusalError` with stage `chart`."""
    metadata = chart.metadata
    if metadata.get("apiVersion", "v1") not in _READABLE:
        raise native.HelmRefusalError("chart", f"invalid chart apiVersion {metadata['apiVersion']}")
    if metadata.get("type", "application") not in ("", "application"):
        raise native.HelmRefusalError("chart", f"{metadata['type']} charts are not installable")
    _check_kube_version(metadata.get("kubeVersion", ""), kube_version)
    admission = Admission()
    _check_absent(chart, values, admission)
    _check_versions(chart, admission)
    return admission


def _check_kube_version(constraint: str, kube_version: str) -> None:
    if constraint and not _matches(constraint, "", kube_version):
        raise native.HelmRefusalError(
            "chart",
            f"chart requires kubeVersion: {constraint} which is incompatible with "
            f"Kubernetes {_kubernetes(kube_version)}",
        )


def _check_absent(chart: LoadedChart, values: dict[str, Any], admission: Admission) -> None:
    """Helm refuses every dependency that is not in charts/; we go on without it, and say so."""
    loaded = {dependency["name"] for dependency in chart.dependencies}
    absent = [entry for entry in chart.declared if entry["name"] not in loaded]
    if not absent:
        return
    merged = json.loads(native.text("helm_chart_merge_values", chart.handle, json.dumps(values)))
    for entry in absent:
        name = entry.get("alias") or entry["name"]
        if _is_enabled(entry, merged):
            admission.missing.append(name)
        else:
            admission.notes.append(
                f"dependency {name} is switched off and not in charts/: rendered without it, where "
                "Helm itself wants `helm dependency build` first"
            )


def _check_versions(chart: LoadedChart, admission: Admission) -> None:
    """A vendored chart of another version than was asked for renders all the same."""
    for entry in chart.declared:
        wanted = entry.get("version", "")
        found = [item["version"] for item in chart.dependencies if item["name"] == entry["name"]]
        if found and not any(_matches(wanted, version, "") for version in found):
            admission.notes.append(
                f"charts/ has {entry['name']} {', '.join(found)}, Chart.yaml asks for {wanted}: "
                "Helm renders the one in charts/, as if it were not declared"
            )


def _is_enabled(entry: dict[str, Any], values: dict[str, Any]) -> bool:
    """Tags first, then the first condition that is a boolean (`chart/v2/util/dependencies.go`)."""
    for path in str(entry.get("condition", "")).strip().split(","):
        found = _lookup(values, path) if path else None
        if isinstance(found, bool):
            return found
    tags = values.get("tags")
    states = [tags.get(tag) for tag in entry.get("tags") or ()] if isinstance(tags, dict) else []
    return True in states or False not in states


def _lookup(values: Any, path: str) -> Any:
    for step in path.split("."):
        values = values.get(step) if isinstance(values, dict) else None
    return values


@lru_cache(maxsize=256)
def _matches(constraint: str, version: str, kube_version: str) -> bool:
    """Whether `version`, or Kubernetes' own if '', satisfies `constraint` (Masterminds semver)."""
    try:
        return _ask({"constraint": constraint, "version": version}, kube_version)[0] == "true"
    except native.HelmRefusalError:
        return False  # as in Helm: what cannot be read is not satisfied


@lru_cache(maxsize=16)
def _kubernetes(kube_version: str) -> str:
    return _ask({"constraint": "", "version": ""}, kube_version)[1]


def _ask(values: dict[str, str], kube_version: str) -> list[str]:
    """What Helm's template functions say: of the constraint, and which Kubernetes it is."""
    handle = _question_chart()
    answer = native.text(
        "helm_render", handle, json.dumps(values), json.dumps({"kube_version": kube_version})
    )
    (text,) = json.loads(answer).values()
    verdict, _, kubernetes = text.partition(" ")
    return [verdict, kubernetes]


@lru_cache(maxsize=1)
def _question_chart() -> int:
    return native.load(str(Path(__file__).with_name("question")))
