"""`plate-llm graph`: a picture of what a release is linked to, with what is broken in it."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from plate_llm_cli import checking, options
from plate_llm_cli.context import Workspace
from plate_llm_cli.graph.drawing.build import draw
from plate_llm_cli.graph.drawing.troubles import marked
from plate_llm_cli.output import require_place, write_data, write_result
from plate_llm_cli.report.graph_dot import graph_dot
from plate_llm_cli.report.graph_html import graph_html
from plate_llm_cli.report.graph_json import graph_json
from plate_llm_cli.report.graph_mermaid import graph_mermaid
from plate_llm_cli.secrets.agreement.drawn import described

if TYPE_CHECKING:
    from collections.abc import Callable

    from plate_llm_cli.graph.drawing.model import Drawing

app = typer.Typer(add_completion=False)

EXAMPLE = """
plate-llm graph stg
plate-llm graph stg --output stg.html
plate-llm graph prod --format json
"""


class GraphFormat(StrEnum):
    """How the deployment is drawn."""

    MERMAID = "mermaid"
    DOT = "dot"
    HTML = "html"
    JSON = "json"


_WRITERS: Final[dict[GraphFormat, Callable[[Drawing], str]]] = {
    GraphFormat.MERMAID: graph_mermaid,
    GraphFormat.DOT: graph_dot,
    GraphFormat.HTML: graph_html,
    GraphFormat.JSON: graph_json,
}
_BY_ENDING: Final = {
    ".dot": GraphFormat.DOT,
    ".gv": GraphFormat.DOT,
    ".html": GraphFormat.HTML,
    ".htm": GraphFormat.HTML,
    ".json": GraphFormat.JSON,
}

Format = Annotated[
    GraphFormat | None,
    typer.Option(
        "--format",
        help="How to draw. Default: as FILE ends (.html, .dot, .json), else mermaid.",
        show_default=False,
    ),
]


@app.command(epilog=EXAMPLE)
def graph(
    env: options.Env,
    output_format: Format = None,
    output: options.Output = None,
    kubernetes_version: options.KubernetesVersion = "",
    api_versions: options.ApiVersions = None,
    crds: options.Crds = None,
    engine: options.Engine = None,
    root: options.Root = None,
    verbose: options.Verbose = False,
) -> None:
    """Draw what a release is linked to, with broken links in red.

    Other releases are drawn as far as this one reaches them. What is red is what validate finds;
    names of keys are shown, values never are.
    """
    del verbose
    require_place(output)
    with Workspace(root, engine or "") as workspace:
        release = workspace.release(env)
        render_options = replace(
            workspace.render_options(kubernetes_version, api_versions),
            lint=True,
            provenance=True,
            nested=True,
            schema_folders=workspace.schema_folders(crds),
        )
        wanted = workspace.settings.select, workspace.settings.ignore
        choose = partial(checking.choose_rules, *wanted)
        # A link is known to be broken only where everything that could mend it was looked at.
        everything = workspace.environments(())
        deployment, report = checking.examine(workspace, everything, choose, render_options)
        drawing = draw(deployment, release, described(deployment))
        drawing = marked(drawing, deployment, report.findings)
    text = _WRITERS[output_format or _format_of(output)](drawing)
    if output is None:
        write_data(text)
    else:
        write_result(text, output)


def _format_of(output: Path | None) -> GraphFormat:
    ending = output.suffix.lower() if output is not None else ""
    return _BY_ENDING.get(ending, GraphFormat.MERMAID)
