"""The process: its signals and streams. What it does is in `process.py`."""

from __future__ import annotations

import gc
import os
import signal
import sys
from typing import NoReturn

_interrupts: list[int] = []


def main() -> None:
    """The entry point of the `plate-llm` command."""
    # A command builds what it needs and ends: looking for garbage on the way costs a third of its
    # time and finds none. `watching` turns it on again.
    gc.disable()
    # While there is nothing to clean up, Ctrl-C ends us as it ends any program: without a word.
    # A shell that starts us with `&` or `nohup` has had signals ignored, which is respected.
    interruptible = signal.getsignal(signal.SIGINT) is not signal.SIG_IGN
    if interruptible:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from plate_llm_cli.process import prepare_streams, run  # noqa: PLC0415 - see above

    if interruptible:
        signal.signal(signal.SIGINT, _interrupt)
    for name in ("SIGTERM", "SIGHUP"):  # Windows has no SIGHUP
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, _end)
    prepare_streams()
    code = run(sys.argv[1:], _interrupts)
    if _interrupts:
        # After an interrupt inside exec(), as in the making of a dataclass, Python's own end
        # would be death by SIGINT, whatever the exit code. Children are gone, nothing is buffered.
        os._exit(code)
    sys.exit(code)


def _interrupt(number: int, _frame: object) -> NoReturn:
    _interrupts.append(number)
    signal.signal(number, signal.SIG_DFL)  # some code drops exceptions: the second one ends us
    raise KeyboardInterrupt


def _end(number: int, _frame: object) -> NoReturn:
    """Leave as after an error, so that child processes and unfinished files go as well."""
    raise SystemExit(128 + number)


if __name__ == "__main__":
    main()
