"""Our own models of custom resources that most trees use and few trees hold the CRDs of.

The files in `crds/` are named after an apiVersion (`/` written as `_`) and hold `kinds`: the
schema of each kind's `spec` in CRD form, where an unknown field is an error, with `$defs` shared
among them. A part that is not modelled field by field says so with
`x-kubernetes-preserve-unknown-fields`.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from plate_llm_cli.schemas.crds import CustomKind
from plate_llm_cli.schemas.violations import SchemaSource

_FOLDER = Path(__file__).with_name("crds")
_OPEN = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}


def find_model(group: str, version: str, kind: str) -> CustomKind | None:
    """Our model of a kind, or None."""
    name = f"{group}_{version}.json"
    if name not in _files():
        return None
    content = _read(name)
    spec = content["kinds"].get(kind)
    if spec is None:
        return None
    raw = {
        "type": "object",
        "properties": {"spec": spec, "status": _OPEN},
        "required": ["spec"],
    }
    return CustomKind(
        group, version, kind, raw, source=SchemaSource.MODEL, definitions=content["$defs"]
    )


@cache
def _files() -> frozenset[str]:
    return frozenset(path.name for path in _FOLDER.glob("*.json"))


@cache
def _read(name: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((_FOLDER / name).read_bytes())
    return content
