"""`validate --baseline` and `--write-baseline`: findings that are known are not reported."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from plate_llm_cli.errors import UsageError
from plate_llm_cli.output import require_place, say, write_result

if TYPE_CHECKING:
    from plate_llm_cli.report.base import Report
    from plate_llm_cli.report.baseline import Baseline

PANEL = "Baseline"

Known = Annotated[
    Path | None,
    typer.Option(
        "--baseline",
        metavar="FILE",
        rich_help_panel=PANEL,
        help="Report only findings that are not in this file, and count those that are.",
        show_default=False,
    ),
]
Written = Annotated[
    Path | None,
    typer.Option(
        "--write-baseline",
        metavar="FILE",
        rich_help_panel=PANEL,
        help="Write what is found now into a file for --baseline.",
        show_default=False,
    ),
]


def accepting(known: Path | None, written: Path | None, *, watch: bool) -> Accepting:
    """What the options ask for.

    Raises:
        UsageError: both files are named, or one is to be written again and again.
    """
    if known and written:
        raise UsageError(
            "--baseline and --write-baseline do not go together",
            "--write-baseline replaces the file with all that is found now",
        )
    if written and watch:
        raise UsageError("--write-baseline and --watch do not go together", "leave out --watch")
    return Accepting(known, written)


@dataclass(slots=True)
class Accepting:
    """The baseline of a call: read from a file, or about to be written to one."""

    known: Path | None
    written: Path | None
    baseline: Baseline | None = None

    def begin(self) -> None:
        """Read the file, or see that there is a place for it, before there is much work.

        Raises:
            UsageError: the file is no baseline, or cannot be read.
            OutputError: the file cannot be written there.
        """
        require_place(self.written)
        if self.known:
            from plate_llm_cli.report.baseline import (  # noqa: PLC0415 - seldom wanted
                read_baseline,
            )

            self.baseline = read_baseline(self.known)

    def applied(self, report: Report, *, whole: bool, quiet: bool) -> Report:
        """The report with what is new; written first, if asked, so that nothing is.

        `whole` is False where not all of the tree was looked at: then nothing is missed.

        Raises:
            OutputError: the file cannot be written.
        """
        if self.written:
            return _written(report, self.written, quiet=quiet)
        if self.baseline is None:
            return report
        new = self.baseline.applied(report)
        gone = self.baseline.gone(new, _of_tree(report)) if whole else 0
        if gone and not quiet:
            say(f"{_findings(gone)} in the baseline and no longer there: {_again(self.known)}")
        return new


def _written(report: Report, path: Path, *, quiet: bool) -> Report:
    from plate_llm_cli.report.baseline import Baseline  # noqa: PLC0415 - seldom wanted

    baseline = Baseline.of(report.findings)
    write_result(baseline.text(), path)
    if not quiet:
        say(f"{_findings(baseline.size)} accepted in {path}")
    return baseline.applied(report)


def _of_tree(report: Report) -> set[str]:
    """The rules that ran and that need no server to find what they found before."""
    from plate_llm_cli.rules.registry import RULES  # noqa: PLC0415 - imported by now

    live = {rule.id for rule in RULES if rule.needs_server}
    return set(report.rules) - live


def _findings(number: int) -> str:
    return f"{number} finding is" if number == 1 else f"{number} findings are"


def _again(path: Path | None) -> str:
    return f"plate-llm validate --write-baseline {path} forgets them"
