"""Limits: of a request's size, and of how many one client may send."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from plate_llm_cli.smoke.asking import CHAT
from plate_llm_cli.smoke.check import Outcome, failed, passed, skipped, warned
from plate_llm_cli.smoke.http import NoAnswerError, Question
from plate_llm_cli.smoke.refusals import explained, refusal_of

if TYPE_CHECKING:
    from plate_llm_cli.smoke.http import Answer
    from plate_llm_cli.smoke.trial import Trial

_MEGABYTE: Final = 1024 * 1024
_MOST_SENT: Final = 32 * _MEGABYTE
_HEAD: Final = 1024
"""Bytes that are enough for whoever goes by the length that the request tells."""
_PATIENCE: Final = 2.0
"""Seconds for an answer to these; a proxy that wants all of a request first gives none."""
_NO_JSON: Final = b"["
"""Costs nothing: it is refused, and counted as a request."""
_REQUESTS: Final = "x-ratelimit-limit-requests"
_TOKENS: Final = "x-ratelimit-limit-tokens"
_LEFT: Final = "x-ratelimit-remaining-requests"


def oversized_body(trial: Trial) -> Outcome:
    """A request over the limit is a 413, and that in OpenAI's form."""
    expected = trial.expected
    proxy = (expected.proxy_body_bytes or 0) if trial.target.from_outside else 0
    limit = min(proxy or expected.body_bytes, expected.body_bytes)
    if limit >= _MOST_SENT:
        return skipped(f"the limit of {_size(limit)} is more than is sent to try it")
    answer = _sent(trial, limit + 1)
    refused = refusal_of(answer)
    if answer.status != 413:
        if refused.from_service and answer.status == 400:
            return failed(
                f"a request of more than {_size(limit)} was read",
                "is the roll-out of limits.bodyMegabytes at its end?",
            )
        return explained(trial, refused)
    if refused.from_service:
        return passed(f"status 413 over {_size(limit)}")
    said = f"status 413 of {answer.server or 'a proxy'} over {_size(limit)}, not in OpenAI's form"
    if limit == expected.body_bytes:
        return passed(said)
    return warned(
        said,
        f"clients are told in HTML, and the service would take {_size(expected.body_bytes)}: raise "
        "the annotation nginx.ingress.kubernetes.io/proxy-body-size, or lower limits.bodyMegabytes",
    )


def rate_limit_headers(trial: Trial) -> Outcome:
    """Clients are told what is left of their limits."""
    expected = trial.expected
    limits = {_REQUESTS: expected.requests_per_minute, _TOKENS: expected.tokens_per_minute}
    limits = {name: limit for name, limit in limits.items() if limit}
    if not limits:
        return skipped("no limits are set (limits.requestsPerMinute, limits.tokensPerMinute)")
    answers = [_counted(trial) for _ in range(3)]
    other = next((answer for answer in answers if answer.status != 400), None)
    if other is not None:
        return explained(trial, refusal_of(other))
    for name, limit in limits.items():
        told = answers[0].headers.get(name)
        if told != str(limit):
            said = f"{name} is {told}, not {limit}" if told else f"no header {name}"
            return failed(
                said, "is the roll-out of limits.* at its end, and no proxy drops headers?"
            )
    if _REQUESTS in limits and not _goes_down(answers):
        return warned(
            f"{_LEFT} does not go down: replicas count each for itself",
            "a client gets the limit once a replica: set cache.url, so that they share it",
        )
    return passed(", ".join(f"{limit} {name.rpartition('-')[2]}" for name, limit in limits.items()))


def _sent(trial: Trial, size: int) -> Answer:
    """The answer to a request of `size` bytes, of which no more are sent than it takes."""
    token = trial.tokens.good()
    try:
        head = {"Content-Length": str(size)}
        return trial.http.ask(Question("POST", CHAT, b" " * _HEAD, token, head, _PATIENCE))
    except NoAnswerError as error:
        if not error.connected:
            raise
    return trial.http.ask(Question("POST", CHAT, b" " * size, token))


def _counted(trial: Trial) -> Answer:
    return trial.http.post(CHAT, _NO_JSON, trial.tokens.good())


def _goes_down(answers: list[Answer]) -> bool:
    left = [answer.headers.get(_LEFT, "") for answer in answers]
    numbers = [int(text) for text in left if text.isdigit()]
    return len(numbers) > 1 and numbers[-1] < numbers[0]


def _size(count: int) -> str:
    return f"{count / _MEGABYTE:g} MiB"
