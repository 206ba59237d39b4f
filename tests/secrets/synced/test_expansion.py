"""`$(NAME)` in values, against the kubelet's own algorithm."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plate_llm_cli.secrets.synced.expansion import expanded
from plate_llm_cli.secrets.values.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Callable

KNOWN = {"A": "a", "B": "$(A)", "": "empty"}


def kubelet(text: str, known: Callable[[str], str | None]) -> str:
    """`Expand` of expand.go, step by step."""
    out, cursor = "", 0
    while cursor < len(text):
        rest = text[cursor + 1 :]
        if text[cursor] != "$" or not rest:
            out, cursor = out + text[cursor], cursor + 1
        elif rest[0] == "$":
            out, cursor = out + "$", cursor + 2
        elif rest[0] == "(" and ")" in rest:
            name = rest[1 : rest.index(")")]
            found = known(name)
            out += f"$({name})" if found is None else found
            cursor += len(name) + 3
        else:
            out, cursor = out + "$" + rest[0], cursor + 2
    return out


@given(st.lists(st.sampled_from(["$", "(", ")", "A", "B", "x", "$(A)", "$$", "$(x)"])).map("".join))
def test_references_are_replaced_as_the_kubelet_does(text: str) -> None:
    assert expanded(text, KNOWN.get) == kubelet(text, KNOWN.get)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$(A)-$(B)", "a-$(A)"),
        ("$$(A)", "$(A)"),
        ("$(gone)", "$(gone)"),
        ("$(A", "$(A"),
        ("100$", "100$"),
    ],
)
def test_a_reference_is_replaced_once(text: str, expected: str) -> None:
    assert expanded(text, KNOWN.get) == expected


def test_a_value_into_which_a_secret_goes_is_one() -> None:
    known = {"PASSWORD": Secret("s")}

    found = expanded("user:$(PASSWORD)@", known.get)

    assert isinstance(found, Secret)
    assert found.reveal() == "user:s@"


def test_the_text_of_a_secret_is_not_expanded_again() -> None:
    known: dict[str, str | Secret] = {"PASSWORD": Secret("$(A)$$"), "A": "a"}

    found = expanded("$(PASSWORD)", known.get)

    assert isinstance(found, Secret)
    assert found.reveal() == "$(A)$$"
