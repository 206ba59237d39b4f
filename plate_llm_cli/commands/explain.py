"""`plate-llm explain`: one rule in full."""

from __future__ import annotations

import sys
from typing import Annotated

import typer
from rich.console import Console
from rich.markdown import Markdown

from plate_llm_cli.output import write_out
from plate_llm_cli.report.rules import markdown
from plate_llm_cli.rules.registry import RULES
from plate_llm_cli.rules.selection import find_rule

app = typer.Typer(add_completion=False)


@app.command(epilog="plate-llm explain dead-value")
def explain(
    rule: Annotated[
        str,
        typer.Argument(
            metavar="RULE",
            help="As it stands beside a finding.",
            autocompletion=lambda: [rule.id for rule in RULES],
        ),
    ],
) -> None:
    """Say what a rule checks, why, and what to do."""
    text = markdown(find_rule(RULES, rule))
    if sys.stdout.isatty():
        Console().print(Markdown(text, code_theme="ansi_light"))
    else:
        write_out(text)
