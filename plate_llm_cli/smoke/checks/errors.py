"""Mistakes of clients are told to them as OpenAI would tell them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from plate_llm_cli.smoke.asking import CHAT
from plate_llm_cli.smoke.check import Outcome, failed, passed
from plate_llm_cli.smoke.refusals import explained, refusal_of

if TYPE_CHECKING:
    from plate_llm_cli.smoke.trial import Trial

_NO_MODEL: Final = "plate-llm-smoke-no-such-model"
_CUT: Final = b'{"model": "x", "messages": ['


def unknown_model(trial: Trial) -> Outcome:
    """A model that there is not is a 404."""
    body = {"model": _NO_MODEL, "messages": [{"role": "user", "content": "-"}], "max_tokens": 1}
    return _refused(trial, body, 404, "model_not_found")


def malformed_body(trial: Trial) -> Outcome:
    """What is no JSON is a 400."""
    return _refused(trial, _CUT, 400)


def _refused(trial: Trial, data: Any, status: int, code: str = "") -> Outcome:
    answer = trial.http.post(CHAT, data, trial.tokens.good())
    refused = refusal_of(answer)
    if refused.over_own_limit:
        return explained(trial, refused)
    if answer.status == status and not refused.from_service:
        return failed(
            f"status {status}, without an error in OpenAI's form",
            "a proxy puts its own page in place of the service's error: take 400 and 404 out of "
            "the annotation nginx.ingress.kubernetes.io/custom-http-errors",
        )
    if answer.status == status and refused.code == (code or refused.code):
        return passed(f"status {status}{f', {refused.code}' if refused.code else ''}")
    if 200 <= answer.status < 300:
        return failed(
            f"status {answer.status}: it was taken", "does another service answer at this address?"
        )
    return explained(trial, refused)
