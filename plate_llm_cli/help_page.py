"""How the help of every command looks: plain text, options by subject, on any width.

Typer's own pages are tables in boxes, which leave a narrow terminal a few letters a line, and
drawing them costs the time of importing rich.
"""

from __future__ import annotations

import shutil
import sys
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperCommand, TyperGroup

from plate_llm_cli.errors import UsageError
from plate_llm_cli.exit_codes import ExitCode
from plate_llm_cli.output import bold, say, write_out

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

WIDEST = 80
ROOMY = 70
"""Columns: on a narrower screen an option's text stands below it."""
NARROWEST = 30


class Command(TyperCommand):
    """A command with a help page of ours."""

    def get_help(self, ctx: Any) -> str:
        """Print the page here: Typer takes a reader that has gone for a failure."""
        write_out(_page(self, ctx))
        raise typer.Exit

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the page into `formatter`."""
        _write_page(self, ctx, formatter)


class Group(TyperGroup):
    """A command that has commands below it."""

    def get_help(self, ctx: Any) -> str:
        """Print the page here, as `Command` does."""
        write_out(_page(self, ctx))
        raise typer.Exit

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the page into `formatter`."""
        _write_page(self, ctx, formatter)

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Without any argument: print the help where errors go, since nothing was done."""
        if not args and not ctx.resilient_parsing:
            say(_page(self, ctx).rstrip())
            raise typer.Exit(ExitCode.USAGE)
        return super().parse_args(ctx, args)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command that `args` begins with.

        Raises:
            UsageError: there is none of that name.
        """
        if not ctx.resilient_parsing and args[0] not in self.commands:
            near = get_close_matches(args[0], self.commands, 1)
            known = f"there are: {', '.join(self.commands)}"
            hint = f"did you mean {near[0]}?" if near else known
            raise UsageError(f"no command {args[0]!r}", hint)
        return super().resolve_command(ctx, args)


def page_width() -> int:
    """The columns of a help page, in the form that a context's `terminal_width` wants."""
    columns = shutil.get_terminal_size((WIDEST, 24)).columns
    return max(min(columns, WIDEST), NARROWEST)


def _page(command: Any, ctx: Any) -> str:
    formatter = ctx.make_formatter()
    command.format_help(ctx, formatter)
    return f"{formatter.getvalue().rstrip()}\n"


def _write_page(command: Any, ctx: Any, formatter: Any) -> None:
    command.format_usage(ctx, formatter)
    command.format_help_text(ctx, formatter)
    shown = [item for item in command.get_params(ctx) if not getattr(item, "hidden", False)]
    _write_rows(formatter, "Arguments", list(_arguments(shown, ctx)))
    below = getattr(command, "commands", {})
    _write_rows(formatter, "Commands", [(name, _first(item)) for name, item in below.items()])
    options = [item for item in shown if item.param_type_name == "option"]
    for panel in dict.fromkeys(["Options", *(item.rich_help_panel for item in options)]):
        members = [item for item in options if (item.rich_help_panel or "Options") == panel]
        _write_rows(formatter, panel or "", [item.get_help_record(ctx) for item in members])
    _write_examples(formatter, command.epilog or "")


def _first(command: Any) -> str:
    """What a command does, without the paragraphs that say more."""
    return (command.help or "").partition("\n\n")[0]


def _arguments(parameters: Iterable[Any], ctx: Any) -> Iterator[tuple[str, str]]:
    for item in parameters:
        if item.param_type_name == "argument":
            yield item.metavar or item.name.upper(), item.get_help_record(ctx)[1]


def _write_rows(formatter: Any, heading: str, rows: list[tuple[str, str]]) -> None:
    if rows:
        with formatter.section(bold(heading, sys.stdout)):
            formatter.write_dl(rows, col_max=28 if formatter.width >= ROOMY else 8)


def _write_examples(formatter: Any, epilog: str) -> None:
    """Examples as they are typed: never wrapped, so that they can be copied."""
    lines = [line for line in epilog.splitlines() if line]
    if lines:
        with formatter.section(bold("Examples" if len(lines) > 1 else "Example", sys.stdout)):
            for line in lines:
                formatter.write(f"  {line}\n")
