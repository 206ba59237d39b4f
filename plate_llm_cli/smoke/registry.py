"""Every check, in the order in which they run."""

from __future__ import annotations

from typing import Final

from plate_llm_cli.smoke.check import Check
from plate_llm_cli.smoke.checks import (
    abilities,
    auth,
    cache,
    chat,
    cors,
    edge,
    errors,
    health,
    latency,
    limits,
    reach,
    streaming,
    tls,
)

_CLOSED: Final = ("no-token",)
_SIGNED: Final = ("no-token", "valid-token")
_USABLE: Final = ("readyz", "valid-token")
_ANSWERS: Final = (*_USABLE, "chat-openai")

CHECKS: Final = (
    Check("dns", "reach", "the host has an address", reach.dns),
    Check("tcp", "reach", "connections are taken there", reach.tcp, ("dns",)),
    Check(
        "certificate",
        "reach",
        "it is for this host, clients trust it, and it is renewed in time",
        tls.certificate,
        ("tcp",),
    ),
    Check(
        "https-redirect",
        "edge",
        "plain HTTP is sent to HTTPS, or served, as the Ingress says",
        edge.https_redirect,
        ("tcp",),
    ),
    Check(
        "other-host",
        "edge",
        "other hosts do not lead to the service",
        edge.other_host,
        ("certificate",),
    ),
    Check("livez", "health", "the process answers", health.livez, ("certificate",)),
    Check("readyz", "health", "it can answer requests", health.readyz, ("livez",)),
    Check("version", "health", "what runs is what is deployed", health.version, ("livez",)),
    Check(
        "metrics-private",
        "edge",
        "metrics are not shown to the outside",
        edge.metrics_private,
        ("livez",),
    ),
    Check("cors", "edge", "plate-web's pages may call it, others not", cors.cors, ("livez",)),
    Check("no-token", "auth", "nobody is let in without a token", auth.no_token, ("livez",)),
    Check("garbage-token", "auth", "what is no token is refused", auth.garbage_token, _CLOSED),
    Check(
        "unsigned-token",
        "auth",
        "a token without a signature is refused",
        auth.unsigned_token,
        _CLOSED,
    ),
    Check("valid-token", "auth", "a good token is taken", auth.valid_token, ("livez",)),
    Check("expired-token", "auth", "an old token is refused", auth.expired_token, _SIGNED),
    Check(
        "wrong-audience",
        "auth",
        "a token for another service is refused",
        auth.wrong_audience,
        _SIGNED,
    ),
    Check("chat-openai", "chat", "OpenAI's client gets an answer", chat.chat_openai, _USABLE),
    Check(
        "chat-langchain", "chat", "LangChain's client gets an answer", chat.chat_langchain, _ANSWERS
    ),
    Check("streaming", "chat", "a stream comes as it is made", streaming.streaming, _ANSWERS),
    Check("tool-call", "chat", "the model calls a tool", abilities.tool_call, _ANSWERS),
    Check("json-schema", "chat", "the model keeps to a schema", abilities.json_schema, _ANSWERS),
    Check("cache", "chat", "the same question is answered once", cache.cache, _ANSWERS),
    Check("unknown-model", "errors", "no such model is a 404", errors.unknown_model, _USABLE),
    Check("malformed-body", "errors", "what is no JSON is a 400", errors.malformed_body, _USABLE),
    Check(
        "oversized-body", "errors", "too long a request is a 413", limits.oversized_body, _USABLE
    ),
    Check(
        "rate-limit-headers",
        "limits",
        "clients are told what is left to them",
        limits.rate_limit_headers,
        _USABLE,
    ),
    Check("latency", "limits", "answers come in time", latency.latency, _ANSWERS),
)

READY: Final = frozenset({"dns", "tcp", "certificate", "livez", "readyz", "version"})
"""What `--wait` waits for."""
