from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plate_llm_cli.source.numbers import as_json, format_number, same_number

if TYPE_CHECKING:
    from collections.abc import Callable

NUMBERS = [0, 1, -1, 8080, 999999, 1000000, -1000000, 1234567, 20000001, 12345678901234567, -0.0]
NUMBERS += [1.1, 1.5e21, 1e20, 1e21, 1e22, 0.1, 0.0001, 0.00001, 1.25e-7, 1e300, 5e-324, 1e6 + 0.5]
NUMBERS += [9007199254740993, 123456.789, 1234567.5, 2**63, 2**64, 10**30]


@pytest.mark.parametrize("number", NUMBERS)
def test_a_number_prints_as_in_a_template(
    number: float, helm_prints: Callable[[list[Any]], str]
) -> None:
    assert format_number(number) == helm_prints([number]).strip()


@settings(max_examples=30)
@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=50, max_size=50))
def test_any_number_prints_as_in_a_template(
    helm_prints: Callable[[list[Any]], str], numbers: list[float]
) -> None:
    assert [format_number(number) for number in numbers] == helm_prints(numbers).split()


@pytest.mark.parametrize(
    ("number", "printed"), [(math.inf, "+Inf"), (-math.inf, "-Inf"), (math.nan, "NaN")]
)
def test_go_has_names_for_what_is_no_number(number: float, printed: str) -> None:
    assert format_number(number) == printed


@pytest.mark.parametrize(
    ("number", "read"),
    [
        (2**53, 9007199254740992),
        (2**53 + 1, 9007199254740992),
        (2**63, 9223372036854776000),
        (1e20, 100000000000000000000),
        (-1e20, -100000000000000000000),
    ],
)
def test_a_large_integer_keeps_what_a_float_holds(number: float, read: int) -> None:
    value = as_json(number)
    assert (value, type(value)) == (read, int)


def test_from_1e21_on_a_whole_number_is_a_float() -> None:
    assert type(as_json(10**21)) is float


def test_minus_zero_keeps_its_sign() -> None:
    assert math.copysign(1, as_json(-0.0)) == -1


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("1.10", True),
        ("0.1", True),
        ("-0", True),
        ("123000", True),
        ("9007199254740993", False),
        ("3.14159265358979311", False),
    ],
)
def test_lost_digits_are_noticed(text: str, *, same: bool) -> None:
    assert same_number(text, float(text)) is same
