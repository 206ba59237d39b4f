"""The cache: the same question is answered from it the second time."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from plate_llm_cli.smoke import asking
from plate_llm_cli.smoke.check import Outcome, failed, passed, skipped, warned

if TYPE_CHECKING:
    from plate_llm_cli.smoke.http import Answer
    from plate_llm_cli.smoke.trial import Trial

_TIMES: Final = 4
_PAUSE: Final = 0.7
"""Seconds before a third question: the service leaves a slow Redis alone for a moment."""
_OFF: Final = "CACHE_TTL_SECONDS is 0 (cache.ttlSeconds)"
_ALIEN: Final = "a proxy in front of the service keeps answers: it must not"


def cache(trial: Trial) -> Outcome:
    """The same request, up to four times: answers are kept in the background, or by one replica.

    It asks with `x-plate-cache: on` and not at temperature 0, which some models refuse.
    """
    asked = asking.model(trial)
    body = asking.body(asked, f"Say: {uuid4().hex}")
    seen: list[Answer] = []
    for number in range(_TIMES):
        if number > 1:
            time.sleep(_PAUSE)
        answer = asking.ask(trial, body, "on")
        asking.good(trial, answer, asked)
        seen.append(answer)
        if answer.headers.get("x-cache") == "hit":
            break
        if len(seen) > 1 and not trial.expected.cache_seconds:
            break
    return _judged(trial, seen)


def _judged(trial: Trial, seen: list[Answer]) -> Outcome:
    expected = trial.expected
    states = [answer.headers.get("x-cache", "") for answer in seen]
    if states[0] == "hit":
        return failed("a question that nobody asked before came from a cache", _ALIEN)
    if "hit" not in states:
        return _no_hit(trial, seen) if expected.cache_seconds else passed(f"none, as {_OFF}")
    if not expected.cache_seconds:
        return failed(f"answers are cached, though {_OFF}", "is the roll-out of it at its end?")
    took = f"{seen[0].seconds * 1000:.0f} ms, then {seen[-1].seconds * 1000:.0f} ms"
    return passed(f"{states[0]}, then hit: {took}")


def _no_hit(trial: Trial, seen: list[Answer]) -> Outcome:
    if not any("x-cache" in answer.headers for answer in seen):
        return _unused(trial, seen)
    said = f"no hit in {len(seen)} tries"
    if not trial.expected.shares_cache:
        return warned(
            f"{said}: every replica has a cache of its own", "set cache.url, so that they share one"
        )
    return failed(said, "is plate-cache (cache.url) up? /readyz and the service's log say more")


def _unused(trial: Trial, seen: list[Answer]) -> Outcome:
    said = "answers have no x-cache"
    if not trial.expected.known:
        return skipped(f"{said}: nothing is cached here")
    if "x-model" not in seen[0].headers:
        return failed(f"{said} and no x-model", "a proxy takes headers of the service away")
    return failed(said, "is the roll-out of cache.ttlSeconds at its end?")
