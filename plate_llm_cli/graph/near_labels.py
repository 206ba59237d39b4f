"""Whose pods a selector means that picks none: the workload whose labels come near to it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from plate_llm_cli.graph.secret_uses import place_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from plate_llm_cli.graph.manifests import Manifest
    from plate_llm_cli.graph.workloads import Workload

_COMMON: Final = frozenset(
    {
        *("app.kubernetes.io/instance", "app.kubernetes.io/part-of", "app.kubernetes.io/version"),
        *("app.kubernetes.io/managed-by", "helm.sh/chart", "release", "heritage", "chart"),
    }
)
"""Labels that all pods of a release have: they say nothing of which one is meant."""
_OPERATOR: Final = re.compile(r"(^|-)(operator|controller|manager)(-|$)")


def nearest(
    selecting: Manifest, wanted: dict[str, Any], workloads: Iterable[Workload], *, operated: bool
) -> Workload | None:
    """The workload of the same release and namespace with all labels of `wanted` but one.

    Else one with values that resemble. Where an operator makes pods from a custom resource
    (`operated`), labels that a whole release has in common are not enough, and neither is it the
    operator itself whose name resembles.
    """
    near: tuple[int, Workload] | None = None
    for item in workloads:
        if item.manifest.release is not selecting.release or item.place != place_of(selecting):
            continue
        if item.is_brief or item.manifest.hook:
            continue
        fitting = {name for name, value in wanted.items() if item.labels.get(name) == value}
        enough = fitting - _COMMON if operated else fitting
        if (enough and len(fitting) >= len(wanted) - 1) or _resembles(wanted, item, operated):
            near = max(near or (len(fitting), item), (len(fitting), item), key=lambda pair: pair[0])
    return near[1] if near else None


def _resembles(wanted: dict[str, Any], workload: Workload, operated: bool) -> bool:
    """Whether each label is there with the same value, or with one that looks like it."""
    if operated and any(_OPERATOR.search(value) for value in workload.labels.values()):
        return False
    pairs = [(str(value), workload.labels.get(name, "")) for name, value in wanted.items()]
    return all(has and (value in has or has in value) for value, has in pairs)
