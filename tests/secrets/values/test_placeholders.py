from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plate_llm_cli.secrets.spec import Encoding, Generate
from plate_llm_cli.secrets.values.generators import generate
from plate_llm_cli.secrets.values.placeholders import is_placeholder


@pytest.mark.parametrize(
    "text",
    [
        "CHANGE_ME",
        "changeme",
        "Change-Me",
        "change this",
        "CHANGE_ME_123",
        "changeme!",
        "changeme-in-production",
        "please-change-me",
        "REPLACE_ME",
        "REPLACE_WITH_REAL_KEY",
        "TODO",
        "to-do",
        "FIXME",
        "TBD",
        "xxx",
        "XXXXXXXX",
        "xxxx-xxxx-xxxx",
        "sk-xxxxxxxx",
        "sk-...",
        "ghp_xxxx",
        "...",
        "…",
        "****",
        "<your-key>",
        "<OPENAI_API_KEY>",
        "<the key of the registry>",
        "[your token]",
        "your-api-key-here",
        "YOUR_TOKEN",
        "sk-your-key-here",
        "insert-your-key-here",
        "api-key-goes-here",
        "my-password",
        "dummy",
        "dummy-key",
        "example",
        "example-token",
        "fake-key",
        "placeholder",
        "secret-placeholder",
        "{{ .Values.key }}",
        "{{ vault_token }}",
        "${OPENAI_API_KEY}",
        "$(cat /run/secrets/key)",
        "$OPENAI_API_KEY",
        "%API_KEY%",
        "__API_KEY__",
        "null",
        "None",
        "undefined",
        "n/a",
        "<redacted>",
        "'CHANGE_ME'",
        '"changeme"',
        " CHANGE_ME\n",
    ],
)
def test_a_text_that_says_a_value_is_missing_is_a_placeholder(text: str) -> None:
    assert is_placeholder(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a",
        "0",
        "admin",
        "true",
        "staging",
        "plate-llm",
        "robot$plate+puller",
        "harbor.example.com",
        "https://llm.example.com/v1",
        "redis://:hunter2@plate-cache:6379/0",
        "sk-proj-4fTnXxX9todoNULLchangemeQ",
        "sk-ant-api03-none-of-it",
        "ghp_xxK2x9",
        "correct horse battery staple",
        "the example of a dummy that nobody todo",
        "change me if you can",
        "your-mother-was-a-hamster",
        "my-voice-is-my-passport",
        "nonesuch",
        "nullable",
        "todos",
        "xx",
        "<3>",
        "<3 my cat",
        "p@${s",
        "$ecret",
        "$PATH",
        "{not a template}",
        "a{{b}}c",
        "-----BEGIN PRIVATE KEY-----\nCHANGE_ME\n-----END PRIVATE KEY-----\n",
    ],
)
def test_a_value_that_only_looks_a_little_like_one_is_none(text: str) -> None:
    assert not is_placeholder(text)


_BYTES = st.builds(
    Generate,
    st.sampled_from([Encoding.HEX, Encoding.BASE64, Encoding.BASE64URL, Encoding.ALPHANUMERIC]),
    st.integers(8, 80),
)


@given(st.one_of(_BYTES, st.sampled_from([Generate(Encoding.UUID), Generate(Encoding.ED25519)])))
def test_no_generated_value_is_one(how: Generate) -> None:
    assert not is_placeholder(generate(how).reveal())


@given(st.text(max_size=300))
def test_any_text_has_an_answer_that_blanks_around_it_do_not_change(text: str) -> None:
    assert is_placeholder(text) is is_placeholder(f"  {text}\n")
