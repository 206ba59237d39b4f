"""The process: runs a command and turns what it raises into a message and an exit code."""

from __future__ import annotations

import signal
import sys
import traceback
from typing import NoReturn

from plate_llm_cli.errors import PlateError
from plate_llm_cli.exit_codes import ExitCode
from plate_llm_cli.output import bold, prepare_streams, say

REPORT_TO = "https://github.com/cocdev/plate-llm/issues"


def main() -> None:
    """The entry point of the `plate-llm` command."""
    try:
        prepare_streams()
        for name in ("SIGTERM", "SIGHUP"):
            if hasattr(signal, name):  # Windows has no SIGHUP
                signal.signal(getattr(signal, name), _end)
        code = run(sys.argv[1:])
    except KeyboardInterrupt:  # while the commands were being imported
        code = ExitCode.INTERRUPTED
    sys.exit(code)


def run(arguments: list[str]) -> int:
    """Run the command line `arguments`; the exit code."""
    # Imported here because Ctrl-C may come while that happens.
    from plate_llm_cli.cli import call  # noqa: PLC0415 - see above

    try:
        return call(arguments)
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else ExitCode.OK
    except PlateError as error:
        return _tell(error)
    except KeyboardInterrupt:
        return ExitCode.INTERRUPTED
    except Exception as error:  # noqa: BLE001 - the top of the process: anything else is our defect
        _tell_defect(error, verbose=bool({"-v", "--verbose"} & set(arguments)))
        return ExitCode.INTERNAL


def _end(number: int, _frame: object) -> NoReturn:
    """Leave as after an error, so that child processes and unfinished files go as well."""
    raise SystemExit(128 + number)


def _tell(error: PlateError) -> ExitCode:
    from plate_llm_cli.report.untrusted import visible  # noqa: PLC0415 - only with an error

    say(f"{bold('error', sys.stderr)}: {visible(error.message)}")
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


if __name__ == "__main__":
    main()
