from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plate_llm_cli.source.reader import parse_text, to_plain
from plate_llm_cli.source.scalars import PREFIX, refusal, type_key, type_scalar

if TYPE_CHECKING:
    from collections.abc import Callable

WORDS = ["y", "Y", "n", "yes", "Yes", "YES", "yEs", "no", "NO", "on", "On", "ON", "off", "OFF"]
WORDS += ["true", "True", "TRUE", "tRUE", "false", "~", "null", "Null", "NULL", "nULL", "none", ""]
INTEGERS = ["0", "-0", "+0", "1", "+1", "-1", "00", "012", "-012", "08", "09", "0_8", "1_000", "1_"]
INTEGERS += ["1__0", "_1", "0x1F", "0X1f", "-0x1f", "+0x1F", "0x", "0x_f", "0xg", "0o17", "0O17"]
INTEGERS += ["-0o17", "0o18", "0o", "0b11", "0B11", "-0b11", "+0b11", "0b2", "0b", "٣", "1-1"]
BIG = ["9007199254740991", "9007199254740992", "9007199254740993", "123456789012345678"]
BIG += [
    "9223372036854775807",
    "9223372036854775808",
    "18446744073709551615",
    "18446744073709551616",
]
BIG += [
    "-9223372036854775808",
    "-9223372036854775809",
    "+18446744073709551615",
    "1" * 30,
    "9" * 400,
]
BIG += ["0x8000000000000000", "0xFFFFFFFFFFFFFFFF", "0xFFFFFFFFFFFFFFFFF", "0" * 90 + "1"]
BIG += ["0777777777777777777777", "-0777777777777777777777", "07777777777777777777777777"]
FLOATS = ["1.0", "1.10", "1.", "+.5", "-.5", ".5", "._5", ".5_0", ".5_", ".5_0e1_0", ".e3", "1e3"]
FLOATS += ["1E3", "1e+3", "1e-3", "1.e3", "1e", "1e5.5", "1_0.5", "0.1e-7", "1e20", "1e21", "1e400"]
FLOATS += ["-1e400", "1e-400", ".5e400", "-0.0", "0.0", "0e0", "12345678901234567890123.5", ".0x1"]
FLOATS += [
    "0x1p4",
    ".",
    "..",
    "...x",
    "inf",
    "nan",
    "Inf",
    "+Inf",
    ".infinity",
    "3.14159265358979311",
]
OTHERS = [
    "2001-01-01",
    "2001-1-1",
    "2001-12-14t21:59:43.10-05:00",
    "2001-02-30",
    "1:30",
    "190:20:30",
]
OTHERS += [
    "=",
    "<<",
    "1.2.3",
    "v1",
    "1e3abc",
    "0.5.5",
    "12h",
    "10%",
    "1,000",
    "100m",
    "2Gi",
    "+",
    "-a",
]
TAGGED = [
    "!!str 1",
    "!!str",
    "!!str ~",
    "!!int '1'",
    "!!int 0o7",
    "!!float 1",
    "!!float '1'",
    "! 1",
]
TAGGED += ["!!bool yes", "!!bool 'yes'", "!!null ''", "!!null ~", "!!binary aGk=", "!!binary gIA="]
TAGGED += ["!!timestamp 2001-01-01", "!!timestamp '2001-01-01'", "!Ref 1", "!!foo 1", "!!set {a}"]
TAGGED += ["!<tag:yaml.org,2002:int> 3", "!!value =", "!!merge <<", "!!float 99999999999999999999"]
REFUSED = [".inf", "-.inf", "+.INF", ".nan", ".NaN", "!!int 1.5", "!!int x", "!!float x", "!!float"]
REFUSED += ["!!null x", "!!bool 1", "!!bool ''", "!!binary '!!'", "!!binary null=", "!!timestamp x"]
REFUSED += ["!!int", "!!float .inf", "!!timestamp"]


def of(text: str) -> Any:
    data = to_plain(parse_text(text, "values.yaml").root)
    assert isinstance(data, dict)
    return data


