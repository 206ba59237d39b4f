"""The service's settings: environment variables, read once, checked, and passed on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from service.settings import checks, messages, unknown
from service.settings.entries import ModelEntry, Name, Spec
from service.settings.signing import JwtSecret, PublicKey
from service.settings.texts import ApiKey, BaseUrl, CacheUrl, FromJson, Host, Origin, Url

if TYPE_CHECKING:
    from collections.abc import Mapping


class SettingsError(Exception):
    """Settings with which the service does not start: a line for each variable, never a value."""

    def __init__(self, problems: list[messages.Problem]) -> None:
        super().__init__("\n".join(f"{problem.variable}: {problem.text}" for problem in problems))
        self.problems = tuple(problems)


class Settings(BaseSettings):
    """What the service is told. A field's variable has the field's name in capitals.

    Descriptions go into `service/env-contract.json`. What fits together is checked by `load`.
    """

    model_config = SettingsConfigDict(
        frozen=True, extra="forbid", allow_inf_nan=False, hide_input_in_errors=True
    )

    openai_api_key: ApiKey | None = Field(
        None, description="Key for OpenAI's models; without it they are not ready."
    )
    anthropic_api_key: ApiKey | None = Field(
        None, description="Key for Anthropic's models; without it they are not ready."
    )
    anthropic_base_url: BaseUrl | None = Field(
        None, description="Another address of Anthropic's API than its own."
    )
    llm_api_key: ApiKey | None = Field(
        None, description="Key for LLM_BASE_URL when a model is openai-compatible."
    )
    llm_model_name: Spec = Field(description="Default model, as <provider>:<model>.")
    llm_models: Annotated[tuple[ModelEntry, ...], FromJson] = Field(
        (), description="Further models that a client may ask for: a JSON list."
    )
    llm_fallback_models: Annotated[tuple[Name, ...], FromJson] = Field(
        (),
        description="Models tried in this order when the first one fails before its first byte: "
        "a JSON list of names.",
    )
    llm_temperature: float | None = Field(
        None, ge=0, le=2, description="Temperature when the client sends none."
    )
    llm_max_tokens: int | None = Field(
        None, ge=1, description="Token limit when the client sends none."
    )
    llm_base_url: BaseUrl | None = Field(
        None,
        description="Address of the openai-compatible models; without any, OpenAI's models are "
        "reached there.",
    )
    llm_environment: Literal["development", "staging", "production"] = Field(
        "development",
        description="development, staging or production; production refuses AUTH_MODE=none and "
        "the built-in provider.",
    )
    llm_drop_unsupported: bool = Field(
        False,
        description="Leaves parameters out that a provider does not take, instead of refusing "
        "the request.",
    )
    llm_passthrough: Literal["auto", "off"] = Field(
        "auto",
        description="auto sends an OpenAI request on byte for byte where nothing has to change; "
        "off sends everything through LangChain.",
    )
    llm_timeout_seconds: float = Field(
        600, gt=0, le=86400, description="Seconds that a whole answer may take."
    )
    llm_first_token_seconds: float = Field(
        60, gt=0, le=86400, description="Seconds until the first byte of a stream."
    )
    llm_stall_seconds: float = Field(
        60, gt=0, le=86400, description="Seconds between two pieces of a stream."
    )
    llm_retries: int = Field(
        2, ge=0, le=10, description="Attempts after the first one, for each model."
    )
    auth_mode: Literal["jwt", "none"] = Field(
        "jwt", description="jwt verifies plate-api's tokens; none is refused in production."
    )
    auth_jwt_secret: JwtSecret | None = Field(
        None, description="Signing secret shared with plate-api (HS256), of at least 32 bytes."
    )
    auth_jwks_url: Url | None = Field(
        None, description="Public keys of the issuer; plate-api's when nothing else gives a key."
    )
    auth_public_key: PublicKey | None = Field(
        None, description="Public key of the issuer, as PEM; instead of AUTH_JWKS_URL."
    )
    auth_issuer: str | None = Field(
        None, description="Issuer that a token must name; plate-api's URL when unset."
    )
    auth_audience: str | None = Field(None, description="Audience that a token must name.")
    auth_scopes: str = Field(
        "", description="Scopes that a token must have, all of them, with spaces between."
    )
    auth_leeway_seconds: int = Field(
        30, ge=0, le=600, description="Seconds that the issuer's clock may differ from ours."
    )
    auth_tenant_claim: str = Field(
        "",
        description="Claim that names the tenant, within which cached answers are shared; the "
        "subject when unset.",
    )
    plate_api_url: BaseUrl | None = Field(
        None, description="plate-api inside the cluster: default source of keys and issuer."
    )
    cache_url: CacheUrl | None = Field(
        None,
        description="plate-cache (Redis or Valkey); a URL with a password is a secret. Unset: a "
        "cache in the process.",
    )
    cache_ttl_seconds: int = Field(
        300, ge=0, le=2_592_000, description="Seconds that an answer is kept; 0 caches nothing."
    )
    cache_shared: bool = Field(
        False, description="Shares cached answers between tenants, who may learn what others asked."
    )
    cache_memory_megabytes: int = Field(
        64, ge=1, le=65536, description="Megabytes that the cache in the process may hold."
    )
    limit_requests_per_minute: int = Field(
        0, ge=0, description="Requests of one subject in a minute; 0 is no limit."
    )
    limit_tokens_per_minute: int = Field(
        0, ge=0, description="Tokens of one subject in a minute; 0 is no limit."
    )
    limit_concurrency: int = Field(256, ge=1, description="Requests that are answered at once.")
    limit_queue: int = Field(256, ge=0, description="Requests that wait for their turn.")
    limit_queue_seconds: float = Field(
        5, ge=0, le=600, description="Seconds that a request waits before it is refused."
    )
    limit_body_megabytes: int = Field(20, ge=1, le=1024, description="Megabytes of a request.")
    limit_messages: int = Field(2048, ge=1, description="Messages of a request.")
    limit_image_megabytes: int = Field(
        10, ge=1, le=1024, description="Megabytes of an image in a request, decoded."
    )
    http_allowed_hosts: Annotated[tuple[Host, ...], FromJson] = Field(
        (),
        description="Host names that are answered, *.<domain> for all below one: a JSON list; "
        "empty is any. Health checks need none.",
    )
    http_cors_origins: Annotated[tuple[Origin, ...], FromJson] = Field(
        (), description="Web origins whose pages may call the API: a JSON list."
    )
    playground_enabled: bool = Field(
        False, description="Serves a page at / to try the deployment by hand."
    )
    langchain_tracing_v2: bool = Field(False, description="Sends traces to LangSmith.")
    langchain_api_key: ApiKey | None = Field(
        None, description="Key for LangSmith; needed when tracing is on."
    )
    langchain_project: str | None = Field(
        None, description="LangSmith project; its `default` when unset."
    )
    langchain_endpoint: BaseUrl | None = Field(
        None, description="Another address of LangSmith than its own."
    )
    langchain_tracing_sampling_rate: float = Field(
        1, ge=0, le=1, description="Share of the requests that are traced."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="Least weight of a line in the log: debug, info, warning or error."
    )
    log_prompts: bool = Field(False, description="Writes prompts and answers into the log.")
    port: int = Field(8000, ge=0, le=65535, description="Port of the API; 0 picks a free one.")
    metrics_port: int = Field(
        9090,
        ge=0,
        le=65535,
        description="Port of /metrics, never behind an Ingress; 0 picks a free one.",
    )
    shutdown_delay_seconds: float = Field(
        2,
        ge=0,
        le=600,
        description="Seconds after SIGTERM in which requests are still accepted, while /readyz "
        "says no.",
    )
    shutdown_grace_seconds: int = Field(
        30,
        ge=0,
        le=3600,
        description="Seconds that running streams have to finish, after SHUTDOWN_DELAY_SECONDS.",
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only what is passed in: `load` gets the environment, and nothing else reads it."""
        del settings_cls, env_settings, dotenv_settings, file_secret_settings
        return (init_settings,)

    def model_entries(self) -> tuple[ModelEntry, ...]:
        """Every model, the one of LLM_MODEL_NAME first, whether LLM_MODELS repeats it or not."""
        entries = list(self.llm_models)
        repeated = (entry for entry in entries if entry.model == self.llm_model_name)
        default = next(repeated, None) or ModelEntry.model_validate(self.llm_model_name)
        return (default, *(entry for entry in entries if entry is not default))


def load(environ: Mapping[str, str]) -> tuple[Settings, list[str]]:
    """The settings of an environment, and warnings, for example of variables that nothing reads.

    A variable that is empty counts as unset. Raises SettingsError, which repeats no value and has
    no cause: a traceback of pydantic's would show more than its message.
    """
    settings, problems = _read(environ)
    if settings is None or problems:
        raise SettingsError(problems)
    names = checks.fallback_names(settings)
    settings = settings.model_copy(update={"llm_fallback_models": names})
    warnings = [*unknown.warnings(environ, Settings.model_fields), *checks.warnings(settings)]
    return settings, warnings


def _read(environ: Mapping[str, str]) -> tuple[Settings | None, list[messages.Problem]]:
    given = {name: environ.get(name.upper(), "") for name in Settings.model_fields}
    present = {name: value for name, value in given.items() if value.strip()}
    try:
        settings = Settings.model_validate(present)
    except ValidationError as error:
        return None, messages.problems(error, Settings.model_fields)
    return settings, [problem for check in checks.CHECKS for problem in check(settings)]
