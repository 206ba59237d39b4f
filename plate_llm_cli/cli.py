"""The command line: which commands there are, and where each is found when it is called."""

from __future__ import annotations

import re
from difflib import get_close_matches
from importlib import import_module
from typing import TYPE_CHECKING, Any

import typer
from typer.exceptions import TyperException

from plate_llm_cli import __version__, options
from plate_llm_cli.errors import UsageError
from plate_llm_cli.exit_codes import ExitCode
from plate_llm_cli.help_page import Command, Group, page_width
from plate_llm_cli.output import write_out

if TYPE_CHECKING:
    from collections.abc import Mapping

COMMANDS: Mapping[str, str] = {
    "validate": "Check that every release of the tree would come up.",
    "render": "Print the manifests of a release as ArgoCD would apply them.",
    "diff": "Show what differs between two environments, revisions, or Git and the cluster.",
    "graph": "Draw what a release is linked to, with broken links in red.",
    "secrets": "Fill OpenBao with what a deployment needs, and keep it so.",
    "argocd": "Write the Applications, and bring them to the cluster.",
    "status": "Show on one page how an environment is doing in its cluster.",
    "smoke": "Test a deployed service as its users reach it.",
    "up": "Run the whole system on this machine, and check that it works.",
    "env": "List, show, make, promote and remove environments.",
    "doctor": "Check this machine and what it can reach; each line says ok, or what to do.",
    "schema": "Write the JSON Schemas that editors, Helm and ArgoCD use.",
    "rules": "List the rules that validate checks.",
    "explain": "Say what a rule checks, why, and what to do.",
}
"""Name and first line of help. A command lives in the module of its name in `commands`, as `app`;
it is imported when it is called, so that `--help` costs the same however many there are."""

_RENDERING = frozenset({"diff", "graph", "render", "validate"})

EXAMPLE = """
plate-llm env list
plate-llm validate
plate-llm render stg
"""

_SECRETS = "plate-llm secrets"
_EXTRA = "unexpected extra argument"
_NO_VALUES = (
    "values are never given on the command line, where everybody can read them: "
    "use --from-env-file, --from-file or the prompt"
)
_CHOICES = re.compile(r"'(?P<given>[^']*)' is not one of (?P<known>'.*')")


class LazyGroup(Group):
    """Lists commands by their one line of help and loads the one that is called."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command that `args` begins with, loaded; `-C` before it counts as if behind it."""
        name, command, rest = super().resolve_command(ctx, args)
        if name in COMMANDS:
            if name in _RENDERING and not (ctx.resilient_parsing or _asks_for_help(rest)):
                _begin_to_load_helm()
            command = load(name)
            source = ctx.get_parameter_source("root")
            if source is not None and source.name == "COMMANDLINE":
                ctx.default_map = {name: _hand_down(command, ctx.params["root"])}
        return name, command, rest


def _begin_to_load_helm() -> None:
    from plate_llm_cli.helm import prestart  # noqa: PLC0415 - most commands do without Helm

    prestart.begin()


def _asks_for_help(arguments: list[str]) -> bool:
    return "-h" in arguments or "--help" in arguments


def _hand_down(command: Any, root: object) -> dict[str, Any]:
    """The defaults of `command` and of what is below it once `root` was given before its name."""
    for parameter in command.params:
        if parameter.name == "root":
            parameter.envvar = None  # it would win over a default
    below = getattr(command, "commands", {})
    return {"root": root} | {name: _hand_down(below[name], root) for name in below}


def load(name: str) -> Any:
    """The command `name` itself."""
    app: typer.Typer = import_module(f"plate_llm_cli.commands.{name}").app
    app.info.cls = Group
    for info in app.registered_commands:
        info.cls = Command
    command = typer.main.get_command(app)
    command.name = name
    return command


def command() -> Any:
    """The whole command line."""
    app = typer.Typer(
        cls=LazyGroup,
        pretty_exceptions_enable=False,
        pretty_exceptions_show_locals=False,
        context_settings={
            "help_option_names": ["-h", "--help"],
            "terminal_width": page_width(),
        },
        epilog=EXAMPLE,
    )
    app.callback()(_main)
    group = typer.main.get_command(app)
    group.commands = {  # type: ignore[attr-defined]  # a TyperGroup, by `cls`
        name: Command(name, help=help_text) for name, help_text in COMMANDS.items()
    }
    return group


def call(arguments: list[str]) -> int:
    """Carry out the command line `arguments`; the exit code.

    Raises:
        PlateError: it cannot be carried out.
    """
    try:
        code = command().main(args=arguments, prog_name="plate-llm", standalone_mode=False)
    except TyperException as error:
        raise _usage_error(error) from error
    return code if isinstance(code, int) else ExitCode.OK


def _usage_error(error: TyperException) -> UsageError:
    """What Typer has against the command line, in the words of our own errors."""
    context: Any = getattr(error, "ctx", None)
    text = error.format_message().partition(" (Possible options")[0]
    text = text.replace("Value error, ", "").replace("\n\t", " ").removesuffix(".")
    path = context.command_path if context else "plate-llm"
    if _EXTRA in text and _SECRETS in path:  # most likely KEY=VALUE
        return UsageError("one argument too many, which is not repeated here", _NO_VALUES)
    hint = f"{path} --help says how it is used"
    near: list[str] = []
    if choice := _CHOICES.search(text):
        if _SECRETS in path:
            text = text.replace(f"'{choice['given']}'", "what was given")
        near = get_close_matches(choice["given"], re.findall(r"'(.*?)'", choice["known"]), 1)
    elif context and (option := getattr(error, "option_name", "")):
        known = [name for item in context.command.get_params(context) for name in item.opts]
        near = get_close_matches(option, known, 1)
    return UsageError(text[:1].lower() + text[1:], f"did you mean {near[0]}?" if near else hint)


def _print_version(wanted: bool) -> None:
    if wanted:
        write_out(f"plate-llm {__version__}\n")
        raise typer.Exit


def _main(
    root: options.Root = None,
    version: bool = typer.Option(
        False,
        "--version",
        help="Print the version and exit.",
        is_eager=True,
        callback=_print_version,
    ),
) -> None:
    """Prove that a Helm + ArgoCD deployment will come up, before it is merged."""
    del root, version
