from __future__ import annotations

import time

import pytest

from plate_llm_cli.errors import InputError
from plate_llm_cli.local.made_up import MadeUp
from plate_llm_cli.secrets.addresses import Address, Place
from plate_llm_cli.secrets.spec import Form, KeySpec, Prompt
from plate_llm_cli.secrets.values.forms import check
from plate_llm_cli.source.nodes import Span


def key(form: Form) -> KeySpec:
    address = Address(Place("secret", "server/stg"), "API_KEY")
    return KeySpec(address, Prompt(), Span(1, 1, 1, 1), form=form)


@pytest.mark.parametrize(
    "form",
    [
        Form(),
        Form(min_length=100),
        Form(max_length=8),
        Form(r"sk-ant-[A-Za-z0-9_-]+", 40),
        Form(r"robot\$[a-z0-9+._-]+"),
        Form(r"[0-9a-f]{128}"),
        Form(r"[a-z]{200,}", 300),
        Form(r"(?:red|green)-\d+", max_length=9),
        Form(r"^[A-Z]{3}\d{5,}$"),
        Form(r"\A[a-z]{5}\z"),
        Form(r"[a||b]{9}"),
        Form("한글[가-힣]{3}"),
    ],
)
def test_value_is_of_the_form_that_is_asked_for(form: Form) -> None:
    wanted = key(form)
    value = MadeUp()(wanted)
    assert check(value, form, wanted.address) is None


def test_two_values_differ() -> None:
    made_up = MadeUp()
    assert not made_up(key(Form())).same_as(made_up(key(Form())))


def test_what_was_made_up_is_known() -> None:
    made_up, wanted = MadeUp(), key(Form())
    value = made_up(wanted)
    assert made_up.values == {wanted.address: value}


@pytest.mark.parametrize("pattern", [r"\p{Greek}{9}", r"(?<n>a)\z", "ab", "todo"])
def test_form_that_cannot_be_followed_is_told_with_the_way_out(pattern: str) -> None:
    with pytest.raises(InputError) as caught:
        MadeUp()(key(Form(pattern, min_length=4)))
    assert caught.value.message == "server/stg#API_KEY: no value of its form can be made up here"
    hint = "give one: --from-env-file with SERVER_STG__API_KEY=..."
    assert caught.value.hint == f"{hint} (is there any, of this pattern and of this length?)"


def test_pattern_that_takes_long_to_follow_is_given_up_soon() -> None:
    begun = time.monotonic()
    with pytest.raises(InputError) as caught:
        MadeUp()(key(Form("((a{50}){50}){50}")))
    assert time.monotonic() - begun < 10
    assert caught.value.hint == "give one: --from-env-file with SERVER_STG__API_KEY=..."
