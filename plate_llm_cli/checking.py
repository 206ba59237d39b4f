"""Runs the passes and the rules once: what `validate` does for each look at the tree."""

from __future__ import annotations

import inspect
import io
import threading
import time
from importlib import import_module
from typing import TYPE_CHECKING

from plate_llm_cli.findings import Severity
from plate_llm_cli.graph.locate import Locator
from plate_llm_cli.output import open_pipe, write_result
from plate_llm_cli.report.base import Report, RuleInfo
from plate_llm_cli.rules.selection import select

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from plate_llm_cli.context import Workspace
    from plate_llm_cli.gitops.releases import Release
    from plate_llm_cli.graph.build import RenderOptions
    from plate_llm_cli.graph.deployment import Deployment
    from plate_llm_cli.rules.base import Rule


NEVER = "never"

_NEEDED_LATER = (
    "plate_llm_cli.gitops.models",
    "plate_llm_cli.source.pydantic_errors",
    "plate_llm_cli.schemas.catalog",
    "plate_llm_cli.rules.registry",
    "plate_llm_cli.report.registry",
)
"""Rules, models and schemas take a fifth of a second to import, and are not needed before Helm, in
its own process, has rendered."""


def choose_rules(wanted: Sequence[str] = (), ignored: Sequence[str] = ()) -> list[Rule]:
    """The rules that the command line or the settings name.

    Raises:
        UsageError: one that is named is none.
    """
    from plate_llm_cli.rules.registry import RULES  # noqa: PLC0415 - see above

    return select(RULES, wanted, ignored)


def check(
    workspace: Workspace,
    releases: list[Release],
    choose: Callable[[], Sequence[Rule]],
    render_options: RenderOptions,
    fail_on: str = "error",
) -> Report:
    """Render `releases` and let the chosen rules look at them.

    `choose` is called when all rules are imported; `fail_on` is a severity or `never`.
    """
    _, report = examine(workspace, releases, choose, render_options, fail_on)
    return report


def examine(
    workspace: Workspace,
    releases: list[Release],
    choose: Callable[[], Sequence[Rule]],
    render_options: RenderOptions,
    fail_on: str = "error",
) -> tuple[Deployment, Report]:
    """As `check`, with what was rendered."""
    started = time.monotonic()
    imports = threading.Thread(target=lambda: [import_module(name) for name in _NEEDED_LATER])
    imports.start()
    deployment = workspace.build(releases, render_options)
    imports.join()
    from plate_llm_cli.rules.engine import RuleEngine  # noqa: PLC0415 - imported by now

    rules = choose()
    outcome = RuleEngine(rules).run(deployment, Locator(deployment), workspace.lines)
    report = Report(
        findings=tuple(outcome.findings),
        suppressed=outcome.suppressed,
        environments=deployment.names,
        seconds=time.monotonic() - started,
        rules={rule.id: rule_info(rule) for rule in rules},
        lines=workspace.lines,
        fail_on=Severity.ERROR if fail_on == NEVER else Severity(fail_on),
    )
    return deployment, report


def rule_info(rule: Rule) -> RuleInfo:
    """A rule's documentation as reports carry it."""
    text = inspect.cleandoc(rule.__doc__ or "")
    return RuleInfo(
        rule.id, rule.severity, rule.summary, rule.summary, text, sensitive=rule.sensitive
    )


def fails(report: Report, fail_on: str) -> bool:
    """True when a finding is at least as severe as `fail_on` (a severity, or `never`)."""
    if fail_on == NEVER:
        return False
    limit = Severity(fail_on).rank
    return any(finding.severity.rank <= limit for finding in report.findings)


def write_report(report: Report, output_format: str, output: Path | None, *, quiet: bool) -> None:
    """Write `report` to `output`, whole or not at all, or to stdout.

    Raises:
        OutputError: it cannot be written.
    """
    from plate_llm_cli.report.registry import REPORTERS  # noqa: PLC0415 - see above
    from plate_llm_cli.report.text import TextReporter  # noqa: PLC0415 - as above

    brief = quiet and output_format == "text"
    reporter = TextReporter(quiet=True) if brief else REPORTERS[output_format]
    if output is None:
        with open_pipe() as stream:
            reporter.write(report, stream)
        return
    text = io.StringIO()
    reporter.write(report, text)
    write_result(text.getvalue(), output)
