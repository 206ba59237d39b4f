"""`plate-llm argocd generate`: Applications and projects as they should be."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from plate_llm_cli import options
from plate_llm_cli.commands.secrets.deployed import deployed
from plate_llm_cli.context import Workspace
from plate_llm_cli.errors import UsageError
from plate_llm_cli.exit_codes import ExitCode
from plate_llm_cli.output import say, write_out
from plate_llm_cli.report.generated import (
    difference,
    generated_json,
    refused_text,
    written_text,
)
from plate_llm_cli.source.files import write_atomically

if TYPE_CHECKING:
    from plate_llm_cli.gitops.generation.files import Generated, Generation

EXAMPLE = """
plate-llm argocd generate stg
plate-llm argocd generate --all --check
"""

Env = Annotated[
    str | None,
    typer.Argument(
        metavar="[ENV]",
        help="An Application, or its short name: all of its namespace.",
        autocompletion=options.complete_env,
        show_default=False,
    ),
]
All = Annotated[bool, typer.Option("--all", help="Every Application and AppProject of the tree.")]
Check = Annotated[
    bool, typer.Option("--check", help="Write nothing; exit with 1 when a file is not current.")
]
Diff = Annotated[bool, typer.Option("--diff", help="Write nothing; show what would change.")]
Out = Annotated[
    Path | None,
    typer.Option(
        "--out",
        metavar="DIR",
        help="Write every file into this folder, and leave the tree alone.",
        show_default=False,
    ),
]


def generate(
    env: Env = None,
    every: All = False,
    check: Check = False,
    diff: Diff = False,
    out: Out = None,
    output_format: options.TextFormat = options.ListFormat.TEXT,
    engine: options.Engine = None,
    root: options.Root = None,
    verbose: options.Verbose = False,
) -> None:
    """Bring Applications and projects into line with what they deploy.

    What a person added stays, and so does a field with the comment "# plate-llm: keep REASON".
    """
    del verbose
    if bool(env) == every:
        raise UsageError("generate takes one ENV, or --all", "plate-llm env list shows them")
    if out is not None and (check or diff):
        raise UsageError("--out does not go with --check or --diff", "leave one of them out")
    with Workspace(root, engine or "") as workspace:
        generation = _generation(workspace, env)
        files = generation.files
        differing = [item for item in files if item.differs]
        chosen = [] if check or diff else differing if out is None else files
        for item in chosen:
            _write(workspace.root, item, out)
    if output_format is options.ListFormat.JSON:
        write_out(generated_json(files, generation.refused, chosen))
    elif check or diff:
        write_out("".join(difference(item) for item in differing))
    elif not generation.refused or chosen:
        write_out(written_text(chosen, str(out or "")))
    _finish(generation, env, drifted=check and bool(differing))


def _generation(workspace: Workspace, env: str | None) -> Generation:
    """Every text is made before the first is written."""
    from plate_llm_cli.gitops.generation.conventions import conventions_from  # noqa: PLC0415
    from plate_llm_cli.gitops.generation.files import Generation  # noqa: PLC0415 - loads pydantic
    from plate_llm_cli.graph import argocd_generation  # noqa: PLC0415 - as above

    generation = Generation(workspace.root, conventions_from(workspace.settings.argocd))
    deployment = deployed(workspace)
    releases = workspace.environment(env) if env else workspace.releases
    made = argocd_generation.generate_applications(generation, deployment, releases)
    if not env:
        argocd_generation.generate_projects(generation, deployment, made)
        argocd_generation.refuse_unread(generation, deployment)
    return generation


def _write(root: Path, item: Generated, out: Path | None) -> None:
    target = (out or root) / item.path
    if out is not None:
        target.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(target, item.after, within=out or root)


def _finish(generation: Generation, env: str | None, *, drifted: bool) -> None:
    for refused in generation.refused:
        say(refused_text(refused))
    if drifted:
        say(f"run `plate-llm argocd generate {env or '--all'}` and commit what it writes")
    if generation.refused:
        raise typer.Exit(ExitCode.USAGE)
    if drifted:
        raise typer.Exit(ExitCode.FINDINGS)
