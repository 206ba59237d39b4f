"""What commands that start an operation say while another one runs."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

from plate_llm_cli.cluster.argocd.operations import BusyError
from plate_llm_cli.exit_codes import ExitCode
from plate_llm_cli.output import say
from plate_llm_cli.report.argocd_sync import busy_text

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def one_at_a_time(env: str) -> Iterator[None]:
    """End the command with 1 where an operation of the Application runs, and say whose."""
    try:
        yield
    except BusyError as error:
        say(f"error: {busy_text(error)}")
        say(f"hint: plate-llm argocd wait {env}, then run the command again")
        raise typer.Exit(ExitCode.FINDINGS) from None
