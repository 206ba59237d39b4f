"""`plate-llm up`: the whole system on this machine."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from plate_llm_cli import options
from plate_llm_cli.commands.check_options import Only, Skip
from plate_llm_cli.context import find_root
from plate_llm_cli.errors import UsageError
from plate_llm_cli.exit_codes import ExitCode
from plate_llm_cli.local import running
from plate_llm_cli.local.provider import Provider
from plate_llm_cli.output import write_out

app = typer.Typer(add_completion=False)

EXAMPLE = """
plate-llm up
plate-llm up stg --keep --port 8000
plate-llm up --provider openai --model gpt-4o --from-env-file openai.env
"""

_SERVICE = "The service"
_VALUES = "Values"

Env = Annotated[
    str,
    typer.Argument(
        metavar="[ENV]",
        help="An Application, or its short name. Default: the first that is not production.",
        autocompletion=options.complete_env,
        show_default=False,
    ),
]
ProviderName = Annotated[
    Provider,
    typer.Option(
        "--provider",
        metavar="builtin|openai|anthropic",
        rich_help_panel=_SERVICE,
        help="Who answers. The built-in one repeats what it is asked; the others need a key, from "
        "OPENAI_API_KEY or ANTHROPIC_API_KEY, a file, or the terminal.",
    ),
]
Model = Annotated[
    str,
    typer.Option(
        "--model",
        metavar="NAME",
        rich_help_panel=_SERVICE,
        help="The model. Default: the environment's own, where it is of that provider.",
        show_default=False,
    ),
]
Port = Annotated[
    int | None,
    typer.Option(
        "--port",
        metavar="PORT",
        min=1,
        max=65535,
        rich_help_panel=_SERVICE,
        help="Where the service listens. Default: a free port.",
        show_default=False,
    ),
]
Keep = Annotated[
    bool,
    typer.Option(
        "--keep", rich_help_panel=_SERVICE, help="Leave it running, with its log, until Ctrl-C."
    ),
]
Token = Annotated[
    bool,
    typer.Option(
        "--token",
        rich_help_panel=_SERVICE,
        help="Print a token of 15 minutes for what --keep runs, and nothing else.",
    ),
]
EnvFiles = Annotated[
    list[Path] | None,
    typer.Option(
        "--from-env-file",
        metavar="FILE",
        rich_help_panel=_VALUES,
        help="Values for keys of the secrets spec, instead of made-up ones; may be repeated.",
        show_default=False,
    ),
]
Quiet = Annotated[bool, typer.Option("-q", "--quiet", help="Only the result.")]


@app.command(epilog=EXAMPLE)
def up(
    env: Env = "",
    provider: ProviderName = Provider.BUILTIN,
    model: Model = "",
    port: Port = None,
    keep: Keep = False,
    token: Token = False,
    env_files: EnvFiles = None,
    only: Only = None,
    skip: Skip = None,
    output_format: options.TextFormat = options.ListFormat.TEXT,
    engine: options.Engine = None,
    root: options.Root = None,
    quiet: Quiet = False,
    verbose: options.Verbose = False,
) -> None:
    """Run the whole system on this machine, and check that it works.

    A fresh OpenBao gets what the secrets spec says, the service gets exactly what its pods would
    get from there, and `smoke` tests it. No account, no cluster, nothing left behind.
    """
    del verbose
    if token:
        _print_token(find_root(root), env)
        return
    # Loads hvac and PyJWT: --help and --token do without.
    from plate_llm_cli.commands.up.starting import Wanted  # noqa: PLC0415 - see above
    from plate_llm_cli.commands.up.whole import Checked, whole  # noqa: PLC0415 - see above

    wanted = Wanted(env, provider, model, port or 0, env_files or (), output_format.value)
    checked = Checked(only or (), skip or (), output_format, quiet)
    code = whole(wanted, checked, root, engine or "", keep=keep)
    if code is not ExitCode.OK:
        raise typer.Exit(code)


def _print_token(root: Path, env: str) -> None:
    """A token to stdout, unless people would read it there.

    Raises:
        UsageError: nothing runs, or something else does, or stdout is a terminal.
        UnreachableError: it ends at this moment.
    """
    if sys.stdout.isatty():
        message = "a token is not for the screen"
        raise UsageError(message, "TOKEN=$(plate-llm up --token) puts it into a variable")
    found = running.find(root)
    if found is None:
        raise UsageError("nothing runs on this machine for this tree", "plate-llm up --keep")
    if env and env != found.env:
        raise UsageError(f"{found.env} runs here, not {env}", "leave ENV out")
    value = found.token()
    if value is None:
        raise UsageError(f"{found.env} asks for no token", "call it without")
    write_out(f"{value.reveal()}{os.linesep}")
