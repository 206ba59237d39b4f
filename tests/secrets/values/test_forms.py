from __future__ import annotations

import traceback
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plate_llm_cli.secrets.addresses import Address, Place
from plate_llm_cli.secrets.spec import Form
from plate_llm_cli.secrets.values.forms import Fault, FaultKind, check, pattern_problem
from plate_llm_cli.secrets.values.secret import Secret

if TYPE_CHECKING:
    from plate_llm_cli.source.nodes import Plain

PASSWORD = Address(Place("secret", "harbor/staging"), "password")


def _what(value: Plain, form: Form | None = None) -> tuple[FaultKind, str] | None:
    fault = check(Secret(value), form or Form(), PASSWORD)
    return None if fault is None else (fault.kind, fault.what)


@pytest.mark.parametrize(
    "value",
    [
        "hunter2",
        "correct horse battery staple",
        "with\ttab",
        "-----BEGIN PRIVATE KEY-----\nMC4C\n-----END PRIVATE KEY-----\n",
        "ключ",
    ],
)
def test_a_value_that_is_in_order_has_no_fault(value: str) -> None:
    assert _what(value) is None


@pytest.mark.parametrize(
    "value", [None, True, 7, 1.5, ["hunter2"], {"a": "hunter2"}, "hunter2\ud800"]
)
def test_what_is_no_text_is_said_to_be_none(value: Plain) -> None:
    assert _what(value) == (FaultKind.NOT_TEXT, "is no text")


@pytest.mark.parametrize("value", ["", " ", "\n", " \t\r\n"])
def test_a_value_of_nothing_but_blanks_is_empty(value: str) -> None:
    assert _what(value) == (FaultKind.EMPTY, "is empty")


def test_an_empty_value_is_in_order_where_the_form_allows_it() -> None:
    assert _what("", Form(min_length=0)) is None
    assert _what(" ", Form(min_length=0)) == (FaultKind.EMPTY, "is empty")


@pytest.mark.parametrize("value", ["CHANGE_ME", "CHANGE_ME\n"])
def test_a_placeholder_is_called_one_whatever_else_is_wrong_with_it(value: str) -> None:
    expected = (FaultKind.PLACEHOLDER, "is a placeholder, not a value")

    assert _what(value, Form(min_length=32, pattern="[0-9]+")) == expected


@pytest.mark.parametrize("value", ["hunter2\n", "hunter2\r\n", " hunter2", "hunter2 ", "\nhunter2"])
def test_one_line_with_blanks_around_it_is_a_slip_of_copying(value: str) -> None:
    assert _what(value) == (FaultKind.WHITESPACE, "has white space or a line break around it")


@pytest.mark.parametrize("value", ["hunter\x002", "hunter\x1b[0m", "hunter2\x7f"])
def test_control_characters_do_not_reach_a_pod(value: str) -> None:
    assert _what(value) == (FaultKind.CONTROL, "holds a control character")


def test_lengths_are_in_characters_and_their_ends_belong_to_them() -> None:
    form = Form(min_length=3, max_length=5)

    assert _what("äöü", form) is None
    assert _what("äöüßé", form) is None
    assert _what("äö", form) == (FaultKind.TOO_SHORT, "is shorter than 3 characters")
    assert _what("äöüßéè", form) == (FaultKind.TOO_LONG, "is longer than 5 characters")


def test_a_pattern_is_matched_by_the_whole_value() -> None:
    form = Form(pattern="[a-z]+|[0-9]+")
    expected = (FaultKind.PATTERN, "does not match the pattern [a-z]+|[0-9]+")

    assert _what("abc", form) is None
    assert _what("123", form) is None
    assert _what("abc1", form) == expected
    assert _what("1abc", form) == expected
    assert _what("abc\n1", form) == expected


@pytest.mark.timeout(10)
def test_a_pattern_that_python_would_match_for_years_is_answered_at_once() -> None:
    form = Form(pattern="(a+)+(b|a+)*")

    assert _what("a" * 60_000 + "!", form) == (
        FaultKind.PATTERN,
        "does not match the pattern (a+)+(b|a+)*",
    )


def test_a_value_too_long_for_a_pattern_is_not_held_against_it() -> None:
    assert _what("a" * 65_536, Form(pattern="a+")) is None
    assert _what("a" * 65_537, Form(pattern="a+")) == (
        FaultKind.TOO_LONG,
        "is longer than 65,536 characters, which is what a pattern is tried on",
    )


@pytest.mark.parametrize(
    ("pattern", "problem"),
    [
        ("", ""),
        ("[A-Za-z0-9+/=]+", ""),
        ("(", "unclosed group"),
        # Sound by itself, but its comment would swallow what follows.
        ("(?x)a # b", "unclosed group"),
        ("a)|(?:b", "unopened group"),
        ("[a", "unclosed character class"),
        (r"(?=.*\d).+", "look-around, including look-ahead and look-behind, is not supported"),
        (r"(a)\1", "backreferences are not supported"),
        (r"(?:\w{0,50}){0,50}", "Compiled regex exceeds size limit of 10485760 bytes."),
        ("a" * 1001, "it is longer than 1,000 characters"),
    ],
)
def test_a_pattern_that_cannot_be_used_is_explained(pattern: str, problem: str) -> None:
    assert pattern_problem(pattern) == problem


def test_a_fault_reads_as_a_sentence_about_the_key() -> None:
    fault = Fault(FaultKind.EMPTY, PASSWORD, "is empty")

    assert str(fault) == "harbor/staging#password is empty"


@given(st.text(alphabet="QZqz\x00\n \ud800", min_size=9), st.sampled_from(["", "[0-9]+", "("]))
def test_no_fault_and_no_error_tells_the_value(value: str, pattern: str) -> None:
    form = Form(pattern=pattern, min_length=12, max_length=14)
    try:
        told = repr(check(Secret(value), form, PASSWORD))
    except ValueError:
        told = traceback.format_exc()
    assert value not in told


@pytest.mark.parametrize(
    ("value", "torn"),
    [
        ("-----BEGIN PRIVATE KEY-----", True),
        ("-----BEGIN PRIVATE KEY-----\nMIIB", True),
        ("-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n", False),
    ],
)
def test_a_key_of_several_lines_must_be_whole(value: str, torn: bool) -> None:
    fault = check(Secret(value), Form(), PASSWORD)
    assert (fault is not None and fault.kind is FaultKind.TORN) is torn
