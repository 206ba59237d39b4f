"""`plate-llm secrets spec`: what the secrets spec says, or a first one from the charts."""

from __future__ import annotations

from typing import Annotated

import typer

from plate_llm_cli import options
from plate_llm_cli.commands.deployed import deployed
from plate_llm_cli.context import Workspace
from plate_llm_cli.errors import OutputError
from plate_llm_cli.output import say, screen_width, write_data, write_out
from plate_llm_cli.report.secrets_spec import spec_text
from plate_llm_cli.secrets.agreement.drafting import draft
from plate_llm_cli.secrets.loading import load_spec
from plate_llm_cli.secrets.spec import DEFAULT_PATH
from plate_llm_cli.source.files import write_atomically

EXAMPLE = """
plate-llm secrets spec
plate-llm secrets spec --from-charts
"""

FromCharts = Annotated[
    bool,
    typer.Option("--from-charts", help="Print a first spec, made from what the charts read."),
]
Write = Annotated[
    bool,
    typer.Option("--write", help="Write that spec to its place; one that is there stays."),
]


def spec(
    from_charts: FromCharts = False,
    write: Write = False,
    engine: options.Engine = None,
    root: options.Root = None,
    verbose: options.Verbose = False,
) -> None:
    """Show every path and key of the secrets spec, how it is made and how often it is rotated."""
    del verbose
    with Workspace(root, engine or "") as workspace:
        path = workspace.settings.secrets or DEFAULT_PATH
        if not (from_charts or write):
            loaded = load_spec(workspace.tree, path).required()
            write_out(spec_text(loaded, screen_width()))
            return
        target = workspace.root / path
        if write and target.exists():
            raise OutputError(f"{path} is there already", "compare it with --from-charts alone")
        text = draft(deployed(workspace))
    if not write:
        write_data(text)
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(target, text, within=workspace.root)
    say(f"{path} is written: go through its comments, then run plate-llm secrets plan ENV")
