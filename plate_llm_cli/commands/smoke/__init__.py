"""`plate-llm smoke`: whether a deployed service does what its users need."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from plate_llm_cli import options
from plate_llm_cli.commands import cluster_access
from plate_llm_cli.commands.check_options import PANEL, Only, Skip
from plate_llm_cli.commands.cluster_access import Where
from plate_llm_cli.commands.durations import seconds_of
from plate_llm_cli.exit_codes import ExitCode
from plate_llm_cli.output import require_place, screen_width, write_out, write_result
from plate_llm_cli.report.columns import described
from plate_llm_cli.report.smoke_registry import SMOKE_REPORTS
from plate_llm_cli.report.smoke_text import smoke_text
from plate_llm_cli.report.text import wants_color
from plate_llm_cli.smoke.budget import DEFAULT_TOKENS, Budget
from plate_llm_cli.smoke.target import Way
from plate_llm_cli.smoke.trial import DEFAULT_REQUESTS, Latency

if TYPE_CHECKING:
    from plate_llm_cli.report.smoke import Tested
    from plate_llm_cli.smoke.runner import Run

app = typer.Typer(add_completion=False)

EXAMPLE = """
plate-llm smoke stg
plate-llm smoke stg --wait 5m --format junit --output smoke.xml
plate-llm smoke stg --via port-forward --check readyz --check streaming
plate-llm smoke --url https://llm.example.com --token-env LLM_TOKEN --p95 2s
"""

_REACH = "The way in"

Env = Annotated[
    str | None,
    typer.Argument(
        metavar="[ENV]",
        help="An Application, or its short name: where it is and what it should do.",
        autocompletion=options.complete_env,
        show_default=False,
    ),
]
Url = Annotated[
    str,
    typer.Option(
        "--url",
        metavar="URL",
        rich_help_panel=_REACH,
        help="The service at this address. With ENV: it should do what ENV's does.",
        show_default=False,
    ),
]
Local = Annotated[
    bool,
    typer.Option(
        "--local", rich_help_panel=_REACH, help="What `plate-llm up --keep` runs on this machine."
    ),
]
Via = Annotated[
    options.WayIn | None,
    typer.Option(
        "--via",
        metavar="ingress|port-forward|in-cluster",
        rich_help_panel=_REACH,
        help="Through the Ingress as users come (the default), or past it.",
        show_default=False,
    ),
]
ConnectTo = Annotated[
    str,
    typer.Option(
        "--connect-to",
        metavar="HOST[:PORT]",
        rich_help_panel=_REACH,
        help="Connect there, whatever DNS says: before a record is moved, for example.",
        show_default=False,
    ),
]
CaFile = Annotated[
    Path | None,
    typer.Option(
        "--ca-file",
        metavar="FILE",
        rich_help_panel=_REACH,
        help="Certificates (PEM) to trust besides those of the system.",
        show_default=False,
    ),
]
TokenEnv = Annotated[
    str,
    typer.Option(
        "--token-env",
        metavar="NAME",
        rich_help_panel=_REACH,
        help="The variable with a token. Default: one is made, with the key from OpenBao.",
        show_default=False,
    ),
]
Strict = Annotated[
    bool,
    typer.Option(
        "--strict",
        rich_help_panel=PANEL,
        help="A check that cannot be tried, for want of a key or a client, has failed.",
    ),
]
ListChecks = Annotated[
    bool, typer.Option("--list", rich_help_panel=PANEL, help="Say which checks there are.")
]
Wait = Annotated[
    str,
    typer.Option(
        "--wait",
        metavar="TIME",
        rich_help_panel=PANEL,
        help="First wait until it is ready, such as 90s or 5m at most.",
        show_default=False,
    ),
]
Model = Annotated[
    str,
    typer.Option(
        "--model",
        metavar="NAME",
        rich_help_panel=PANEL,
        help="The model to ask. Default: the service's own default.",
        show_default=False,
    ),
]
P95 = Annotated[
    str,
    typer.Option(
        "--p95",
        metavar="TIME",
        rich_help_panel=PANEL,
        help="How long 95 of 100 short answers may take at most, such as 2s.",
        show_default=False,
    ),
]
Requests = Annotated[
    int,
    typer.Option(
        "--requests",
        min=1,
        max=1000,
        rich_help_panel=PANEL,
        help="How many answers --p95 looks at.",
    ),
]
MaxCost = Annotated[
    int,
    typer.Option(
        "--max-cost-tokens",
        min=0,
        rich_help_panel=PANEL,
        help="Tokens of models that may be spent; checks beyond that are skipped.",
    ),
]
Quiet = Annotated[
    bool, typer.Option("-q", "--quiet", help="Only what is not well, and the summary.")
]
Format = Annotated[options.SmokeFormat, typer.Option("--format", help="How to print the result.")]


@app.command(epilog=EXAMPLE)
def smoke(
    env: Env = None,
    url: Url = "",
    local: Local = False,
    via: Via = None,
    connect_to: ConnectTo = "",
    ca_file: CaFile = None,
    token_env: TokenEnv = "",
    only: Only = None,
    skip: Skip = None,
    list_checks: ListChecks = False,
    strict: Strict = False,
    wait: Wait = "",
    model: Model = "",
    p95: P95 = "",
    requests: Requests = DEFAULT_REQUESTS,
    max_cost_tokens: MaxCost = DEFAULT_TOKENS,
    output_format: Format = options.SmokeFormat.TEXT,
    output: options.Output = None,
    context: cluster_access.Context = "",
    yes_really: cluster_access.YesReally = False,
    engine: options.Engine = None,
    root: options.Root = None,
    quiet: Quiet = False,
    verbose: options.Verbose = False,
) -> None:
    """Test a deployed service as its users reach it.

    Where it is and what it should do comes from ENV: the Ingress, the image's tag, the settings,
    the signing key in OpenBao. Few tokens are spent. Exit 1 when a check fails, 3 when nothing
    answers there.
    """
    del verbose
    if list_checks:
        write_out(_listed())
        return
    require_place(output)  # a run may last minutes
    # Loads urllib3, cryptography and PyJWT: --help does without.
    from plate_llm_cli.commands.smoke.opening import Asked, Reach  # noqa: PLC0415 - see above
    from plate_llm_cli.commands.smoke.whole import Checked, whole  # noqa: PLC0415 - see above

    seconds = seconds_of(wait, "--wait") if wait else 0.0
    asked = Asked(
        Reach(env or "", url, local, Way(via) if via else None, connect_to, ca_file),
        Where(context, yes_really),
        token_env,
        model,
        Budget(max_cost_tokens),
        Latency(seconds_of(p95, "--p95") if p95 else None, requests),
    )
    done, tested = whole(asked, Checked(only or (), skip or (), strict, seconds), root, engine)
    if output_format is options.SmokeFormat.TEXT and output is None:
        _show(done, tested, quiet=quiet)
    else:
        write_result(SMOKE_REPORTS[output_format.value](done, tested), output)
    if done.unreachable:
        raise typer.Exit(ExitCode.UNREACHABLE)
    if done.failed:
        raise typer.Exit(ExitCode.FINDINGS)


def _show(done: Run, tested: Tested, *, quiet: bool) -> None:
    color = wants_color(sys.stdout)
    write_out(smoke_text(done, tested, screen_width(), color=color, quiet=quiet))


def _listed() -> str:
    from plate_llm_cli.smoke.registry import CHECKS  # noqa: PLC0415 - loads what checks need

    return described([(check.name, check.about) for check in CHECKS], screen_width())
