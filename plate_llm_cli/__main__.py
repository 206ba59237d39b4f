"""The process: runs a command and turns what it raises into a message and an exit code."""

from __future__ import annotations

import sys
import traceback

from plate_llm_cli.cli import command
from plate_llm_cli.errors import PlateError
from plate_llm_cli.exit_codes import ExitCode

REPORT_TO = "https://github.com/cocdev/plate-llm/issues"


def main() -> None:
    """The entry point of the `plate-llm` command."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run the command line `arguments`; the exit code."""
    try:
        command().main(args=arguments, prog_name="plate-llm")
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else ExitCode.OK
    except PlateError as error:
        _say(f"error: {error.message}", f"hint: {error.hint}" if error.hint else "")
        return error.exit_code
    except KeyboardInterrupt:
        return ExitCode.INTERRUPTED
    except Exception as error:  # noqa: BLE001 - the top of the process: anything else is our defect
        _say(f"internal error: {type(error).__name__}", f"please report it: {REPORT_TO}")
        if {"-v", "--verbose"} & set(arguments):
            # Frames and lines only: locals and messages may hold what must not be shown.
            traceback.print_tb(error.__traceback__)
        return ExitCode.INTERNAL
    return ExitCode.OK


def _say(*lines: str) -> None:
    sys.stderr.write("".join(f"{line}\n" for line in lines if line))


if __name__ == "__main__":
    main()
