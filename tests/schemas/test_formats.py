"""Forms of strings, each with what is fine and what is not."""

from __future__ import annotations

import pytest

from plate_llm_cli.schemas.formats import FORMATS

GOOD = {
    "annotation-key": ["a", "Example.com/Path_1", "a/B"],
    "byte": ["", "aGk=", "aG\nk="],
    "cidr": ["10.0.0.0/8", "10.1.2.3/8", "::/0"],
    "config-key": [".dockerconfigjson", "A_b-c.1", "a" * 253],
    "cron": ["*/5 * * * *", "0 3 * * 1-5", "@daily", "@every 1h", "CRON_TZ=UTC 0 3 * * *"],
    "date-time": ["2026-01-31T12:00:00Z", "2026-01-31T12:00:00.123+09:00"],
    "dns-1035-label": ["a", "web-1"],
    "dns-label": ["1", "web-1", "a" * 63],
    "dns-subdomain": ["a.b", "web-1.example", "1.2"],
    "env-name": ["A", "a.b-c", "A B"],
    "go-duration": ["0", "1h0m0s", "1.5h", "-1m", "300ms", "2h45m"],
    "host": ["", "example.com", "*.example.com", "localhost"],
    "int-or-percent": ["25%", "0%", "150%"],
    "label-value": ["", "A_b-c.1", "a" * 63],
    "path-segment": ["system:Leader", "a b"],
    "port-name": ["", "http", "a-1", "8000tcp", "a" * 15],
    "prometheus-duration": ["", "0", "30s", "1d12h", "1y2w"],
    "qualified-name": ["a", "example.com/A_b", "A.b"],
    "quantity": ["1", "0.5", ".5", "1.", "100m", "1Gi", "1e3", "1E-3", "-1k", "1u"],
    "service-port-name": ["", "http", "a" * 63],
}

BAD = {
    "annotation-key": ["", "a/b/c", "/a", "a b"],
    "byte": ["a", "??", "aGk", "ü"],
    "cidr": ["10.0.0.0", "10.0.0.0/33", "example.com/8", ""],
    "config-key": ["", "a/b", "a b", "..", "..a", "a" * 254],
    "cron": ["* * * *", "* * * * * *", "daily", ""],
    "date-time": ["2026-01-31", "2026-01-31 12:00:00", "soon"],
    "dns-1035-label": ["", "1a", "a-", "a.b", "A"],
    "dns-label": ["", "-a", "a-", "a.b", "A", "a" * 64, "a\n"],
    "dns-subdomain": ["", "a..b", ".a", "a_b", "A", "a" * 254],
    "env-name": ["", "A=B", "é", "A\n"],
    "go-duration": ["", "1", "1day", "1 h", "h", "1d"],
    "host": ["https://a.b", "a.b:80", "A.b", "*", "a.*.b", "10.0.0.1", "a/b"],
    "int-or-percent": ["1", "%", "a%", ""],
    "label-value": ["a b", "-a", "a" * 64, "a/b"],
    "path-segment": ["", ".", "..", "a/b", "a%b"],
    "port-name": ["80", "A", "a--b", "-a", "a" * 16, "a_b"],
    "prometheus-duration": ["1", "30", "5s1m", "1.5h"],
    "qualified-name": ["", "A.com/b", "a/", "a/b/c", "a" * 64, "a b"],
    "quantity": ["", "1GiB", "1 Gi", "1K", "Gi", "1e", "one", "1.2.3"],
    "service-port-name": ["a_b", "A", "a" * 64],
}


@pytest.mark.parametrize(
    ("name", "text"), [(name, text) for name, texts in GOOD.items() for text in texts]
)
def test_fine(name: str, text: str) -> None:
    assert FORMATS[name](text) is None


@pytest.mark.parametrize(
    ("name", "text"), [(name, text) for name, texts in BAD.items() for text in texts]
)
def test_not_fine(name: str, text: str) -> None:
    assert FORMATS[name](text)


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_ends_soon_on_a_long_text(name: str) -> None:
    for text in ("1" * 200_000, "a-" * 100_000, "1." * 100_000, "1h" * 100_000 + "!"):
        FORMATS[name](text)
