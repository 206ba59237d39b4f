"""What a refusal shows, and what it must not."""

from __future__ import annotations

import pytest

from plate_llm_cli.smoke.refusals import refusal
from tests.service.running import token


@pytest.mark.parametrize(
    "secret", [token(), "Bearer abcdefgh12345", "sk-proj-abc123", "lsv2_pt_0123456789"]
)
def test_what_looks_like_a_token_is_not_repeated(secret: str) -> None:
    found = refusal(401, {"message": f"no such user: {secret}"})
    assert found.said == "status 401: no such user: [redacted]"


def test_message_is_short_and_on_one_line() -> None:
    found = refusal(500, {"message": "a\nb " + "x" * 300})
    assert found.said == "status 500: a b " + "x" * 156 + "..."


@pytest.mark.parametrize("error", [{"message": ["x"]}, {}, {"code": 7}])
def test_error_of_another_form_is_not_the_services(error: dict[str, object]) -> None:
    found = refusal(502, error, "cloudflare")
    assert (found.from_service, found.said) == (False, "status 502 of cloudflare")


def test_what_answers_may_not_say_what_it_is() -> None:
    assert refusal(502, {}).said == "status 502 of something in front of the service"
