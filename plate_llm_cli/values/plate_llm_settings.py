"""The groups of values of the chart plate-llm that are settings of the service.

null leaves a setting to the service's own default, which `service/env-contract.json` names.

Imports pydantic, which takes 100 ms: only modules of models may import this one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from plate_llm_cli.source.strict_model import StrictModel, needed, optional
from plate_llm_cli.source.strict_types import TextForm, WholeNumber
from plate_llm_cli.source.violations import ModelViolation
from plate_llm_cli.values.plate_llm_model_entry import (
    MaxTokens,
    ModelEntry,
    ModelName,
    OptionalModelSpec,
    Temperature,
)
from plate_llm_cli.values.quantities import Count, Positive, Seconds, Share, WaitSeconds
from plate_llm_cli.values.types import (
    AllowedHost,
    OptionalBaseUrl,
    OptionalHttpUrl,
    OptionalRedisUrl,
    WebOrigin,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

Megabytes = Annotated[int, WholeNumber(1, 1024)]
PublicKey = Annotated[
    str,
    TextForm(
        r"[ \n\r]*-----BEGIN [ -~]+-----[ -~\n\r]+-----END [ -~]+-----[ \n\r]*",
        "a public key as PEM: -----BEGIN PUBLIC KEY----- ...",
        may_be_empty=True,
    ),
]


class Llm(StrictModel):
    """The models, and how they are asked."""

    model_name: OptionalModelSpec | None = optional("LLM_MODEL_NAME: <provider>:<model>.")
    models: list[ModelEntry] | None = optional("LLM_MODELS: further models for clients.")
    fallback_models: list[ModelName] | None = optional("LLM_FALLBACK_MODELS, in this order.")
    temperature: Temperature | None = optional("LLM_TEMPERATURE, where the client sends none.")
    max_tokens: MaxTokens | None = optional("LLM_MAX_TOKENS, where the client sends none.")
    base_url: OptionalBaseUrl | None = optional("LLM_BASE_URL: an OpenAI-compatible endpoint.")
    anthropic_base_url: OptionalBaseUrl | None = optional(
        "ANTHROPIC_BASE_URL, instead of Anthropic's own."
    )
    environment: Literal["development", "staging", "production"] = needed("LLM_ENVIRONMENT.")
    drop_unsupported: bool | None = optional(
        "LLM_DROP_UNSUPPORTED: leaves parameters out that a provider does not take."
    )
    passthrough: Literal["auto", "off"] | None = optional(
        "LLM_PASSTHROUGH: off sends everything through LangChain."
    )
    timeout_seconds: Seconds | None = optional("LLM_TIMEOUT_SECONDS for a whole answer.")
    first_token_seconds: Seconds | None = optional(
        "LLM_FIRST_TOKEN_SECONDS until the first byte of a stream."
    )
    stall_seconds: Seconds | None = optional("LLM_STALL_SECONDS between two pieces of a stream.")
    retries: Annotated[int, WholeNumber(0, 10)] | None = optional(
        "LLM_RETRIES after the first attempt, for each model."
    )


class Auth(StrictModel):
    """Who may ask."""

    mode: Literal["jwt", "none"] = needed("AUTH_MODE: none is refused in production.")
    jwks_url: OptionalHttpUrl | None = optional("AUTH_JWKS_URL: public keys of the issuer.")
    public_key: PublicKey | None = optional("AUTH_PUBLIC_KEY: the issuer's public key as PEM.")
    issuer: str | None = optional('AUTH_ISSUER; "" is plate-api\'s URL.')
    audience: str | None = optional("AUTH_AUDIENCE: tokens for others are refused.")
    scopes: str | None = optional("AUTH_SCOPES: all that a token must have, with spaces between.")
    leeway_seconds: Annotated[int, WholeNumber(0, 600)] | None = optional(
        "AUTH_LEEWAY_SECONDS: how far clocks may differ."
    )
    tenant_claim: str | None = optional("AUTH_TENANT_CLAIM: names whose cache is used.")

    def complaints(self) -> Iterator[ModelViolation]:
        """A key that signs, for everybody to read."""
        if "PRIVATE KEY" in (self.public_key or ""):
            message = "auth.publicKey holds a private key, which would lie readable in Git"
            hint = "Tokens are verified with the public half. Replace the key: it is known now."
            yield ModelViolation(("publicKey",), message, hint)


class PlateApi(StrictModel):
    """The service that issues the tokens."""

    url: OptionalBaseUrl | None = optional("PLATE_API_URL, inside the cluster.")


class Cache(StrictModel):
    """The cache of answers."""

    url: OptionalRedisUrl | None = optional('CACHE_URL of plate-cache; "" caches in the process.')
    ttl_seconds: Annotated[int, WholeNumber(0, 2_592_000)] | None = optional(
        "CACHE_TTL_SECONDS: 0 caches nothing."
    )
    shared: bool | None = optional("CACHE_SHARED between tenants.")
    memory_megabytes: Annotated[int, WholeNumber(1, 65536)] | None = optional(
        "CACHE_MEMORY_MEGABYTES of the cache in the process."
    )


class Limits(StrictModel):
    """How much is answered, and how large it may be."""

    requests_per_minute: Count | None = optional("LIMIT_REQUESTS_PER_MINUTE of one subject.")
    tokens_per_minute: Count | None = optional("LIMIT_TOKENS_PER_MINUTE of one subject.")
    concurrency: Positive | None = optional("LIMIT_CONCURRENCY: requests at once, in one pod.")
    queue: Count | None = optional("LIMIT_QUEUE: requests that wait, in one pod.")
    queue_seconds: WaitSeconds | None = optional("LIMIT_QUEUE_SECONDS: how long they wait.")
    body_megabytes: Megabytes | None = optional("LIMIT_BODY_MEGABYTES of a request.")
    messages: Positive | None = optional("LIMIT_MESSAGES of a request.")
    image_megabytes: Megabytes | None = optional("LIMIT_IMAGE_MEGABYTES of an image, decoded.")


class Http(StrictModel):
    """Which names and web pages are answered."""

    allowed_hosts: list[AllowedHost] | None = optional(
        "HTTP_ALLOWED_HOSTS; the chart adds its own Service and ingress.hosts. [] is any."
    )
    cors_origins: list[WebOrigin] | None = optional(
        "HTTP_CORS_ORIGINS: web pages that may call the API."
    )


class Playground(StrictModel):
    """A page at / to try a deployment by hand."""

    enabled: bool | None = optional("PLAYGROUND_ENABLED.")


class Tracing(StrictModel):
    """Traces to LangSmith."""

    enabled: bool = needed("LANGCHAIN_TRACING_V2; needs LANGCHAIN_API_KEY.")
    project: str | None = optional('LANGCHAIN_PROJECT; "" is LangSmith\'s default.')
    endpoint: OptionalBaseUrl | None = optional("LANGCHAIN_ENDPOINT, instead of LangSmith's own.")
    sampling_rate: Share | None = optional(
        "LANGCHAIN_TRACING_SAMPLING_RATE: share of the requests that are traced."
    )


class Log(StrictModel):
    """What is written to the log."""

    level: Literal["debug", "info", "warning", "error"] | None = optional("LOG_LEVEL.")
    prompts: bool | None = optional("LOG_PROMPTS: prompts and answers, too.")
