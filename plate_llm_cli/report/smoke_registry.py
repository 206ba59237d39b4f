"""The formats that `smoke --format` takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plate_llm_cli.report.smoke_github import smoke_github
from plate_llm_cli.report.smoke_json import smoke_json
from plate_llm_cli.report.smoke_junit import smoke_junit
from plate_llm_cli.report.smoke_markdown import smoke_markdown
from plate_llm_cli.report.smoke_text import smoke_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from plate_llm_cli.report.smoke import Tested
    from plate_llm_cli.smoke.runner import Run

SMOKE_REPORTS: Mapping[str, Callable[[Run, Tested], str]] = {
    "text": smoke_text,
    "json": smoke_json,
    "junit": smoke_junit,
    "github": smoke_github,
    "markdown": smoke_markdown,
}
"""By name; `smoke_text` takes the width of a screen, colours and `quiet` besides."""
