"""A second Application of what one deploys already."""

from __future__ import annotations

from pathlib import Path

from tests.mutations.paths import APPS

_FIRST = Path(__file__).parents[2] / APPS / "openbao-secrets-manager-stg.yaml"
SECOND = _FIRST.read_text("utf-8").replace(
    "name: openbao-secrets-manager-stg", "name: openbao-secrets-stg-again"
)
