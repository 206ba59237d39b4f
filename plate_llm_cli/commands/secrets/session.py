"""What these commands begin with: the tree, the spec of one environment, and OpenBao."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, TextIO

from plate_llm_cli.context import Workspace
from plate_llm_cli.errors import SpecError, UnknownEnvironmentError
from plate_llm_cli.output import say
from plate_llm_cli.secrets.hardening import keep_memory_private
from plate_llm_cli.secrets.loading import load_spec
from plate_llm_cli.secrets.server.connection import Options, resolve

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from plate_llm_cli.commands.secrets.parameters import LoginMethod
    from plate_llm_cli.secrets.server.connection import Connection
    from plate_llm_cli.secrets.server.openbao import OpenBao
    from plate_llm_cli.secrets.spec import Spec


@dataclass(frozen=True, slots=True)
class Access:
    """How the command line says to reach OpenBao."""

    address: str = ""
    login: LoginMethod | None = None
    proxy: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Session:
    """One environment, what the spec says about it, and OpenBao."""

    workspace: Workspace
    env: str
    spec: Spec
    """The paths of this environment alone."""
    whole: Spec
    connection: Connection
    bao: OpenBao


@contextmanager
def session(root: Path | None, env: str, access: Access) -> Iterator[Session]:
    """Everything for the environment ENV; connections and copies are closed at the end.

    Raises:
        UsageError: no such environment, a broken spec, no address, no credentials.
    """
    with Workspace(root) as workspace:
        whole = load_spec(workspace.tree, workspace.settings.secrets).required()
        spec = spec_of(workspace, whole, env)
        with openbao(workspace, access) as (connection, bao):
            yield Session(workspace, env, spec, whole, connection, bao)


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


def spec_of(workspace: Workspace, whole: Spec, env: str) -> Spec:
    """The part of the spec that serves ENV.

    Raises:
        UsageError: no Application has that name, or no path serves it.
    """
    place = workspace.release(env).place
    names = tuple(name for name in whole.environments if place_of(workspace, name) == place)
    spec = whole.only(names)
    if not spec.paths:
        known = ", ".join(whole.environments)
        raise SpecError(f"{whole.file.path}: no path serves {env}", f"its environments: {known}")
    return spec


def place_of(workspace: Workspace, name: str) -> tuple[str, str] | None:
    """Cluster and namespace of an environment of the spec; `secrets check` reports unknown ones."""
    try:
        return workspace.release(name).place
    except UnknownEnvironmentError:
        return None


def has_terminal() -> bool:
    """Whether a person can be asked: they see stderr, and there is a terminal to type on.

    Stdin need not be one: it may carry an input file, as in `age -d x | plate-llm secrets seed`.
    """
    return sys.stderr.isatty() and (sys.stdin.isatty() or _controlling() is not None)


def _controlling() -> TextIO | None:
    try:
        return open("/dev/tty", encoding="utf-8", errors="replace")  # noqa: PTH123 - a device
    except OSError:
        return None


def confirm(question: str, *, yes: bool) -> bool:
    """Whether to go on: asked on a terminal, taken for granted with `--yes` and without one."""
    if yes or not has_terminal():
        return True
    sys.stderr.write(f"{question} [y/N]: ")
    sys.stderr.flush()
    terminal = sys.stdin if sys.stdin.isatty() else _controlling()
    answer = terminal.readline() if terminal else ""
    if not answer.endswith("\n"):  # Ctrl-D
        say("")
    if answer.strip().lower() in ("y", "yes"):
        return True
    say("nothing was written")
    return False
