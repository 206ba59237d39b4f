"""Requests and tokens per minute: of each caller, and of each caller with one model.

Counted in the process, so that no request waits for it. With Redis the counts are shared in the
background; `service/limits/shared.py` says how exact that is.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from service.errors import Headers, RateLimited
from service.limits.usage import (
    MINUTE,
    Usage,
    seconds_until_room,
    seconds_until_unused,
    used,
)

if TYPE_CHECKING:
    from service.limits.shared import Sharing
    from service.models.catalogue import Model
    from service.settings.settings import Settings

MOST_CALLERS = 20_000
"""Who is longest unseen is forgotten when there are more. About 8 MiB."""

ROUNDING = 1e-6
"""Requests. Waiting as long as was said must be enough."""


@dataclass(frozen=True, slots=True)
class Decision:
    """A request is let through. `headers` tell its caller what is left."""

    headers: Headers


UNLIMITED = Decision(())


@dataclass(frozen=True, slots=True)
class Quota:
    """How much is let through in a minute; 0 is no limit."""

    requests: int
    tokens: int

    def check(self, usage: Usage, passed: float, whose: str) -> None:
        """Raise RateLimited where a request would be too much. `whose` ends the sentence."""
        if _is_over(self.requests, usage.requests_before, usage.requests, passed) or _is_over(
            self.tokens, usage.tokens_before, usage.tokens, passed
        ):
            raise self._refusal(usage, passed, whose)

    def _refusal(self, usage: Usage, passed: float, whose: str) -> RateLimited:
        """Names the limit that has to be waited for longest."""
        waits = [
            (seconds_until_room(before, now, passed, limit), limit, unit)
            for limit, before, now, unit in (
                (self.requests, usage.requests_before, usage.requests, "requests"),
                (self.tokens, usage.tokens_before, usage.tokens, "tokens"),
            )
            if limit
        ]
        seconds, limit, unit = max(waits)
        return RateLimited(
            f"The limit of {unit} per minute{whose} ({limit}) is reached; "
            f"try again in {max(1, -int(-seconds // 1))} s.",
            retry_after=seconds,
            headers=() if whose else self.headers(usage, passed),
        )

    def headers(self, usage: Usage, passed: float) -> Headers:
        """What is left, as OpenAI says it."""
        headers: Headers = ()
        if self.requests:
            before, now = usage.requests_before, usage.requests
            left = self.requests - used(before, now, passed) + ROUNDING
            headers = (
                (b"x-ratelimit-limit-requests", b"%d" % self.requests),
                (b"x-ratelimit-remaining-requests", b"%d" % max(0, left)),
                (
                    b"x-ratelimit-reset-requests",
                    duration(seconds_until_unused(before, now, passed)),
                ),
            )
        if self.tokens:
            before, now = usage.tokens_before, usage.tokens
            left = self.tokens - used(before, now, passed) + ROUNDING
            headers += (
                (b"x-ratelimit-limit-tokens", b"%d" % self.tokens),
                (b"x-ratelimit-remaining-tokens", b"%d" % max(0, left)),
                (b"x-ratelimit-reset-tokens", duration(seconds_until_unused(before, now, passed))),
            )
        return headers


class RateLimiter:
    """Lets requests through or refuses them. Times are in seconds since the epoch.

    Needs a running loop where Redis is configured and anything is limited.
    """

    def __init__(self, settings: Settings) -> None:
        self._quota = Quota(settings.limit_requests_per_minute, settings.limit_tokens_per_minute)
        entries = settings.model_entries()
        self._model_quotas = {
            entry.name: Quota(entry.requests_per_minute, entry.tokens_per_minute)
            for entry in entries
            if entry.requests_per_minute or entry.tokens_per_minute
        }
        self._limited = bool(self._quota.requests or self._quota.tokens)
        self._usages: OrderedDict[tuple[str, str], Usage] = OrderedDict()
        self._sharing = _sharing(settings) if self._limited or self._model_quotas else None

    def admit(self, subject: str, now: float) -> Decision:
        """Count a request of this subject. Raises RateLimited where it is one too many."""
        if not self._limited:
            return UNLIMITED
        usage = self._usage((subject, ""), now)
        passed = _passed(usage, now)
        self._quota.check(usage, passed, "")
        usage.requests += 1
        return Decision(self._quota.headers(usage, passed))

    def admit_model(self, subject: str, model: Model, now: float) -> None:
        """The same for the limits of one model, each subject's for itself."""
        quota = self._model_quotas.get(model.name)
        if quota is None:
            return
        usage = self._usage((subject, model.name), now)
        quota.check(usage, _passed(usage, now), f" for the model {model.name}")
        usage.requests += 1

    def spend(self, subject: str, model: str, tokens: int, now: float) -> None:
        """Count the tokens of an answer, also those over the limit: they keep the next ones off."""
        if self._quota.tokens:
            self._usage((subject, ""), now).tokens += tokens
        if model in self._model_quotas:
            self._usage((subject, model), now).tokens += tokens

    async def close(self) -> None:
        """End the sharing of counts."""
        if self._sharing is not None:
            await self._sharing.close()

    def _usage(self, caller: tuple[str, str], now: float) -> Usage:
        minute = int(now // MINUTE)
        usage = self._usages.get(caller)
        if usage is None:
            self._forget_some(minute)
            usage = self._usages[caller] = Usage(minute)
        elif usage.turn(minute):
            self._usages.move_to_end(caller)
        if self._sharing is not None:
            self._sharing.touch(caller, usage)
        return usage

    def _forget_some(self, minute: int) -> None:
        """Make room for one: the callers stand in the order of the minute of their last request.

        Two at a time, so that there are ever fewer who are long gone, and no request pays for all.
        """
        for _ in range(2):
            caller = next(iter(self._usages), None)
            if caller is None:
                return
            if self._usages[caller].minute >= minute - 1 and len(self._usages) < MOST_CALLERS:
                return
            del self._usages[caller]


def _is_over(limit: int, before: int, now: int, passed: float) -> bool:
    """Whether one more would be too much."""
    return limit > 0 and used(before, now, passed) + 1 > limit + ROUNDING


def _passed(usage: Usage, now: float) -> float:
    """Seconds of its minute that are over; 0 where the clock was set back."""
    return max(0.0, now - usage.minute * MINUTE)


def _sharing(settings: Settings) -> Sharing | None:
    if settings.cache_url is None:
        return None
    from service.limits.shared import Sharing  # noqa: PLC0415 - loaded only when there is Redis

    return Sharing(settings.cache_url.get_secret_value())


def duration(seconds: float) -> bytes:
    """As OpenAI writes it: `6ms`, `1s`, `1m0s`; rounded up."""
    if 0 < seconds < 1:
        return b"%dms" % -int(-seconds * 1000 // 1)
    minutes, rest = divmod(-int(-seconds // 1), 60)
    return b"%dm%ds" % (minutes, rest) if minutes else b"%ds" % rest
