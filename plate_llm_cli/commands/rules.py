"""`plate-llm rules`: every rule in one line."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from plate_llm_cli import options
from plate_llm_cli.output import screen_width, write_out
from plate_llm_cli.report.columns import described
from plate_llm_cli.report.rules import markdown_page
from plate_llm_cli.rules.registry import RULES

app = typer.Typer(add_completion=False)

Format = Annotated[
    options.RulesFormat,
    typer.Option("--format", help="A line a rule, for programs, or every rule in full."),
]


@app.command(epilog="plate-llm rules\nplate-llm rules --format json")
def rules(output_format: Format = options.RulesFormat.TEXT) -> None:
    """List the rules that validate checks."""
    if output_format is options.RulesFormat.JSON:
        listed = [
            {"id": rule.id, "severity": rule.severity.value, "summary": rule.summary}
            for rule in RULES
        ]
        write_out(json.dumps({"version": 1, "rules": listed}, indent=2) + "\n")
    elif output_format is options.RulesFormat.MARKDOWN:
        write_out(markdown_page(RULES))
    else:
        rows = [(rule.id, rule.severity.value, rule.summary) for rule in RULES]
        write_out(described(rows, screen_width()))
