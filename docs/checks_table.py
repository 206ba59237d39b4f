"""The table of smoke checks."""

from __future__ import annotations

from plate_llm_cli.smoke.registry import CHECKS


def table() -> str:
    """Every check in its order, as Markdown."""
    rows = [f"| {check.area} | `{check.name}` | {check.about} |" for check in CHECKS]
    return "\n".join(["| about | check | what it looks for |", "| --- | --- | --- |", *rows])
