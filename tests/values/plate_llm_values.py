"""Checks values of the chart plate-llm, given what differs from its defaults."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from plate_llm_cli.source.violations import ViolationKind
from plate_llm_cli.values.merge import coalesce
from plate_llm_cli.values.registry import check_values

DEFAULTS = Path(__file__).parents[2] / "charts" / "plate-llm" / "values.yaml"

Values = dict[str, Any]
Found = list[tuple[ViolationKind, tuple[str | int, ...], str]]


def check(overrides: Values) -> Found:
    defaults = yaml.safe_load(DEFAULTS.read_text(encoding="utf-8"))
    found = check_values("plate-llm", coalesce(defaults, overrides))
    return [(violation.kind, violation.route, violation.message) for violation in found]


def secret(name: str, **more: str) -> Values:
    entry = {"name": name, "secretKey": name, **more}
    return {"enabled": True, "secretName": "s", "envVars": [entry]}
