"""Which smoke checks run: options of `smoke` and `up`."""

from __future__ import annotations

from typing import Annotated

import typer

PANEL = "Checks"


def complete_check(incomplete: str) -> list[str]:
    """The names of checks, for shell completion."""
    from plate_llm_cli.smoke.registry import CHECKS  # noqa: PLC0415 - loads urllib3, cryptography

    return [check.name for check in CHECKS if check.name.startswith(incomplete)]


Only = Annotated[
    list[str] | None,
    typer.Option(
        "--check",
        metavar="NAME",
        rich_help_panel=PANEL,
        help="Only this smoke check, which then must not be skipped; may be repeated.",
        autocompletion=complete_check,
        show_default=False,
    ),
]
Skip = Annotated[
    list[str] | None,
    typer.Option(
        "--skip",
        metavar="NAME",
        rich_help_panel=PANEL,
        help="Not this check; may be repeated.",
        autocompletion=complete_check,
        show_default=False,
    ),
]
