"""Schemas that the user keeps in a folder (`--crds DIR`).

Two forms, mixed as they come: YAML or JSON files with CustomResourceDefinition objects anywhere
below the folder, and JSON Schemas named `GROUP/KIND_VERSION.json` or `KIND-GROUP-VERSION.json`
(lower case), the layouts that kubeconform and its catalogues use.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from plate_llm_cli.schemas.crds import CustomKind
from plate_llm_cli.schemas.schema import Dialect
from plate_llm_cli.source.reader import read_file, to_plain

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_WORD = re.compile(r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?")
_MAX_BYTES = 10 * 1024 * 1024
_MAX_FILES = 5000
_SUFFIXES = {".yaml", ".yml", ".json"}


def read_crds(folder: Path) -> Iterator[dict[str, Any]]:
    """Every CustomResourceDefinition object in the files below `folder`, in the files' order.

    Files that cannot be read or parsed are left out, and so is what symlinks lead to outside.
    """
    for relative in _files(folder):
        source = read_file(folder, relative)
        for document in source.documents:
            value = to_plain(document.root)
            if isinstance(value, dict) and value.get("kind") == "CustomResourceDefinition":
                yield value


def _files(folder: Path) -> list[str]:
    found = sorted(
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.suffix in _SUFFIXES and path.is_file() and _mentions_crd(path)
    )
    return found[:_MAX_FILES]


def _mentions_crd(path: Path) -> bool:
    """Composing YAML is slow: look for the word first."""
    try:
        if path.stat().st_size > _MAX_BYTES:
            return False
        return b"CustomResourceDefinition" in path.read_bytes()
    except OSError:
        return False


def find_json_schema(folder: Path, group: str, version: str, kind: str) -> CustomKind | None:
    """The JSON Schema of a kind in one of the two layouts, or None."""
    parts = (group, version, kind.lower())
    if not all(_WORD.fullmatch(part) for part in parts):
        return None
    short = group.partition(".")[0]
    for relative in (
        f"{group}/{kind.lower()}_{version}.json",
        f"{kind.lower()}-{short}-{version}.json",
    ):
        raw = _load(folder, relative)
        if raw is not None:
            definitions = raw.get("$defs", raw.get("definitions"))
            named = definitions if isinstance(definitions, dict) else {}
            return CustomKind(group, version, kind, raw, dialect=Dialect.JSON, definitions=named)
    return None


def _load(folder: Path, relative: str) -> dict[str, Any] | None:
    try:
        path = (folder / relative).resolve(strict=True)
        if not path.is_relative_to(folder.resolve()) or path.stat().st_size > _MAX_BYTES:
            return None
        raw = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError, RuntimeError):
        return None
    return raw if isinstance(raw, dict) else None
