from __future__ import annotations

from typing import Any

import pytest

from plate_llm_cli.gitops.application_sets.elements import flattened, go_text, normalized


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("a", "a"),
        (True, "true"),
        (None, "<nil>"),
        (3, "3"),
        (100000, "100000"),
        (1000000, "1e+06"),
        (1234567, "1.234567e+06"),
        (-2500000, "-2.5e+06"),
        (0, "0"),
        (0.5, "0.5"),
        (0.0001, "0.0001"),
        (0.00001, "1e-05"),
        (10**21, "1e+21"),
        ([1, "a"], "[1 a]"),
        ({"b": 1, "a": "x"}, "map[a:x b:1]"),
    ],
)
def test_values_are_printed_as_go_prints_them(value: Any, text: str) -> None:
    assert go_text(value) == text


def test_nested_data_has_dotted_names() -> None:
    assert flattened({"a": {"b": [1, {"c": "x"}]}, "d": {}, "e": True}) == {
        "a.b.0": "1",
        "a.b.1.c": "x",
        "d": "map[]",
        "e": "true",
    }


@pytest.mark.parametrize(
    ("text", "name"), [("My_App", "my-app"), ("-a.", "a"), ("x" * 300, "x" * 253), ("ä", "")]
)
def test_names_are_made_fit_for_dns(text: str, name: str) -> None:
    assert normalized(text) == name
