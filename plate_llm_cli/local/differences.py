"""What is not as in the cluster, each with the reason: the rest of the environment is the same."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from plate_llm_cli.local.provider import ECHO, FURTHER

if TYPE_CHECKING:
    from collections.abc import Mapping

    from plate_llm_cli.local.provider import Models
    from plate_llm_cli.secrets.values.secret import Secret

UNSET: Final = ""
"""The variable is not there: the service takes its default."""
_HOSTS: Final = ("localhost", "127.0.0.1")
_PROGRAM: Final = ("PATH", "GCONV_PATH", "GLIBC_TUNABLES", "LOCPATH")
_PROGRAM_PREFIXES: Final = ("PYTHON", "LD_", "DYLD_", "OPENSSL_")
"""Variables of the interpreter, the loader and libraries that load code which they name."""
_TRACING_KEY: Final = "LANGCHAIN_API_KEY"
_GRACE_SECONDS: Final = 3


@dataclass(frozen=True, slots=True)
class Difference:
    """A variable, what it is in the cluster and here (`UNSET` where it is not set), and why.

    Neither is a secret.
    """

    variable: str
    there: str
    here: str
    why: str


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What this machine has in place of the cluster."""

    models: Models
    port: int = 0
    """0: the service picks a free one, and one for its metrics in any case."""
    cache_url: str = ""
    """'' where there is no server for a cache."""
    cache_name: str = ""
    made_up: frozenset[str] = frozenset()
    """Variables whose value nobody gave and which work nowhere."""


@dataclass(slots=True)
class LocalEnvironment:
    """The environment of a container as it is here. `plain` and `secret` have no name in common."""

    plain: dict[str, str]
    secret: dict[str, Secret]
    differences: list[Difference] = field(default_factory=list)

    def change(self, variable: str, here: str, why: str) -> None:
        """Set `variable`, or take it away, and note that."""
        there = self.plain.pop(variable, UNSET)
        if self.secret.pop(variable, None) is not None:
            there = "(secret)"
        if here != UNSET:
            self.plain[variable] = here
        if there != here:
            self.differences.append(Difference(variable, there, here, why))


def localised(
    plain: Mapping[str, str], secret: Mapping[str, Secret], around: Surroundings
) -> LocalEnvironment:
    """The environment that the service gets here, in place of the one of its container."""
    local = LocalEnvironment(dict(plain), dict(secret))
    _program(local)
    _ports(local, around)
    _models(local, around)
    _cache(local, around)
    _tracing(local, around)
    _hosts(local)
    local.change("SHUTDOWN_DELAY_SECONDS", "0", "no load balancer has to notice")
    local.change("SHUTDOWN_GRACE_SECONDS", str(_GRACE_SECONDS), "it ends when you end it")
    return local


def _program(local: LocalEnvironment) -> None:
    """They are about files of the image; here they would let a values file choose what runs."""
    for name in sorted({*local.plain, *local.secret}):
        if name.upper() in _PROGRAM or name.upper().startswith(_PROGRAM_PREFIXES):
            local.change(name, UNSET, "it is about the image, which is not here")


def _ports(local: LocalEnvironment, around: Surroundings) -> None:
    why = "as --port says" if around.port else "a free port"
    local.change("PORT", str(around.port), why)
    local.change("METRICS_PORT", "0", "a free port")


def _models(local: LocalEnvironment, around: Surroundings) -> None:
    built_in = around.models.default == ECHO
    why = "answers without a key (see --provider)" if built_in else "as you said"
    local.change("LLM_MODEL_NAME", around.models.default, why)
    if not around.models.keep_others:
        for name in FURTHER:
            local.change(name, UNSET, "there are no keys for further models")


def _cache(local: LocalEnvironment, around: Surroundings) -> None:
    if "CACHE_URL" not in local.plain and "CACHE_URL" not in local.secret:
        return
    if around.cache_url:
        why = f"{around.cache_name} of this machine, in memory"
    else:
        why = "caches in the process: no server is here"
    local.change("CACHE_URL", around.cache_url, why)


def _tracing(local: LocalEnvironment, around: Surroundings) -> None:
    if _TRACING_KEY in around.made_up and local.plain.get("LANGCHAIN_TRACING_V2") == "true":
        why = f"nobody gave a {_TRACING_KEY}"
        local.change("LANGCHAIN_TRACING_V2", "false", why)


def _hosts(local: LocalEnvironment) -> None:
    try:
        hosts = json.loads(local.plain.get("HTTP_ALLOWED_HOSTS") or "[]")
    except (ValueError, RecursionError):
        return  # the service says what is wrong with it
    if isinstance(hosts, list) and hosts:
        allowed = json.dumps([*hosts, *(name for name in _HOSTS if name not in hosts)])
        local.change("HTTP_ALLOWED_HOSTS", allowed, "you reach it by these names")
