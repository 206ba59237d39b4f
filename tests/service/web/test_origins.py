from __future__ import annotations

import pytest

from service.errors import ApiError
from service.web.origins import Hosts, Origins

ALLOWED = ["llm.example.org", "plate-llm", "*.apps.example.org"]


@pytest.mark.parametrize(
    "host",
    [
        b"llm.example.org",
        b"LLM.Example.ORG",
        b"llm.example.org:443",
        b"plate-llm:80",
        b"a.apps.example.org",
        b"a.b.apps.example.org:8000",
    ],
)
def test_hosts_of_ours(host: bytes) -> None:
    Hosts(ALLOWED).check(host)


@pytest.mark.parametrize(
    "host",
    [
        b"",
        b"example.org",
        b"evil.org",
        b"llm.example.org.evil.org",
        b"apps.example.org",
        b"evilapps.example.org",
        b"[::1]",
        b"10.0.0.7:8000",
        b"llm.example.org:x",
        b"\xff",
    ],
)
def test_hosts_of_others(host: bytes) -> None:
    with pytest.raises(ApiError) as raised:
        Hosts(ALLOWED).check(host)
    assert raised.value.status == 421


def test_an_origin_that_is_allowed_is_named() -> None:
    headers = dict(Origins(["https://web.example.org"]).headers(b"https://web.example.org"))
    assert headers[b"access-control-allow-origin"] == b"https://web.example.org"
    assert headers[b"vary"] == b"origin"


@pytest.mark.parametrize("origin", [b"", b"null", b"https://evil.org", b"https://web.example.org."])
def test_other_origins_are_not(origin: bytes) -> None:
    origins = Origins(["https://web.example.org"])
    assert dict(origins.headers(origin)) == {b"vary": b"origin"}
    assert origins.preflight(origin, b"authorization") is None


def test_without_origins_nothing_is_said() -> None:
    assert Origins([]).headers(b"https://web.example.org") == ()


def test_a_preflight_is_allowed_what_it_asks_for() -> None:
    origins = Origins(["https://web.example.org"])
    headers = origins.preflight(b"https://web.example.org", b"authorization, x-stainless-os")
    assert headers is not None
    assert dict(headers)[b"access-control-allow-headers"] == b"authorization, x-stainless-os"
