"""`plate-llm env promote`: what one environment runs, into the values of the next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from plate_llm_cli import options
from plate_llm_cli.commands.env.promoting import Promoting, Wish
from plate_llm_cli.commands.terminal import confirm
from plate_llm_cli.context import Workspace
from plate_llm_cli.exit_codes import ExitCode
from plate_llm_cli.output import open_pipe, say, write_out
from plate_llm_cli.report.promotion import promotion_json, promotion_lines
from plate_llm_cli.report.text import width_of, write_lines
from plate_llm_cli.report.untrusted import one_line

if TYPE_CHECKING:
    from plate_llm_cli.report.promotion import Promotion

EXAMPLE = """
plate-llm env promote stg prod --tag 0.2.0 --dry-run
plate-llm env promote stg prod --tag 0.2.0 --value llm.modelName
"""

From = Annotated[
    str,
    typer.Argument(
        metavar="FROM",
        help="The environment whose values are taken: an Application, or its short name.",
        autocompletion=options.complete_env,
    ),
]
To = Annotated[
    str,
    typer.Argument(
        metavar="TO",
        help="The environment that gets them.",
        autocompletion=options.complete_env,
    ),
]
Values = Annotated[
    list[str] | None,
    typer.Option(
        "--value",
        metavar="ROUTE",
        help="A value to move beside image.tag, such as llm.modelName; may be repeated.",
        show_default=False,
    ),
]
Tag = Annotated[
    str, typer.Option(metavar="TAG", help="Set this tag instead of FROM's.", show_default=False)
]
AllowMoving = Annotated[
    bool, typer.Option("--allow-moving", help="Let a tag that moves go where releases are pinned.")
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show it, and write nothing.")]


def promote(
    source: From,
    target: To,
    values: Values = None,
    tag: Tag = "",
    allow_moving: AllowMoving = False,
    dry_run: DryRun = False,
    yes: options.Yes = False,
    output_format: options.TextFormat = options.ListFormat.TEXT,
    engine: options.Engine = None,
    root: options.Root = None,
    verbose: options.Verbose = False,
) -> None:
    """Move the image tag, and named values, from one environment to the next.

    Each value is changed where the target sets it, and comments stay. What the target would become
    is rendered and checked first: with a new finding nothing is written.
    """
    del verbose
    as_json = output_format is options.ListFormat.JSON
    wish = Wish(source, target, tuple(values or ()), tag, allow_moving)
    with Workspace(root, engine or "") as workspace:
        promoting = Promoting(workspace, engine or "", wish)
        found = promoting.plan()
        if not as_json:
            _show(found)
        wanted = bool(found.moves) and not found.findings and not dry_run
        written = wanted and confirm(f"change {one_line(target)}?", yes=yes)
        if written:
            promoting.changes.write()
    if as_json:
        write_out(promotion_json(found, written=written))
    if written:
        say(f"written: {', '.join(one_line(file.path) for file in found.files)}")
    if found.findings:
        say("nothing was written: the target would have findings that it has not now")
        raise typer.Exit(ExitCode.FINDINGS)


def _show(found: Promotion) -> None:
    if not found.moves:
        write_out(f"nothing to do: {one_line(found.target)} has all of it already\n")
        return
    with open_pipe() as stream:
        write_lines(promotion_lines(found, width_of(stream)), stream)
