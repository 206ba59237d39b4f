"""Addresses of a service, as people type them."""

from __future__ import annotations

import pytest

from plate_llm_cli.errors import UsageError
from plate_llm_cli.smoke.target import Target, Way, is_address, is_loopback, parse_target


@pytest.mark.parametrize(
    ("given", "url", "end"),
    [
        ("https://llm.example.org", "https://llm.example.org", ("llm.example.org", 443)),
        ("https://LLM.example.org/", "https://llm.example.org", ("llm.example.org", 443)),
        ("http://localhost:8000/v1", "http://localhost:8000", ("localhost", 8000)),
        ("http://localhost/llm/v1/", "http://localhost/llm", ("localhost", 80)),
        ("http://[::1]:8000", "http://[::1]:8000", ("::1", 8000)),
    ],
)
def test_address_is_taken_as_clients_have_it(given: str, url: str, end: tuple[str, int]) -> None:
    target = parse_target(given)
    assert (target.url, target.end, target.way) == (url, end, Way.URL)


@pytest.mark.parametrize(
    "given",
    [
        "llm.example.org",
        "ftp://llm.example.org",
        "https://",
        "https://llm.example.org:0",
        "https://llm.example.org:99999",
        "https://llm example.org",
        "https://llm.example.org\n.evil",
        "https://[::1",
    ],
)
def test_other_texts_are_refused(given: str) -> None:
    with pytest.raises(UsageError) as refused:
        parse_target(given)
    assert refused.value.message == "--url is no address of a service"
    assert refused.value.hint == "it has the form https://host[:port]"


def test_option_that_gave_a_text_is_told() -> None:
    with pytest.raises(UsageError) as refused:
        parse_target("https://llm example.org", "--connect-to", "host[:port]")
    assert refused.value.message == "--connect-to is no address of a service"
    assert refused.value.hint == "it has the form host[:port]"


@pytest.mark.parametrize(
    "given", ["https://ann:hunter2@llm.example.org", "https://llm.example.org/?token=hunter2"]
)
def test_address_with_a_password_is_not_repeated(given: str) -> None:
    with pytest.raises(UsageError) as refused:
        parse_target(given)
    assert refused.value.message == (
        "--url holds more than an address: a user, a query or a fragment"
    )


def test_connections_go_to_another_end_under_the_same_name() -> None:
    target = Target("https://llm.example.org/llm", address=("10.0.0.1", 8443))
    assert target.end == ("10.0.0.1", 8443)
    assert (target.host, target.authority, target.prefix) == (
        "llm.example.org",
        "llm.example.org",
        "/llm",
    )


@pytest.mark.parametrize(
    ("target", "outside"),
    [
        (Target("https://llm.example.org", Way.INGRESS), True),
        (Target("https://llm.example.org"), True),
        (Target("http://localhost:8000"), False),
        (Target("http://web.stg.svc", Way.PORT_FORWARD), False),
        (Target("http://web.stg.svc", Way.IN_CLUSTER), False),
    ],
)
def test_only_the_ingress_is_the_way_from_outside(target: Target, outside: bool) -> None:
    assert target.from_outside is outside


@pytest.mark.parametrize(
    ("host", "own"),
    [
        ("localhost", True),
        ("a.localhost", True),
        ("127.9.0.1", True),
        ("::1", True),
        ("localhost.example.org", False),
        ("10.0.0.1", False),
    ],
)
def test_own_machine_is_known_by_name_or_address(host: str, own: bool) -> None:
    assert is_loopback(host) is own


@pytest.mark.parametrize(
    ("target", "end"),
    [
        (Target("https://llm.example.org/llm"), ("llm.example.org", 80)),
        (Target("https://[2001:db8::1]/llm"), ("2001:db8::1", 80)),
        (Target("https://llm.example.org/llm", address=("10.0.0.1", 443)), ("10.0.0.1", 80)),
        (
            Target(
                "https://llm.example.org/llm",
                address=("10.0.0.1", 8443),
                plain_address=("10.0.0.1", 8080),
            ),
            ("10.0.0.1", 8080),
        ),
    ],
)
def test_plain_http_is_beside_https(target: Target, end: tuple[str, int]) -> None:
    assert target.plain is not None
    assert (target.plain.scheme, target.plain.host, target.plain.prefix, target.plain.end) == (
        "http",
        target.host,
        "/llm",
        end,
    )


@pytest.mark.parametrize(
    "target",
    [
        Target("https://llm.example.org:8443"),
        Target("https://llm.example.org", address=("10.0.0.1", 8443)),
        Target("https://llm.example.org:8443", address=("10.0.0.1", 443)),
    ],
)
def test_the_port_of_plain_http_is_not_guessed(target: Target) -> None:
    assert target.plain is None


@pytest.mark.parametrize(
    ("host", "address"), [("10.0.0.1", True), ("::1", True), ("10.0.0.1.example.org", False)]
)
def test_an_address_is_told_from_a_name(host: str, address: bool) -> None:
    assert is_address(host) is address
