"""One call of the command: what it raises becomes a message and an exit code."""

from __future__ import annotations

import os
import re
import sys
import traceback
from typing import TYPE_CHECKING

from plate_llm_cli.cli import call
from plate_llm_cli.errors import PlateError
from plate_llm_cli.exit_codes import ExitCode
from plate_llm_cli.output import bold, say

if TYPE_CHECKING:
    from collections.abc import Sequence

_VERBOSE = re.compile("-v+|--verbose")
REPORT_TO = "https://github.com/cocdev/plate-llm/issues"


def run(arguments: list[str], interrupts: Sequence[int] = ()) -> int:
    """Run the command line `arguments`; the exit code. `interrupts` fills as Ctrl-C is pressed."""
    try:
        return call(arguments)
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else ExitCode.OK
    except PlateError as error:
        return _tell(error)
    except KeyboardInterrupt:
        return ExitCode.INTERRUPTED
    except Exception as error:  # noqa: BLE001 - the top of the process: anything else is our defect
        if interrupts:  # the import of a library may make another error of it
            return ExitCode.INTERRUPTED
        _tell_defect(error, verbose=any(map(_VERBOSE.fullmatch, arguments)))
        return ExitCode.INTERNAL


def prepare_streams() -> None:
    """Let nothing that was done to stdin, stdout and stderr before the start break a command.

    One that is closed (`>&-`) would give its number to the next file that is opened, and what is
    printed would go there. A character that stdout's encoding lacks is printed as its code.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            # Stdout may be read only: writing to it must fail as it does when it is closed.
            mode = os.O_WRONLY if number == 2 else os.O_RDONLY
            os.open(os.devnull, mode)  # the lowest number that is free: this one
    sys.stdin = sys.stdin or open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - a descriptor
    sys.stdout = sys.stdout or open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115 - as above
    sys.stderr = sys.stderr or open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115 - as above
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def _tell(error: PlateError) -> ExitCode:
    from plate_llm_cli.report.untrusted import visible  # noqa: PLC0415 - only with an error

    say(f"{bold('error', sys.stderr)}: {visible(error.message)}")
    for detail in error.details:
        say(f"  {visible(detail)}")
    if error.hint:
        say(f"{bold('hint', sys.stderr)}: {visible(error.hint)}")
    return error.exit_code


def _tell_defect(error: Exception, *, verbose: bool) -> None:
    """Frames and lines only: local variables and messages may hold what must not be shown."""
    say(f"{bold('internal error', sys.stderr)}: {type(error).__name__}")
    if verbose:
        say("".join(traceback.format_tb(error.__traceback__)).rstrip())
        say(f"please report it: {REPORT_TO}")
    else:
        say(f"please report it, with what --verbose adds: {REPORT_TO}")
