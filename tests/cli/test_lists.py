"""`env`, `rules`, `explain`: lists for people and for programs, on any width."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from plate_llm_cli.report.columns import described, table
from plate_llm_cli.report.excerpt import cell_width
from plate_llm_cli.rules.registry import RULES

if TYPE_CHECKING:
    from tests.cli.conftest import Call, Tree


def test_environments_in_a_line_each(tree: Tree, call: Call) -> None:
    assert tree.root.exists()
    assert call("env", "list").out == (
        "ENV       APPLICATION  NAMESPACE   SOURCE      VALUES\n"
        "web-prod               production  charts/web  parameter greeting\n"
        "web-stg                staging     charts/web  values-stg.yaml\n"
    )


def test_environments_on_a_narrow_terminal(
    tree: Tree, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    tree.write("plate-llm.toml", "primary = 'web'\n")
    monkeypatch.setenv("COLUMNS", "40")
    assert call("env", "list").out == (
        "prod\n"
        "  application  web-prod\n"
        "  namespace    production\n"
        "  source       charts/web\n"
        "  values       parameter greeting\n"
        "\n"
        "stg\n"
        "  application  web-stg\n"
        "  namespace    staging\n"
        "  source       charts/web\n"
        "  values       values-stg.yaml\n"
    )


def test_short_name_of_the_primary_chart(tree: Tree, call: Call) -> None:
    tree.write("plate-llm.toml", "primary = 'web'\n")
    assert call("render", "stg").out == call("render", "web-stg").out


def test_environments_for_programs(tree: Tree, call: Call) -> None:
    assert tree.root.exists()
    listed = json.loads(call("env", "list", "--format", "json").out)
    assert listed["version"] == 1
    assert listed["environments"][1] == {
        "env": "web-stg",
        "application": "web-stg",
        "file": "apps/web-stg.yaml",
        "cluster": "https://kubernetes.default.svc",
        "namespace": "staging",
        "sources": ["charts/web"],
        "values": ["charts/web/values.yaml", "charts/web/values-stg.yaml"],
    }


def test_environment_in_full(tree: Tree, call: Call) -> None:
    assert tree.root.exists()
    assert call("env", "show", "web-stg").out == (
        "web-stg  (apps/web-stg.yaml)\n"
        "  goes to    staging on https://kubernetes.default.svc\n"
        "  made from  charts/web\n"
        "  values     charts/web/values.yaml\n"
        "  values     charts/web/values-stg.yaml\n"
        "  object     ConfigMap/web-stg\n"
    )


def test_environment_with_problems(tree: Tree, call: Call) -> None:
    tree.replace("apps/web-stg.yaml", "path: charts/web", "path: charts/wbe")
    ended = call("env", "show", "web-stg")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.endswith("  problem    path charts/wbe does not exist\n")


def test_environment_for_programs(tree: Tree, call: Call) -> None:
    assert tree.root.exists()
    (page,) = json.loads(call("env", "show", "web-stg", "--format", "json").out)["releases"]
    assert page["objects"] == [
        {"kind": "ConfigMap", "name": "web-stg", "namespace": "staging", "hook": False}
    ]
    assert page["problems"] == []


def test_every_rule_is_listed(call: Call) -> None:
    lines = call("rules").out.splitlines()
    assert [line.split()[0] for line in lines] == [rule.id for rule in RULES]


@pytest.mark.parametrize("columns", [40, 80])
def test_rules_fit_the_terminal(columns: int, call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    assert max(map(len, call("rules").out.splitlines())) <= columns


def test_rules_for_programs(call: Call) -> None:
    listed = json.loads(call("rules", "--format", "json").out)
    assert [item["id"] for item in listed["rules"]] == [rule.id for rule in RULES]


@pytest.mark.parametrize("name", [rule.id for rule in RULES])
def test_every_rule_is_explained(name: str, call: Call) -> None:
    ended = call("explain", name)
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith(f"## {name}\n")


def test_wide_letters_are_aligned() -> None:
    rows = [("한국", "a"), ("xyz", "b")]
    assert table(("N", "V"), rows, 20) == "N     V\n한국  a\nxyz   b\n"


def test_table_that_fits_exactly() -> None:
    assert table(("N", "V"), [("abc", "de")], 7) == "N    V\nabc  de\n"
    assert table(("N", "V"), [("abc", "de")], 6) == "abc\n  v  de\n"


def test_cell_cannot_break_its_line() -> None:
    assert table(("N", "V"), [("a\nb", "\x1b[31m")], None) == "N    V\na b  \\x1b[31m\n"


def test_prose_goes_on_below_itself() -> None:
    text = "one two three four five six seven eight nine ten"
    lines = described([("id", text)], 38).splitlines()
    assert lines == ["id  one two three four five six seven", "    eight nine ten"]


def test_prose_stands_below_its_head_on_a_narrow_screen() -> None:
    lines = described([("a-long-identifier", "one two three four")], 20).splitlines()
    assert lines == ["a-long-identifier", "    one two three", "    four"]
    assert max(map(cell_width, lines)) <= 20
