"""Ways into JSON, as far as they are understood."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plate_llm_cli.secrets.synced.property_paths import (
    NothingThereError,
    PathSyntaxError,
    follow,
    steps_of,
)

PARTS = st.text(min_size=1, max_size=6)


@given(st.lists(PARTS, min_size=1, max_size=5))
def test_any_key_can_be_named_when_its_characters_are_escaped(keys: list[str]) -> None:
    path = ".".join("".join(f"\\{char}" for char in key) for key in keys)

    assert steps_of(path) == keys


@given(st.lists(st.from_regex(r"\A[a-z][a-z0-9_-]*\Z"), min_size=1, max_size=5))
def test_a_path_of_plain_keys_leads_through_objects(keys: list[str]) -> None:
    data: object = "found"
    for key in reversed(keys):
        data = {key: data}

    assert follow(data, ".".join(keys)) == "found"  # type: ignore[arg-type]


@pytest.mark.parametrize("path", ["a|b", "a.b"])
def test_dots_and_bars_part_the_keys(path: str) -> None:
    assert follow({"a": {"b": 1}}, path) == 1


def test_a_number_is_an_index_of_a_list_and_a_key_of_an_object() -> None:
    assert follow({"l": ["x", "y"], "o": {"1": "z"}}, "l.1") == "y"
    assert follow({"l": ["x", "y"], "o": {"1": "z"}}, "o.1") == "z"


@pytest.mark.parametrize("path", ["gone", "l.2", "l.x", "l.-1", "t.0", "l.²"])
def test_what_is_not_there_is_said(path: str) -> None:
    with pytest.raises(NothingThereError):
        follow({"l": ["x", "y"], "t": "text"}, path)


@pytest.mark.parametrize(
    "path",
    ["a.*", "a?", "l.#", "@this", "a.@reverse", "{a,b}", "[a]", "!x", "a..b", "a.", "a\\", ""],
)
def test_the_rest_of_gjson_is_refused(path: str) -> None:
    with pytest.raises(PathSyntaxError):
        steps_of(path)
