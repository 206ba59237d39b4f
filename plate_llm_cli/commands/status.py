"""`plate-llm status`: how an environment is doing in its cluster, on one page."""

from __future__ import annotations

import shutil
import sys
import time
from typing import TYPE_CHECKING, Annotated, Final, NoReturn

import typer

from plate_llm_cli import options
from plate_llm_cli.cluster.status.expected import Expected, expect
from plate_llm_cli.commands import cluster_access
from plate_llm_cli.commands.cluster_access import Clusters, Where, clusters
from plate_llm_cli.commands.deployed import deployed
from plate_llm_cli.context import Workspace
from plate_llm_cli.errors import UnreachableError, UsageError
from plate_llm_cli.exit_codes import ExitCode
from plate_llm_cli.output import screen_width, write_out
from plate_llm_cli.report.status import status_json, status_text
from plate_llm_cli.report.text import wants_color
from plate_llm_cli.report.untrusted import one_line

if TYPE_CHECKING:
    from plate_llm_cli.cluster.status.page import Page

app = typer.Typer(add_completion=False)

EXAMPLE = """
plate-llm status stg
plate-llm status stg --watch
plate-llm status stg --format json
"""

_PAUSE: Final = 2.0
"""Seconds between two looks."""

_HOME: Final = "\x1b[H"
_CLEAR_LINE: Final = "\x1b[K"
_CLEAR_BELOW: Final = "\x1b[J"

Watch = Annotated[bool, typer.Option("--watch", help="Look again every few seconds, until Ctrl-C.")]


@app.command(epilog=EXAMPLE)
def status(
    env: options.Env,
    watch: Watch = False,
    output_format: options.TextFormat = options.ListFormat.TEXT,
    context: cluster_access.Context = "",
    namespace: cluster_access.Namespace = "",
    yes_really: cluster_access.YesReally = False,
    engine: options.Engine = None,
    root: options.Root = None,
    verbose: options.Verbose = False,
) -> None:
    """Show on one page how an environment is doing in its cluster.

    What is looked at is what the environment renders, so that what is absent is seen, too. Nothing
    is changed, and of Secrets only the names of keys are shown. What may not be read is said, and
    the rest is shown. Exit 1 when it is not healthy, or when that cannot be judged.
    """
    del verbose
    if watch:
        _require_terminal(output_format)
    with Workspace(root, engine or "") as workspace:
        release = workspace.release(env)
        with clusters(workspace, release, Where(context, yes_really), changes=False) as reached:
            expected = _expected(workspace, env, namespace)
            if watch:
                _repeat(reached, expected)
            page = _look(reached, expected)
    if output_format is options.ListFormat.JSON:
        write_out(status_json(page))
    else:
        write_out(_shown(page))
    if not page.healthy:
        raise typer.Exit(ExitCode.FINDINGS)


def _expected(workspace: Workspace, env: str, namespace: str) -> Expected:
    """All releases are rendered: Secrets, and what makes them, may come from any."""
    return expect(deployed(workspace), workspace.release(env), env, namespace)


def _look(reached: Clusters, expected: Expected) -> Page:
    from plate_llm_cli.cluster.status.page import look  # noqa: PLC0415 - the client takes 0.3 s

    return look(reached.workloads, reached.argocd, expected)


def _shown(page: Page) -> str:
    return status_text(page, screen_width(), color=wants_color(sys.stdout))


def _require_terminal(output_format: options.ListFormat) -> None:
    if output_format is not options.ListFormat.TEXT:
        raise UsageError("--watch is for people", "leave out --format, or call again and again")
    if not sys.stdout.isatty():
        raise UsageError("--watch needs a terminal", "leave it out, and call again and again")


def _repeat(reached: Clusters, expected: Expected) -> NoReturn:
    """Draw the page over itself until Ctrl-C. An API server that is away is waited for."""
    while True:
        try:
            text = _shown(_look(reached, expected))
        except UnreachableError as error:
            text = f"{one_line(error.message)}\n{one_line(error.hint)}\n"
        write_out(_drawn(text))
        time.sleep(_PAUSE)


def _drawn(text: str) -> str:
    """`text` from the top of the screen on; what has no room is left out."""
    room = max(1, shutil.get_terminal_size().lines - 1)
    lines = text.splitlines()
    if len(lines) > room:
        lines = [*lines[: room - 1], f"(and {len(lines) - room + 1} more lines)"]
    return _HOME + "".join(f"{line}{_CLEAR_LINE}\n" for line in lines) + _CLEAR_BELOW
