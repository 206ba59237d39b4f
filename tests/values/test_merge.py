from __future__ import annotations

import copy
import functools
import json
import subprocess
from typing import TYPE_CHECKING, Any

import helm_python
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from plate_llm_cli.values.merge import coalesce, merge

if TYPE_CHECKING:
    from pathlib import Path


def test_later_file_wins_for_scalars() -> None:
    assert merge({"a": 1, "b": 2}, {"b": 3, "c": 4}) == {"a": 1, "b": 3, "c": 4}


def test_maps_merge_deep() -> None:
    assert merge({"m": {"x": 1, "y": {"z": 2}}}, {"m": {"y": {"w": 3}}}) == {
        "m": {"x": 1, "y": {"z": 2, "w": 3}}
    }


def test_lists_are_replaced_whole() -> None:
    assert merge({"l": [1, 2, 3]}, {"l": [4]}) == {"l": [4]}


@pytest.mark.parametrize("value", [1, None, [], "text"])
def test_a_map_is_replaced_by_what_is_no_map(value: Any) -> None:
    assert merge({"m": {"x": 1}}, {"m": value}) == {"m": value}


def test_null_survives_between_files() -> None:
    assert merge({"a": 1}, {"a": None}) == {"a": None}


def test_null_removes_a_default() -> None:
    assert coalesce({"a": 1, "m": {"x": 1, "y": 2}}, {"a": None, "m": {"x": None}}) == {
        "m": {"y": 2}
    }


def test_null_without_a_default_stays() -> None:
    assert coalesce({"a": 1}, {"b": None}) == {"a": 1, "b": None}


def test_null_in_the_defaults_counts_as_not_there() -> None:
    assert coalesce({"a": None, "m": {"x": None, "y": 2}}, {}) == {"m": {"y": 2}}


def test_an_empty_map_keeps_the_defaults() -> None:
    assert coalesce({"m": {"x": 1}}, {"m": {}}) == {"m": {"x": 1}}


def test_an_empty_list_replaces_the_default() -> None:
    assert coalesce({"l": [1]}, {"l": []}) == {"l": []}


def test_a_null_in_one_file_gives_the_next_file_the_defaults_again() -> None:
    overrides = merge({"a": {"b": None}}, {"a": {"b": {"r": 2}}})
    assert coalesce({"a": {"b": {"q": 1}}}, overrides) == {"a": {"b": {"q": 1, "r": 2}}}


_KEYS = st.sampled_from(["a", "b", "c", "global"])
_LEAVES = st.none() | st.booleans() | st.integers(-5, 5) | st.sampled_from(["", "x"])
_TREES = st.recursive(
    _LEAVES,
    lambda inner: st.dictionaries(_KEYS, inner, max_size=3) | st.lists(inner, max_size=2),
    max_leaves=8,
)
_VALUES = st.dictionaries(_KEYS, _TREES, max_size=4)


@given(_VALUES, _VALUES)
def test_arguments_are_left_as_they_are(base: dict[str, Any], override: dict[str, Any]) -> None:
    before = copy.deepcopy((base, override))
    merge(base, override)
    coalesce(base, override)
    assert (base, override) == before


def _chart(folder: Path, defaults: dict[str, Any]) -> Path:
    chart = folder / "probe"
    (chart / "templates").mkdir(parents=True, exist_ok=True)
    (chart / "Chart.yaml").write_text("apiVersion: v2\nname: probe\nversion: 0.1.0\n")
    (chart / "values.yaml").write_text(json.dumps(defaults))
    (chart / "templates" / "values.yaml").write_text("values: {{ .Values | toJson }}\n")
    return chart


@settings(max_examples=150, deadline=None)
@given(_VALUES, _VALUES)
def test_coalesce_gives_what_helm_gives(
    tmp_path_factory: pytest.TempPathFactory, defaults: dict[str, Any], overrides: dict[str, Any]
) -> None:
    chart = _chart(tmp_path_factory.mktemp("chart"), defaults)
    with helm_python.Chart.load(chart) as loaded:
        assert coalesce(defaults, overrides) == loaded.merge_values(overrides)


_FILES: list[list[dict[str, Any]]] = [
    [{"a": {"b": None}}, {"a": {"b": {"r": 2}}}],
    [{"a": {"b": {"r": 2}}}, {"a": {"b": None}}],
    [{"a": {"b": {"r": 2}}}, {"a": None}, {"a": {"z": 1}}],
    [{"list": [1]}, {"list": []}],
    [{"list": {"a": 1}}, {"list": [3]}],
    [{"new": None, "a": {"new": None}}, {"a": {"c": "x"}}],
]


@pytest.mark.parametrize("files", _FILES)
def test_several_value_files_give_what_the_helm_binary_gives(
    files: list[dict[str, Any]], tmp_path: Path, helm_binary: Path
) -> None:
    defaults: dict[str, Any] = {"a": {"b": {"q": 1}}, "list": [1, 2]}
    arguments: list[str] = []
    for number, values in enumerate(files):
        (tmp_path / f"{number}.yaml").write_text(json.dumps(values))
        arguments += ["-f", str(tmp_path / f"{number}.yaml")]
    done = subprocess.run(  # noqa: S603 - the binary that the fixture found
        [str(helm_binary), "template", "probe", str(_chart(tmp_path, defaults)), *arguments],
        capture_output=True,
        text=True,
        check=True,
    )
    rendered = yaml.safe_load(done.stdout)
    assert coalesce(defaults, functools.reduce(merge, files)) == rendered["values"]
