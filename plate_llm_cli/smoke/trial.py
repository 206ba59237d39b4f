"""What checks are given: where the service is, what is expected of it, and how to ask it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from plate_llm_cli.smoke.budget import Budget

if TYPE_CHECKING:
    from collections.abc import Callable

    from plate_llm_cli.smoke.expectations import Expectations
    from plate_llm_cli.smoke.http import Http
    from plate_llm_cli.smoke.target import Target
    from plate_llm_cli.smoke.tokens import Tokens


DEFAULT_REQUESTS: Final = 20


@dataclass(frozen=True, slots=True)
class Latency:
    """How quick answers have to be: `p95` in seconds of `requests`; None asks for nothing."""

    p95: float | None = None
    requests: int = DEFAULT_REQUESTS


@dataclass(frozen=True, slots=True)
class Advice:
    """Commands that advice names, for this environment."""

    env: str = ""
    """As people type it; '' where only a URL is known."""

    def command(self, line: str, otherwise: str) -> str:
        """`plate-llm LINE` with ENV filled in for `{env}`, where one is known."""
        return f"plate-llm {line.format(env=self.env)}" if self.env else otherwise

    def live(self, otherwise: str) -> str:
        """What shows how the cluster differs from Git."""
        shown = self.command("diff {env} --against live", otherwise)
        return f"{shown} shows what the cluster has"


def _nobody(done: int, of: int) -> None:
    del done, of


@dataclass(slots=True, eq=False)
class Trial:
    """One run of the checks."""

    target: Target
    expected: Expectations
    tokens: Tokens
    http: Http
    model: str = ""
    """The model to ask, as clients call it; '' is the service's default."""
    budget: Budget = field(default_factory=Budget)
    latency: Latency = Latency()
    advice: Advice = Advice()
    progress: Callable[[int, int], None] = _nobody
    """How far a check is that asks many times."""
