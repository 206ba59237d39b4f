"""A trial of a target, with nothing known but what a test says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plate_llm_cli.smoke.expectations import Expectations
from plate_llm_cli.smoke.http import Http
from plate_llm_cli.smoke.tokens import Tokens, no_key
from plate_llm_cli.smoke.trial import Advice, Trial

if TYPE_CHECKING:
    from plate_llm_cli.smoke.check import Outcome
    from plate_llm_cli.smoke.target import Target


def trial_of(target: Target, expected: Expectations | None = None, *, env: str = "stg") -> Trial:
    """One that has no key and names `env` in its advice."""
    known = expected or Expectations()
    tokens = Tokens(known, no_key("no key"))
    return Trial(target, known, tokens, Http(target), advice=Advice(env))


def told(outcome: Outcome) -> tuple[str, str, str]:
    """Verdict, what was seen, and the advice."""
    return outcome.verdict.value, outcome.said, outcome.advice
