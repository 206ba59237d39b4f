"""`validate`: the exit code, and how the report is asked for."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Call, Tree


@pytest.fixture
def warned(tree: Tree) -> Tree:
    """The tree with a warning in one release."""
    tree.write("charts/web/values-stg.yaml", "greeting: welcome\nunread: 1\n")
    return tree


@pytest.mark.usefixtures("warned")
@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ([], 0),
        (["--fail-on", "error"], 0),
        (["--fail-on", "warning"], 1),
        (["--fail-on", "info"], 1),
        (["--fail-on", "never"], 0),
        (["web-prod", "--fail-on", "warning"], 0),
        (["web-stg", "--fail-on", "warning"], 1),
        (["--fail-on", "warning", "--ignore", "dead-*"], 0),
        (["--fail-on", "warning", "--select", "invalid-*"], 0),
        (["--fail-on", "warning", "--no-provenance"], 0),
    ],
)
def test_exit_code(arguments: list[str], code: int, call: Call) -> None:
    ended = call("validate", *arguments)
    assert (ended.code, ended.err) == (code, "")


def test_errors_that_never_fail(tree: Tree, call: Call) -> None:
    tree.write("charts/web/templates/x.yaml", "{{ fail }}")
    ended = call("validate", "--fail-on", "never", "-q")
    assert ended.code == 0
    assert ": error: render-failed: " in ended.out


@pytest.mark.usefixtures("warned")
def test_one_line_a_finding(call: Call) -> None:
    assert call("validate", "--quiet").out == (
        "charts/web/values-stg.yaml:2:1: warning: dead-value: no template reads unread\n"
    )


@pytest.mark.usefixtures("warned")
def test_quiet_changes_no_other_format(call: Call) -> None:
    quiet = json.loads(call("validate", "--quiet", "--format", "json").out)
    assert [item["rule"] for item in quiet["findings"]] == ["dead-value"]


@pytest.mark.usefixtures("tree")
def test_environment_named_twice_is_checked_once(call: Call) -> None:
    ended = call("validate", "web-stg", "web-stg", "--format", "json")
    assert json.loads(ended.out)["summary"]["environments"] == 1
