"""What is being tried, on a terminal; elsewhere nothing."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from plate_llm_cli.report.untrusted import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.progress import Progress as Bars

    from plate_llm_cli.smoke.check import Check, Result
    from plate_llm_cli.smoke.trial import Trial


class Shown:
    """A line that is written over, and a bar where a check asks many times."""

    def __init__(self, bars: Bars | None = None) -> None:
        self._bars = bars
        self._task = bars.add_task("", total=None) if bars else None
        self._name = ""

    def begins(self, check: Check) -> None:
        """`check` is tried now."""
        self._name = check.name
        self._say(check.name, None, 0)

    def waiting(self, result: Result) -> None:
        """What is in the way of the service's being ready."""
        self._say(f"waiting: {result.check.name}: {one_line(result.outcome.said)}", None, 0)

    def asked(self, done: int, of: int) -> None:
        """This check has asked `done` times, `of` as many as it will."""
        self._say(self._name, of, done)

    def _say(self, text: str, total: int | None, done: int) -> None:
        if self._bars is not None and self._task is not None:
            self._bars.update(self._task, description=text, total=total, completed=done)


@contextmanager
def progress(trial: Trial) -> Iterator[Shown]:
    """A line on stderr for as long as the checks run, where stderr is a terminal."""
    if not sys.stderr.isatty():
        yield Shown()
        return
    from rich.console import Console  # noqa: PLC0415 - 50 ms, for people alone
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn  # noqa: PLC0415 - as above

    bars = Progress(
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=20),
        console=Console(stderr=True),
        transient=True,
    )
    with bars:
        shown = Shown(bars)
        trial.progress = shown.asked
        yield shown
