"""`secrets age` against a real OpenBao."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Call
    from tests.secrets.fixtures import Bao

SPEC = """\
  server/stg:
    environments: [stg]
    keys:
      FRESH: {generate: {as: hex, bytes: 32}, rotation: 90d}
      STALE: {generate: {as: hex, bytes: 32}, rotation: 4w}
      MADE: {from: server/stg#STALE, rotation: 30d}
      LATER: {prompt: true, rotation: 36h}
      PLAIN: {prompt: true}
"""


def days_ago(days: int) -> str:
    return (datetime.now(UTC) - timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.fixture(autouse=True)
def tree(bao: Bao, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("COLUMNS", "100")
    root = bao.tree(tmp_path / "tree", SPEC)
    monkeypatch.chdir(root)
    return root


@pytest.fixture
def old(bao: Bao) -> None:
    """Values that were changed 40 and 32 days ago, which only annotations know."""
    marks = {"changed-at.STALE": days_ago(40), "changed-at.MADE": days_ago(32)}
    metadata = {"max_versions": 1, "custom_metadata": marks}
    bao.server.done("POST", f"{bao.mount}/metadata/server/stg", metadata)
    values = dict.fromkeys(("FRESH", "STALE", "MADE", "PLAIN"), "the-value")
    bao.put("server/stg", **values)
    bao.put("server/stg", **values)


@pytest.mark.usefixtures("old")
def test_keys_past_their_period_come_first(call: Call) -> None:
    due = datetime.now(UTC) + timedelta(days=90)
    ended = call("secrets", "age", "stg")
    assert (ended.code, ended.err) == (1, "")
    assert ended.out == (
        "KEY               CHANGED      PERIOD    DUE\n"
        "server/stg#STALE  40 days ago  28 days   overdue for 12 days\n"
        "server/stg#MADE   32 days ago  30 days   overdue for 2 days\n"
        f"server/stg#FRESH  unknown      90 days   by {due:%Y-%m-%d}, in 89 days\n"
        "server/stg#LATER  not there    36 hours\n"
        "\n"
        "2 of 4 keys with a rotation period are past it\n"
        "1 key without a period: --all lists them\n"
        "plate-llm secrets rotate stg 'server/stg#STALE'\n"
    )


@pytest.mark.usefixtures("old")
def test_narrow_screen_gets_a_block_a_key(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "50")
    lines = call("secrets", "age", "stg").out.splitlines()
    assert lines[:4] == [
        "server/stg#STALE",
        "  changed  40 days ago",
        "  period   28 days",
        "  due      overdue for 12 days",
    ]
    assert max(map(len, lines)) <= 50


def test_nothing_overdue_is_fine_and_all_lists_the_rest(bao: Bao, call: Call) -> None:
    bao.put("server/stg", FRESH="a", PLAIN="b")
    ended = call("secrets", "age", "stg", "--all")
    assert ended.code == 0
    assert "server/stg#PLAIN  less than a day ago" in ended.out
    assert ended.out.endswith("\n0 of 4 keys with a rotation period are past it\n")


@pytest.mark.usefixtures("old")
def test_ages_for_programs(bao: Bao, call: Call) -> None:
    ended = call("secrets", "age", "stg", "--format", "json")
    ages = json.loads(ended.out)
    assert (ended.code, ages["version"], ages["environment"]) == (1, 1, "stg")
    assert ages["summary"] == {"keys": 5, "overdue": 2}
    assert [key["key"] for key in ages["keys"]] == ["STALE", "MADE", "FRESH", "LATER", "PLAIN"]
    first = ages["keys"][0]
    changed = datetime.fromisoformat(first.pop("changed"))
    due = datetime.fromisoformat(first.pop("due"))
    assert due - changed == timedelta(days=28)
    assert first == {
        "mount": bao.mount,
        "path": "server/stg",
        "key": "STALE",
        "present": True,
        "exact": True,
        "age_days": 40,
        "rotation_days": 28,
        "overdue": True,
    }
    assert (ages["keys"][2]["exact"], ages["keys"][3]["present"]) == (False, False)


def test_rotated_key_is_new_again_though_its_earlier_versions_are_gone(
    bao: Bao, call: Call, old: None
) -> None:
    del old
    assert call("secrets", "rotate", "stg", "STALE").code == 0
    bao.put("server/stg", **bao.data("server/stg"))
    ages = json.loads(call("secrets", "age", "stg", "--format", "json").out)
    stale = next(key for key in ages["keys"] if key["key"] == "STALE")
    assert (stale["age_days"], stale["exact"], stale["overdue"]) == (0, True, False)


def test_token_that_may_read_data_alone_suffices(
    bao: Bao, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    bao.put("server/stg", FRESH="a")
    bao.put("server/stg", FRESH="b")
    policy = 'path "MOUNT/data/server/stg" { capabilities = ["read"] }'
    monkeypatch.setenv("BAO_TOKEN", bao.token_with(policy))
    ended = call("secrets", "age", "stg")
    assert (ended.code, ended.err) == (0, "")
    assert "server/stg#FRESH  less than a day ago" in ended.out
