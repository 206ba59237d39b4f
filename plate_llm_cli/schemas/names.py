"""The names that an object may have, by its kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from plate_llm_cli.schemas.formats import dns_1035_label, dns_label, dns_subdomain, path_segment
from plate_llm_cli.schemas.versions import parse_minor
from plate_llm_cli.schemas.violations import Violation, ViolationKind
from plate_llm_cli.schemas.wording import show

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from plate_llm_cli.source.nodes import Route

_PATH_SEGMENT_KINDS = {"ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"}
_RELAXED_SERVICES = (1, 36)
"""From here on a Service's name may start with a digit (KEP-5311: beta, stable in 1.37)."""

_MAX_LENGTHS = {"CronJob": 52, "Job": 63}
"""Kubernetes appends to the first for its Jobs and makes a label of the second."""


def check_name(obj: dict[str, Any], version: str, *, custom: bool) -> Iterator[Violation]:
    """What is wrong with `metadata.name`, `generateName` and `namespace`.

    `version` is Kubernetes' minor version; `custom` says that the kind is none of its own.
    """
    metadata = obj.get("metadata")
    if metadata is not None and not isinstance(metadata, dict):
        return
    metadata = metadata or {}
    name, generated = metadata.get("name"), metadata.get("generateName")
    if not name and not generated:
        yield _missing(obj, metadata)
    elif isinstance(name, str) and name:
        yield from _bad_name("" if custom else str(obj.get("kind")), name, version)
    namespace = metadata.get("namespace")
    if isinstance(namespace, str) and namespace and (expected := dns_label(namespace)):
        yield _bad(("metadata", "namespace"), expected, namespace)


def _missing(obj: dict[str, Any], metadata: dict[str, Any]) -> Violation:
    route: Route = ("metadata",) if isinstance(obj.get("metadata"), dict) else ()
    route = ("metadata", "name") if "name" in metadata else route
    what = "is empty" if "name" in metadata else "is missing"
    text = "Every object needs a name (or generateName, for what is created and not applied)."
    return Violation(route, f"metadata.name {what}", text, ViolationKind.MISSING_FIELD)


def _bad_name(kind: str, name: str, version: str) -> Iterator[Violation]:
    """`kind` is empty for a custom one."""
    expected = _rule(kind, version)(name)
    longest = _MAX_LENGTHS.get(kind)
    if expected is None and longest is not None and len(name) > longest:
        expected = f"a {kind} name of at most {longest} characters"
    if expected is not None:
        yield _bad(("metadata", "name"), expected, name)


def _rule(kind: str, version: str) -> Callable[[str], str | None]:
    if kind in _PATH_SEGMENT_KINDS:
        return path_segment
    if kind == "Service":
        return dns_label if parse_minor(version) >= _RELAXED_SERVICES else dns_1035_label
    return dns_label if kind == "Namespace" else dns_subdomain


def _bad(route: tuple[str, ...], expected: str, name: str) -> Violation:
    message = f"expected {expected}, got {show(name)}"
    return Violation(route, message, _repair(name), ViolationKind.BAD_NAME)


def _repair(name: str) -> str:
    lowered = name.lower().replace("_", "-")
    if lowered != name and dns_subdomain(lowered) is None:
        return f'Write "{lowered}" (in a template: | lower | replace "_" "-").'
    if len(name) > 63:
        return 'Shorten it (in a template: | trunc 63 | trimSuffix "-").'
    return ""
