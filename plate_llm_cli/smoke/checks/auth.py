"""Tokens: those that must not be taken are refused, and a good one is taken."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from plate_llm_cli.secrets.values.secret import Secret
from plate_llm_cli.smoke.asking import MODELS
from plate_llm_cli.smoke.check import EndedError, Outcome, failed, passed, skipped, warned
from plate_llm_cli.smoke.expectations import SIGNING_SECRET
from plate_llm_cli.smoke.refusals import explained, refusal_of

if TYPE_CHECKING:
    from plate_llm_cli.smoke.http import Answer
    from plate_llm_cli.smoke.trial import Trial

_OPEN: Final = "anyone may ask, at your cost"


def no_token(trial: Trial) -> Outcome:
    """Nobody is let in without a token."""
    _only_with_tokens(trial)
    advice = f"{_OPEN}: set auth.mode to jwt (AUTH_MODE) in the values, and roll it out"
    return _refused(trial, None, advice)


def garbage_token(trial: Trial) -> Outcome:
    """What is no token at all."""
    _only_with_tokens(trial)
    advice = f"{_OPEN}, with any text as a token: does this path lead to the service itself?"
    return _refused(trial, Secret("not-a-token"), advice)


def expired_token(trial: Trial) -> Outcome:
    """A token that ended an hour ago."""
    _only_with_tokens(trial)
    advice = (
        "a stolen token is good for ever: is auth.leewaySeconds an hour or more, or the clock of "
        "the node behind?"
    )
    return _refused(trial, trial.tokens.expired(), advice)


def unsigned_token(trial: Trial) -> Outcome:
    """A token that says `alg: none`, which anybody can write."""
    _only_with_tokens(trial)
    advice = f"{_OPEN}, with a token of their own making: take the Ingress away until it is mended"
    return _refused(trial, trial.tokens.unsigned(), advice)


def wrong_audience(trial: Trial) -> Outcome:
    """A token that was made for another service."""
    _only_with_tokens(trial)
    if not trial.expected.audience:
        return skipped("tokens need no audience here (auth.audience)")
    advice = (
        "tokens of every service that plate-api signs for are taken: set auth.audience "
        f"(AUTH_AUDIENCE) to {trial.expected.audience}, and roll it out"
    )
    return _refused(trial, trial.tokens.for_another(), advice)


def valid_token(trial: Trial) -> Outcome:
    """A good token is taken, or none is needed."""
    token = trial.tokens.good()
    answer = trial.http.get(MODELS, token)
    if answer.status == 401:
        return _not_taken(trial, answer, signed=token is not None)
    document = answer.json
    if answer.status != 200 or not isinstance(document, dict) or "data" not in document:
        return explained(trial, refusal_of(answer))
    if token is None:
        return passed("no token is needed (auth.mode: none)")
    if trial.tokens.weak:
        return warned(
            "taken, but the secret that signs it has less than 32 bytes, and can be guessed",
            f"give {SIGNING_SECRET}{trial.expected.source(SIGNING_SECRET)} a longer one: "
            + trial.advice.command("secrets rotate {env} KEY --restart", "in plate-api, too"),
        )
    return passed("taken")


def _only_with_tokens(trial: Trial) -> None:
    if not trial.expected.asks_for_tokens:
        raise EndedError(skipped("no tokens are asked for (auth.mode: none)"))


def _refused(trial: Trial, token: Secret | None, if_taken: str) -> Outcome:
    """The verdict on a request whose token must not be taken."""
    answer = trial.http.get(MODELS, token)
    refused = refusal_of(answer)
    if 200 <= answer.status < 300:
        return failed(f"status {answer.status}: it was taken", if_taken)
    if answer.status != 401:
        return explained(trial, refused)
    if not refused.from_service:
        return failed(
            f"{refused.said}, without an error in OpenAI's form",
            "something in front of the service asks for credentials of its own",
        )
    if "www-authenticate" not in answer.headers:
        return warned(
            f"{refused.said} (without the header www-authenticate)",
            "a proxy takes it away: clients are not told how to log in",
        )
    return passed(refused.said)


def _not_taken(trial: Trial, answer: Answer, *, signed: bool) -> Outcome:
    refused = refusal_of(answer)
    if not signed:
        return failed(
            f"{refused.said}, though auth.mode is none",
            "is the roll-out of this setting at its end?",
        )
    if not refused.from_service:
        return explained(trial, refused)
    if trial.tokens.brought:
        return failed(refused.said, "is the token for this environment, and not at its end?")
    if "signature" not in refused.message and "key" not in refused.message:
        return failed(
            refused.said,
            "the pods want other claims than Git says: is the roll-out of auth.* at its end?",
        )
    source = trial.expected.source(SIGNING_SECRET)
    check = trial.advice.command("secrets check {env} --live", "compare it with plate-api's")
    return failed(
        refused.said,
        f"the pods verify with another {SIGNING_SECRET} than was read{source}: {check}; pods read "
        "it at their start: kubectl rollout restart where only they are behind",
    )
