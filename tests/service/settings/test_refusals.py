"""Every variable that is wrong by itself: what `load` says to it."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from service.settings.settings import Settings, SettingsError, load
from tests.service.settings.environments import LEAST, refusal

URL = "must be a URL that starts with http:// or https:// and names a host"
NO_LOGIN = "must hold no user and no password: keys have variables of their own"
PATH_LAST = "must end with its path: no ? and no #"
KEY = "must be one line of visible ASCII characters"
MODEL = (
    "must be <provider>:<model>, with a provider of openai, openai-compatible, anthropic, "
    "langchain, builtin"
)
CACHE = "must be redis://<host>:<port>/<number>, rediss://... or unix://<path>"
ESCAPED = "must have @, /, # and ? of its password as %40, %2F, %23 and %3F"
PLACEHOLDER = "is a placeholder, which anybody could sign tokens with: set a random secret"
PUBLIC = "must be a public key as PEM: -----BEGIN PUBLIC KEY----- ..."
PRIVATE = "must be a public key: this is a private one, which belongs to the issuer"
ORIGIN = "must be <scheme>://<host> in lower case, with a port or without, no path"
HOST = "must be a host name without scheme and port, or *.<domain>"
SECONDS = "must be a number over 0 and at most 86400"
SWITCH = "must be true or false"
COUNT, POSITIVE = "must be a whole number of at least 0", "must be a whole number of at least 1"
MEGABYTES = "must be a whole number from 1 to 1024"
LIST = "must be a JSON list"


def private_key() -> str:
    key = Ed25519PrivateKey.generate()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


REFUSED: dict[str, list[tuple[str, str]]] = {
    "OPENAI_API_KEY": [("sk 1", KEY), ("sk-1\nsk-2", KEY), ("clé", KEY)],
    "ANTHROPIC_API_KEY": [("a\tb", KEY)],
    "ANTHROPIC_BASE_URL": [("claude.internal", URL)],
    "LLM_API_KEY": [("a b", KEY)],
    "LLM_MODEL_NAME": [
        ("gpt-4o", MODEL),
        ("openai:", MODEL),
        ("azure:gpt-4o", MODEL),
        ("openai:gpt 4o", "must name a model of at most 200 characters, without spaces"),
        ("builtin:parrot", "has two built-in models: builtin:echo and builtin:echo-slow"),
        ("langchain:factory", "must be langchain:<package>.<module>.<factory>"),
        ("langchain:a.b()", "must be langchain:<package>.<module>.<factory>"),
    ],
    "LLM_MODELS": [("gpt-4o", LIST), ('{"model": "openai:a"}', LIST), ("[" * 100_000, LIST)],
    "LLM_FALLBACK_MODELS": [("a,b", LIST)],
    "LLM_TEMPERATURE": [
        (text, "must be a number from 0 to 2") for text in ("-0.1", "2.1", "nan", "inf", "warm")
    ],
    "LLM_MAX_TOKENS": [("0", POSITIVE), ("1.5", POSITIVE)],
    "LLM_BASE_URL": [
        ("ftp://a", URL),
        ("https://", URL),
        ("https://a b", URL),
        ("https://a:0", URL),
        ("https://a:99999", URL),
        ("https://[a", URL),
        ("https://user:pass@a", NO_LOGIN),
        ("https://key@a", NO_LOGIN),
        ("https://a/v1?version=2", PATH_LAST),
        ("https://a/v1#b", PATH_LAST),
    ],
    "LLM_ENVIRONMENT": [("prod", "must be development, staging or production")],
    "LLM_DROP_UNSUPPORTED": [("maybe", SWITCH)],
    "LLM_PASSTHROUGH": [("false", "must be auto or off")],
    "LLM_TIMEOUT_SECONDS": [("0", SECONDS), ("86401", SECONDS), ("nan", SECONDS), ("1m", SECONDS)],
    "LLM_FIRST_TOKEN_SECONDS": [("-1", SECONDS)],
    "LLM_STALL_SECONDS": [("inf", SECONDS)],
    "LLM_RETRIES": [("11", "must be a whole number from 0 to 10")],
    "AUTH_MODE": [("JWT", "must be jwt or none")],
    "AUTH_JWT_SECRET": [
        ("q0Yv7cJm2kR9xTfB4nLsW8zHdE1uAiP", "must have at least 32 bytes"),
        ("CHANGE_ME" * 4, PLACEHOLDER),
        ("please-change-me-before-you-deploy-this", PLACEHOLDER),
        ("replace_with_a_random_string_of_32_bytes", PLACEHOLDER),
        ("your-secret-goes-here-0123456789abcdef", PLACEHOLDER),
        ("0123456789abcdef" * 2, PLACEHOLDER),
        ("correct-horse" * 3, PLACEHOLDER),
        ("abcdefg" + "a" * 30, PLACEHOLDER),
        ("0" * 64, PLACEHOLDER),
        (
            "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA",
            "must be a shared secret: a public key goes into AUTH_PUBLIC_KEY",
        ),
    ],
    "AUTH_JWKS_URL": [("plate-api/keys", URL), ("https://a:b@c/keys", NO_LOGIN)],
    "AUTH_PUBLIC_KEY": [
        ("ssh-ed25519 AAAA", PUBLIC),
        ("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----", PUBLIC),
        (private_key(), PRIVATE),
        (private_key().replace("\n", "\\n"), PRIVATE),
    ],
    "AUTH_LEEWAY_SECONDS": [("601", "must be a whole number from 0 to 600")],
    "PLATE_API_URL": [("plate-api", URL), ("http://a?b", PATH_LAST)],
    "CACHE_URL": [
        ("http://cache", CACHE),
        ("redis://", CACHE),
        ("redis://cache:port", CACHE),
        ("redis://:p/ss@cache", CACHE),
        ("redis://:1/ss@cache", CACHE),
        ("redis://u:1/ss@cache", ESCAPED),
        ("redis://u:p@ss@cache", ESCAPED),
        ("redis://u:1#ss@cache", ESCAPED),
        ("redis://u:1?ss@cache", ESCAPED),
    ],
    "CACHE_TTL_SECONDS": [("2592001", "must be a whole number from 0 to 2592000")],
    "CACHE_SHARED": [("2", SWITCH)],
    "CACHE_MEMORY_MEGABYTES": [("0", "must be a whole number from 1 to 65536")],
    "LIMIT_REQUESTS_PER_MINUTE": [("-1", COUNT)],
    "LIMIT_TOKENS_PER_MINUTE": [("many", COUNT)],
    "LIMIT_CONCURRENCY": [("0", POSITIVE)],
    "LIMIT_QUEUE": [("-1", COUNT)],
    "LIMIT_QUEUE_SECONDS": [("601", "must be a number from 0 to 600")],
    "LIMIT_BODY_MEGABYTES": [("0", MEGABYTES)],
    "LIMIT_MESSAGES": [("0", POSITIVE)],
    "LIMIT_IMAGE_MEGABYTES": [("2000", MEGABYTES)],
    "HTTP_ALLOWED_HOSTS": [("llm.example.org", LIST)],
    "HTTP_CORS_ORIGINS": [("*", LIST)],
    "PLAYGROUND_ENABLED": [("please", SWITCH)],
    "LANGCHAIN_TRACING_V2": [("v2", SWITCH)],
    "LANGCHAIN_API_KEY": [("a b", KEY)],
    "LANGCHAIN_ENDPOINT": [("langsmith", URL)],
    "LANGCHAIN_TRACING_SAMPLING_RATE": [("50", "must be a number from 0 to 1")],
    "LOG_LEVEL": [("INFO", "must be debug, info, warning or error")],
    "LOG_PROMPTS": [("secretly", SWITCH)],
    "PORT": [
        ("65536", "must be a whole number from 0 to 65535"),
        ("http", "must be a whole number from 0 to 65535"),
    ],
    "METRICS_PORT": [("-1", "must be a whole number from 0 to 65535")],
    "SHUTDOWN_DELAY_SECONDS": [("601", "must be a number from 0 to 600")],
    "SHUTDOWN_GRACE_SECONDS": [("1.5", "must be a whole number from 0 to 3600")],
}
CASES = [(name, text, must) for name, cases in REFUSED.items() for text, must in cases]
ANY_TEXT = {"AUTH_ISSUER", "AUTH_AUDIENCE", "AUTH_SCOPES", "AUTH_TENANT_CLAIM", "LANGCHAIN_PROJECT"}


@pytest.mark.parametrize(("name", "text", "must"), CASES, ids=range(1, len(CASES) + 1))
def test_refused(name: str, text: str, must: str) -> None:
    assert refusal(**{name: text}) == f"{name}: {must}"


def test_every_variable_that_can_be_wrong_is_among_them() -> None:
    assert {name.upper() for name in Settings.model_fields} - ANY_TEXT == REFUSED.keys()


IN_LISTS = {
    "a model of no type": (
        "LLM_MODELS",
        "[4]",
        "[0]: must be <provider>:<model> or an object with that as its `model`",
    ),
    "a model of no provider": ("LLM_MODELS", '["openai:a", "b"]', f"[1].model: {MODEL}"),
    "an object without a model": ("LLM_MODELS", '[{"name": "a"}]', "[0].model: is needed"),
    "a number as text": (
        "LLM_MODELS",
        '[{"model": "openai:a", "maxTokens": "5"}]',
        "[0].maxTokens: must be a whole number of at least 1",
    ),
    "too much chance": (
        "LLM_MODELS",
        '[{"model": "openai:a", "temperature": 3}]',
        "[0].temperature: must be a number from 0 to 2",
    ),
    "a switch as text": (
        "LLM_MODELS",
        '[{"model": "openai:a", "streamUsage": "no"}]',
        "[0].streamUsage: must be true or false",
    ),
    "less than nothing": (
        "LLM_MODELS",
        '[{"model": "openai:a", "tokensPerMinute": -1}]',
        "[0].tokensPerMinute: must be a whole number of at least 0",
    ),
    "one alias": (
        "LLM_MODELS",
        '[{"model": "openai:a", "aliases": "b"}]',
        "[0].aliases: must be a JSON list",
    ),
    "an alias with a space": (
        "LLM_MODELS",
        '[{"model": "openai:a", "aliases": ["b", "c d"]}]',
        "[0].aliases[1]: must be a name of at most 200 characters, without spaces",
    ),
    "an alias that is a number": (
        "LLM_MODELS",
        '[{"model": "openai:a", "aliases": [1]}]',
        "[0].aliases[0]: must be a text",
    ),
    "a parameter of no name": (
        "LLM_MODELS",
        '[{"model": "openai:a", "refuses": ["Top P"]}]',
        "[0].refuses[0]: must be the name of a parameter, such as temperature",
    ),
    "a key that there is not": (
        "LLM_MODELS",
        '[{"model": "openai:a", "max_tokens": 5}]',
        "[0].max_tokens: is not known; a model has name, model, aliases, maxTokens, temperature, "
        "refuses, streamUsage, requestsPerMinute, tokensPerMinute",
    ),
    "a key that may be a secret": (
        "LLM_MODELS",
        '[{"model": "openai:a", "sk-5f2": 5}]',
        "[0].<a key>: is not known; a model has name, model, aliases, maxTokens, temperature, "
        "refuses, streamUsage, requestsPerMinute, tokensPerMinute",
    ),
    "a fallback that is a number": ("LLM_FALLBACK_MODELS", "[1]", "[0]: must be a text"),
    "a host with a scheme": ("HTTP_ALLOWED_HOSTS", '["a", "https://b"]', f"[1]: {HOST}"),
    "a host with a port": ("HTTP_ALLOWED_HOSTS", '["a:80"]', f"[0]: {HOST}"),
    "an origin with a path": ("HTTP_CORS_ORIGINS", '["https://a/"]', f"[0]: {ORIGIN}"),
    "every origin": ("HTTP_CORS_ORIGINS", '["*"]', f"[0]: {ORIGIN}"),
}


@pytest.mark.parametrize("case", IN_LISTS)
def test_the_place_in_a_list_is_named(case: str) -> None:
    name, text, message = IN_LISTS[case]
    assert refusal(**{name: text}) == f"{name}{message}"


def test_every_wrong_variable_gets_a_line() -> None:
    with pytest.raises(SettingsError) as raised:
        load({**LEAST, "LLM_TEMPERATURE": "hot", "PORT": "http", "AUTH_MODE": "on"})
    assert [problem.variable for problem in raised.value.problems] == [
        "LLM_TEMPERATURE",
        "AUTH_MODE",
        "PORT",
    ]
