"""A secret that passes through the command is shown only where a person asked to see it.

What stands in the tree is Git's and may be quoted; so is the text that a template gives to `fail`.
What nobody wrote for others to read is not: variables of our own code, messages of exceptions,
the environment, values from the command line and from files outside the tree.
"""

from __future__ import annotations

import io
import sys
from typing import TYPE_CHECKING, Any

import pytest

from plate_llm_cli import checking
from plate_llm_cli.findings import Severity
from plate_llm_cli.gitops import discovery
from plate_llm_cli.report.registry import REPORTERS
from plate_llm_cli.rules import engine
from plate_llm_cli.rules.base import Rule
from plate_llm_cli.source import composer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.graph.deployment import Deployment
    from plate_llm_cli.rules.base import Defect
    from tests.cli.conftest import Call, Tree

SECRET = "swordfish-7f3a"  # noqa: S105 - the canary


class LeakyError(Exception):
    """An error of a careless library: what it holds, it shows in every form."""

    def __init__(self) -> None:
        super().__init__(SECRET, {"password": SECRET})

    def __repr__(self) -> str:
        return SECRET

    def __str__(self) -> str:
        return SECRET


def _raise(*_arguments: Any, **_options: Any) -> Any:
    password = SECRET
    error = LeakyError()
    error.add_note(password)
    raise error from ValueError(password)


class Crashing(Rule):
    """A rule with a defect."""

    id = "crashing"
    severity = Severity.ERROR
    summary = "Crashes"

    def check(self, deployment: Deployment) -> Iterator[Defect]:
        """Fail with a secret at hand."""
        password = SECRET
        yield from _raise(deployment, password)


@pytest.fixture
def crashing_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    """One of the rules crashes."""
    monkeypatch.setattr("plate_llm_cli.rules.registry.RULES", (Crashing(),))


@pytest.mark.usefixtures("tree", "crashing_rule")
@pytest.mark.parametrize("verbose", [[], ["--verbose"]])
@pytest.mark.parametrize("name", REPORTERS)
def test_rule_that_crashes(name: str, verbose: list[str], call: Call) -> None:
    ended = call("validate", "--format", name, *verbose)
    assert ended.code == 1
    assert "crashing failed: LeakyError" in ended.out
    assert SECRET not in ended.out + ended.err


CRASHES = {
    "the check": (checking, "examine"),
    "the engine of rules": (engine.RuleEngine, "run"),
    "discovery": (discovery, "discover"),
    "the reading of YAML": (composer.Composer, "run"),
}


@pytest.mark.usefixtures("tree")
@pytest.mark.parametrize("verbose", [[], ["--verbose"], ["-v"]])
@pytest.mark.parametrize("where", CRASHES)
def test_command_that_crashes(
    where: str, verbose: list[str], call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner, name = CRASHES[where]
    monkeypatch.setattr(owner, name, _raise)
    monkeypatch.setattr("plate_llm_cli.context.discover", discovery.discover)
    ended = call("validate", *verbose)
    assert (ended.code, ended.out) == (70, "")
    assert ended.err.startswith("internal error: LeakyError\n")
    assert ("raise error from ValueError(password)" in ended.err) is bool(verbose)
    assert SECRET not in ended.err


@pytest.mark.usefixtures("tree")
def test_environment(call: Call, tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PASSWORD", SECRET)
    for template in ('{{ env "PASSWORD" }}', '{{ expandenv "$PASSWORD" }}'):
        tree.write("charts/web/templates/x.yaml", template)
        for arguments in (["render", "web-stg"], ["validate"], ["validate", "--format", "json"]):
            ended = call(*arguments)
            assert ended.code == 1
            assert SECRET not in ended.out + ended.err


def test_values_from_outside_the_tree(tree: Tree, call: Call) -> None:
    secrets = tree.root.parent / "secrets.yaml"
    secrets.write_text(f"password: {SECRET}\ngreeting: hello\n", "utf-8")
    for more in ([], ["--trace", "ConfigMap/web-stg:data.greeting"], ["--show-only", "nothing"]):
        ended = call("render", "web-stg", "--values", str(secrets), *more)
        assert SECRET not in ended.out + ended.err
    secrets.write_text(f"password: [{SECRET}\n", "utf-8")
    ended = call("render", "web-stg", "--values", str(secrets))
    assert ended.code == 2
    assert SECRET not in ended.err


def test_values_from_stdin(tree: Tree, call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    assert tree.root.exists()
    for text in (f"password: [{SECRET}", f"- {SECRET}", f"password: '{SECRET}", SECRET):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
        ended = call("render", "web-stg", "--values", "-")
        assert (ended.code, ended.out) == (2, "")
        assert SECRET not in ended.err


@pytest.mark.parametrize("form", ["password={}", "password[x={}", "password={{{}", "a.b[-1]={}"])
def test_values_of_the_command_line(form: str, tree: Tree, call: Call) -> None:
    assert tree.root.exists()
    for option in ("--set", "--set-string"):
        ended = call("render", "web-stg", option, form.format(SECRET))
        assert SECRET not in ended.out + ended.err


def test_value_of_the_command_line_behind_a_field_is_not_quoted(tree: Tree, call: Call) -> None:
    tree.replace("charts/web/templates/config.yaml", "| quote", "| len")
    ended = call(
        "render", "web-stg", "--set", f"greeting={SECRET}",
        "--trace", "ConfigMap/web-stg:data.greeting",
    )  # fmt: skip
    assert ended.code == 0
    assert SECRET not in ended.out + ended.err


def test_parameters_and_values_are_not_listed(tree: Tree, call: Call) -> None:
    tree.replace("apps/web-prod.yaml", "value: hello", f"value: {SECRET}")
    tree.write("charts/web/values-stg.yaml", f"password: {SECRET}\n")
    for arguments in (["env", "list"], ["env", "show", "web-prod"], ["env", "show", "web-stg"]):
        for more in ([], ["--format", "json"]):
            assert SECRET not in call(*arguments, *more).out
