"""How commands reach OpenBao."""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from plate_llm_cli.output import say
from plate_llm_cli.secrets.hardening import keep_memory_private
from plate_llm_cli.secrets.server.connection import Options, resolve

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.commands.secrets.parameters import LoginMethod
    from plate_llm_cli.context import Workspace
    from plate_llm_cli.secrets.server.connection import Connection
    from plate_llm_cli.secrets.server.openbao import OpenBao


@dataclass(frozen=True, slots=True)
class Access:
    """How the command line says to reach OpenBao."""

    address: str = ""
    login: LoginMethod | None = None
    proxy: bool = False


@contextmanager
def openbao(workspace: Workspace, access: Access) -> Iterator[tuple[Connection, OpenBao]]:
    """OpenBao as the command line, the environment and the settings name it."""
    keep_memory_private()
    method = access.login.value if access.login else ""
    options = Options(access.address, method, access.proxy)
    connection = resolve(workspace.settings, os.environ, options)
    for warning in connection.warnings:
        say(f"warning: {warning}")
    from plate_llm_cli.secrets.server.openbao import OpenBao  # noqa: PLC0415 - loads hvac: 100 ms

    with OpenBao(connection) as bao:
        yield connection, bao
