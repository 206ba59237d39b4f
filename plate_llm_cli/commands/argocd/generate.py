"""`plate-llm argocd generate`: Applications and projects as they should be."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from plate_llm_cli import options
from plate_llm_cli.commands.deployed import deployed
from plate_llm_cli.context import Workspace
from plate_llm_cli.errors import UsageError
from plate_llm_cli.exit_codes import ExitCode
from plate_llm_cli.output import say, write_out, write_result
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


MultiSource = Annotated[
    bool,
    typer.Option(
        "--multi-source",
        help="Let value files come from a source of their own, $values; the others stay as is.",
    ),
]
ApplicationSet = Annotated[
    Path | None,
    typer.Option(
        "--application-set",
        metavar="FILE",
        help="Write one ApplicationSet that makes the Applications, - for stdout, and only that.",
        show_default=False,
    ),
]


def generate(
    env: Env = None,
    every: All = False,
    check: Check = False,
    diff: Diff = False,
    out: Out = None,
    multi_source: MultiSource = False,
    application_set: ApplicationSet = None,
    output_format: options.TextFormat = options.ListFormat.TEXT,
    engine: options.Engine = None,
    root: options.Root = None,
    verbose: options.Verbose = False,
) -> None:
    """Bring Applications and projects into line with what they deploy.

    What a person added stays, and so does a field with the comment "# plate-llm: keep REASON".
    """
    del verbose
    as_json = output_format is options.ListFormat.JSON
    if bool(env) == every:
        raise UsageError("generate takes one ENV, or --all", "plate-llm env list shows them")
    _refuse_together(reading=check or diff, out=out, as_set=application_set, as_json=as_json)
    with Workspace(root, engine or "") as workspace:
        made = _Made(workspace, env, multi_source=multi_source)
        if application_set is not None:
            _write_set(made, application_set)
        else:
            looked_at = check or diff
            written = None if looked_at else _written(made.generation, workspace.root, out)
            _show(made.generation, written, out, as_json=as_json)
    drifted = check and any(item.differs for item in made.generation.files)
    again = f"{env or '--all'}{' --multi-source' if multi_source else ''}"
    _finish(made.generation, again, drifted=drifted)


def _refuse_together(
    *, reading: bool, out: Path | None, as_set: Path | None, as_json: bool
) -> None:
    if reading and (out or as_set):
        other = "--out" if out else "--application-set"
        raise UsageError(f"{other} writes, --check and --diff do not", "leave one of them out")
    if as_set and (out or as_json):
        other = "--out" if out else "--format json"
        raise UsageError(f"--application-set and {other} do not go together")


class _Made:
    """Every text, made before the first is written."""

    def __init__(self, workspace: Workspace, env: str | None, *, multi_source: bool) -> None:
        from plate_llm_cli.gitops.generation.conventions import conventions_from  # noqa: PLC0415
        from plate_llm_cli.gitops.generation.files import Generation  # noqa: PLC0415 - as above
        from plate_llm_cli.gitops.generation.multi_source import split_source  # noqa: PLC0415
        from plate_llm_cli.graph import argocd_generation  # noqa: PLC0415 - all load pydantic

        self.generation = Generation(workspace.root, conventions_from(workspace.settings.argocd))
        deployment = deployed(workspace)
        releases = workspace.environment(env) if env else workspace.releases
        edits = [split_source] if multi_source else []
        made = argocd_generation.generate_applications(
            self.generation, deployment, releases, *edits
        )
        self._applications, self._deployment = made, deployment
        self._as_set = argocd_generation.application_set
        if not env:
            argocd_generation.generate_projects(self.generation, deployment, made)
            argocd_generation.refuse_unread(self.generation, deployment)

    def application_set(self) -> str:
        """The ApplicationSet that makes the same Applications."""
        return self._as_set(self._applications, self._deployment)


def _write_set(made: _Made, target: Path) -> None:
    to_stdout = str(target) == "-"
    write_result(made.application_set(), None if to_stdout else target)
    if not to_stdout:
        say(f"{target} written")


def _written(generation: Generation, root: Path, out: Path | None) -> list[Generated]:
    """What differs, written in its place; into the folder `out` everything is."""
    chosen = [item for item in generation.files if item.differs or out is not None]
    for item in chosen:
        _write(root, item, out)
    return chosen


def _show(
    generation: Generation, written: list[Generated] | None, out: Path | None, *, as_json: bool
) -> None:
    """`written` is None where nothing should be."""
    if as_json:
        write_out(generated_json(generation.files, generation.refused, written or []))
    elif written is None:
        shown = "".join(map(difference, generation.files))
        write_out(shown)
        if not shown and not generation.refused:
            say(written_text([]).rstrip())
    elif written or not generation.refused:
        write_out(written_text(written, str(out or "")))


def _write(root: Path, item: Generated, out: Path | None) -> None:
    target = (out or root) / item.path
    if out is not None:
        target.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(target, item.after, within=out or root)


def _finish(generation: Generation, again: str, *, drifted: bool) -> None:
    """Say what is not as it should be; `again` are the arguments that write it."""
    for refused in generation.refused:
        say(refused_text(refused))
    if drifted:
        say(f"run `plate-llm argocd generate {again}` and commit what it writes")
    if generation.refused:
        raise typer.Exit(ExitCode.USAGE)
    if drifted:
        raise typer.Exit(ExitCode.FINDINGS)
