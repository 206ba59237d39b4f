"""Smoke checks as JSON, version 1: the form is fixed in `smoke.schema.json` beside this file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from plate_llm_cli.report.untrusted import json_text
from plate_llm_cli.smoke.check import Verdict

if TYPE_CHECKING:
    from plate_llm_cli.report.smoke import Tested
    from plate_llm_cli.smoke.check import Result
    from plate_llm_cli.smoke.runner import Run

VERSION: Final = 1
"""Goes up when a key is renamed, removed or changes its meaning; a new key does not raise it."""


def smoke_json(run: Run, tested: Tested) -> str:
    """One object with the target, the checks in the order in which they ran, and the summary."""
    return json_text(
        {
            "version": VERSION,
            "target": {
                "url": tested.target.url,
                "environment": tested.env or None,
                "way": tested.target.way.value,
                "address": tested.address or None,
            },
            "checks": [_check(result) for result in run.results],
            "summary": {verdict.value: run.count(verdict) for verdict in Verdict}
            | {
                "tokens": run.spent,
                "seconds": round(run.seconds, 3),
                "reachable": not run.unreachable,
            },
        }
    )


def _check(result: Result) -> dict[str, Any]:
    return {
        "name": result.check.name,
        "area": result.check.area,
        "about": result.check.about,
        "verdict": result.outcome.verdict.value,
        "message": result.outcome.said,
        "advice": result.outcome.advice or None,
        "seconds": round(result.seconds, 3),
    }
