"""Asks a person for a value, unseen."""

from __future__ import annotations

from contextlib import suppress
from getpass import getpass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from plate_llm_cli.output import say
from plate_llm_cli.report.untrusted import one_line
from plate_llm_cli.secrets.spec import Prompt
from plate_llm_cli.secrets.values.forms import FaultKind, check
from plate_llm_cli.secrets.values.secret import Secret

if TYPE_CHECKING:
    from plate_llm_cli.secrets.spec import KeySpec

_TRIES: Final = 3


class Asking:
    """Asks at the terminal itself, so that stdin may carry an input file's content."""

    def __init__(self) -> None:
        self._asked = False

    def __call__(self, key: KeySpec) -> Secret | None:
        """A value of the right form; None when nothing is entered."""
        if not self._asked:
            say("Values are asked for and not shown; Enter alone leaves one out.")
            self._asked = True
        about = [key.description, key.origin.about if isinstance(key.origin, Prompt) else ""]
        explained = "; ".join(one_line(text) for text in about if text)
        say(f"{one_line(str(key.address))}{f'  ({explained})' if explained else ''}")
        for _ in range(_TRIES):
            try:
                text = getpass("  value: ")
            except EOFError:  # Ctrl-D
                raise KeyboardInterrupt from None
            if not text:
                return None
            value = Secret(text)
            fault = check(value, key.form, key.address)
            if fault is None:
                return value
            say(f"  it {one_line(fault.what)}")
            if fault.kind is FaultKind.TORN:
                say("  a value of several lines goes into a file: --from-file")
                flush_input()
                return None
        return None


def flush_input() -> None:
    """Throw away the lines that were pasted behind the first, before a shell gets them."""
    with suppress(OSError, ImportError), Path("/dev/tty").open("rb") as terminal:
        import termios  # noqa: PLC0415 - not on Windows

        termios.tcflush(terminal, termios.TCIFLUSH)
