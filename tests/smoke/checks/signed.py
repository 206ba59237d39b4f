"""A trial that has the key which signs tokens, or a token of its own."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from plate_llm_cli.secrets.values.secret import Secret
from plate_llm_cli.smoke.expectations import Expectations
from plate_llm_cli.smoke.http import Http
from plate_llm_cli.smoke.runner import chosen, run
from plate_llm_cli.smoke.target import Target, parse_target
from plate_llm_cli.smoke.tokens import SigningKey, Tokens
from plate_llm_cli.smoke.trial import Advice, Trial
from tests.service.running import SECRET
from tests.smoke.trials import told

PLACE = "apps/plate-llm#LLM_KEY"
"""Where the advice says that OPENAI_API_KEY comes from."""


def settings(**environment: str) -> Expectations:
    """What is expected of a service with this environment, which is known."""
    return Expectations(environment, known=True)


def signed(
    target: Target | str,
    expected: Expectations | None = None,
    *,
    key: str = SECRET,
    given: str | None = None,
    **more: Any,
) -> Trial:
    """A trial of the environment stg; `more` are fields of the trial."""
    known = replace(expected or settings(), sources={"OPENAI_API_KEY": PLACE})
    where = parse_target(target) if isinstance(target, str) else target
    brought = None if given is None else Secret(given)
    tokens = Tokens(known, SigningKey(lambda: Secret(key)), brought)
    advice = Advice("stg")
    return Trial(where, known, tokens, Http(where), advice=advice, **more)


def checked(name: str, trial: Trial) -> tuple[str, str, str]:
    """What comes of the check of this name."""
    (result,) = run(trial, chosen([name], ())).results
    return told(result.outcome)
