"""What these commands begin with: the tree, the spec of one environment, and OpenBao."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from plate_llm_cli.commands.openbao_access import openbao
from plate_llm_cli.context import Workspace
from plate_llm_cli.errors import SpecError
from plate_llm_cli.secrets.loading import load_spec

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from plate_llm_cli.commands.openbao_access import Access
    from plate_llm_cli.secrets.server.connection import Connection
    from plate_llm_cli.secrets.server.openbao import OpenBao
    from plate_llm_cli.secrets.spec import Spec


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
        whole = whole_spec(workspace)
        spec = spec_of(workspace, whole, env)
        with openbao(workspace, access) as (connection, bao):
            yield Session(workspace, env, spec, whole, connection, bao)


def spec_of(workspace: Workspace, whole: Spec, env: str) -> Spec:
    """The part of the spec that serves ENV.

    Raises:
        UsageError: no Application has that name, or no path serves it.
    """
    spec = whole.only(workspace.names_at(workspace.release(env).place, whole.environments))
    if not spec.paths:
        known = ", ".join(whole.environments)
        raise SpecError(f"{whole.file.path}: no path serves {env}", f"its environments: {known}")
    return spec


def whole_spec(workspace: Workspace) -> Spec:
    """The spec of all environments.

    Raises:
        SpecError: there is none, or something in it is wrong.
    """
    return load_spec(workspace.tree, workspace.settings.secrets).required()
