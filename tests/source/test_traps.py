from __future__ import annotations

import pytest

from plate_llm_cli.source.nodes import Span
from plate_llm_cli.source.reader import parse_text
from plate_llm_cli.source.traps import Trap, TrapKind, traps


def found(text: str) -> list[Trap]:
    return list(traps(parse_text(text, "values.yaml")))


@pytest.mark.parametrize(
    ("text", "kind", "printed"),
    [
        ("on", TrapKind.BOOLEAN, "true"),
        ("No", TrapKind.BOOLEAN, "false"),
        ("y", TrapKind.BOOLEAN, "true"),
        ("012", TrapKind.OCTAL, "10"),
        ("08", TrapKind.OCTAL, "8"),
        ("00", TrapKind.OCTAL, "0"),
        ("01.5", TrapKind.OCTAL, "1.5"),
        ("0x1F", TrapKind.RADIX, "31"),
        ("0o17", TrapKind.RADIX, "15"),
        ("1e3", TrapKind.EXPONENT, "1000"),
        ("12E4", TrapKind.EXPONENT, "120000"),
        ("1.10", TrapKind.ZEROS, "1.1"),
        ("1.0", TrapKind.ZEROS, "1"),
        ("1_000", TrapKind.UNDERSCORE, "1000"),
        ("+82", TrapKind.SIGN, "82"),
        ("9007199254740993", TrapKind.PRECISION, "9.007199254740992e+15"),
        ("3.14159265358979311", TrapKind.PRECISION, "3.141592653589793"),
        ("1000000", TrapKind.PRINTED, "1e+06"),
        ("0.00001", TrapKind.PRINTED, "1e-05"),
        ("~", TrapKind.NULL, "null"),
        ("NULL", TrapKind.NULL, "null"),
    ],
)
def test_a_trap_says_what_helm_makes_of_it(text: str, kind: TrapKind, printed: str) -> None:
    (trap,) = found(f"k: {text}")
    assert (trap.kind, trap.text, trap.printed) == (kind, text, printed)


@pytest.mark.parametrize(
    "text",
    [
        *[
            "8080",
            "0",
            "-1",
            "0.5",
            ".5",
            "1.5",
            "999999",
            "true",
            "False",
            "TRUE",
            "null",
            "",
            "-0",
        ],
        *["'0755'", '"on"', "'1.10'", "!!str on", "!!bool yes", "1.25.0", "v1.10", "2001-01-01"],
        *["1:30", "100m", "1.5Gi", "yEs", "1e400", "none", "5.", "=", "nginx:1.10", "|\n  on"],
    ],
)
def test_what_reads_as_it_looks_is_no_trap(text: str) -> None:
    assert found(f"k: {text}") == []


def test_infinity_is_a_problem_already() -> None:
    assert found("k: .inf") == []


@pytest.mark.parametrize("key", ["defaultMode", "mode", "fileMode"])
@pytest.mark.parametrize("text", ["0644", "0o644"])
def test_file_modes_are_meant_to_be_octal(key: str, text: str) -> None:
    assert found(f"{key}: {text}") == []


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("on", "true"),
        ("y", "true"),
        ("NO", "false"),
        ("012", "10"),
        ("1.10", "1.1"),
        ("1e3", "1000"),
    ],
)
def test_a_key_that_becomes_another_is_a_trap(key: str, name: str) -> None:
    (trap,) = found(f"a: 1\n{key}: x\n")
    assert trap == Trap(
        TrapKind.KEY,
        Span(2, 1, 2, 1 + len(key)),
        key,
        name,
        name,
        (name,),
        True,
        f'the key `{key}` becomes "{name}"',
        f'Quote it: "{key}".',
    )


@pytest.mark.parametrize("key", ["8080", "1.5", "1000000", "'on'", "2001-01-01", "<<", "true", "a"])
def test_a_key_that_stays_is_no_trap(key: str) -> None:
    assert found(f"{key}: {{}}\n") == []


def test_a_trap_stands_at_its_value() -> None:
    (trap,) = found("a:\n  - b:   on # x\n")
    assert (trap.span, trap.route, trap.message, trap.help) == (
        (2, 10, 2, 12),
        ("a", 0, "b"),
        "`on` is read as the boolean true",
        'Write true, or quote it if it is text: "on".',
    )


def test_shared_values_come_once_in_the_order_of_the_file() -> None:
    shown = [(t.text, t.span.line) for t in found("a: &a [on, 012]\nb: *a\nc: {<<: {d: no}}\n")]
    assert shown == [("on", 1), ("012", 1), ("no", 3)]


def test_every_document_is_searched() -> None:
    assert [trap.span.line for trap in found("a: on\n---\nb: off\n")] == [1, 3]
