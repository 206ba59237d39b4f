"""The arguments and options that several of these commands share."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class LoginMethod(StrEnum):
    """How to log in to OpenBao."""

    TOKEN = "token"  # noqa: S105 - the name of a method
    APPROLE = "approle"
    KUBERNETES = "kubernetes"
    JWT = "jwt"


_OPENBAO = "OpenBao"
_VALUES = "Values"

Address = Annotated[
    str,
    typer.Option(
        "--address",
        metavar="URL",
        rich_help_panel=_OPENBAO,
        help="OpenBao's address. Default: BAO_ADDR, VAULT_ADDR, then the settings.",
        show_default=False,
    ),
]
Login = Annotated[
    LoginMethod | None,
    typer.Option(
        "--login",
        rich_help_panel=_OPENBAO,
        help="How to log in; credentials come from the environment. Default: token.",
        show_default=False,
    ),
]
Proxy = Annotated[
    bool,
    typer.Option(
        "--proxy",
        rich_help_panel=_OPENBAO,
        help="Go through the proxy that HTTPS_PROXY names.",
    ),
]
EnvFiles = Annotated[
    list[Path] | None,
    typer.Option(
        "--from-env-file",
        metavar="FILE",
        rich_help_panel=_VALUES,
        help="Values as HARBOR_STAGING__PASSWORD=..., or KEY=... while KEY is unique; "
        "may be repeated.",
        show_default=False,
    ),
]
Files = Annotated[
    list[Path] | None,
    typer.Option(
        "--from-file",
        metavar="FILE",
        rich_help_panel=_VALUES,
        help="Values by path#key, as YAML, JSON or variables; `-` is stdin; may be repeated.",
        show_default=False,
    ),
]
Overwrite = Annotated[
    list[str] | None,
    typer.Option(
        "--overwrite",
        metavar="KEY",
        rich_help_panel=_VALUES,
        help="Replace a value that is there: path#key, path#*, or KEY while it is unique; "
        "may be repeated.",
        show_default=False,
    ),
]
Prune = Annotated[
    bool,
    typer.Option(
        "--prune", rich_help_panel=_VALUES, help="Remove keys that the spec does not know."
    ),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would be done, and stop.")]
Quiet = Annotated[bool, typer.Option("-q", "--quiet", help="Say only what was written.")]
