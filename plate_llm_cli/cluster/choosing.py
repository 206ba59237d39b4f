"""Which context of the kubeconfig an environment is in: said by the tree, never guessed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from plate_llm_cli.errors import KubeconfigError

if TYPE_CHECKING:
    from plate_llm_cli.cluster.kubeconfig import Kubeconfig


@dataclass(frozen=True, slots=True)
class Wish:
    """What is known about the context that ENV needs.

    `declared` is what `[tool.plate-llm.contexts]` says, '' where it says nothing; `server` the
    address of the cluster in the Application, '' where that is ArgoCD's own.
    """

    env: str
    declared: str = ""
    server: str = ""
    given: str = ""
    yes_really: bool = False


def choose(wish: Wish, kubeconfig: Kubeconfig, *, changes: bool) -> str:
    """The name of the context to use.

    Reading may use the current context where the tree does not say which one is right; a command
    that `changes` something may not.

    Raises:
        KubeconfigError: it is not there, or not the environment's.
    """
    right = wish.declared or _by_server(wish.server, kubeconfig)
    name = wish.given or right or kubeconfig.current
    if not name:
        raise KubeconfigError(
            f"no context for {wish.env}: the kubeconfig has no current one", _names(kubeconfig)
        )
    if name not in kubeconfig.contexts:
        raise KubeconfigError(f"the kubeconfig has no context {name!r}", _names(kubeconfig))
    if wish.yes_really:
        return name
    if right and name != right:
        raise KubeconfigError(
            f"{wish.env} is in the context {right!r}, not in {name!r}",
            "leave out --context, or say --yes-really",
        )
    if changes and not right:
        raise KubeconfigError(
            f"nothing says that {wish.env} is in the context {name!r}",
            f"say it once, in [tool.plate-llm.contexts]: {wish.env} = {name!r}; "
            "or, for this time, --yes-really",
        )
    return name


def _by_server(server: str, kubeconfig: Kubeconfig) -> str:
    """The one context of the cluster at `server`; '' where it is none, or several."""
    found = [item.name for item in kubeconfig.contexts.values() if server and item.server == server]
    return found[0] if len(found) == 1 else ""


def _names(kubeconfig: Kubeconfig) -> str:
    names = ", ".join(kubeconfig.contexts)
    return f"its contexts: {names}" if names else "set KUBECONFIG, or log in to a cluster"
