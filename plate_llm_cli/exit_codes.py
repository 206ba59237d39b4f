"""The exit codes of every command. The table in the README is generated from this enum."""

from enum import IntEnum


class ExitCode(IntEnum):
    """What a process status means; `describe` gives the sentence for people."""

    OK = 0
    FINDINGS = 1
    USAGE = 2
    UNREACHABLE = 3
    INTERNAL = 70
    INTERRUPTED = 130

    @property
    def describe(self) -> str:
        """One line for the README and `--help`."""
        return _MEANING[self]


_MEANING = {
    ExitCode.OK: "Fine: nothing to report at or above `--fail-on`",
    ExitCode.FINDINGS: "Findings, failed checks, a difference, or a wait that ran out",
    ExitCode.USAGE: "Usage: root, ENV, options, configuration, or an output that cannot be written",
    ExitCode.UNREACHABLE: "A system that was needed could not be reached or refused us",
    ExitCode.INTERNAL: "A defect of plate-llm itself; run again with `--verbose` for the traceback",
    ExitCode.INTERRUPTED: "Interrupted by Ctrl-C",
}
