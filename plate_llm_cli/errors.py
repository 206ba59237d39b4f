"""The errors that end a command. Anything wrong *inside* the tree is a finding instead.

PlateError                 message, hint, exit code
├── UsageError             2   options, root, environment, configuration, output
│   ├── RootError              the root is no folder, or holds no Application
│   ├── UnknownEnvironmentError
│   ├── ConfigurationError     plate-llm.toml or [tool.plate-llm]
│   ├── SpecError              the secrets spec is missing or wrong
│   ├── InputError             a secret value that was given, or that nobody gave
│   ├── EditError              a YAML file that cannot be changed as asked
│   └── OutputError            a file or folder that cannot be written
└── UnreachableError       3   a system that was needed did not answer or refused us
    ├── EngineError            the Helm engine cannot be started
    └── OpenBaoError           OpenBao is away, or says no
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from plate_llm_cli.exit_codes import ExitCode

if TYPE_CHECKING:
    from collections.abc import Sequence


class PlateError(Exception):
    """Ends a command with `exit_code`; `message` says what and where, `hint` what to do next.

    `details` are lines between the two, where there are several things to name.
    """

    exit_code: ExitCode = ExitCode.INTERNAL

    def __init__(self, message: str, hint: str = "", details: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.details = tuple(details)


class UsageError(PlateError):
    """The call cannot be carried out as it was made."""

    exit_code = ExitCode.USAGE


class RootError(UsageError):
    """The root folder is missing, or nothing in it can be worked on."""


class UnknownEnvironmentError(UsageError):
    """No Application matches the ENV that was given."""


class ConfigurationError(UsageError):
    """A setting in plate-llm.toml or `[tool.plate-llm]` is wrong."""


class SpecError(UsageError):
    """The secrets spec is missing, or something in it is wrong."""


class InputError(UsageError):
    """A value for a secret cannot be taken, or is missing. The message never holds a value."""


class EditError(UsageError):
    """A YAML text cannot be changed as asked without changing more than that."""


class OutputError(UsageError):
    """A result cannot be written where it was asked for."""


class UnreachableError(PlateError):
    """A system that was needed did not answer or refused us."""

    exit_code = ExitCode.UNREACHABLE


class EngineError(UnreachableError):
    """The Helm engine cannot be started or does not answer."""


class OpenBaoError(UnreachableError):
    """OpenBao did not answer, or refused. The message holds no value, token, header or body."""
