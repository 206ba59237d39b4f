"""The formats that `--format` takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plate_llm_cli.report.github import GithubReporter
from plate_llm_cli.report.html.reporter import HtmlReporter
from plate_llm_cli.report.json import JsonReporter
from plate_llm_cli.report.junit import JunitReporter
from plate_llm_cli.report.sarif import SarifReporter
from plate_llm_cli.report.text import TextReporter

if TYPE_CHECKING:
    from collections.abc import Mapping

    from plate_llm_cli.report.base import Reporter

REPORTERS: Mapping[str, Reporter] = {
    "text": TextReporter(),
    "json": JsonReporter(),
    "sarif": SarifReporter(),
    "junit": JunitReporter(),
    "github": GithubReporter(),
    "html": HtmlReporter(),
}
"""By name; `text --quiet` is `TextReporter(quiet=True)`."""
