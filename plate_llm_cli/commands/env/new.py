"""`plate-llm env new`: an environment like one that is there."""

from __future__ import annotations

import shlex
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from plate_llm_cli import checking, options
from plate_llm_cli.commands.env.planned import bring_into_line, planned_report
from plate_llm_cli.commands.env.scaffolding import Planning, Wishes, model_of, require_new
from plate_llm_cli.context import Workspace
from plate_llm_cli.exit_codes import ExitCode
from plate_llm_cli.output import say, screen_width, write_out
from plate_llm_cli.report.env_plan import changes_text, diffs_text, plan_json
from plate_llm_cli.report.untrusted import one_line

if TYPE_CHECKING:
    from plate_llm_cli.gitops.scaffolding.sibling import Scaffold
    from plate_llm_cli.report.base import Report

EXAMPLE = """
plate-llm env new qa --from stg --host llm-qa.example.com --dry-run
plate-llm env new qa --from stg --host llm-qa.example.com
"""

Name = Annotated[str, typer.Argument(metavar="NAME", help="What it shall be called.")]
From = Annotated[
    str,
    typer.Option(
        "--from",
        metavar="ENV",
        help="The environment that it shall resemble. Default: none, a minimal one.",
        autocompletion=options.complete_env,
        show_default=False,
    ),
]
Host = Annotated[
    list[str] | None,
    typer.Option(
        "--host",
        metavar="HOST",
        help="Its public host; OLD=NEW where there are several. Nobody can guess it.",
        show_default=False,
    ),
]
Namespace = Annotated[
    str,
    typer.Option(
        "--namespace",
        metavar="NAME",
        help="Where it goes. Default: named as the other one's is.",
        show_default=False,
    ),
]
Server = Annotated[
    str,
    typer.Option(
        "--server", metavar="URL", help="Its cluster. Default: the other one's.", show_default=False
    ),
]
Tag = Annotated[
    str,
    typer.Option(
        "--tag",
        metavar="TAG",
        help="Tag of its image. Default: the other one's.",
        show_default=False,
    ),
]
Label = Annotated[
    list[str] | None,
    typer.Option(
        "--label",
        metavar="OLD=NEW",
        help="A further word for the environment, and what stands for it; may be repeated.",
        show_default=False,
    ),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Write nothing; show every change.")]


def new(
    name: Name,
    source: From = "",
    host: Host = None,
    tag: Tag = "",
    namespace: Namespace = "",
    server: Server = "",
    label: Label = None,
    dry_run: DryRun = False,
    output_format: options.TextFormat = options.ListFormat.TEXT,
    engine: options.Engine = None,
    root: options.Root = None,
    verbose: options.Verbose = False,
) -> None:
    """Make an environment like another: values, Applications, secrets spec, what is allowed.

    Everything is checked as validate does before the first file is written.
    """
    del verbose
    wishes = Wishes(name, source, namespace, server, tag, tuple(host or ()), tuple(label or ()))
    made = _planned(wishes, root, engine or "")
    report = planned_report(made, root, engine or "")
    refused = checking.fails(report, "error")
    if not (dry_run or refused):
        made.changes.write()
    written = not (dry_run or refused)
    if output_format is options.ListFormat.JSON:
        write_out(plan_json(_facts(wishes, made, report), made.changes.files, written=written))
    else:
        _show(made, report, dry_run=dry_run)
    _tell(made, report, written=written)
    if refused:
        raise typer.Exit(ExitCode.FINDINGS)


def _planned(wishes: Wishes, root: Path | None, engine: str) -> Scaffold:
    with Workspace(root, engine) as workspace:
        require_new(workspace, wishes.name)
        if wishes.source:
            return Planning(workspace, wishes).scaffold()
        model = replace(wishes, source=model_of(workspace))
        made = Planning(workspace, model).minimal()
    bring_into_line(made, root, engine)
    return made


def _facts(wishes: Wishes, made: Scaffold, report: Report) -> dict[str, Any]:
    from plate_llm_cli.report.json import finding_as_json  # noqa: PLC0415 - with the rules

    return {
        "environment": wishes.name,
        "from": wishes.source or None,
        "namespace": made.target.namespace,
        "words": dict(made.renaming.words),
        "hosts": dict(made.renaming.hosts),
        "applications": list(made.applications.values()),
        "openbao_paths": made.secret_paths,
        "notes": made.notes,
        "findings": [finding_as_json(item) for item in report.findings],
    }


def _show(made: Scaffold, report: Report, *, dry_run: bool) -> None:
    files = made.changes.files
    write_out(diffs_text(files) if dry_run else changes_text(files, screen_width()))
    if report.findings:
        checking.write_report(report, "text", None, quiet=False)


def _tell(made: Scaffold, report: Report, *, written: bool) -> None:
    for note in made.notes:
        say(f"note: {one_line(note)}")
    if checking.fails(report, "error"):
        say("nothing was written: what is planned has the errors above")
    elif not written:
        say("nothing was written")
    else:
        paths = shlex.join(change.path for change in made.changes.files)
        say(f"next:\n  git add {one_line(paths)}\n  git commit && git push")
        if made.secret_paths:
            say(f"  plate-llm secrets seed {made.spoken}")
        say(f"  plate-llm argocd apply {made.spoken} --all --project")
