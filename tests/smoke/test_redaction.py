"""What went into requests is told by no outcome, however it is repeated."""

from __future__ import annotations

import base64
from urllib.parse import quote

import pytest

from plate_llm_cli.secrets.values.secret import Secret
from plate_llm_cli.smoke.check import failed
from plate_llm_cli.smoke.redaction import redacted

TOKEN = "Zq7/opaque+canary=4vLw9Xc1Rt8Pb"  # noqa: S105 - made up


def shown(text: str, *secrets: str) -> str:
    return redacted(failed(text, text), map(Secret, secrets or (TOKEN,))).said


@pytest.mark.parametrize(
    "said",
    [
        TOKEN,
        TOKEN.upper(),
        TOKEN[::-1],
        quote(TOKEN, safe=""),
        TOKEN.encode().hex(),
    ],
)
def test_a_token_is_taken_out(said: str) -> None:
    assert shown(f"got <{said}> from you") == "got <[redacted]> from you"


@pytest.mark.parametrize("before", ["", "B", "Be", "Bearer "])
@pytest.mark.parametrize("encode", [base64.b64encode, base64.urlsafe_b64encode])
def test_a_packed_token_leaves_no_more_than_its_ends(before: str, encode: object) -> None:
    assert callable(encode)
    text = shown(encode(f"{before}{TOKEN}".encode()).decode())
    left = text.replace("[redacted]", "")
    assert "[redacted]" in text
    assert len(left) <= len(before) * 2 + 12


@pytest.mark.parametrize("part", [TOKEN[:15], TOKEN[9:], TOKEN[4:16]])
def test_a_part_is_taken_out(part: str) -> None:
    assert shown(f"got {part}...") == "got [redacted]..."


def test_advice_is_looked_through_as_well() -> None:
    assert redacted(failed("", TOKEN), [Secret(TOKEN)]).advice == "[redacted]"


def test_a_short_secret_is_taken_out_whole() -> None:
    assert shown("as secretly9 said", "secretly9") == "as [redacted] said"


def test_other_text_stays() -> None:
    assert shown("İ Zq7/opaque is not all of it") == "İ Zq7/opaque is not all of it"


def test_what_is_in_any_sentence_stays() -> None:
    assert shown("the answer", "answer") == "the answer"
