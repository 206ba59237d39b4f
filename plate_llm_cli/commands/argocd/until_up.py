"""A wait for an Application on a terminal, in CI, and when somebody ends it."""

from __future__ import annotations

import shutil
import sys
import time
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING, Annotated

import typer

from plate_llm_cli import options
from plate_llm_cli.cluster.argocd.evidence import Evidence, doubt, gather
from plate_llm_cli.cluster.argocd.waiting import Waiter, deadline
from plate_llm_cli.exit_codes import ExitCode
from plate_llm_cli.output import say, screen_width, write_out
from plate_llm_cli.report.argocd_wait import (
    outcome_json,
    outcome_text,
    progress_line,
    status_text,
)

if TYPE_CHECKING:
    from plate_llm_cli.cluster.argocd.application import LiveApplication
    from plate_llm_cli.cluster.argocd.verdict import Goal, Verdict
    from plate_llm_cli.commands.cluster_access import Clusters

Timeout = Annotated[
    str, typer.Option("--timeout", metavar="TIME", help="How long at most, such as 90s or 10m.")
]

_EVIDENCE_SECONDS = 15.0
"""How long it may take to say what is in the way, after the wait."""
_CLEAR_LINE = "\r\x1b[K"


def until_up(
    reached: Clusters, goal: Goal, seconds: float, output_format: options.ListFormat
) -> None:
    """Wait, with a line that tells how it goes on a terminal, and print how it ended.

    Raises:
        typer.Exit: with 1, it did not come up.
        ClusterError: the API server refuses.
    """
    # The pods may be in another cluster than ArgoCD, which the waiter gives its own deadline.
    with Progress() as progress, deadline(reached.workloads, time.monotonic() + seconds):
        waiter = Waiter(
            reached.argocd,
            reached.application,
            goal,
            seconds,
            notice=progress.show,
            doubt=lambda app: doubt(reached.workloads, app),
        )
        try:
            outcome = waiter.wait()
        except KeyboardInterrupt:
            progress.clear()
            say(f"{reached.release.name}: no longer waited for")
            say(status_text(waiter.last, waiter.verdict, screen_width()).rstrip())
            raise
    with deadline(reached.workloads, time.monotonic() + _EVIDENCE_SECONDS):
        evidence = Evidence() if outcome.done else gather(reached.workloads, outcome.app)
    if output_format is options.ListFormat.JSON:
        write_out(outcome_json(reached.release.name, outcome, evidence))
    else:
        write_out(outcome_text(reached.release.name, outcome, evidence, screen_width()))
    if not outcome.done:
        raise typer.Exit(ExitCode.FINDINGS)


class Progress:
    """A line on a terminal that is written over, second by second; elsewhere nothing."""

    def __init__(self) -> None:
        self._begun = time.monotonic()
        self._seen: tuple[LiveApplication, Verdict] | None = None
        self._over = Event()
        self._lock = Lock()
        self._clock = Thread(target=self._tick, daemon=True)

    def __enter__(self) -> Progress:
        if sys.stderr.isatty():
            self._clock.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.clear()

    def show(self, app: LiveApplication, verdict: Verdict) -> None:
        """Tell how it stands."""
        with self._lock:
            self._seen = (app, verdict)
        self._draw()

    def clear(self) -> None:
        """Take the line away; nothing is drawn from now on."""
        with self._lock:
            if self._clock.is_alive() and not self._over.is_set():
                sys.stderr.write(_CLEAR_LINE)
                sys.stderr.flush()
            self._over.set()

    def _tick(self) -> None:
        while not self._over.wait(1):
            self._draw()

    def _draw(self) -> None:
        with self._lock:
            if self._seen is None or self._over.is_set() or not self._clock.is_alive():
                return
            width = shutil.get_terminal_size().columns - len("^C")  # as the terminal adds it
            seconds = time.monotonic() - self._begun
            sys.stderr.write(f"{_CLEAR_LINE}{progress_line(*self._seen, seconds, width)}")
            sys.stderr.flush()
