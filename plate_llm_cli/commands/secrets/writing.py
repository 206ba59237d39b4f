"""Reads and writes the paths of an environment, and keeps the person informed."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from plate_llm_cli.commands.terminal import confirm, has_terminal
from plate_llm_cli.errors import OpenBaoError
from plate_llm_cli.output import say, screen_width, write_out
from plate_llm_cli.report.secrets_plan import plan_text, written_text
from plate_llm_cli.report.text import wants_color
from plate_llm_cli.secrets.apply import MARK_FORMAT, Applier

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from plate_llm_cli.commands.secrets.session import Session
    from plate_llm_cli.secrets.addresses import Place
    from plate_llm_cli.secrets.apply import Written
    from plate_llm_cli.secrets.plan import Plan, Planner
    from plate_llm_cli.secrets.server.openbao import OpenBao
    from plate_llm_cli.secrets.server.stored import Stored

_MANY = 20
"""Paths from which on a bar shows how far it is."""


def read_all(session: Session, *, quiet: bool = False) -> dict[Place, Stored]:
    """The newest version of every path of the environment.

    Raises:
        OpenBaoError: the server refuses, or is gone.
    """
    return read_places(session.bao, [path.place for path in session.spec.paths], quiet=quiet)


def read_places(bao: OpenBao, places: list[Place], *, quiet: bool = False) -> dict[Place, Stored]:
    """The newest version of each of `places`.

    Raises:
        OpenBaoError: the server refuses, or is gone.
    """
    bao.preflight(places)
    stored = {}
    with progress("Reading", len(places), quiet=quiet) as advance:
        for place in places:
            stored[place] = bao.read(place)
            advance()
    return stored


def data_path(place: Place) -> str:
    """Where a path's data is in OpenBao's API."""
    return f"{place.mount}/data/{place.path}"


@dataclass(frozen=True, slots=True, eq=False)
class Writing:
    """Carries out plans of `planner` once the person agrees."""

    session: Session
    planner: Planner
    quiet: bool = False
    resume: str = "run the command again to finish"
    """What to do when it breaks off."""
    purpose: str = "Write this to"
    """What the person is asked, as far as the address."""

    def carry_out(self, plan: Plan, *, yes: bool) -> list[Written]:
        """Show `plan` and ask on a terminal, write, and say what was written; the new versions.

        Raises:
            OpenBaoError: the server refuses, or is gone; what was written by then is said.
        """
        if not plan.changes:
            show(plan, brief=True)
            return []
        self._require_capabilities(plan)
        asking = not yes and has_terminal()
        if asking:
            show(plan, brief=True, aside=True)
        if not confirm(f"{self.purpose} {self.session.connection.address}?", yes=yes):
            return []
        if asking:
            self._refuse_news(plan)
        return self._write(plan)

    def _require_capabilities(self, plan: Plan) -> None:
        needs = {
            data_path(path.place): {"update" if path.stored.version else "create"}
            for path in plan.paths
            if path.changes
        }
        self.session.bao.require(needs)

    def _refuse_news(self, plan: Plan) -> None:
        """A person may take long to answer, and agrees to what was shown.

        Check-and-set notices other writers, but not that the newest version was deleted.
        """
        for path in plan.paths:
            if path.changes and self.session.bao.read(path.place).state is not path.stored.state:
                message = f"{path.place} was deleted or written meanwhile, nothing was written"
                raise OpenBaoError(message, "run the command again to see what there is now")

    def _write(self, plan: Plan) -> list[Written]:
        total = sum(path.changes for path in plan.paths)
        applier = Applier(self.planner, self.session.bao, _now)
        try:
            with progress("Writing", total, quiet=self.quiet) as advance:
                applier.on_written = lambda _: advance()
                applier.apply(plan)
        finally:
            if applier.written or applier.done == total:
                write_out(written_text(applier.written, brief=self.quiet))
            if applier.done < total:
                say(f"{applier.done} of {total} paths are done; {self.resume}")
        try:
            applier.annotate()
        except OpenBaoError as error:
            say(f"warning: the time of the change is not noted: {error.message}")
        return applier.written


def show(plan: Plan, *, brief: bool = False, aside: bool = False) -> None:
    """Print `plan`: as the result, or `aside` on stderr; `brief` is what changes alone."""
    stream = sys.stderr if aside else sys.stdout
    text = plan_text(plan, screen_width(), brief=brief, color=wants_color(stream))
    if aside:
        say(text.rstrip())
    else:
        write_out(text)


def say_what_is_wanting(plan: Plan) -> bool:
    """Name the required keys that stay missing, or have a value that cannot be right."""
    for key in plan.wanting:
        say(f"still wanting: {key.address}  ({key.note})")
    return bool(plan.wanting)


@contextmanager
def progress(what: str, total: int, *, quiet: bool = False) -> Iterator[Callable[[], None]]:
    """A bar on stderr while there is much to do and somebody looks; call the result per step."""
    if quiet or total < _MANY or not has_terminal():
        yield lambda: None
        return
    from rich.console import Console  # noqa: PLC0415 - 60 ms, seldom shown
    from rich.progress import Progress  # noqa: PLC0415 - as above

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=total)
        yield lambda: bar.advance(task)


def _now() -> str:
    return datetime.now(UTC).strftime(MARK_FORMAT)
