"""`plate-llm schema`: the JSON Schemas that editors, Helm and ArgoCD use."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Annotated

import typer

from plate_llm_cli import options
from plate_llm_cli.context import Workspace
from plate_llm_cli.errors import ConfigurationError, RootError
from plate_llm_cli.exit_codes import ExitCode
from plate_llm_cli.output import say, write_out
from plate_llm_cli.report.env_plan import diffs_text
from plate_llm_cli.report.untrusted import one_line
from plate_llm_cli.source.changes import FileChange
from plate_llm_cli.source.files import write_atomically
from plate_llm_cli.values.json_schema import schema_text
from plate_llm_cli.values.registry import MODELLED_CHARTS

app = typer.Typer(
    add_completion=False,
    help="Write the JSON Schemas that editors, Helm and ArgoCD use.",
)

Check = Annotated[
    bool, typer.Option("--check", help="Write nothing; exit with 1 when a file is not current.")
]


@app.command("values", epilog="plate-llm schema values\nplate-llm schema values --check")
def schema_values(check: Check = False, root: options.Root = None) -> None:
    """Write values.schema.json into every chart of the tree that has a model."""
    stale = False
    with Workspace(root) as workspace:
        charts = workspace.modelled_charts()
        if not charts:
            raise RootError("no chart in this tree has a model", "see docs/architecture.md")
        for folder, model in charts.items():
            path = f"{folder}/values.schema.json"
            text = schema_text(model, workspace.default_values(folder))
            if text is None:
                hint = f"known: {', '.join(MODELLED_CHARTS)}"
                raise ConfigurationError(f"{folder}/Chart.yaml: no model {model!r}", hint)
            before = workspace.tree.text(path)
            if before == text:
                continue
            stale = True
            if check:
                write_out(diffs_text([FileChange(path, before or None, text)]))
            else:
                write_atomically(workspace.root / path, text, within=workspace.root)
                say(f"{one_line(path)} written")
    if stale and check:
        say("run `plate-llm schema values` and commit what it writes")
        raise typer.Exit(ExitCode.FINDINGS)


@app.command("findings", epilog="plate-llm schema findings > findings.schema.json")
def schema_findings() -> None:
    """Print the schema of what `validate --format json` prints."""
    write_out((files("plate_llm_cli.report") / "findings.schema.json").read_text("utf-8"))


@app.command("smoke", epilog="plate-llm schema smoke > smoke.schema.json")
def schema_smoke() -> None:
    """Print the schema of what `smoke --format json` prints."""
    write_out((files("plate_llm_cli.report") / "smoke.schema.json").read_text("utf-8"))


@app.command("secrets", epilog="plate-llm schema secrets > secrets.schema.json")
def schema_secrets() -> None:
    """Print the schema of environments/secrets.yaml, for editors."""
    from plate_llm_cli.secrets.spec_model import json_schema  # noqa: PLC0415 - loads pydantic

    write_out(json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n")
