"""The errors that end a command. Anything wrong *inside* the tree is a finding instead.

PlateError                 message, hint, exit code
├── PodStartError          1   a container would not start with what OpenBao holds
├── UsageError             2   options, root, environment, configuration, output
│   ├── RootError              the root is no folder, or holds no Application
│   ├── UnknownEnvironmentError
│   ├── ConfigurationError     plate-llm.toml or [tool.plate-llm]
│   ├── SpecError              the secrets spec is missing or wrong
│   ├── KubeconfigError        the kubeconfig is broken, or its context is not the environment's
│   ├── InputError             a secret value that was given, or that nobody gave
│   ├── EditError              a YAML file that cannot be changed as asked
│   └── OutputError            a file or folder that cannot be written
└── UnreachableError       3   a system that was needed did not answer or refused us
    ├── EngineError            the Helm engine cannot be started
    ├── OpenBaoError           OpenBao is away, or says no
    └── ClusterError           the API server is away, or says no
        ├── ForbiddenError         it knows who asks, who may not do that
        ├── MissingKindError       it has no such kind: a CRD is not installed
        ├── ExpiredError           a resource version that it no longer remembers
        ├── ConflictError          other field managers own what was to be applied
        └── RefusedError           the object is not what its schema or an admission rule wants
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


class PodStartError(PlateError):
    """A pod would not start; `details` are what it would say. No value is in any of them."""

    exit_code = ExitCode.FINDINGS


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


class KubeconfigError(UsageError):
    """The kubeconfig cannot be used, or its context is not the one of the environment."""


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


class ClusterError(UnreachableError):
    """The API server did not answer, or refused. The message holds no credential.

    `status` is the HTTP status of the answer, 0 where there was none.
    """

    status = 0


class ForbiddenError(ClusterError):
    """Whoever asks may not do that."""

    status = 403


class MissingKindError(ClusterError):
    """The cluster knows no such kind."""

    status = 404


class ExpiredError(ClusterError):
    """The resource version is older than what the API server remembers: list again."""

    status = 410


class ConflictError(ClusterError):
    """Others own fields that were to be applied; `details` name the field and its manager."""

    status = 409


class RefusedError(ClusterError):
    """The API server does not accept the object; `details` are its complaints."""

    status = 422
