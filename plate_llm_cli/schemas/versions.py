"""Which Kubernetes versions we have schemas for, and where they are on disk."""

from __future__ import annotations

import re
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from plate_llm_cli.errors import PlateError, UsageError

_FOLDER = re.compile(r"v(\d+)\.(\d+)\.\d+-local-strict")
_VERSION = re.compile(r"v?(\d+)\.(\d+)(?:[.+-].*)?")

Minor = tuple[int, int]


@cache
def _folders() -> dict[Minor, Path]:
    """The schema folder of each minor version, oldest first.

    `kubernetes_validate` is found, not imported: its import costs 150 ms and we want its data.
    """
    spec = find_spec("kubernetes_validate")
    if spec is None or spec.origin is None:
        message = "the Kubernetes schemas are not installed (package kubernetes-validate)"
        raise PlateError(message, "Install plate-llm again, with its dependencies.")
    root = Path(spec.origin).parent / "kubernetes-json-schema"
    found = {
        (int(match[1]), int(match[2])): folder
        for folder in root.iterdir()
        if (match := _FOLDER.fullmatch(folder.name))
    }
    return dict(sorted(found.items()))


def known_versions() -> tuple[str, ...]:
    """The minor versions with schemas, oldest first: `("1.25", ..., "1.37")`."""
    return tuple(_text(minor) for minor in _folders())


def newest_version() -> str:
    """The newest minor version with schemas."""
    return known_versions()[-1]


def oldest_version() -> str:
    """The oldest minor version with schemas."""
    return known_versions()[0]


def nearest_version(kube_version: str) -> str:
    """The known minor version closest to `kube_version`; the newest where it cannot be read."""
    match = _VERSION.fullmatch(kube_version.strip())
    if match is None:
        return newest_version()
    wanted = (int(match[1]), int(match[2]))
    not_newer = [minor for minor in _folders() if minor <= wanted]
    return _text(not_newer[-1]) if not_newer else oldest_version()


def require_version(kube_version: str) -> str:
    """`v1.31.2-eks` as `1.31`.

    Raises UsageError when it is no version or one without schemas.
    """
    match = _VERSION.fullmatch(kube_version.strip())
    minor = _text((int(match[1]), int(match[2]))) if match else None
    if minor in known_versions():
        return minor
    what = f"there are no schemas for Kubernetes {kube_version}"
    if match is None:
        what = f'"{kube_version}" is no Kubernetes version'
    raise UsageError(what, f"Choose one from {oldest_version()} to {newest_version()}.")


def schema_folder(version: str) -> Path:
    """The folder with the schemas of minor version `version` (one of `known_versions`)."""
    return _folders()[parse_minor(version)]


def parse_minor(version: str) -> Minor:
    """`1.25` gives `(1, 25)`."""
    major, _, minor = version.partition(".")
    return int(major), int(minor)


def previous_version(version: str) -> str:
    """`1.26` gives `1.25`."""
    major, minor = parse_minor(version)
    return f"{major}.{minor - 1}"


def _text(minor: Minor) -> str:
    return f"{minor[0]}.{minor[1]}"
