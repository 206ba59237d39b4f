from __future__ import annotations

import re
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from plate_llm_cli.values import quantities, types
from plate_llm_cli.values.types import duration_seconds

ACCEPTED: list[tuple[Any, list[Any]]] = [
    (types.DnsLabel, ["a", "plate-stg", "0a", "a" * 63]),
    (types.OptionalDnsLabel, ["", "a"]),
    (types.DnsSubdomain, ["a.b-c.d", "harbor-docker-secret"]),
    (types.HostName, ["llm.cocdev.co.kr", "localhost"]),
    (types.IngressHost, ["llm.cocdev.co.kr", "*.example.org"]),
    (
        types.ImageRepository,
        [
            "nginx",
            "library/nginx",
            "harbor.cocdev.co.kr/plate/plate-llm",
            "localhost:5000/a__b/c-d.e",
        ],
    ),
    (types.ImageTag, ["1", "v1.2.3", "_x", "stg", "a" * 128]),
    (types.ImageDigest, ["sha256:" + "0a" * 32]),
    (types.OptionalImageDigest, ["", "sha256:" + "0a" * 32]),
    (types.GoDuration, ["0", "0s", "1h30m", "1.5h", ".5s", "300ms", "10µs"]),
    (types.PrometheusDuration, ["30s", "1m30s", "1d", "0", "500ms", "1y2w"]),
    (types.EnvVarName, ["OPENAI_API_KEY", "_a", "a.b-c"]),
    (types.SecretKey, ["tls.crt", ".dockerconfigjson", "A_b-1"]),
    (types.Labels, [{"app.kubernetes.io/name": "a", "x": "", "A_1": "v1.0_x"}, {}]),
    (types.Annotations, [{"nginx.ingress.kubernetes.io/proxy-buffering": "off\n any: text"}]),
    (types.HttpUrl, ["http://plate-api", "https://a:8080/b?c#d"]),
    (types.OptionalHttpUrl, [""]),
    (types.OptionalRedisUrl, ["", "redis://plate-cache:6379/0", "rediss://x"]),
    (types.AllowedHost, ["localhost", "*.example.org", "LLM.example.org", "[::1]", "a_b"]),
    (types.WebOrigin, ["https://app.example.org", "http://localhost:3000", "https://[::1]:1"]),
    (types.OptionalBaseUrl, ["", "https://api.openai.com/v1", "http://vllm:8000", "https://a/@b"]),
    (types.HttpPath, ["/", "/v1/models", "/api(/|$)(.*)"]),
    (types.Cidr4, ["10.0.0.0/8", "0.0.0.0/0", "255.255.255.255/32"]),
    (quantities.Quantity, ["500m", "1", "1Gi", "1.5", ".5", "1e3", "2E", "+1", "64Mi", 1, 0.5, 0]),
    (quantities.IntOrPercent, [0, 1, 1.0, "25%", "0%", "100%"]),
    (quantities.Port, [1, 65535, 8000.0, "http", "a-1", "8080-x", "1a"]),
    (quantities.PortNumber, [1, 65535, 80.0]),
    (quantities.Count, [0, 3, 2.0]),
    (quantities.Seconds, [0.05, 1, 86400]),
    (quantities.WaitSeconds, [0, 2.5, 600]),
    (quantities.Share, [0, 0.1, 1]),
]

