"""What has the form of a credential. Each is put together here: no scanner shall find one."""

from __future__ import annotations

import pytest

from plate_llm_cli.graph.credential_names import is_referred, kind_of, looks_chosen, looks_easy
from plate_llm_cli.graph.credentials import leaks_in, looks_random

VARIED = "q7Zr2LmX9cKe4TvB8sYd1GhN6wPjA3uF5oRi0Wa7Qn2Ek4Cx6Jz8Mb1Vy3Ht5Dg7Ls9"


@pytest.mark.parametrize(
    ("token", "what"),
    [
        ("AK" + "IA" + "Q7ZR2LMXKE4TVB5S", "an AWS access key"),
        ("gh" + "p_" + VARIED[:36], "a GitHub token"),
        ("github" + "_pat_" + VARIED[:22] + "_" + VARIED[:59], "a GitHub token"),
        ("gl" + "pat-" + VARIED[:20], "a GitLab token"),
        ("xo" + "xb-" + "4719283650-" + VARIED[:24], "a Slack token"),
        ("sk-" + "ant-api03-" + VARIED[:40], "an Anthropic key"),
        ("sk-" + "proj-" + VARIED[:48], "an OpenAI key"),
        ("sk-" + VARIED[:48], "an OpenAI key"),
        ("AI" + "za" + VARIED[:35], "a Google API key"),
        ("sk_" + "live_" + VARIED[:24], "a Stripe key"),
        ("npm" + "_" + VARIED[:36], "an npm token"),
        ("hv" + "s." + VARIED[:24], "a Vault or OpenBao token"),
        ("ey" + "J" + VARIED[:20] + ".ey" + "J" + VARIED[3:33] + "." + VARIED[:43], "a JWT"),
        ("-----BEGIN RSA " + "PRIVATE KEY-----\n" + VARIED[:64], "a private key"),
        ("-----BEGIN " + "PRIVATE KEY-----\\n" + VARIED[:64], "a private key"),
        ("postgres://" + "api:fT7-ruled@db.internal:5432/api", "an address with a password"),
        ("redis://" + ":fT7-ruled@cache:6379/0", "an address with a password"),
    ],
)
def test_a_credential_is_known_by_its_form(token: str, what: str) -> None:
    assert [leak.what for leak in leaks_in(f"value: '{token}'\n")] == [what]


def test_a_leak_says_where_it_is() -> None:
    token = "gh" + "p_" + VARIED[:36]
    (leak,) = leaks_in(f"token: {token}\n")
    assert (leak.start, leak.end) == (7, 7 + len(token))


def test_a_token_in_a_comment_is_one() -> None:
    assert [leak.what for leak in leaks_in("# " + "gh" + "p_" + VARIED[:36])] == ["a GitHub token"]


@pytest.mark.parametrize(
    "text",
    [
        "AK" + "IAIOSFODNN7EXAMPLE",
        "gh" + "p_" + "x" * 36,
        "sk-" + "your-api-key-goes-here-and-nowhere-else",
        "task-" + "sk-" + "a" * 40,
        "-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----",
        "-----BEGIN PUBLIC KEY-----\n" + VARIED[:64],
        "-----BEGIN CERTIFICATE-----\n" + VARIED[:64],
        "postgres://user:password@db/api",
        "postgres://api:$(DB_PASSWORD)@db/api",
        "postgres://api:${DB_PASSWORD}@db/api",
        "postgres://{{ .Values.user }}:{{ .Values.password }}@db/api",
        "redis://:hunter2hunter2@localhost:6379",
        "# url: postgres://api:s3cret-of-docs@db/api",
        "image: registry.example.com:5000/web@sha256:" + "0123456789abcdef" * 4,
        "https://kubernetes.default.svc:443/path@v1",
    ],
)
def test_samples_references_and_what_is_public_are_none(text: str) -> None:
    assert list(leaks_in(text)) == []


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("DB_PASSWORD", "a password"),
        ("adminPassword", "a password"),
        ("PGPASSWORD", "a password"),
        ("MYSQL_PWD", "a password"),
        ("clientSecret", "a secret"),
        ("API_TOKEN", "a token"),
        ("OPENAI_API_KEY", "a key"),
        ("encryption-key", "a key"),
        ("existingSecretPasswordKey", ""),
        ("PASSWORD_FILE", ""),
        ("imagePullSecret", ""),
        ("existingSecret", ""),
        ("JWT_PUBLIC_KEY", ""),
        ("SITE_KEY", ""),
        ("pwd", ""),
        ("secretName", ""),
        ("", ""),
    ],
)
def test_a_name_promises_a_credential_or_not(name: str, kind: str) -> None:
    assert kind_of(name) == kind


@pytest.mark.parametrize(
    "text",
    ["3f9c2b7e51d84a06b1c7e2f09a5d4863", VARIED[:24], "b5c1d0e2-77af-4c3b-9f0a-6d2e8c41b953"],
)
def test_a_text_that_a_machine_made_up_looks_random(text: str) -> None:
    assert looks_random(text)


@pytest.mark.parametrize(
    "text",
    ["prod-db-credentials-2024", "worker", "registry.example.com", "a sentence with 12 words"],
)
def test_a_name_does_not_look_random(text: str) -> None:
    assert not looks_random(text)


def test_a_password_of_letters_and_digits_was_chosen_by_somebody() -> None:
    assert looks_chosen("a password", "summer2024")
    assert not looks_chosen("a token", "summer2024")


def test_a_password_that_is_a_word_is_easy() -> None:
    assert looks_easy("a password", "postgres")
    assert not looks_easy("a password", "true")


@pytest.mark.parametrize(
    "text",
    [
        "vault:secret/data/api#token",
        "ref+vault://secret/api#/token",
        "<path:secret/data/api#token>",
        "ENC[AES256_GCM,data:x]",
        "$2a$10$mivhwttXM0U5eBrZGtAG8.",
        "/run/secrets/password",
        "${DB_PASSWORD}",
        "https://keys.example.com/v1",
        "$ARGOCD_ENV_PASSWORD",
    ],
)
def test_a_reference_or_a_hash_is_no_plain_text(text: str) -> None:
    assert is_referred(text)
