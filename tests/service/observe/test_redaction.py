from __future__ import annotations

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.observe.redaction import LONGEST_TOKEN, REDACTED, SHORTEST_SECRET, Redactor

KNOWN = 'pa"ss\\wo/rd ü'


def redactor(*secrets: str) -> Redactor:
    made = Redactor()
    made.add(secrets)
    return made


@pytest.mark.parametrize(
    "text",
    [
        KNOWN,
        repr(KNOWN)[1:-1],
        "pa%22ss%5Cwo%2Frd%20%C3%BC",
        "pa%22ss%5Cwo%2Frd+%C3%BC",
        orjson.dumps(KNOWN)[1:-1].decode(),
    ],
)
def test_a_known_secret_goes_in_each_of_its_spellings(text: str) -> None:
    assert redactor(KNOWN).clean(f"it is {text}, really") == f"it is {REDACTED}, really"


def test_a_secret_goes_from_lists_and_objects_too() -> None:
    cleaned = redactor(KNOWN).clean_all({"a": [KNOWN, 1, None], "b": {"c": KNOWN}})
    assert cleaned == {"a": [REDACTED, 1, None], "b": {"c": REDACTED}}


@pytest.mark.parametrize(
    ("url", "password"),
    [
        ("redis://user:hunter22%21@cache:6379/0", "hunter22!"),
        ("redis://user:hunter22%21@cache:6379/0", "hunter22%21"),
        ("rediss://:hunt@er22@[::1]:6379", "hunt@er22"),
        ("unix://:hunter22@/run/redis.sock", "hunter22"),
    ],
)
def test_a_url_teaches_its_password(url: str, password: str) -> None:
    assert redactor(url).clean(f"password {password}.") == f"password {REDACTED}."


def test_a_secret_that_holds_another_goes_as_a_whole() -> None:
    assert redactor("secret", "secret-and-more").clean("secret-and-more") == REDACTED


def test_a_secret_too_short_to_be_one_is_left() -> None:
    assert redactor("cache").clean("cache miss") == "cache miss"


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("key sk-proj-abcDEF_123-456!", "key [redacted]!"),
        ("sk-ant-api03-abcdefgh", "[redacted]"),
        ("lsv2_pt_0123456789abcdef_01", "[redacted]"),
        ("token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln.", "token [redacted]"),
        ("hvs.CAESIJ0123456789", "[redacted]"),
        ("Authorization: Bearer abc.def-123=", "Authorization: Bearer [redacted]"),
        ("BEARER abcdef", "BEARER [redacted]"),
        ("at redis://:hunter2@cache:6379", "at redis://[redacted]@cache:6379"),
        ("https://user:pass@host/a@b", "https://[redacted]@host/a@b"),
        ("-----BEGIN EC PRIVATE KEY-----\nMHc\n-----END EC PRIVATE KEY-----.", "[redacted]."),
        ("-----BEGIN PRIVATE KEY-----\nMHc", "[redacted]"),
        ("redis://:a\"b'c@d@cache/0", "redis://[redacted]@cache/0"),
        (
            "llm_api_key: [type=string_type, input_value='a\"bc', input_type=str]",
            "llm_api_key: [type=string_type, input_value=[redacted], input_type=str]",
        ),
    ],
)
def test_what_looks_like_a_secret_goes(text: str, cleaned: str) -> None:
    assert redactor().clean(text) == cleaned
    assert redactor().suspects(text)


@pytest.mark.parametrize(
    "text",
    [
        "POST /v1/chat/completions 200",
        "a risk-assessment of the disk-usage",
        "https://api.openai.com/v1/models",
        "mail alice@example.com",
        "gpt-5-mini, claude-sonnet",
        "the bearer of bad news",
    ],
)
def test_innocent_text_is_left(text: str) -> None:
    known = redactor("0123456789abcdef")
    assert known.clean(text) == text


def test_an_excerpt_is_cut_where_it_gets_too_long() -> None:
    assert redactor().excerpt("abcdef", 6) == "abcdef"
    assert redactor().excerpt("abcdefg", 6) == "abcdef…"


@given(st.integers(0, 40), st.integers(0, 3000), st.integers(0, LONGEST_TOKEN * 2))
def test_an_excerpt_never_ends_within_a_secret(limit: int, before: int, after: int) -> None:
    known = "0123456789abcdefghijklmnopqrstuvwxyz"
    text = " " * before + known * 3 + " " * after + known
    shown = redactor(known).excerpt(text, limit)
    assert not [start for start in range(30) if known[start : start + SHORTEST_SECRET] in shown]
    assert len(shown) <= limit + 1 or len(text) <= limit


def test_an_excerpt_that_shrinks_does_not_show_what_was_cut() -> None:
    """Redacting what comes first must not draw in the secret that the window ends in."""
    secret = "s" * 3000
    text = secret + " " + secret
    shown = redactor(secret).excerpt(text, 100)
    assert "sss" not in shown


text = st.text(st.characters(exclude_categories=["Cs"]))


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=SHORTEST_SECRET), text)
def test_a_known_secret_goes_wherever_it_stands(secret: str, around: str) -> None:
    cleaned = redactor(secret).clean(around + secret + around)
    assert secret not in cleaned.replace(REDACTED, "\0")