@pytest.mark.parametrize("text", [*WORDS, *INTEGERS, *BIG, *FLOATS, *OTHERS, *TAGGED])
def test_a_value_is_typed_as_helm_types_it(
    text: str, helm_reads: Callable[[str], dict[str, Any] | None]
) -> None:
    expected = helm_reads(f"k: {text}")
    assert expected is not None
    value = of(f"k: {text}")["k"]
    assert (value, isinstance(value, bool)) == (expected["k"], isinstance(expected["k"], bool))


@pytest.mark.parametrize("text", REFUSED)
def test_what_helm_refuses_is_a_problem(
    text: str, helm_reads: Callable[[str], dict[str, Any] | None]
) -> None:
    assert helm_reads(f"k: {text}") is None
    (problem,) = parse_text(f"k: {text}", "values.yaml").problems
    assert (problem.kind, problem.span[:2]) == ("refused", (1, 4))


@pytest.mark.parametrize(
    "text",
    [
        *[word for word in WORDS if word.lower() not in ("", "~", "null")],
        *["1", "-0", "-0.0", "0x1F", "012", "1_000", ".5", "1.5", "1.0", "1e3", "1e30", "0.1"],
        *[
            "16777217.5",
            "123456789.125",
            "3.14159265358979",
            "1e39",
            "-1e39",
            "1e-46",
            "1.17549e-38",
        ],
        *[
            ".inf",
            "-.inf",
            ".nan",
            "9223372036854775807",
            "99999999999999999999",
            "2001-01-01",
            "=",
        ],
        *["!!int '5'", "!!str 1", "!!binary aGk=", "!Ref 1", "!!bool yes", "'1'", '"on"', "&a on"],
    ],
)
def test_a_key_gets_the_name_that_helm_gives_it(
    text: str, helm_reads: Callable[[str], dict[str, Any] | None]
) -> None:
    assert of(f"{text} : 1") == helm_reads(f"{text} : 1")


@pytest.mark.parametrize("key", ["~", "null", "18446744073709551615", "!!null x"])
def test_a_key_that_has_no_name_is_refused(
    key: str, helm_reads: Callable[[str], dict[str, Any] | None]
) -> None:
    assert helm_reads(f"{key}: 1") is None
    (problem,) = parse_text(f"{key}: 1", "values.yaml").problems
    assert (problem.kind, problem.span[:2]) == ("refused", (1, 1))


@pytest.mark.parametrize("style", ["'", '"', "|", ">"])
def test_quotes_and_blocks_make_a_string(style: str) -> None:
    assert type_scalar("on", style) == "on"


def test_whole_numbers_are_integers() -> None:
    value = type_scalar("1.0")
    assert (value, type(value)) == (1, int)


def test_a_tag_overrules_quotes() -> None:
    assert type_scalar("1", "'", PREFIX + "int") == 1


def test_what_is_refused_stays_text() -> None:
    assert type_scalar("x", "", PREFIX + "int") == "x"


def test_the_reason_names_text_and_tag() -> None:
    assert refusal("x", "", PREFIX + "int") == "'x' does not fit the tag !!int"


def test_infinity_is_a_key_but_no_value() -> None:
    assert (type_key(".inf"), refusal(".inf", key=True)) == (".inf", "")


NUMBERS = st.text("0123456789_.+-eExXoObBaAfF", max_size=12)
RULES = NUMBERS | st.sampled_from(WORDS).map(lambda word: word.swapcase()) | st.floats().map(repr)


@settings(max_examples=400)
@given(RULES | st.integers().map(str) | st.dates().map(str))
def test_any_number_is_typed_as_helm_types_it(
    helm_reads: Callable[[str], dict[str, Any] | None], text: str
) -> None:
    expected = helm_reads(f"k: {text}")
    if expected is None:
        assert parse_text(f"k: {text}", "").broken
    else:
        assert of(f"k: {text}") == expected


@settings(max_examples=400)
@given(RULES | st.integers().map(str))
def test_any_key_is_named_as_helm_names_it(
    helm_reads: Callable[[str], dict[str, Any] | None], text: str
) -> None:
    expected = helm_reads(f"? {text}\n: 1")
    if expected is None:
        assert parse_text(f"? {text}\n: 1", "").broken
    else:
        assert of(f"? {text}\n: 1") == expected
