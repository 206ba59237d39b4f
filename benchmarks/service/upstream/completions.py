"""Chat completions in OpenAI's form: the whole object, and the events of a stream."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

from benchmarks.service.upstream import toy_model

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.service.upstream.behaviour import Behaviour

Json = dict[str, Any]

CREATED = 1_700_000_000
PROMPT_TOKENS = 17
PIECE = 8
"""Characters of JSON in one event."""
DONE = b"data: [DONE]\n\n"


@dataclass(frozen=True, slots=True)
class Completion:
    """One answer to the request `body`, with an id of its own."""

    id: str
    body: Json
    behaviour: Behaviour

    @property
    def streams(self) -> bool:
        """The client asked for a stream."""
        return bool(self.body.get("stream"))

    def whole(self) -> bytes:
        """The answer as one object."""
        calls, content = self._decided()
        if not calls and content is None:
            content = toy_model.words(self.behaviour.words)
        message: Json = {
            "role": "assistant",
            "content": content,
            "refusal": None,
            "annotations": [],
        }
        if calls:
            message["tool_calls"] = calls
        tokens = toy_model.words(self.behaviour.words).split() if content else []
        logprobs = self._logprobs(tokens)
        choices = [
            {
                "index": index,
                "message": message,
                "logprobs": logprobs,
                "finish_reason": self._finish(calls),
            }
            for index in range(self._choices)
        ]
        usage = self._usage(self.behaviour.words)
        return orjson.dumps(self._object("chat.completion", choices=choices, usage=usage))

    def events(self) -> Iterator[bytes]:
        """The answer as events, one for each piece; the last is `[DONE]`."""
        calls, content = self._decided()
        first: Json = {"role": "assistant", "content": None if calls else "", "refusal": None}
        yield from self._event_of_each_choice(first)
        for delta in self._deltas(calls, content):
            yield from self._event_of_each_choice(delta)
        yield from self._event_of_each_choice({}, self._finish(calls))
        if self._counts_tokens:
            usage = self._usage(self.behaviour.n)
            yield event(self._object("chat.completion.chunk", choices=[], usage=usage))
        yield DONE

    def _deltas(self, calls: list[Json], content: str | None) -> Iterator[Json]:
        if calls:
            yield from _call_deltas(calls)
        elif content is not None:
            yield from ({"content": piece} for piece in _pieces(content))
        else:
            total = len(toy_model.WORDS)
            for number in range(self.behaviour.n):
                yield {"content": toy_model.WORDS[number % total] + " "}

    def _event_of_each_choice(self, delta: Json, finish: str | None = None) -> Iterator[bytes]:
        text = delta.get("content")
        logprobs = self._logprobs([text]) if text else None
        usage = {"usage": None} if self._counts_tokens and self.behaviour.usage_null else {}
        for index in range(self._choices):
            choice = {"index": index, "delta": delta, "logprobs": logprobs, "finish_reason": finish}
            yield event(self._object("chat.completion.chunk", choices=[choice], **usage))

    def _decided(self) -> tuple[list[Json], str | None]:
        calls = toy_model.tool_calls(self.body, self.behaviour.calls)
        return calls, None if calls else toy_model.formatted(self.body)

    def _object(self, kind: str, **more: Any) -> Json:
        return {
            "id": self.id,
            "object": kind,
            "created": CREATED,
            "model": self.body.get("model", ""),
            "service_tier": "default",
            "system_fingerprint": "fp_fake",
            **more,
        }

    @property
    def _choices(self) -> int:
        return self.body.get("n") or 1

    @property
    def _counts_tokens(self) -> bool:
        asked = (self.body.get("stream_options") or {}).get("include_usage")
        return bool(asked and self.behaviour.usage)

    def _finish(self, calls: list[Json]) -> str:
        return "tool_calls" if calls else self.behaviour.finish

    def _logprobs(self, tokens: list[str]) -> Json | None:
        if not self.body.get("logprobs"):
            return None
        entries = [_logprob(token) for token in tokens]
        others = [_logprob(f"other{rank}") for rank in range(self.body.get("top_logprobs") or 0)]
        return {
            "content": [{**entry, "top_logprobs": others} for entry in entries],
            "refusal": None,
        }

    def _usage(self, tokens: int) -> Json | None:
        if not self.behaviour.usage:
            return None
        return {
            "prompt_tokens": PROMPT_TOKENS,
            "completion_tokens": tokens,
            "total_tokens": PROMPT_TOKENS + tokens,
            "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 0},
            "completion_tokens_details": {
                "reasoning_tokens": 0,
                "audio_tokens": 0,
                "accepted_prediction_tokens": 0,
                "rejected_prediction_tokens": 0,
            },
        }


def event(data: Json) -> bytes:
    """`data` as a server-sent event."""
    return b"data: %b\n\n" % orjson.dumps(data)


def error(status: int, message: str = "") -> Json:
    """What OpenAI says with `status`."""
    kinds = {
        400: ("invalid_request_error", None),
        401: ("invalid_request_error", "invalid_api_key"),
        404: ("invalid_request_error", "model_not_found"),
        429: ("requests", "rate_limit_exceeded"),
    }
    kind, code = kinds.get(status, ("server_error", None))
    text = message or f"fake upstream error {status}"
    return {"error": {"message": text, "type": kind, "param": None, "code": code}}


def _call_deltas(calls: list[Json]) -> Iterator[Json]:
    for index, call in enumerate(calls):
        name = call["function"]["name"]
        start = {**call, "index": index, "function": {"name": name, "arguments": ""}}
        yield {"tool_calls": [start]}
        for piece in _pieces(call["function"]["arguments"]):
            yield {"tool_calls": [{"index": index, "function": {"arguments": piece}}]}


def _pieces(text: str) -> Iterator[str]:
    return (text[start : start + PIECE] for start in range(0, len(text), PIECE))


def _logprob(token: str) -> Json:
    return {"token": token, "logprob": -0.25, "bytes": list(token.encode())}
