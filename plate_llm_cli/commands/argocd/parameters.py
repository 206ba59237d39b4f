"""The arguments and options that several of these commands share."""

from __future__ import annotations

from typing import Annotated

import typer

from plate_llm_cli import options

Env = Annotated[
    str,
    typer.Argument(
        metavar="ENV",
        help="An Application, or its short name.",
        autocompletion=options.complete_env,
    ),
]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Let the API server say what would change; store nothing.")
]
Yes = Annotated[bool, typer.Option("-y", "--yes", help="Do not ask.")]
