"""`secrets diff` against a real OpenBao."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Call
    from tests.secrets.fixtures import Bao

VALUE, OTHER = "the-same-value-in-both", "another-value"
SPEC = """\
  server/all:
    environments: [stg, prod]
    shared: true
    keys: {ACCOUNT: {prompt: true}}
  server/stg:
    environments: [stg]
    keys:
      JWT: {prompt: true, environmentBound: true}
      TOKEN: {prompt: true}
      NEW: {prompt: true}
  server/prod:
    environments: [prod]
    keys:
      JWT: {prompt: true, environmentBound: true}
      TOKEN: {prompt: true}
  debug/tools/stg:
    environments: [stg]
    keys: {KEY: {prompt: true}}
"""


@pytest.fixture(autouse=True)
def tree(bao: Bao, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("COLUMNS", "100")
    root = bao.tree(tmp_path / "tree", SPEC, ("stg", "prod"))
    monkeypatch.chdir(root)
    return root


@pytest.fixture
def values(bao: Bao) -> None:
    bao.put("server/stg", JWT=VALUE, TOKEN=VALUE, NEW=VALUE)
    bao.put("server/prod", JWT=VALUE, TOKEN=VALUE, OLD=VALUE)


@pytest.mark.usefixtures("values")
def test_names_and_ages_side_by_side(bao: Bao, call: Call) -> None:
    ended = call("secrets", "diff", "stg", "prod")
    assert (ended.code, ended.err) == (1, "")
    mount = bao.mount
    assert ended.out == (
        f"{mount}/server/stg and {mount}/server/prod\n"
        "KEY    stg              prod             REMARK\n"
        "JWT    less than a day  less than a day  SAME VALUE in both: it should differ\n"
        "TOKEN  less than a day  less than a day\n"
        "NEW    less than a day  -                in the spec of stg alone; only stg has it\n"
        "OLD    -                less than a day  not in the spec; only prod has it\n"
        "\n"
        f"no counterpart, only in stg: {mount}/debug/tools/stg\n"
        f"shared by both, not compared: {mount}/server/all\n"
        "3 differences in names, 1 value that should differ\n"
    )
    assert VALUE not in ended.out


@pytest.mark.usefixtures("values")
def test_differences_for_programs(bao: Bao, call: Call) -> None:
    ended = call("secrets", "diff", "stg", "prod", "--format", "json")
    found = json.loads(ended.out)
    assert (ended.code, found["version"], found["a"], found["b"]) == (1, 1, "stg", "prod")
    assert found["only_a"] == [f"{bao.mount}/debug/tools/stg"]
    assert found["shared"] == [f"{bao.mount}/server/all"]
    assert found["summary"] == {"differences": 3, "same_values": 1}
    keys = {key["key"]: key for key in found["pairs"][0]["keys"]}
    assert {name: key["same_value"] for name, key in keys.items()} == {
        "JWT": True,
        "TOKEN": None,
        "NEW": None,
        "OLD": None,
    }
    assert keys["OLD"]["a"] == {
        "in_spec": False,
        "present": False,
        "changed": None,
        "exact": None,
        "age_days": None,
    }


def test_same_names_and_values_of_their_own_are_fine(bao: Bao, call: Call, tree: Path) -> None:
    spec = tree / "environments" / "secrets.yaml"
    text = spec.read_text("utf-8").partition("  debug/tools")[0]
    spec.write_text(text.replace("      NEW: {prompt: true}\n", ""), "utf-8")
    bao.put("server/stg", JWT="one", TOKEN=VALUE)
    bao.put("server/prod", JWT="other", TOKEN=VALUE)
    ended = call("secrets", "diff", "stg", "prod")
    assert ended.code == 0
    assert ended.out.endswith("\nthe same names in both\n")


def test_same_value_alone_is_a_fault(bao: Bao, call: Call, tree: Path) -> None:
    spec = tree / "environments" / "secrets.yaml"
    text = spec.read_text("utf-8").partition("  debug/tools")[0]
    spec.write_text(text.replace("      NEW: {prompt: true}\n", ""), "utf-8")
    bao.put("server/stg", JWT=VALUE, TOKEN=OTHER)
    bao.put("server/prod", JWT=VALUE, TOKEN=VALUE)
    ended = call("secrets", "diff", "stg", "prod")
    assert ended.code == 1
    assert ended.out.endswith("\nthe same names in both, 1 value that should differ\n")


def test_key_that_only_one_has_been_given(bao: Bao, call: Call) -> None:
    bao.put("server/prod", JWT=VALUE, TOKEN=VALUE)
    ended = call("secrets", "diff", "stg", "prod")
    assert ended.code == 1
    assert "JWT    not there  less than a day  only prod has it\n" in ended.out


def test_environment_with_itself(call: Call) -> None:
    ended = call("secrets", "diff", "stg", "app-stg")
    assert (ended.code, ended.out) == (2, "")
    assert ended.err == ("error: stg and app-stg are one environment\nhint: name two to compare\n")
