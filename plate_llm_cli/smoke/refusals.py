"""What it means when the service, or something in front of it, refuses a request."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from plate_llm_cli.smoke.check import Outcome, failed, skipped
from plate_llm_cli.smoke.redaction import REDACTED

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from plate_llm_cli.smoke.http import Answer
    from plate_llm_cli.smoke.trial import Trial

_SHOWN: Final = 160
"""Characters of a message: enough for every one of the service's own."""
_PRIVATE: Final = re.compile(
    r"\beyJ[\w-]*\.[\w.-]*|\bBearer\s+[\w.~+/-]{8,}|\b(?:sk|pk|lsv2)[-_][\w*.-]{4,}"
)
"""Tokens and keys, which something else than the service may repeat."""

_KEYS: Final = {
    "openai": "OPENAI_API_KEY",
    "openai-compatible": "LLM_API_KEY",
    "anthropic": "ANTHROPIC_API_KEY",
}
"""The variable with the key of each provider, by what `owned_by` of a model says."""

_BY_CODE: Final = {
    "upstream_unreachable": "the pods do not reach the provider: look at llm.baseUrl and at what "
    "may stand between (network policy, firewall, DNS)",
    "upstream_tls": "the provider's certificate is not trusted by the pods: does a proxy stand "
    "between, or is llm.baseUrl another host's?",
    "upstream_lost": "the provider, or something between, ends connections: try again, then look "
    "at the service's log",
    "upstream_invalid": "what answers at llm.baseUrl does not speak OpenAI's language",
    "upstream_timeout": "the provider is too slow: look at its status page; llm.timeoutSeconds and "
    "llm.firstTokenSeconds are how long the service waits",
    "upstream_unavailable": "the model kept failing and is left alone for a while: the service's "
    "log has each failure",
    "overloaded": "all places are taken: more replicas (autoscaling), or limits.concurrency",
    "keys_unavailable": "the service has no keys to verify tokens with: does plate-api answer at "
    "plateApi.url or auth.jwksUrl?",
    "insufficient_scope": "the token lacks a scope of auth.scopes",
    "request_too_large": "limits.bodyMegabytes is very low",
    "model_not_found": "no such model: name one of GET /v1/models with --model; where the provider "
    "says so, look at llm.modelName and llm.models",
}
"""What to do, by the code of the error."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """An answer that is none of 2xx. Texts are on one line and short; '' is none."""

    status: int
    code: str = ""
    kind: str = ""
    message: str = ""
    server: str = ""

    @property
    def from_service(self) -> bool:
        """Whether it has OpenAI's form, which proxies do not give their errors."""
        return bool(self.message or self.code or self.kind)

    @property
    def over_own_limit(self) -> bool:
        """Whether the service's own limits of rate refuse it; a provider's have another type."""
        return (self.status, self.code, self.kind) == (
            429,
            "rate_limit_exceeded",
            "rate_limit_error",
        )

    @property
    def said(self) -> str:
        """What was seen, in one line."""
        if not self.from_service:
            return f"status {self.status} of {self.server or 'something in front of the service'}"
        return f"status {self.status}{f', {self.code}' if self.code else ''}: {self.message}"


def refusal(status: int, error: Mapping[str, Any], server: str = "") -> Refusal:
    """From the status, the error in OpenAI's form ({} where there is none), and the server."""
    code, kind, message = (_line(error.get(name)) for name in ("code", "type", "message"))
    return Refusal(status, code, kind, message, _line(server))


def refusal_of(answer: Answer) -> Refusal:
    """From a whole answer."""
    return refusal(answer.status, answer.error, answer.server)


def explained(trial: Trial, refused: Refusal, provider: str = "") -> Outcome:
    """What came of a check that was refused like this. `provider` is the asked model's."""
    if refused.over_own_limit:
        return skipped(f"over the service's own limit: {refused.message}")
    return failed(refused.said, _advice(trial, refused, provider))


def _advice(trial: Trial, refused: Refusal, provider: str) -> str:
    if not refused.from_service:
        return _of_a_proxy(trial, refused.status)
    if refused.code in _BY_CODE:
        return _BY_CODE[refused.code]
    if refused.code == "upstream_unauthorized":
        key = _KEYS.get(provider, "its key")
        return f"the provider refuses {key}{trial.expected.source(key)}: {_secrets(trial)}"
    if refused.code == "not_ready":
        return f"a key is missing: {_secrets(trial)}"
    return _by_status(trial, refused.status)


def _by_status(trial: Trial, status: int) -> str:
    if status == 429:
        return "the provider's own limit, or the end of its account's money: see its console"
    if status == 401:
        return f"the service does not take the token any more: {_secrets(trial)}"
    return trial.advice.command("status {env}", "look at the service's log")


def _secrets(trial: Trial) -> str:
    return trial.advice.command("secrets check {env} --live", "look at the service's secrets")


def _of_a_proxy(trial: Trial, status: int) -> str:
    if status == 504:
        return (
            "the proxy waits too short: raise the annotation "
            "nginx.ingress.kubernetes.io/proxy-read-timeout"
        )
    if status in (502, 503):
        return f"no pod is ready behind it: {trial.advice.command('status {env}', 'look at them')}"
    if status in (401, 403):
        return "something in front of the service asks for credentials of its own, or is a firewall"
    if 300 <= status < 400:
        return "API clients are not redirected: give the address that the answer's location names"
    return "does another service answer at this address, or a proxy instead of the service?"


def _line(value: object) -> str:
    text = " ".join(value.split()) if isinstance(value, str) else ""
    text = _PRIVATE.sub(REDACTED, text[: 4 * _SHOWN])
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."
