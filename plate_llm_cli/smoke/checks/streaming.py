"""A stream comes as it is made: nothing between keeps it back, and it comes to its end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from plate_llm_cli.graph.secret_fields import mapping
from plate_llm_cli.smoke import asking
from plate_llm_cli.smoke.arrivals import Arrivals, Flow
from plate_llm_cli.smoke.check import EndedError, Outcome, failed, passed, warned
from plate_llm_cli.smoke.http import NoAnswerError, Question, from_json
from plate_llm_cli.smoke.refusals import explained, refusal, refusal_of

if TYPE_CHECKING:
    from plate_llm_cli.smoke.asking import Body, Model
    from plate_llm_cli.smoke.http import Streamed
    from plate_llm_cli.smoke.trial import Trial

_WORDS: Final = ("red", "green", "blue", "one", "two", "three", "north", "south")
_LENGTH: Final = 200
"""Tokens: some 45 kB of events, which fill the buffers of most proxies more than twice."""
_KIND: Final = "text/event-stream"
_HEADERS: Final = {"x-plate-cache": "off", "Accept-Encoding": "gzip"}
"""Compression as clients take it: a proxy that compresses streams may hold them back for it."""
_UNBUFFER: Final = (
    'set the annotation nginx.ingress.kubernetes.io/proxy-buffering: "off", and let no proxy take '
    "the service's header x-accel-buffering: no away, buffer or compress text/event-stream"
)
_NO_PROXY: Final = (
    "no proxy is known on this way: it is the provider that sends it so, or llm.modelName is a "
    "model that does not stream"
)
_HELD: Final = (Flow.AT_ONCE, Flow.IN_BUFFERS)


def streaming(trial: Trial) -> Outcome:
    """One long answer as a stream; a second one where the first seems to be held back."""
    asked = asking.model(trial)
    network = min(trial.http.get("/livez").seconds for _ in range(2))
    came = _stream(trial, asked)
    if came.flow(network) in _HELD:
        came = _stream(trial, asked)
    flow = came.flow(network)
    outcome = _judged(trial, came, flow)
    if flow is Flow.UNKNOWN and asked.provider == "builtin":
        return passed(f"{outcome.said} (builtin:echo-slow takes its time)")
    return outcome


def _judged(trial: Trial, came: Arrivals, flow: Flow) -> Outcome:
    first, count = f"first token after {came.first:.2f} s", len(came.pieces)
    if flow is Flow.AT_ONCE:
        return _held(trial, f"the whole stream came at once after {came.last:.2f} s")
    if flow is Flow.IN_BUFFERS:
        bursts = came.bursts()
        size = max(burst.size for burst in bursts[:-1])
        said = f"the stream came in {len(bursts)} pieces of up to {size} bytes, {first}"
        return _held(trial, f"{said}: buffers that are sent when they are full")
    if flow is Flow.IN_BURSTS:
        said = f"{count} events came in {len(came.bursts())} bursts, {first}"
        return warned(
            said, f"the provider may send so (Azure's content filter does); else {_UNBUFFER}"
        )
    if flow is Flow.UNKNOWN:
        took = f"{count} events in {came.last:.2f} s"
        return passed(
            f"{first}; {took} are too few or too quick to tell whether they were held back"
        )
    return passed(f"{first}, {count} events until {came.last:.2f} s")


def _held(trial: Trial, said: str) -> Outcome:
    return failed(said, _UNBUFFER) if trial.target.from_outside else warned(said, _NO_PROXY)


def _stream(trial: Trial, asked: Model) -> Arrivals:
    """The events with text of one stream that came to its end.

    Raises:
        EndedError: there is none, or it did not.
    """
    text = f"Repeat these words: {asking.texts(_WORDS, _LENGTH)}"
    body = asking.body(asked, text, _LENGTH, stream=True)
    body["stream_options"] = {"include_usage": True}
    cost = asking.cost(body)
    trial.budget.require(cost)
    question = Question("POST", asking.CHAT, body, trial.tokens.good(), _HEADERS)
    with trial.http.stream(question) as streamed:
        if streamed.status != 200:
            answer = streamed.answer()
            raise EndedError(explained(trial, refusal_of(answer), asked.provider))
        _check_kind(streamed)
        return _read(trial, streamed, cost)


def _check_kind(streamed: Streamed) -> None:
    kind = streamed.headers.get("content-type", "")
    if not kind.startswith(_KIND):
        said = f"content-type is {kind[:40] or 'not there'}, not {_KIND}"
        raise EndedError(failed(said, "something between answers instead of the service"))


def _read(trial: Trial, streamed: Streamed, cost: int) -> Arrivals:
    pieces: list[tuple[float, int]] = []
    seconds, done, spent = 0.0, False, cost
    try:
        for seconds, data in streamed.events():
            done = data == "[DONE]"
            event = mapping(from_json(data))
            if "error" in event:
                raise EndedError(_broken(trial, event, seconds))
            spent = asking.used(event, spent)
            if event.get("choices"):
                pieces.append((seconds, len(data)))
    except NoAnswerError:
        done = False
    finally:
        trial.budget.add(spent)
    if not done:
        raise EndedError(_cut(trial, seconds))
    if not pieces:
        said = "the stream has no events but [DONE]"
        raise EndedError(failed(said, "is it a chat model that llm.modelName names?"))
    return Arrivals(pieces)


def _cut(trial: Trial, seconds: float) -> Outcome:
    log = trial.advice.command("status {env}", "look at its pods")
    return failed(
        f"the stream broke off after {seconds:.2f} s, before [DONE]",
        f"did its pod end (shutdown.*, memory: {log}), or a proxy's patience (the annotation "
        "nginx.ingress.kubernetes.io/proxy-read-timeout)?",
    )


def _broken(trial: Trial, event: Body, seconds: float) -> Outcome:
    error = mapping(event["error"])
    outcome = explained(trial, refusal(502, error))
    code = error.get("code") or error.get("type") or "an error"
    said = f"the stream ended after {seconds:.2f} s with {str(code)[:40]}"
    return failed(said, outcome.advice)
