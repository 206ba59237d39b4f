"""Messages of controllers: what may be a secret goes, names and reasons stay."""

from __future__ import annotations

import time

import pytest

from plate_llm_cli.cluster.messages import spoken


@pytest.mark.parametrize(
    "secret",
    [
        "hvs.CAESIJkrandomTOKEN1234567890abc",
        "sk-proj-a1B2c3D4e5F6g7H8i9J0",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl",
        "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
        "kJ8sQ2mP9xR4tV7wY1zA3bC6dE5fG0hI",
        "q1W2e3R4/t5Y6u7I8+o9P0aSdFgHjKlZxCvBnM=",
        "0123456789abcdef0123456789abcdef",
    ],
)
def test_what_looks_like_a_secret_is_hidden(secret: str) -> None:
    assert spoken(f"login with {secret} failed") == "login with [hidden] failed"


def test_a_password_in_an_address_is_hidden() -> None:
    assert spoken("dial redis://user:pa55@cache:6379") == "dial redis://[hidden]@cache:6379"


@pytest.mark.parametrize(
    "message",
    [
        'cannot find secret data for key: "OPENAI_API_KEY"',
        "pod plate-llm-stg-6d5f8b7c9d-x2x4z (6f1c9c1e-2a35-4c2b-9a2d-3b1c3e8a9f10) failed",
        f"harbor.example.com/plate/llm@sha256:{'a1' * 32}: not found",
        "URL: GET https://openbao.example.com/v1/secret/data/server/cluster Code: 403.",
        f"Failed last sync attempt to [{'a1' * 20}]: one or more objects failed to apply",
        f"unable to resolve revision {'a1' * 20}",
        "error processing spec.dataFrom[0].extract, err: Secret does not exist",
    ],
)
def test_what_a_person_needs_stays(message: str) -> None:
    assert spoken(message) == message


def test_pages_are_cut_and_lines_joined() -> None:
    assert spoken("a\n\tb") == "a b"
    assert spoken("x y " * 500) == f"{('x y ' * 150)[:600]}…"


@pytest.mark.parametrize(
    "long", ["(" * 200_000, "aA1/" * 50_000, "token=" * 50_000, "\n" * 200_000]
)
def test_what_is_built_to_take_long_takes_a_moment(long: str) -> None:
    begun = time.monotonic()
    assert len(spoken(f"{long[:15_000]} {long}", 4000)) <= 4001
    assert time.monotonic() - begun < 1


def test_what_is_cut_in_two_is_hidden_whole() -> None:
    tokens = " ".join(["sk-Abcdefghijklmnopqrstuvwxyz0123456789" * 3] * 40)
    assert spoken(tokens) == f"{' '.join(['[hidden]'] * 20)}…"


def test_a_token_as_user_of_an_address() -> None:
    told = spoken("fetch https://canary-0123456789-abcdef@git.example.com/a.git, ssh://git@x/y")
    assert told == "fetch https://[hidden]@git.example.com/a.git, ssh://git@x/y"
