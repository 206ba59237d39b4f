"""Whether a person can be asked, and asking them."""

from __future__ import annotations

import sys
from typing import TextIO

from plate_llm_cli.output import say


def has_terminal() -> bool:
    """Whether a person can be asked: they see stderr, and there is a terminal to type on.

    Stdin need not be one: it may carry an input file, as in `age -d x | plate-llm secrets seed`.
    """
    return sys.stderr.isatty() and (sys.stdin.isatty() or _controlling() is not None)


def _controlling() -> TextIO | None:
    try:
        return open("/dev/tty", encoding="utf-8", errors="replace")  # noqa: PTH123 - a device
    except OSError:
        return None


def confirm(question: str, *, yes: bool) -> bool:
    """Whether to go on: asked on a terminal, taken for granted with `--yes` and without one."""
    if yes or not has_terminal():
        return True
    sys.stderr.write(f"{question} [y/N]: ")
    sys.stderr.flush()
    terminal = sys.stdin if sys.stdin.isatty() else _controlling()
    try:
        answer = terminal.readline() if terminal else ""
    except KeyboardInterrupt:
        say("")
        raise
    if not answer.endswith("\n"):  # Ctrl-D
        say("")
    if answer.strip().lower() in ("y", "yes"):
        return True
    say("nothing was written")
    return False
