"""Everything that is tried, in its order."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, NamedTuple

from service.probe.tokens import GARBAGE
from service.probe.trial import CHAT, Outcome, SkippedError, Trial, failed, passed

if TYPE_CHECKING:
    from collections.abc import Callable

    from service.probe.answers import Reply

MODELS = "/v1/models"
NOWHERE = "/plate-llm-probe"
"""A path that no service has. Below /v1/ a token would be asked for first."""
MALFORMED = b"{"
MOST_TOKENS = 64
QUESTION = "Count from one to thirty in words, and say nothing else."
"""Its answer has enough words to come in more than one piece."""

MANY_CHUNKS = 8
HELD_SECONDS = 0.2
AT_ONCE_SECONDS = 0.01
"""So many chunks within this, after a wait of that: something held them back, as no model says so
much so quickly after so long. A model that thinks may say nothing, in two chunks and at once."""

_RELEASE = re.compile(r"\d{1,5}(\.\d{1,5}){2}([-.+]?[a-z]{1,5}\.?\d{1,5})?")
"""What a release looks like; anything else is not shown."""


def livez(trial: Trial) -> Outcome:
    """The process answers."""
    return _expected(trial.get("/livez"), 200)


def readyz(trial: Trial) -> Outcome:
    """It can answer requests. Why not, stands in its log."""
    return _expected(trial.get("/readyz"), 200)


def version(trial: Trial) -> Outcome:
    """What runs is what was meant to."""
    reply = trial.get("/version")
    running = reply.field("version")
    if reply.status != 200 or not isinstance(running, str):
        return failed(f"{reply.said}, expected the version")
    shown = running if _RELEASE.fullmatch(running) else "another release"
    if not trial.version:
        return passed(f"{shown}, any would do" if shown == running else "any would do")
    if running == trial.version:
        return passed(trial.version)
    return failed(f"{shown}, expected {trial.version}")


def no_token(trial: Trial) -> Outcome:
    """Who has no token is turned away, or let in where none is asked for."""
    reply = trial.get(MODELS)
    return _models(reply) if trial.auth == "none" else _refused(reply, 401)


def garbage_token(trial: Trial) -> Outcome:
    """What is no token is turned away."""
    trial.need_tokens()
    return _refused(trial.get(MODELS, GARBAGE), 401)


def unsigned_token(trial: Trial) -> Outcome:
    """A token cannot say of itself that it needs no signature."""
    trial.need_tokens()
    return _refused(trial.get(MODELS, trial.tokens.unsigned()), 401)


def forged_token(trial: Trial) -> Outcome:
    """A token that anybody signed is turned away."""
    trial.need_tokens()
    return _refused(trial.get(MODELS, trial.tokens.forged()), 401)


def malformed_body(trial: Trial) -> Outcome:
    """Nothing is read of a request before its token is."""
    return _refused(trial.post(CHAT, MALFORMED), 400 if trial.auth == "none" else 401)


def unknown_path(trial: Trial) -> Outcome:
    """Errors have OpenAI's form."""
    return _refused(trial.get(NOWHERE), 404)


def valid_token(trial: Trial) -> Outcome:
    """A token of plate-api is taken."""
    trial.need_key()
    reply = trial.get(MODELS, trial.tokens.good())
    if reply.status == 401:
        return failed(f"{reply.said}, expected 200: is it the AUTH_JWT_SECRET of the running pods?")
    return _models(reply)


def expired_token(trial: Trial) -> Outcome:
    """An old token is turned away."""
    trial.need_key()
    return _refused(trial.get(MODELS, trial.tokens.expired()), 401)


def wrong_audience(trial: Trial) -> Outcome:
    """A token for another service is turned away."""
    trial.need_key()
    if not trial.tokens.for_one_audience:
        raise SkippedError("any audience will do (AUTH_AUDIENCE is not set)")
    return _refused(trial.get(MODELS, trial.tokens.for_another()), 401)


def chat(trial: Trial) -> Outcome:
    """The model answers."""
    reply = trial.post(CHAT, _question(trial), trial.good_token())
    if reply.status != 200:
        return failed(f"{reply.said}, expected 200")
    return passed("answered") if reply.field("choices") else failed("status 200 without an answer")


def streaming(trial: Trial) -> Outcome:
    """The answer comes as the model says it."""
    found = trial.stream(CHAT, _question(trial, stream=True), trial.good_token())
    if found.head.status != 200 or found.head.error:
        return failed(f"{found.head.said}, expected a stream")
    if not found.done:
        return failed(f"ended after {found.chunks} chunks without [DONE]")
    if found.chunks < 2:
        return failed("one chunk, expected more" if found.chunks else "no chunk of an answer")
    many = found.chunks >= MANY_CHUNKS
    if many and found.waited > HELD_SECONDS and found.took < AT_ONCE_SECONDS:
        return failed(f"{found.chunks} chunks all at once, after {found.waited:.1f} s: held back")
    return passed(f"{found.chunks} chunks in {found.took:.2f} s, from {found.waited:.2f} s on")


def _question(trial: Trial, **more: bool) -> bytes:
    if not trial.chat:
        raise SkippedError("would cost tokens; --chat asks for it")
    messages = [{"role": "user", "content": QUESTION}]
    return json.dumps({"messages": messages, "max_completion_tokens": MOST_TOKENS, **more}).encode()


def _expected(reply: Reply, status: int) -> Outcome:
    fits = reply.status == status
    return passed(reply.said) if fits else failed(f"{reply.said}, expected {status}")


def _refused(reply: Reply, status: int) -> Outcome:
    """The status, in an error of the service's own: others may stand before it."""
    if reply.status == status and not reply.error:
        return failed(f"{reply.said}, but not an error in OpenAI's form")
    return _expected(reply, status)


def _models(reply: Reply) -> Outcome:
    if reply.status == 200 and not isinstance(reply.field("data"), list):
        return failed(f"{reply.said}, but not a list of models")
    return _expected(reply, 200)


class Check(NamedTuple):
    """One thing that is tried. Where the check that it `needs` failed, it would say nothing."""

    name: str
    run: Callable[[Trial], Outcome]
    needs: str = ""


CHECKS = (
    Check("livez", livez),
    Check("readyz", readyz),
    Check("version", version),
    Check("no-token", no_token),
    Check("garbage-token", garbage_token),
    Check("unsigned-token", unsigned_token),
    Check("forged-token", forged_token),
    Check("malformed-body", malformed_body),
    Check("unknown-path", unknown_path),
    Check("valid-token", valid_token),
    Check("expired-token", expired_token, "valid-token"),
    Check("wrong-audience", wrong_audience, "valid-token"),
    Check("chat", chat, "valid-token"),
    Check("streaming", streaming, "valid-token"),
)

READY = tuple(check for check in CHECKS if check.run in (livez, readyz, version))
"""What there is to wait for."""
