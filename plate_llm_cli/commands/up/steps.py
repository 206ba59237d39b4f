"""What is being done and what was, a line a step on stderr."""

from __future__ import annotations

import shutil
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from plate_llm_cli.output import say
from plate_llm_cli.report.columns import hanging
from plate_llm_cli.report.smoke import duration
from plate_llm_cli.report.untrusted import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator

_NAME_CELLS: Final = 11
_CLEAR: Final = "\r\x1b[2K"


@dataclass(slots=True)
class Step:
    """One step; `said` is what came of it."""

    said: str = ""
    failed: bool = False
    """It has no line then: what is shown next says why."""


class Steps:
    """On a terminal the step that is being done shows as well; `quiet` shows none."""

    def __init__(self, *, quiet: bool = False) -> None:
        self._quiet = quiet
        self._live = sys.stderr.isatty() and not quiet

    @contextmanager
    def step(self, name: str) -> Iterator[Step]:
        """A step; its line is written when it has come to a good end."""
        done, begun = Step(), time.monotonic()
        self._show(f"  ..  {name}")
        try:
            yield done
        finally:
            self._show(_CLEAR)
        if not self._quiet and not done.failed:
            took = duration(time.monotonic() - begun)
            head = f"  ok  {name:{_NAME_CELLS}}  {took:>6}  "
            say(hanging(head, len(head), one_line(done.said), self._width()).rstrip())

    def end(self, text: str) -> None:
        """What is said when all steps are done, apart from them."""
        if not self._quiet:
            say(f"\n{hanging('', 0, text, self._width())}".rstrip())

    def _width(self) -> int | None:
        return shutil.get_terminal_size().columns if self._live else None

    def _show(self, text: str) -> None:
        if self._live:
            sys.stderr.write(text)
            sys.stderr.flush()