REFUSED: list[tuple[Any, list[Any]]] = [
    (types.DnsLabel, ["", "A", "a_b", "-a", "a-", "a.b", "a" * 64, "a\n", 1, True]),
    (types.DnsSubdomain, ["", ".a", "a..b", "a/b", "a" * 254]),
    (types.HostName, ["", "https://a", "a:80", "a/b", "*.a", "A.b"]),
    (types.IngressHost, ["*", "a.*.b", "*a.b", "*.", ""]),
    (types.ImageRepository, ["", "nginx:1", "a/B", "a//b", "https://a/b", "a@sha256:0"]),
    (types.ImageTag, ["", "-a", ".a", "a b", "a:b", "a" * 129, 1.10]),
    (types.ImageDigest, ["", "sha256:xyz", "0a" * 32]),
    (types.GoDuration, ["", "5", "1d", "s", "-1s", "1 h", 5]),
    (types.PrometheusDuration, ["", "30", "1.5h", "s"]),
    (types.EnvVarName, ["", "1A", "A B", "A=B"]),
    (types.SecretKey, ["", "a b", "a/b"]),
    (types.Labels, [{"a b": "c"}, {"a": "b c"}, {"a/b/c": "d"}, {"a": 1}, {"": "x"}, []]),
    (types.Annotations, [{"a": True}, {"a b": "c"}]),
    (types.HttpUrl, ["", "ftp://a", "https://", "a", "https://a b"]),
    (types.OptionalRedisUrl, ["http://a", "redis://"]),
    (types.AllowedHost, ["", "https://a", "a:80", "a/b", "*", "a.*.b", "*a"]),
    (types.WebOrigin, ["", "a", "https://a/", "HTTPS://a", "https://A", "*", "null"]),
    (types.OptionalBaseUrl, ["https://", "https://u@a", "https://u:p@a", "http://a?b", "ftp://a"]),
    (types.HttpPath, ["", "a", "/a b"]),
    (types.Cidr4, ["10.0.0.0", "10.0.0.256/8", "10.0.0.0/33", "::/0"]),
    (quantities.Quantity, ["", "1 Gi", "2G1", "1gi", "-1", -1, True, [], "1e", float("nan")]),
    (quantities.IntOrPercent, [-1, 1.5, "101%", "1", "%", True, None]),
    (quantities.Port, [0, 65536, "80", "Http", "a_b", "-a", "a" * 16, 1.5, True]),
    (quantities.PortNumber, [0, 65536, "80", 1.5, True]),
    (quantities.Count, [-1, "1", 1.5, False]),
    (quantities.Seconds, [0, -1, 86401, "1", True, float("nan"), float("inf")]),
    (quantities.WaitSeconds, [-0.1, 601, "1"]),
    (quantities.Share, [-0.1, 1.1, 50, False]),
]


def _cases(groups: list[tuple[Any, list[Any]]]) -> list[tuple[Any, Any]]:
    return [(kind, value) for kind, values in groups for value in values]


def _accepts(kind: Any, value: Any) -> bool:
    try:
        TypeAdapter(kind).validate_python(value, strict=True)
    except ValidationError:
        return False
    return True


def _schema_accepts(kind: Any, value: Any) -> bool:
    schema = TypeAdapter(kind).json_schema()
    return jsonschema_rs.validator_for(schema).is_valid(value)


@pytest.mark.parametrize(("kind", "value"), _cases(ACCEPTED))
def test_accepted(kind: Any, value: Any) -> None:
    assert _accepts(kind, value)
    assert _schema_accepts(kind, value)


@pytest.mark.parametrize(("kind", "value"), _cases(REFUSED))
def test_refused(kind: Any, value: Any) -> None:
    assert not _accepts(kind, value)


_STRINGS = [kind for kind, values in ACCEPTED if all(isinstance(value, str) for value in values)]


@given(st.sampled_from(_STRINGS), st.text(max_size=20) | st.from_regex(r"[-a-z0-9.:/*%_A-Z]{0,20}"))
def test_the_schema_refuses_the_same_texts(kind: Any, text: str) -> None:
    assert _schema_accepts(kind, text) == _accepts(kind, text)


def test_no_pattern_needs_more_than_every_engine_has() -> None:
    for kind in _STRINGS:
        pattern = TypeAdapter(kind).json_schema()["pattern"]
        assert not re.search(r"\(\?[^:]|\\[0-9dDwWsSbB]", pattern), pattern


@pytest.mark.parametrize(
    ("kind", "value", "sentence"),
    [
        (types.ImageTag, "", "must be an image tag, which is never empty"),
        (types.HostName, "https://a", "must be a host name, without scheme, port or path"),
        (quantities.Quantity, "2G1", "must be a Kubernetes quantity such as 500m, 2 or 1Gi"),
        (quantities.Port, "80", "must be a port: a number from 1 to 65535, or its name"),
        (quantities.IntOrPercent, 1.5, 'must be a whole number or a percentage like "25%"'),
    ],
)
def test_the_sentence(kind: Any, value: Any, sentence: str) -> None:
    with pytest.raises(ValidationError) as raised:
        TypeAdapter(kind).validate_python(value)
    assert raised.value.errors()[0]["msg"] == sentence


@pytest.mark.parametrize(
    ("smaller", "larger"),
    [
        ("500m", "1"),
        ("999Mi", "1Gi"),
        ("1G", "1Gi"),
        ("1k", "1Ki"),
        (0.5, "501m"),
        ("1e3", "1001"),
        ("1E", "1Ei"),
        ("999n", "1u"),
    ],
)
def test_quantities_compare_by_what_they_stand_for(smaller: str, larger: str) -> None:
    assert quantities.quantity_value(smaller) < quantities.quantity_value(larger)


def test_the_same_quantity_in_other_words() -> None:
    assert quantities.quantity_value("1000m") == quantities.quantity_value(1)


def test_durations_compare_in_seconds() -> None:
    assert duration_seconds("1m30s") == 90
    assert duration_seconds("500ms") == 0.5
