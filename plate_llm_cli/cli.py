"""The command line: which commands there are, and where each is found when it is called."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperCommand, TyperGroup

from plate_llm_cli import __version__

if TYPE_CHECKING:
    from collections.abc import Mapping

COMMANDS: Mapping[str, str] = {
    "validate": "Check that every release of the tree would come up.",
    "render": "Print the manifests of a release as ArgoCD would apply them.",
    "env": "List the environments of the tree and show what each consists of.",
    "schema": "Write the JSON Schemas that editors, Helm and ArgoCD use.",
    "rules": "List the rules that validate checks.",
    "explain": "Say what a rule checks, why, and what to do.",
}
"""Name and first line of help. A command lives in the module of its name in `commands`, as `app`;
it is imported when it is called, so that `--help` costs the same however many there are."""

_EPILOG = "Start with:  plate-llm validate"


class LazyGroup(TyperGroup):
    """Lists commands by their one line of help and loads the one that is called."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command that `args` begins with, loaded."""
        name, command, rest = super().resolve_command(ctx, args)
        return name, load(name) if name in COMMANDS else command, rest


def load(name: str) -> Any:
    """The command `name` itself."""
    command = typer.main.get_command(import_module(f"plate_llm_cli.commands.{name}").app)
    command.name = name
    return command


def command() -> Any:
    """The whole command line."""
    app = typer.Typer(
        cls=LazyGroup,
        no_args_is_help=True,
        rich_markup_mode="rich",
        pretty_exceptions_enable=False,
        pretty_exceptions_show_locals=False,
        context_settings={"help_option_names": ["-h", "--help"]},
        epilog=_EPILOG,
    )
    app.callback()(_main)
    group = typer.main.get_command(app)
    group.commands = {  # type: ignore[attr-defined]  # a TyperGroup, by `cls`
        name: TyperCommand(name, help=help_text) for name, help_text in COMMANDS.items()
    }
    return group


def _main(
    version: bool = typer.Option(
        False, "--version", help="Print the version and exit.", is_eager=True
    ),
) -> None:
    """Prove that a Helm + ArgoCD deployment will come up, before it is merged."""
    if version:
        typer.echo(f"plate-llm {__version__}")
        raise typer.Exit
